"""The administrator's list of people."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.access.actor import NOBODY, SYSTEM
from core.access.desk import Office
from core.access.sessions import open_session
from core.errors import NotFound, NotPermitted
from core.now import now
from core.places.directory import People, PersonFilter, PersonLine, people, person
from core.places.people import disable
from db.models import Person
from tests.support import county


def listed(office: Office, **f: str) -> list[str]:
    return [p.username for p in page(office, **f).lines]


def page(office: Office, *, limit: int = 50, after: str = "", **f: str) -> People:
    with office.look(county.actor(office, "admin")) as look:
        return people(look, PersonFilter(**f), limit=limit, after=after)  # pyright: ignore


def one(office: Office, username: str) -> PersonLine:
    with office.look(county.actor(office, "admin")) as look:
        return person(look, username)


@pytest.mark.parametrize("username", ["auditor", "leader", "dispatcher", "clerk"])
def test_is_the_administrators_alone(office: Office, username: str) -> None:
    with office.look(county.actor(office, username)) as look:
        with pytest.raises(NotPermitted):
            people(look, PersonFilter())
        with pytest.raises(NotPermitted):
            person(look, "clerk")


def test_pages_follow_each_other_without_gap_or_repeat(office: Office) -> None:
    everybody = listed(office)
    seen, after = [], ""
    while True:
        found = page(office, limit=4, after=after)
        seen += [p.username for p in found.lines]
        assert found.total == len(everybody)
        if not found.after:
            break
        after = found.after
    assert seen == everybody == sorted(everybody)


@pytest.mark.parametrize(
    ("f", "expect"),
    [
        ({"q": "李某"}, ["dispatcher"]),
        ({"q": "ENFORCE"}, ["enforce", "enforcehead"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"role": "head"}, ["enforcehead"]),
        ({"unit": "131024104-ZF"}, ["enforce", "enforcehead"]),
        ({"area": "131024100"}, ["other"]),
        ({"unit": "131024104-ZF", "role": "handler"}, ["enforce"]),
        ({"state": "disabled"}, []),
    ],
)
def test_narrows(office: Office, f: dict[str, str], expect: list[str]) -> None:
    assert listed(office, **f) == expect


def test_says_who_is_closed_locked_and_when_somebody_was_here(office: Office) -> None:
    with office.work(county.actor(office, "admin")) as work:
        disable(work, "clerk")
    with office.work(SYSTEM) as work:
        locked = update(Person).where(Person.username == "police")
        work.tx.execute(locked.values(locked_until=now() + timedelta(minutes=5)))
        expired = update(Person).where(Person.username == "land")
        work.tx.execute(expired.values(locked_until=now() - timedelta(minutes=5)))
    with office.work(NOBODY) as work:
        open_session(work, county.actor(office, "leader"))
    assert listed(office, state="disabled") == ["clerk"]
    assert listed(office, state="locked") == ["police"]
    assert not one(office, "clerk").active
    assert one(office, "police").locked_until
    assert one(office, "land").locked_until is None
    assert one(office, "leader").seen_at
    assert one(office, "deputy").seen_at is None


def test_nobody_by_a_name_that_there_is_not(office: Office) -> None:
    with pytest.raises(NotFound, match="没有用户“x”"):
        one(office, "x")
