"""Everybody reads their own messages, and nobody else's."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, update

from core.access.actor import SYSTEM, resident
from core.access.desk import Look, Office
from core.cases.notices import mark_read, my_notices, unread_count
from db.models import MessageRow, Person
from tests.support import county
from tests.support.asked import UNIT, Case, on
from tests.support.moments import receive


@pytest.fixture
def look(office: Office) -> Iterator[Look]:
    """What the dispatcher sees after three appeals came in."""
    for minute in (1, 2, 3):
        receive(office, f"2026-11-16 10:0{minute}", title=f"第 {minute} 件")
    with office.look(county.actor(office, "dispatcher")) as look:
        yield look


def test_newest_first_in_words(look: Look) -> None:
    found = my_notices(look)
    assert [n.subject for n in found] == ["新诉求：第 3 件", "新诉求：第 2 件", "新诉求：第 1 件"]
    assert not any(n.read for n in found)
    assert found[0].number.startswith("131024-20261116-")


def test_page_by_page(look: Look) -> None:
    first = my_notices(look, limit=2)
    rest = my_notices(look, limit=2, before=first[-1].id)
    assert [n.subject for n in (*first, *rest)] == [n.subject for n in my_notices(look)]


def test_read_ones_are_no_longer_counted(look: Look) -> None:
    office, actor = look.office, look.actor
    newest = my_notices(look)[0]
    assert unread_count(look) == 3
    with office.work(actor) as work:
        assert mark_read(work, [newest.id]) == 1
        assert mark_read(work, [newest.id]) == 0
        assert unread_count(work) == 2
        assert [n.subject for n in my_notices(work, unread_only=True)] == [
            "新诉求：第 2 件",
            "新诉求：第 1 件",
        ]
        assert my_notices(work)[0].read
        assert mark_read(work) == 2
        assert unread_count(work) == 0


def test_other_people_s_messages_are_out_of_reach(look: Look) -> None:
    office = look.office
    theirs = [n.id for n in my_notices(look)]
    with office.work(county.actor(office, "housing")) as work:
        assert my_notices(work) == []
        assert mark_read(work, theirs) == 0
    assert unread_count(look) == 3


@pytest.mark.parametrize("actor", [SYSTEM, resident("131024-20261116-000001", "x")])
def test_without_an_account_there_are_no_messages(office: Office, actor: object) -> None:
    with office.work(actor) as work:  # pyright: ignore[reportArgumentType]
        assert (my_notices(work), unread_count(work), mark_read(work)) == ([], 0, 0)


def test_whoever_asked_hears_of_the_answer_on_every_way_they_have(
    office: Office, case: Callable[..., Case]
) -> None:
    with office.work(SYSTEM) as work:
        theirs = update(Person).where(Person.username == "leader")
        work.tx.execute(theirs.values(email="leader@example.cn"))
    one = case("2026-11-16 09:00")
    with on("2026-11-16 10:00"):
        one.do("leader", "instruct", text="今天办好", to=[UNIT])
        one.do("enforce", "feedback", text="已办好")
    with office.look(SYSTEM) as look:
        told = select(MessageRow.way).where(MessageRow.template == "answered")
        assert sorted(look.tx.scalars(told)) == ["app", "email"]
