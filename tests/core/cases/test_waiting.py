"""The case waits for the resident: until a day, of which whoever leads is reminded.

Monday 2026-11-16 is an ordinary week without holidays.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from core.access.actor import resident
from core.access.desk import Office, Work
from core.cases.act import act
from core.cases.public import public_view
from core.cases.sweep import sweep
from core.errors import Invalid
from core.rules.demands import awaited
from core.rules.unit_measures import known
from tests.support import memory
from tests.support.asked import UNIT, Case, answered, on, wall
from tests.support.moments import told

ASK = "请补充是哪个门口，最好拍一张照片"
DAY, LATER = "waiting/等群众补充的日期到了，请决定是否恢复办理", "等群众补充已过三个工作日"


def paused(one: Case, moment: str = "2026-11-17 09:00", **more: str) -> Case:
    with on(moment):
        one.do("enforce", "pause", reason=ASK, **more)
    return one


def as_resident(one: Case) -> AbstractContextManager[Work]:
    case = one.seen().file.case
    return one.office.work(resident(one.number, case.code_hash))


def test_ten_days_where_no_day_is_named(case: Callable[..., Case]) -> None:
    one = paused(case())
    asked = awaited(one.seen().file)
    assert asked is not None
    assert (asked.kind, asked.unit, asked.text) == ("waiting", UNIT, ASK)
    assert wall(asked.due_at) == "2026-11-27 17:30"


def test_who_leads_is_reminded_on_the_day_and_it_goes_on_by_hand(
    case: Callable[..., Case], office: Office
) -> None:
    one = paused(case(), until="2026-11-20")
    with on("2026-11-20 17:29"):
        assert sweep(office).fired == 0, "a case that waits reminds nobody before"
    with on("2026-11-20 17:30"):
        assert sweep(office).by_rung == {DAY: 1}
    assert one.seen().file.paused, "nobody but a person resumes it"
    assert [who for who, _data in told(office, "remind")] == ["enforce"]
    assert told(office, "overdue") == [], "nobody is late"
    assert one.seen().timeline[-1].action == "remind"
    with on("2026-11-25 17:30"):
        assert LATER in next(iter(sweep(office).by_rung))
    assert "enforcehead" in [who for who, _data in told(office, "remind")]
    with on("2026-11-26 09:00"):
        one.do("enforce", "resume")
    assert awaited(one.seen().file) is None


@pytest.mark.parametrize("how", ["by hand", "by the resident", "answered"])
def test_what_has_gone_on_is_waited_for_no_longer(
    case: Callable[..., Case], office: Office, how: str
) -> None:
    one = paused(case())
    with on("2026-11-18 09:00"):
        match how:
            case "by hand":
                one.do("dispatcher", "resume")
            case "by the resident":
                with as_resident(one) as work:
                    act(work, one.number, "add", {"text": "南门口"})
            case _:
                answered(one)
    assert not one.seen().file.paused
    with on("2026-11-27 18:00"):
        assert not any(rung.startswith("waiting/") for rung in sweep(office).by_rung)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2026-11-16", "日期应晚于现在"),
        ("2026-12-18", "最多等 30 天，不能晚于 2026-12-17"),
        ("明天", "日期"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused(
    case: Callable[..., Case], until: str, words: str
) -> None:
    one = case()
    with on("2026-11-17 09:00"), pytest.raises(Invalid, match=words):
        one.do("enforce", "pause", reason=ASK, until=until)
    assert not one.seen().file.paused
    assert one.seen().file.demands == []


def test_the_resident_reads_until_when(case: Callable[..., Case], office: Office) -> None:
    one = paused(case(), until="2026-11-20")
    with as_resident(one) as work:
        view = public_view(work)
    assert (view.wanted, wall(view.wanted_until)) == (ASK, "2026-11-20 17:30")
    with on("2026-11-18 09:00"):
        one.do("enforce", "resume")
    with as_resident(one) as work:
        view = public_view(work)
    assert (view.wanted, view.wanted_until) == ("", None)


def test_shelved_meanwhile_it_waits_for_its_review(
    case: Callable[..., Case], office: Office
) -> None:
    one = case()
    with on("2026-11-17 09:00"):
        one.do("dispatcher", "shelve", until="2026-12-18", reason="等开春施工")
        one.do("enforce", "pause", reason=ASK)
        one.do("county", "grant")
    with on("2026-11-18 09:00"), as_resident(one) as work:
        act(work, one.number, "add", {"text": "南门口"})
    assert one.seen().file.paused
    with on("2026-12-18 18:00"):
        sweep(office)
    assert not one.seen().file.paused


def test_how_often_a_unit_lets_residents_wait_can_be_counted() -> None:
    kinds = memory.world("langfang").blueprint.demands
    assert {"by:waiting", "on:waiting"} <= {*known(kinds, ())}
