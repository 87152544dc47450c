"""The briefing: what is hot, what is late, what I asked for and what came back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from core.access.desk import Office
from core.cases.queries import count_cases
from core.errors import NotFound, NotPermitted
from core.now import ZONE, moved_to
from core.oversight.briefing import Briefing, asked_line, briefing
from core.oversight.instruct import instruct_cases, instruct_slice
from core.oversight.instructions import instructions, ledger
from core.oversight.slices import Slice
from tests.support import county

Hand = Callable[..., str]
Do = Callable[..., object]
HOUSING = "131024-ZJ"


def brief(office: Office, by: str = "leader", days: int = 7, **more: str) -> Briefing:
    """The last days, this one included."""
    since = date(2026, 11, 16) - timedelta(days=days - 1)
    with office.look(county.actor(office, by)) as look:
        return briefing(look, since=since, until=None, **more)


def test_hot_is_what_rose_against_the_period_before_as_narrow_as_it_explains(
    office: Office, hand_in: Hand
) -> None:
    with moved_to(datetime(2026, 11, 9, 10, tzinfo=ZONE)):
        hand_in()
        for _n in range(5):
            hand_in(category="city/noise")
    for _n in range(4):
        hand_in()
    hand_in(category="city/noise")
    found = brief(office)
    (line,) = found.hot
    assert line.said == "供暖：4 件，比上期多 3 件（1 → 4，升 300%）"
    assert line.about == Slice(
        area=county.COUNTY, category="housing/heating", since=date(2026, 11, 10)
    )
    assert (found.received, found.compared) == (5, True)


def test_too_few_are_no_finding(office: Office, hand_in: Hand) -> None:
    hand_in()
    hand_in()
    assert brief(office).hot == []


def test_late_is_told_by_unit_with_how_long(office: Office, hand_in: Hand) -> None:
    with moved_to(datetime(2026, 11, 2, 10, tzinfo=ZONE)):
        hand_in()
        hand_in()
    found = brief(office)
    assert found.overdue.n == 2
    (line,) = found.late
    assert line.said == "香河县住房和城乡建设局：2 件超期，最久的超期 11 天"
    assert line.about == Slice(area=county.COUNTY, unit=HOUSING, state="overdue")
    hand_in()  # not late, and none of those that are instructed on
    with office.look(county.actor(office, "leader")) as look:
        calendar = look.world.blueprint.clock_calendar
        meant = [count_cases(look, one.about.live(calendar)) for one in (found.overdue, line)]
    assert meant == [found.overdue.n, line.n]
    assert brief(office, area="131024100").late == []


def test_what_i_asked_for_with_what_came_back_first(office: Office, hand_in: Hand, do: Do) -> None:
    first, second = hand_in(), hand_in()
    for minute, number in enumerate((first, second)):
        with (
            moved_to(datetime(2026, 11, 16, 10, minute, tzinfo=ZONE)),
            office.work(county.actor(office, "leader")) as work,
        ):
            instruct_cases(work, [number], {"text": f"第 {minute} 条", "to": [HOUSING]})
    do("housing", first, "feedback", text="已办好")
    with office.look(county.actor(office, "leader")) as look:
        found = briefing(look, since=None, until=None)
        lines = [asked_line(look, i) for i in found.mine]
    assert lines == [
        "“第 0 条”：三号楼暖气不热，家里有老人和孩子，已反馈，待领导认可",
        "“第 1 条”：三号楼暖气不热，家里有老人和孩子，待签收",
    ]


def test_a_briefing_is_for_leaders_and_for_their_own_area(office: Office) -> None:
    for by in ("supervisor", "deputy", "analyst"):
        with pytest.raises(NotPermitted):
            brief(office, by)
    with pytest.raises(NotFound):
        brief(office, area="110000")


def test_the_offices_track_all_instructions_of_their_area(
    office: Office, hand_in: Hand, do: Do
) -> None:
    number = hand_in()
    with office.work(county.actor(office, "leader")) as work:
        given = {"text": "马上办", "to": [HOUSING, "131024104-C"], "due": "2026-11-17"}
        instruct_cases(work, [number], given)
        instruct_slice(work, Slice(area=county.COUNTY, category="city"), given)
    do("housing", number, "feedback", text="=1+1 已办好")
    with moved_to(datetime(2026, 11, 18, 10, tzinfo=ZONE)):
        for by, seen in (("supervisor", 2), ("dispatcher", 1), ("other", 0)):
            with office.look(county.actor(office, by)) as look:
                found = instructions(look)
                assert len(found) == seen, by
                assert all(i.state == "late" for i in found)
        with office.work(county.actor(office, "supervisor")) as work:
            columns, rows = ledger(work, instructions(work))
            assert instructions(work, state="answered") == []
    assert len(rows) == 4
    assert {len(r) for r in rows} == {len(columns)}
    with pytest.raises(NotPermitted), office.look(county.actor(office, "housing")) as look:
        instructions(look)
