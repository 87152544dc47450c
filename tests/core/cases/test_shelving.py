"""A shelved case stands still until its review.

Monday 2026-11-16 is an ordinary week without holidays.
"""

from collections.abc import Callable

import pytest

from core.access.desk import Office
from core.cases.sweep import sweep
from core.errors import Invalid
from tests.support.asked import Case, answered, closed, on, wall


def test_the_review_date_lets_it_go_on(case: Callable[..., Case], office: Office) -> None:
    one = case("2026-03-02 09:00")  # a Monday; 15 working days: Monday 03-23
    with on("2026-03-04 09:00"):
        one.do("dispatcher", "shelve", until="2026-06-01", reason="等汛期前施工")
        assert one.asked("shelving").unit == "131024-C", "nobody decides on their own request"
        one.do("county", "grant", note="同意挂账")
        file = one.seen().file
        assert file.paused and file.case.due_at is None
    with on("2026-05-20 09:00"):
        assert sweep(office).fired == 0, "a shelved case reminds nobody"
    with on("2026-06-01 17:30"):
        assert sweep(office).acted == 1
        assert not one.seen().file.paused
    # 14 working days were left; Friday 06-19 is Dragon Boat
    assert wall(one.seen().file.case.due_at) == "2026-06-22 17:30"


def test_not_for_ever(case: Callable[..., Case]) -> None:
    one = case()
    with on("2026-11-18 09:00"):
        with pytest.raises(Invalid, match="“哪天复核”不能晚于 2027-05-17，最长 180 天") as no:
            one.do("dispatcher", "shelve", until="2027-05-18", reason="等规划调整")
        assert "until" in no.value.data["fields"]
        one.do("dispatcher", "shelve", until="2027-05-17", reason="等规划调整")


def test_resumed_by_hand_the_review_falls_away(case: Callable[..., Case], office: Office) -> None:
    one = case()
    with on("2026-11-18 09:00"):
        one.do("dispatcher", "shelve", until="2026-12-18", reason="等开春施工")
        one.do("county", "grant")
    with on("2026-11-20 09:00"):
        one.do("dispatcher", "resume")
    with on("2026-12-18 18:00"):
        assert "shelf/挂账到期，恢复办理" not in sweep(office).by_rung


def test_whoever_goes_on_with_it_ends_the_standing_still(case: Callable[..., Case]) -> None:
    one = case()
    with on("2026-11-18 09:00"):
        one.do("dispatcher", "shelve", until="2026-12-18", reason="等开春施工")
        one.do("county", "grant")
    with on("2026-12-16 09:00"):
        answered(one)
        file = one.seen().file
    assert not file.paused and file.case.late is False, "the time on the shelf does not count"


def test_a_closed_case_has_no_review(case: Callable[..., Case]) -> None:
    one = case()
    with on("2026-11-18 09:00"):
        one.do("dispatcher", "shelve", until="2026-12-18", reason="等开春施工")
        one.do("county", "grant")
        closed(one)
    assert not any(c.stopped_at is None for c in one.seen().file.clocks)
