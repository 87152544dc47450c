"""A clock goes on after a pause: half the time is left when half of what is allotted is.

2026: off are Thu 1 to Wed 7 October (worked: Sun 20 September, Sat 10 October) and Thu 1 to
Sat 3 January (worked: Sun 4 January). An office day has 8.5 hours, 09:00 to 17:30.
"""

from datetime import date, datetime, timedelta

import pytest

from core.cases.clocks import date_clock, run_on
from core.rules.calendar import Calendar, YearPlan
from core.rules.case import Clock
from core.rules.deadlines import Term, moment
from tests.core.rules.county_time import CALENDAR, here
from tests.support import memory

BLUEPRINT = memory.world("langfang").blueprint

HALF = [
    # term, started, paused, resumed, half of the time is left, due
    # one of four days used on Monday; over the weekend; three are left from Monday on
    ("4wd", "Fri 2026-11-13 17:30", "Mon 2026-11-16 17:30", "Mon 2026-11-23 09:00",
     "Mon 2026-11-23 17:30", "Wed 2026-11-25 17:30"),
    # the same with an afternoon used and a pause that begins and ends on a weekend
    ("2wd", "Fri 2026-11-13 13:15", "Sat 2026-11-14 10:00", "Sun 2026-11-22 10:00",
     "Mon 2026-11-23 15:22", "Tue 2026-11-24 17:30"),
    # elapsed time would put the start into the holidays: three of ten days are used, the make-up
    # Sunday among them; two more, and half is left; the make-up Saturday is the sixth
    ("10wd", "Fri 2026-09-18 17:30", "Tue 2026-09-22 17:30", "Thu 2026-10-08 09:00",
     "Fri 2026-10-09 17:30", "Thu 2026-10-15 17:30"),
    # paused for one day; the make-up Saturday is the third of six days, not a day off
    ("6wd", "Wed 2026-09-30 17:30", "Thu 2026-10-08 17:30", "Sat 2026-10-10 09:00",
     "Mon 2026-10-12 17:30", "Thu 2026-10-15 17:30"),
    # the turn of the year: one of four days used; the make-up Sunday is the second
    ("4wd", "Tue 2025-12-30 17:30", "Wed 2025-12-31 17:30", "Sat 2026-01-03 10:00",
     "Sun 2026-01-04 17:30", "Tue 2026-01-06 17:30"),
    # calendar days and hours simply elapse, through the weekend
    ("24h", "Fri 2026-11-13 12:00", "Fri 2026-11-13 18:00", "Sun 2026-11-15 18:00",
     "Mon 2026-11-16 00:00", "Mon 2026-11-16 12:00"),
    ("10d", "Mon 2026-11-02 17:30", "Wed 2026-11-04 17:30", "Mon 2026-11-09 17:30",
     "Thu 2026-11-12 17:30", "Tue 2026-11-17 17:30"),
]  # fmt: skip


def clock(term: str, started: str) -> Clock:
    made = Clock(
        county="131024", id=1, case_id=1, kind="case", subject="131024104-C", ladder="default",
        term=term, started_at=here(started),
    )  # fmt: skip
    date_clock(made, BLUEPRINT)
    return made


def half(one: Clock) -> datetime:
    assert one.due_at is not None
    return moment(one.started_at, one.due_at, 0.5, Term.parse(one.term or "1wd"), CALENDAR)


@pytest.mark.parametrize(("term", "started", "paused", "resumed", "rung", "due"), HALF)
def test_half_the_time_is_half_of_what_is_allotted(
    term: str, started: str, paused: str, resumed: str, rung: str, due: str
) -> None:
    one = clock(term, started)
    one.paused_at = here(paused)
    run_on(one, here(resumed), BLUEPRINT)
    assert one.due_at == here(due)
    assert abs(half(one) - here(rung)) < timedelta(minutes=1)
    assert one.next_fire_at == half(one), "what was carried over and what is worked out agree"


@pytest.mark.parametrize(("term", "started", "paused", "resumed", "rung", "due"), HALF)
def test_what_was_used_stays_used(
    term: str, started: str, paused: str, resumed: str, rung: str, due: str
) -> None:
    one, start = clock(term, started), here(started)
    one.paused_at = here(paused)
    run_on(one, here(resumed), BLUEPRINT)
    if term.endswith("wd"):
        used = CALENDAR.working_time_between(start, here(paused))
        assert CALENDAR.working_time_between(one.started_at, here(resumed)) == used
    else:
        assert here(resumed) - one.started_at == here(paused) - start


def test_a_second_pause_keeps_what_the_first_one_left() -> None:
    one = clock("4wd", "Fri 2026-11-13 17:30")
    for paused, resumed in (
        ("Mon 2026-11-16 17:30", "Mon 2026-11-23 09:00"),
        ("Mon 2026-11-23 17:30", "Mon 2026-11-30 09:00"),
    ):
        one.paused_at = here(paused)
        run_on(one, here(resumed), BLUEPRINT)
    assert one.due_at == here("Tue 2026-12-01 17:30")
    used = CALENDAR.working_time_between(one.started_at, here("Mon 2026-11-30 09:00"))
    assert used == 2 * CALENDAR.day_length, "half of it"


def test_what_was_overdue_stays_so_whatever_year_it_goes_on_in() -> None:
    for resumed in ("Thu 2026-11-26 10:00", "Mon 2040-01-16 10:00"):
        one = clock("3wd", "Mon 2026-11-16 09:00")
        one.paused_at = here("Fri 2026-11-20 10:00")
        run_on(one, here(resumed), BLUEPRINT)
        assert one.due_at == here("Thu 2026-11-19 17:30")
        assert one.started_at == here("Mon 2026-11-16 09:00")


def test_a_deadline_that_stands_is_not_worked_out_anew() -> None:
    """An answer is rejected after a pause: its author has the date that the pause had left."""
    one = clock("4wd", "Mon 2026-11-16 09:00")
    one.paused_at = here("Tue 2026-11-17 12:00")
    run_on(one, here("Thu 2026-11-19 10:00"), BLUEPRINT)
    due = one.due_at
    assert due == here("Tue 2026-11-24 15:30")
    date_clock(one, BLUEPRINT)
    assert one.due_at == due


def test_an_undated_clock_loses_no_day() -> None:
    """The year of its last day is not entered; its days will be counted from its start's."""
    one = clock("20wd", "Fri 2026-12-18 09:00")
    assert one.due_at is None
    one.paused_at = here("Mon 2026-12-21 09:00")
    run_on(one, here("Wed 2026-12-23 09:00"), BLUEPRINT)
    assert one.started_at == here("Tue 2026-12-22 09:00"), "two working days later"


@pytest.mark.parametrize(
    ("started", "paused", "resumed", "due"),
    [
        # one of eleven office days used, the Friday; ten are left from the Friday on
        ("Fri 2026-12-25 09:00", "Mon 2026-12-28 09:00", "Fri 2027-01-08 09:00",
         "Thu 2027-01-21 17:30"),
        # resumed on a Monday: the weekend before it is given on top
        ("Fri 2026-12-25 09:00", "Tue 2026-12-29 09:00", "Mon 2027-01-11 09:00",
         "Fri 2027-01-22 17:30"),
    ],
)  # fmt: skip
def test_nobody_loses_a_day_to_a_year_that_was_not_entered(
    started: str, paused: str, resumed: str, due: str
) -> None:
    one = clock("10wd", started)
    one.paused_at = here(paused)
    run_on(one, here(resumed), BLUEPRINT)
    assert one.due_at is None, "said to be unknown, never guessed"
    entered = Calendar(extra={2027: YearPlan(holidays=frozenset({date(2027, 1, 1)}))})
    date_clock(one, BLUEPRINT, entered)
    assert one.due_at == here(due)
