"""The county's health: each thing that is wrong is found, named and comes with a cure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.store import places_changed, publish, read_yaml, set_fact
from core.cases.take_in import take_in
from core.errors import NotPermitted
from core.kpi.finding import Finding
from core.kpi.health import Health, health
from core.now import moved_to, now
from core.places.people import disable
from db.models import Address, CaseRow, ClockRow, MessageRow, Person, Unit
from tests.support import county

APPEAL = {"body": "早市门口每天早上有商贩占道经营", "area": county.GRID, "phone": "13812345678"}
NOVEMBER = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def leading(office: Office) -> Iterator[None]:
    """A worker that holds the lock of `jobs/worker.py`."""
    with office.engine.connect() as line:
        line.execute(text("select pg_advisory_lock(hashtext('onedoor worker'))"))
        yield
        line.execute(text("select pg_advisory_unlock(hashtext('onedoor worker'))"))


def look(office: Office) -> Health:
    return health(office, county.actor(office, "admin"))


def finding(office: Office, name: str) -> Finding:
    return next(f for f in look(office).findings if f.id == name)


def test_only_who_may_read_the_system_may_ask(office: Office) -> None:
    assert health(office, county.actor(office, "auditor")).findings
    for username in ("dispatcher", "leader", "analyst"):
        with pytest.raises(NotPermitted):
            health(office, county.actor(office, username))


def test_every_finding_that_is_not_good_has_a_cure(office: Office) -> None:
    found = look(office)
    wrong = [f for f in found.findings if f.state != "good"]
    assert wrong
    assert all(f.cure for f in wrong)
    assert not any(f.cure for f in found.of("good"))
    states = [f.state for f in found.findings]
    assert states == sorted(states, key=("now", "soon", "good").index), "the worst first"


def test_the_numbers_count_what_there_is(office: Office) -> None:
    with office.work(county.actor(office, "clerk")) as work:
        take_in(work, APPEAL, inlet="hall")
    n = look(office).numbers
    assert (n.cases, n.about, n.areas) == (1, False, len(county.AREAS))
    with office.look(SYSTEM) as look_:
        known = look_.world.units.units
    assert n.people == sum(not unit or unit in known for *_who, unit, _area in county.PEOPLE)
    assert n.database > 2**20


class TestTheWorker:
    def test_is_missed_at_once(self, office: Office) -> None:
        found = finding(office, "worker")
        assert found.state == "now"
        assert "后台没有运行" in found.said
        assert "onedoor worker" in found.cure

    def test_is_seen_by_the_lock_that_it_holds(self, office: Office, leading: None) -> None:
        assert finding(office, "worker").state == "good"

    def test_that_leads_but_leaves_reminders_lying_is_called_so(
        self, office: Office, leading: None
    ) -> None:
        with office.work(county.actor(office, "clerk")) as work:
            take_in(work, APPEAL, inlet="hall")
        with office.work(SYSTEM) as work:
            work.tx.execute(update(ClockRow).values(next_fire_at=now() - timedelta(hours=1)))
        found = finding(office, "worker")
        assert found.state == "now"
        assert found.n == 2, "the case's clock and its stage's"


class TestTheCalendar:
    def test_of_next_year_is_wanted_before_it_begins(self, office: Office) -> None:
        with moved_to(NOVEMBER):
            found = finding(office, "calendar")
        assert found.state == "soon"
        assert "2027" in found.said

    def test_of_this_year_is_wanted_at_once(self, office: Office) -> None:
        with moved_to(datetime(2027, 1, 4, tzinfo=UTC)):
            assert finding(office, "calendar").state == "now"

    def test_is_complete_once_the_county_has_entered_it(self, office: Office) -> None:
        body = read_yaml("langfang") | {"calendar": {2027: {"holidays": ["2027-01-01"]}}}
        with office.work(SYSTEM) as work:
            publish(work.tx, body, note="2027", by=None)
            office.forget()
        with moved_to(NOVEMBER):
            assert finding(office, "calendar").state == "good"

    def test_that_ended_leaves_clocks_without_a_date(self, office: Office) -> None:
        assert finding(office, "undated").state == "good"
        with moved_to(datetime(2026, 12, 31, 2, tzinfo=UTC)):
            with office.work(county.actor(office, "clerk")) as work:
                take_in(work, APPEAL, inlet="hall")
            found = finding(office, "undated")
        assert found.state == "now"
        assert found.n >= 1


class TestMail:
    def message(self, office: Office, **values: object) -> None:
        row = {
            "county": "131024", "id": 1, "key": "k", "person_id": 1, "way": "email",
            "number": "", "template": "overdue", "data": {}, "attempts": 3, "fault": "",
            "created_at": now() - timedelta(hours=1),
        }  # fmt: skip
        with office.work(SYSTEM) as work:
            work.tx.execute(MessageRow.__table__.insert().values(**row | values))
        office.settings = replace(office.settings, smtp_url="smtp://mail.example:25")

    def test_without_a_server_is_said(self, office: Office) -> None:
        assert "没有设置邮件服务器" in finding(office, "mail").said

    def test_that_waits_is_counted_with_the_servers_answer(self, office: Office) -> None:
        self.message(office, try_at=now() + timedelta(minutes=5), fault="451 busy")
        found = finding(office, "mail")
        assert (found.state, found.n, found.examples) == ("now", 1, ("451 busy",))

    def test_that_was_given_up_is_counted(self, office: Office) -> None:
        self.message(office, try_at=None, fault="550 no such user")
        found = finding(office, "undelivered")
        assert (found.state, found.n, found.examples) == ("soon", 1, ("550 no such user",))
        assert finding(office, "mail").state == "good"

    def test_that_was_put_aside_is_not(self, office: Office) -> None:
        self.message(office, try_at=None, fault="550 no such user", dropped_at=now())
        assert finding(office, "undelivered").state == "good"

    def test_a_robot_that_fails_is_named(self, office: Office) -> None:
        assert finding(office, "addresses").state == "good"
        row = {
            "id": 1, "unit": "131024104-C", "way": "robot", "url": "wecombot://k", "faults": 2,
            "fault": "对方回答 503", "changed_at": now(),
        }  # fmt: skip
        with office.work(SYSTEM) as work:
            work.tx.execute(Address.__table__.insert().values(**row))
        found = finding(office, "addresses")
        assert found.examples == ("安平镇群众说事中心：对方回答 503",)

    def test_that_has_all_gone_is_well(self, office: Office) -> None:
        self.message(office, try_at=None, sent_at=now())
        assert finding(office, "mail").state == "good"


class TestHalfSetUp:
    def test_units_without_people_are_named(self, office: Office) -> None:
        found = finding(office, "units")
        assert found.state == "soon"
        assert found.n > len(found.examples)

    def test_a_closed_account_does_not_count_as_somebody(self, office: Office) -> None:
        before = finding(office, "units").n
        with office.work(SYSTEM) as work:
            disable(work, "police")
        assert finding(office, "units").n == before + 1

    def test_grids_without_a_worker_are_named_with_their_village(self, office: Office) -> None:
        found = finding(office, "grids")
        assert (found.n, found.examples) == (1, ("淑阳镇 · 北街村 · 北街第一网格",))

    def test_a_township_without_a_centre_is_named(self, office: Office) -> None:
        assert finding(office, "centres").state == "good"
        self.close(office, "131024100-C")
        assert finding(office, "centres").examples == ("淑阳镇",)

    def test_a_root_without_a_centre_is_urgent(self, office: Office) -> None:
        self.close(office, "131000-C")
        found = finding(office, "centres")
        assert found.state == "now"
        assert "131000" in found.cure

    def close(self, office: Office, unit: str) -> None:
        with office.work(SYSTEM) as work:
            work.tx.execute(update(Unit).where(Unit.code == unit).values(active=False))
            places_changed(work.tx)
        office.forget()

    def test_a_role_of_the_loop_that_nobody_has_is_named(self, office: Office) -> None:
        assert finding(office, "roles").state == "good"
        with office.work(SYSTEM) as work:
            work.tx.execute(delete(Person).where(Person.username == "auditor"))
            work.tx.execute(delete(Person).where(Person.username == "analyst"))
        found = finding(office, "roles")
        assert found.examples == ("审计员",), "the loop has no part for analysts"

    def test_a_dispatch_row_that_points_at_nobody_is_named(self, office: Office) -> None:
        assert finding(office, "routes").state == "good"
        body = read_yaml("langfang")
        body["dispatch"].insert(
            0, {"name": "河道", "when": {"words": ["河"]}, "to": {"unit": "131024-SW"}}
        )
        with office.work(SYSTEM) as work:
            publish(work.tx, body, note="", by=None)
            office.forget()
        assert finding(office, "routes").examples == ("河道",)

    def test_a_local_address_is_no_address_for_plates(self, office: Office) -> None:
        assert finding(office, "address").state == "soon"
        office.settings = replace(office.settings, public_url="https://shuoshi.example.gov.cn")
        assert finding(office, "address").state == "good"

    def test_the_demo_county_says_that_it_is_one(self, office: Office) -> None:
        assert finding(office, "demo").state == "good"
        with office.work(SYSTEM) as work:
            set_fact(work.tx, "demo", {"cases": 1})
        assert finding(office, "demo").state == "soon"

    def test_a_home_that_is_gone_does_no_harm(self, office: Office) -> None:
        office.settings = replace(office.settings, home=Path("/nowhere/at/all"))
        assert look(office).numbers.free is None
        assert finding(office, "disk").state == "good"


def test_data_that_disagree_are_urgent(office: Office) -> None:
    assert finding(office, "invariants").state == "good"
    with office.work(county.actor(office, "clerk")) as work:
        number = take_in(work, APPEAL, inlet="hall").outcome.number
    with office.work(SYSTEM) as work:
        work.tx.execute(update(CaseRow).values(holder="nobody"))
    found = finding(office, "invariants")
    assert found.state == "now"
    assert number in found.examples[0]


def test_publications_come_with_who_did_them(office: Office) -> None:
    admin = county.actor(office, "admin")
    with office.work(admin) as work:
        publish(work.tx, read_yaml("langfang"), note="供暖改为三日", by=admin.person)
    newest, first = look(office).publications
    assert (newest.version, newest.note, newest.by) == (2, "供暖改为三日", "杨某")
    assert (first.version, first.by) == (1, "")
