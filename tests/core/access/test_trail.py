"""The audit as an auditor reads it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from core.access.actor import NOBODY
from core.access.audit import audit
from core.access.desk import Office
from core.access.sessions import sign_in
from core.access.trail import NOTEWORTHY, WORDS, Trail, TrailFilter, trail
from core.errors import NotPermitted
from core.now import moved_to, now
from core.places.people import disable
from tests.support import county

TOP = Path(__file__).parents[3]


def read(office: Office, *, limit: int = 50, cursor: str = "", **f: object) -> Trail:
    with office.look(county.actor(office, "auditor")) as look:
        return trail(look, TrailFilter(**f), limit=limit, cursor=cursor)  # pyright: ignore


@pytest.mark.parametrize("username", ["admin", "leader", "supervisor"])
def test_is_the_auditors_alone(office: Office, username: str) -> None:
    with office.look(county.actor(office, username)) as look, pytest.raises(NotPermitted):
        trail(look, TrailFilter())


def test_every_code_that_is_written_has_its_words() -> None:
    sources = [p for top in ("core", "api", "jobs", "pages") for p in (TOP / top).rglob("*.py")]
    calls = [c for p in sources for c in re.findall(r"\baudit\(([^)]*)\)", p.read_text())]
    codes = {c for call in calls for c in re.findall(r'"([a-z_]+(?:\.[a-z_]+)?)"', call)}
    assert codes >= {"sign_in", "people.save", "config.publish"}
    assert {c for c in codes if "." in c or c in WORDS} <= set(WORDS)
    assert set(WORDS) >= NOTEWORTHY


def test_the_newest_stands_first_with_name_and_username(office: Office) -> None:
    with office.work(county.actor(office, "admin")) as work:
        disable(work, "clerk")
    newest = read(office).lines[0]
    assert (newest.what, newest.subject) == ("people.disable", "clerk")
    assert (newest.name, newest.username) == ("杨某", "admin")


def test_somebody_who_was_never_signed_in_has_no_name(office: Office) -> None:
    with office.work(NOBODY) as work:
        sign_in(work, "ghost", "wrong-password", "")
    newest = read(office).lines[0]
    assert (newest.what, newest.name, newest.username) == ("sign_in.unknown", "", "")


def test_pages_follow_each_other_even_within_one_instant(office: Office) -> None:
    with moved_to(now()), office.work(county.actor(office, "admin")) as work:
        for n in range(7):
            audit(work, "people.save", f"p{n}")
    seen, cursor = [], ""
    while True:
        page = read(office, limit=3, cursor=cursor, what="people.save", who="杨某")
        seen += [line.subject for line in page.lines]
        if not page.cursor:
            break
        cursor = page.cursor
    assert seen == [f"p{n}" for n in reversed(range(7))]


@pytest.mark.parametrize("cursor", ["nonsense", "~", "2026-01-01~1", "2026-01-01T00:00:00+00:00~x"])
def test_a_cursor_that_is_none_begins_anew(office: Office, cursor: str) -> None:
    assert read(office, cursor=cursor).lines == read(office).lines


def test_narrows_by_person_deed_words_and_time(office: Office) -> None:
    with office.work(county.actor(office, "admin")) as work:
        audit(work, "case.unmask", "131024-20261121-000123", purpose="约时间上门")
        audit(work, "cases.export", n=3)
    assert [x.what for x in read(office, what="cases.export").lines] == ["cases.export"]
    assert [x.what for x in read(office, q="000123").lines] == ["case.unmask"]
    assert [x.what for x in read(office, q="约时间上门").lines] == ["case.unmask"], (
        "particulars too"
    )
    assert read(office, q="%").lines == []
    assert {x.username for x in read(office, who="admin").lines} == {"admin"}
    assert {x.username for x in read(office, who="杨").lines} == {"admin"}
    assert read(office, since=now() + timedelta(minutes=1)).lines == []
    assert read(office, until=now() - timedelta(days=1)).lines == []
