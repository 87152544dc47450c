"""The demo county: everybody who signs in finds something to do, and all of it is sound."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.access.sessions import sign_in
from core.blueprint.store import parse, read_yaml, set_fact
from core.cases.admit import admit
from core.cases.intake import examine, facts_of
from core.cases.sweep import sweep
from core.demo import ACCOUNTS, HANDLER_UNIT, PASSWORD, QUERY_CODE, fill, found, missing
from core.demo.people import GRID, TOWNSHIP
from core.demo.texts import texts
from core.errors import OneDoorError
from core.kpi.check import check
from core.now import local, now
from core.places.setup import AlreadySetUp
from core.rules.permissions import STAFF_ROLES
from tests.conftest import Databases
from tests.support.moments import rows

N = 3000
"""Enough that every list has something; the demo itself has 20,000."""


@pytest.fixture(scope="module")
def demo(databases: Databases) -> Iterator[Office]:
    """The demo county with its cases, for all tests of this module; none of them changes it."""
    name = databases.copy("empty")
    office = databases.office(name)
    found(office)
    assert fill(office, N) == N
    yield office
    office.engine.dispose()
    databases.drop(name)


@pytest.fixture(scope="module")
def cases(demo: Office) -> list[Row[*tuple[Any, ...]]]:
    return rows(demo, "select * from cases order by received_at")


class TestTheCounty:
    def test_has_its_real_townships_and_about_three_hundred_grids(self, demo: Office) -> None:
        areas = rows(demo, "select * from area")
        levels = Counter(a.level for a in areas)
        assert (levels["county"], levels["township"], levels["grid"]) == (1, 11, 300)
        assert {"香河县", "淑阳镇", "安平镇", "五百户镇"} <= {a.name for a in areas}

    def test_has_a_unit_and_people_wherever_work_arrives(self, demo: Office) -> None:
        staffed = {p.unit for p in rows(demo, "select unit from person where unit is not null")}
        assert staffed == {u.code for u in rows(demo, "select code from unit")}

    def test_nobody_in_it_is_real(self, demo: Office) -> None:
        names = rows(demo, "select name from person union select name from resident")
        assert all(re.fullmatch(r"\w某", row.name) for row in names)
        assert all(r.phone.startswith("1990") for r in rows(demo, "select phone from resident"))

    def test_has_a_few_dozen_plates_where_there_are_grids(self, demo: Office) -> None:
        plates = rows(demo, "select p.*, a.level from plate p join area a on a.code = p.area")
        assert len(plates) == 55
        assert {p.level for p in plates} == {"grid"}

    def test_knows_how_many_cases_it_still_lacks(self, demo: Office, office: Office) -> None:
        """A start that was interrupted goes on from there; a real county lacks nothing."""
        assert missing(demo) == 0
        with demo.work(SYSTEM) as work:
            set_fact(work.tx, "demo", {"cases": N + 5})
        assert missing(demo) == 5
        assert fill(demo, missing(demo)) == 5
        assert missing(demo) == 0
        assert missing(office) == 0

    def test_is_founded_once(self, demo: Office) -> None:
        with pytest.raises(AlreadySetUp):
            found(demo)


class TestAccounts:
    def test_there_is_one_for_every_role(self) -> None:
        assert {role for account in ACCOUNTS for role in account.roles} == set(STAFF_ROLES)

    @pytest.mark.parametrize("account", ACCOUNTS, ids=lambda a: a.username)
    def test_it_opens_with_the_printed_password(self, demo: Office, account: Any) -> None:
        with demo.work(SYSTEM) as work:
            assert sign_in(work, account.username, PASSWORD, "").actor.roles == account.roles

    def test_nobody_else_can_sign_in(self, demo: Office) -> None:
        with demo.work(SYSTEM) as work:
            refusal = sign_in(work, f"handler.{TOWNSHIP}-PC", PASSWORD, "")
        assert isinstance(refusal, OneDoorError)

    def test_a_residents_page_opens_with_the_printed_code(
        self, demo: Office, cases: list[Row[*tuple[Any, ...]]]
    ) -> None:
        with demo.work(SYSTEM) as work:
            assert admit(work, cases[-1].number, QUERY_CODE, "127.0.0.1") is None


class TestTheCases:
    def test_lie_within_the_last_twelve_months(self, cases: list[Row[*tuple[Any, ...]]]) -> None:
        assert now() - cases[0].received_at < timedelta(days=367)
        assert cases[-1].received_at <= now()
        assert len({f"{local(c.received_at):%Y-%m}" for c in cases}) >= 12

    def test_follow_the_seasons(self, cases: list[Row[*tuple[Any, ...]]]) -> None:
        def months(category: str) -> Counter[int]:
            return Counter(local(c.received_at).month for c in cases if c.category == category)

        heating, farming, school = months("housing/heating"), months("farming"), months("education")
        assert heating[1] + heating[12] > 10 * (heating[6] + heating[7] + heating[8] + 1)
        assert farming[6] + farming[7] > 4 * (farming[1] + farming[2])
        assert school[8] + school[9] > 2 * (school[2] + school[3])

    def test_come_by_day_and_less_on_days_off(self, cases: list[Row[*tuple[Any, ...]]]) -> None:
        hours = Counter(local(c.received_at).hour for c in cases)
        assert hours[9] > 10 * hours[3]
        days = Counter(local(c.received_at).weekday() for c in cases)
        assert days[5] + days[6] < 0.8 * (days[0] + days[1])

    def test_use_every_inlet_and_almost_every_category(
        self, cases: list[Row[*tuple[Any, ...]]]
    ) -> None:
        blueprint = parse(read_yaml("xianghe"))
        assert {c.inlet for c in cases} == blueprint.inlets.keys() - {"import"}
        assert len({c.category for c in cases}) >= 27
        assert {c.urgency for c in cases} == blueprint.urgencies.keys()
        assert {c.kind for c in cases} == blueprint.kinds.keys()

    def test_hardly_two_say_the_same(self, cases: list[Row[*tuple[Any, ...]]]) -> None:
        assert len({c.body for c in cases}) > 0.95 * len(cases)
        assert not any("{" in c.body + c.title + c.reply for c in cases)

    def test_there_are_late_badly_rated_and_reopened_ones(
        self, cases: list[Row[*tuple[Any, ...]]]
    ) -> None:
        assert 0.02 * N < sum(c.late for c in cases) < 0.15 * N
        scores = Counter(c.score for c in cases if c.score)
        assert set(scores) == {1, 2, 3, 4, 5}
        assert scores[1] + scores[2] > 0.01 * N
        assert sum(c.reopened > 0 for c in cases) > 0.02 * N
        assert scores[5] > scores[4] > scores[3]

    def test_some_are_open_in_every_stage_and_some_overdue(
        self, cases: list[Row[*tuple[Any, ...]]]
    ) -> None:
        live = [c for c in cases if c.stage_kind != "closed"]
        assert 40 < len(live) < 400  # about 400 in the demo itself
        workflow = parse(read_yaml("xianghe")).workflow
        assert {c.stage for c in cases} == workflow.stages.keys()
        overdue = [c for c in live if c.due_at and c.due_at < now() and not c.replied_at]
        assert len(overdue) > 5
        untaken = [c for c in live if c.stage in ("collected", "registered", "dispatched")]
        assert len(untaken) > 10

    def test_nothing_lies_ahead(self, demo: Office) -> None:
        [last] = rows(demo, "select max(at) as at from timeline")
        assert last.at <= now()

    def test_everything_happened_in_its_order(self, demo: Office) -> None:
        back = rows(
            demo,
            "select 1 from (select at, lag(at) over (partition by case_id order by seq) as before"
            " from timeline) t where at < before",
        )
        assert back == []

    def test_the_accounts_own_lists_are_not_empty(self, demo: Office) -> None:
        running = Counter(
            t.unit for t in rows(demo, "select unit from task where state in ('open', 'signed')")
        )
        assert running[HANDLER_UNIT] >= 3
        assert running[f"{TOWNSHIP}-C"] + running[GRID] >= 1
        mine = "select 1 from message m join person p on p.id = m.person_id where username = :u"
        assert rows(demo, mine, u="handler")


class TestTheTexts:
    @pytest.mark.parametrize("matter", texts().matters, ids=lambda m: m.name)
    def test_lead_the_countys_own_triage_to_what_staff_would_write(
        self, demo: Office, matter: Any
    ) -> None:
        from random import Random

        rng, right = Random(3), 0
        with demo.look(SYSTEM) as look:
            world = look.world
        for _i in range(40):
            title, body, _where = texts().appeal(rng, matter)
            facts, _why = facts_of(
                world, examine(world, {"title": title, "body": body}), GRID, "web"
            )
            wanted = matter.what["category"]
            right += facts.category.split("/")[0] == wanted.split("/")[0]
        assert right >= 30


class TestSoundness:
    def test_every_invariant_holds(self, demo: Office) -> None:
        assert check(demo) == []

    def test_a_first_sweep_has_no_past_to_catch_up_with(self, demo: Office) -> None:
        assert sweep(demo, now(), dry_run=True).fired < 10
