"""A notice reaches everybody it means, once, and nobody it must not reach."""

from typing import Any

from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.decide import begin
from core.cases.load import load
from core.ledger.change import Notice
from core.ledger.outbox import queue
from core.now import moved_to
from tests.support import county
from tests.support.moments import beijing, receive, rows

AT = beijing("2026-11-16 12:00")


def post(office: Office, number: str, *notices: dict[str, Any]) -> int:
    """Queue notices about a case."""
    with moved_to(AT), office.work(SYSTEM) as work:
        change = begin(load(work, number, lock=True), AT)
        for values in notices:
            change.notices.append(Notice(**({"template": "moved", "key": "k"} | values)))
        return queue(work.tx, change)


def reached(office: Office, way: str = "app") -> list[str]:
    found = rows(
        office,
        "select p.username from message m join person p on p.id = m.person_id"
        " where m.key = 'k' and m.way = :way order by 1",
        way=way,
    )
    return [row.username for row in found]


def person(office: Office, username: str) -> int:
    return county.actor(office, username).person or 0


def test_everybody_in_a_unit(office: Office) -> None:
    number = receive(office, "2026-11-16 10:00")
    assert post(office, number, {"unit": "131024104-ZF"}) == 2
    assert reached(office) == ["enforce", "enforcehead"]


def test_only_those_with_the_role(office: Office) -> None:
    number = receive(office, "2026-11-16 10:00")
    post(office, number, {"unit": "131024104-ZF", "role": "head"})
    assert reached(office) == ["enforcehead"]


def test_those_of_an_area_with_the_role(office: Office) -> None:
    number = receive(office, "2026-11-16 10:00")
    post(office, number, {"area": "131024", "role": "deputy"})
    assert reached(office) == ["deputy"]


def test_one_person(office: Office) -> None:
    number = receive(office, "2026-11-16 10:00")
    post(office, number, {"person": person(office, "clerk")})
    assert reached(office) == ["clerk"]


def test_the_same_notice_is_written_once(office: Office) -> None:
    number = receive(office, "2026-11-16 10:00")
    notice = {"unit": "131024104-ZF"}
    assert post(office, number, notice, notice, {"person": person(office, "enforce")}) == 2
    assert post(office, number, notice) == 0
    assert reached(office) == ["enforce", "enforcehead"]


def test_e_mail_only_to_those_who_have_an_address(office: Office) -> None:
    number = receive(office, "2026-11-16 10:00")
    with office.work(SYSTEM) as work:
        work.tx.execute(
            text("update person set email = 'a@example.org' where username = 'enforce'")
        )
    post(office, number, {"unit": "131024104-ZF", "by": ("app", "email")})
    assert reached(office) == ["enforce", "enforcehead"]
    assert reached(office, "email") == ["enforce"]
    sent = dict(tuple(r) for r in rows(office, "select way, sent_at from message where key = 'k'"))
    assert sent == {"app": AT, "email": None}


def test_who_left_hears_nothing(office: Office) -> None:
    number = receive(office, "2026-11-16 10:00")
    with office.work(SYSTEM) as work:
        work.tx.execute(text("update person set active = false where username = 'enforce'"))
    post(office, number, {"unit": "131024104-ZF"}, {"person": person(office, "enforce")})
    assert reached(office) == ["enforcehead"]


class TestAccused:
    """The appeal is about the enforcement brigade."""

    def test_its_people_hear_nothing_however_addressed(self, office: Office) -> None:
        number = receive(office, "2026-11-16 10:00", accused=["131024104-ZF"])
        post(
            office,
            number,
            {"unit": "131024104-ZF"},
            {"person": person(office, "enforce")},
            {"area": "131024", "role": "deputy"},
        )
        assert reached(office) == ["deputy"]

    def test_neither_do_the_people_of_its_parts(self, office: Office) -> None:
        with office.work(SYSTEM) as work:
            work.tx.execute(
                text("update unit set parent = '131024104-ZF' where code = '131024104-PC'")
            )
            work.tx.execute(text("update fact set value = '{\"n\": 9}' where name = 'places'"))
        office.forget()
        number = receive(office, "2026-11-16 10:00", accused=["131024104-ZF"])
        post(office, number, {"unit": "131024104-PC"}, {"unit": "131024104-JJ"})
        assert reached(office) == ["traffic"]


def address(office: Office, way: str, *, username: str = "", unit: str = "") -> None:
    values = {"i": office.new_id(), "w": way, "p": person(office, username) if username else None}
    with office.work(SYSTEM) as work:
        work.tx.execute(
            text(
                "insert into address (id, person_id, unit, way, url, changed_at)"
                " values (:i, :p, nullif(:u, ''), :w, 'https://example.org/hook', now())"
            ),
            values | {"u": unit},
        )


EVERY_WAY = ("app", "email", "webhook", "robot")
GROUP = "select unit, way from message where key = 'k' and person_id = 0 order by 1, 2"


class TestAddresses:
    """A webhook or a robot only hears of a case where somebody has entered its address."""

    def test_a_person_by_the_ways_that_they_have(self, office: Office) -> None:
        number = receive(office, "2026-11-16 10:00")
        address(office, "webhook", username="enforce")
        post(office, number, {"unit": "131024104-ZF", "by": EVERY_WAY})
        assert reached(office) == ["enforce", "enforcehead"]
        assert reached(office, "webhook") == ["enforce"]
        assert reached(office, "robot") == []

    def test_a_units_group_hears_what_everybody_in_it_hears(self, office: Office) -> None:
        number = receive(office, "2026-11-16 10:00")
        address(office, "robot", unit="131024104-ZF")
        assert post(office, number, {"unit": "131024104-ZF", "by": EVERY_WAY}) == 3
        assert rows(office, GROUP) == [("131024104-ZF", "robot")]

    def test_a_units_group_hears_not_what_is_for_one_role(self, office: Office) -> None:
        number = receive(office, "2026-11-16 10:00")
        address(office, "robot", unit="131024104-ZF")
        post(office, number, {"unit": "131024104-ZF", "role": "head", "by": EVERY_WAY})
        assert rows(office, GROUP) == []

    def test_a_group_alone(self, office: Office) -> None:
        number = receive(office, "2026-11-16 10:00")
        address(office, "robot", unit="131024104-ZF")
        assert post(office, number, {"group": "131024104-ZF", "by": EVERY_WAY}) == 1
        assert post(office, number, {"group": "131024104-PC", "by": EVERY_WAY}) == 0
        assert reached(office) == []

    def test_not_unless_the_notice_is_meant_to_leave_the_house(self, office: Office) -> None:
        number = receive(office, "2026-11-16 10:00")
        address(office, "robot", unit="131024104-ZF")
        address(office, "webhook", username="enforce")
        post(office, number, {"unit": "131024104-ZF", "by": ("app", "email")})
        assert rows(office, GROUP) == []
        assert reached(office, "webhook") == []

    def test_not_the_group_of_an_accused_unit(self, office: Office) -> None:
        number = receive(office, "2026-11-16 10:00", accused=["131024104-ZF"])
        address(office, "robot", unit="131024104-ZF")
        post(office, number, {"group": "131024104-ZF", "by": EVERY_WAY})
        assert rows(office, GROUP) == []
