"""Graded hard: the deadline table's other row is what the running clocks follow.

Monday 2026-11-16 09:00; Raoyang gives hard cases 20 working days and its units 15.
"""

from collections.abc import Callable

import pytest

from core.rules.case import CASE_CLOCK, TASK_CLOCK
from tests.support.asked import Case, on, wall


@pytest.fixture
def blueprint() -> str:
    return "raoyang"


def test_the_running_clocks_follow_from_their_own_start(case: Callable[..., Case]) -> None:
    one = case()
    with on("2026-11-18 10:00"):
        one.do("dispatcher", "grade", difficulty="hard")
    file = one.seen().file
    assert wall(file.case.due_at) == "2026-12-14 17:30", "20 working days from receipt"
    assert [wall(t.due_at) for t in file.tasks] == ["2026-12-07 17:30"], "15 from the dispatch"
    assert one.clock(CASE_CLOCK).term == "20wd"
    assert one.clock(TASK_CLOCK).term == "15wd"


def test_a_deadline_that_had_passed_stays_on_record(case: Callable[..., Case]) -> None:
    one = case()
    with on("2026-12-08 09:00"):
        one.do("dispatcher", "grade", difficulty="hard")
    found = one.seen().file.case
    assert found.late
    assert wall(found.due_at) == "2026-12-14 17:30"


def test_a_date_that_was_granted_stays(case: Callable[..., Case]) -> None:
    one = case()
    with on("2026-11-18 10:00"):
        one.do("enforce", "extend", reason="等待批复", until="2026-12-31")
        one.do("enforcehead", "grant")
        one.do("dispatcher", "grade", difficulty="hard")
    assert wall(one.seen().file.case.due_at) == "2026-12-31 17:30"
