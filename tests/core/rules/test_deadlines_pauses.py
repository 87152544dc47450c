"""What a pause does to a deadline, and what is left of one: tables in county time."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rules.deadlines import Left, Term, carry, describe_left, due, moment, resume, time_left
from tests.core.rules.county_time import CALENDAR, here, instants, terms

pauses = st.timedeltas(timedelta(), timedelta(days=40))

RESUME = [
    # term, due, paused, resumed, new due
    # 7.5 + 8.5 + 8.5 office hours are left: 3.5 on Thursday, 8.5, 8.5, 4
    ("3wd", "Wed 2025-03-19 17:30", "Mon 2025-03-17 10:00", "Thu 2025-03-20 14:00",
     "Tue 2025-03-25 13:00"),
    # a pause outside office hours costs nothing
    ("3wd", "Wed 2025-03-19 17:30", "Fri 2025-03-14 17:30", "Mon 2025-03-17 09:00",
     "Wed 2025-03-19 17:30"),
    # resumed on the eve of National Day: one hour that day, the rest after it
    ("1wd", "Mon 2025-09-29 17:30", "Mon 2025-09-29 10:00", "Tue 2025-09-30 16:30",
     "Thu 2025-10-09 15:30"),
    # calendar days: two whole days of pause are two days more
    ("15d", "Tue 2025-03-25 17:30", "Mon 2025-03-17 10:00", "Wed 2025-03-19 10:00",
     "Thu 2025-03-27 17:30"),
    # two days and five hours end after closing time: the next day's close
    ("15d", "Tue 2025-03-25 17:30", "Mon 2025-03-17 10:00", "Wed 2025-03-19 15:00",
     "Fri 2025-03-28 17:30"),
    # four days more end on a Saturday: Monday
    ("15d", "Tue 2025-03-25 17:30", "Mon 2025-03-17 10:00", "Fri 2025-03-21 10:00",
     "Mon 2025-03-31 17:30"),
    # Spring Festival 2025, off Tue 28 January to Tue 4 February: five hours are left on the eve;
    # 2.5 of them on the Wednesday after it, 2.5 on Thursday
    ("1wd", "Mon 2025-01-27 17:30", "Mon 2025-01-27 12:30", "Wed 2025-02-05 15:00",
     "Thu 2025-02-06 11:30"),
    # resumed within the holiday: nothing passes before it is over
    ("1wd", "Mon 2025-01-27 17:30", "Mon 2025-01-27 12:30", "Sat 2025-02-01 10:00",
     "Wed 2025-02-05 14:00"),
    # a pause exactly as long as the holiday costs nothing
    ("1wd", "Wed 2025-02-05 17:30", "Mon 2025-01-27 17:30", "Wed 2025-02-05 09:00",
     "Wed 2025-02-05 17:30"),
    # the make-up Saturday counts: one hour is left, from 10:00 on
    ("3wd", "Fri 2025-02-07 17:30", "Fri 2025-02-07 16:30", "Sat 2025-02-08 10:00",
     "Sat 2025-02-08 11:00"),
    # before National Day 2025: four days of pause, to the Monday after
    ("15d", "Thu 2025-10-09 17:30", "Mon 2025-09-22 10:00", "Fri 2025-09-26 10:00",
     "Mon 2025-10-13 17:30"),
    # the turn of the year, off Thu 1 to Sat 3 January 2026: two hours on the make-up Sunday
    ("1wd", "Wed 2025-12-31 17:30", "Wed 2025-12-31 15:30", "Fri 2026-01-02 10:00",
     "Sun 2026-01-04 11:00"),
    # Spring Festival 2026, worked Sat 14 February, off Sun 15 to Mon 23: 7.5 + 8.5 hours are
    # left; 8.5 on Wednesday, 7.5 on Thursday
    ("3wd", "Tue 2026-02-24 17:30", "Sat 2026-02-14 10:00", "Wed 2026-02-25 09:00",
     "Thu 2026-02-26 16:30"),
    # Labour Day 2026, off Fri 1 to Tue 5 May, worked Sat 9: 4 + 8.5 + 8.5 hours are left;
    # Friday, the make-up Saturday, and four hours of Monday
    ("3wd", "Thu 2026-05-07 17:30", "Thu 2026-04-30 13:30", "Fri 2026-05-08 09:00",
     "Mon 2026-05-11 13:00"),
    # Mid-Autumn 2026: three days more end on Thu 1 October, a holiday until Wed 7
    ("15d", "Mon 2026-09-28 17:30", "Fri 2026-09-18 10:00", "Mon 2026-09-21 10:00",
     "Thu 2026-10-08 17:30"),
    # hours go on through National Day 2026
    ("24h", "Thu 2026-10-01 10:00", "Wed 2026-09-30 16:00", "Fri 2026-10-02 08:00",
     "Sat 2026-10-03 02:00"),
    # hours just continue
    ("24h", "Sat 2025-03-15 12:00", "Fri 2025-03-14 15:00", "Fri 2025-03-14 18:00",
     "Sat 2025-03-15 15:00"),
    # overdue before the pause: overdue since the same instant
    ("3wd", "Wed 2025-03-19 17:30", "Thu 2025-03-20 10:00", "Fri 2025-03-21 10:00",
     "Wed 2025-03-19 17:30"),
    ("15d", "Tue 2025-03-25 17:30", "Wed 2025-03-26 10:00", "Fri 2025-03-28 10:00",
     "Tue 2025-03-25 17:30"),
]  # fmt: skip


class TestPause:
    @pytest.mark.parametrize(("term", "end", "paused", "resumed", "new_end"), RESUME)
    def test_table(self, term: str, end: str, paused: str, resumed: str, new_end: str) -> None:
        result = resume(here(end), here(paused), here(resumed), Term.parse(term), CALENDAR)
        assert result == here(new_end)

    @given(start=instants, amount=st.integers(1, 30), share=st.floats(0, 0.99), pause=pauses)
    @settings(deadline=None)
    def test_working_time_left_is_left_again(
        self, start: datetime, amount: int, share: float, pause: timedelta
    ) -> None:
        term = Term(amount, "wd")
        end = due(start, term, CALENDAR)
        paused = moment(start, end, share, term, CALENDAR)
        new_end = resume(end, paused, paused + pause, term, CALENDAR)
        left = CALENDAR.working_time_between(paused, end)
        assert CALENDAR.working_time_between(paused + pause, new_end) == left

    @given(start=instants, term=terms, share=st.floats(0, 0.99), pause=pauses)
    @settings(deadline=None)
    def test_never_takes_time_away(
        self, start: datetime, term: Term, share: float, pause: timedelta
    ) -> None:
        end = due(start, term, CALENDAR)
        paused = moment(start, end, share, term, CALENDAR)
        new_end = resume(end, paused, paused + pause, term, CALENDAR)
        assert new_end >= end
        if term.unit != "wd":
            assert new_end - (paused + pause) >= end - paused

    @given(start=instants, term=terms, share=st.floats(0, 1))
    @settings(deadline=None)
    def test_no_pause_changes_nothing(self, start: datetime, term: Term, share: float) -> None:
        end = due(start, term, CALENDAR)
        paused = moment(start, end, share, term, CALENDAR)
        assert resume(end, paused, paused, term, CALENDAR) == end

    @given(
        start=instants,
        term=terms,
        shares=st.tuples(st.floats(0, 0.99), st.floats(0, 1)),
        pause=pauses,
    )
    @settings(deadline=None)
    def test_rungs_carried_over_stay_before_the_due_date(
        self, start: datetime, term: Term, shares: tuple[float, float], pause: timedelta
    ) -> None:
        end = due(start, term, CALENDAR)
        paused = moment(start, end, min(shares), term, CALENDAR)
        rung = moment(start, end, max(shares), term, CALENDAR)
        resumed = paused + pause
        carried = carry(rung, paused, resumed, term, CALENDAR)
        assert rung <= carried <= resume(end, paused, resumed, term, CALENDAR)

    def test_a_rung_that_had_come_stays(self) -> None:
        rung, paused = here("Mon 2025-03-17 09:30"), here("Mon 2025-03-17 10:00")
        assert carry(rung, paused, here("Thu 2025-03-20 10:00"), Term(3, "wd"), CALENDAR) == rung

    def test_nothing_resumes_before_it_paused(self) -> None:
        with pytest.raises(ValueError, match="resumed"):
            resume(
                here("Wed 2025-03-19 17:30"),
                here("Tue 2025-03-18 10:00"),
                here("Mon 2025-03-17 10:00"),
                Term(3, "wd"),
                CALENDAR,
            )


LEFT = [
    # now, due, state, words
    ("Fri 2025-03-14 12:00", "Wed 2025-03-19 17:30", "ok", "剩 3 个工作日"),
    ("Mon 2025-03-17 23:00", "Wed 2025-03-19 17:30", "ok", "剩 2 个工作日"),
    ("Tue 2025-03-18 09:00", "Wed 2025-03-19 17:30", "soon", "剩 1 个工作日"),
    ("Fri 2025-03-14 18:00", "Mon 2025-03-17 17:30", "soon", "剩 1 个工作日"),  # over a weekend
    ("Tue 2025-09-30 09:00", "Thu 2025-10-09 17:30", "soon", "剩 1 个工作日"),  # over a holiday
    ("Fri 2025-03-14 12:00", "Sat 2025-03-15 12:00", "soon", "剩 1 天"),  # 24 hours on a Friday
    ("Wed 2025-03-19 00:00", "Wed 2025-03-19 17:30", "today", "今日到期"),
    (
        "Wed 2025-03-19 17:30",
        "Wed 2025-03-19 17:30",
        "today",
        "今日到期",
    ),  # the last instant counts
    ("Wed 2025-03-19 17:31", "Wed 2025-03-19 17:30", "overdue", "超期不足 1 小时"),
    ("Wed 2025-03-19 23:59", "Wed 2025-03-19 17:30", "overdue", "超期 6 小时"),
    ("Thu 2025-03-20 09:00", "Wed 2025-03-19 17:30", "overdue", "超期 15 小时"),
    ("Thu 2025-03-20 18:00", "Wed 2025-03-19 17:30", "overdue", "超期 1 天"),
    ("Fri 2025-03-21 09:00", "Wed 2025-03-19 17:30", "overdue", "超期 2 天"),
    ("Mon 2025-03-24 09:00", "Wed 2025-03-19 17:30", "overdue", "超期 5 天"),  # days of the wall
]


class TestTimeLeft:
    @pytest.mark.parametrize(("now", "end", "state", "words"), LEFT)
    def test_table(self, now: str, end: str, state: str, words: str) -> None:
        left = time_left(here(now), here(end), CALENDAR)
        assert (left.state, describe_left(left)) == (state, words)

    def test_counts_both_kinds_of_days(self) -> None:
        left = time_left(here("Fri 2025-03-14 17:30"), here("Wed 2025-03-19 17:30"), CALENDAR)
        assert left == Left("ok", working_days=3, days=5, hours=120)

    def test_the_county_says_what_soon_means(self) -> None:
        now, end = here("Fri 2025-03-14 12:00"), here("Wed 2025-03-19 17:30")
        assert time_left(now, end, CALENDAR, soon=3).state == "soon"

    @pytest.mark.parametrize(
        ("now", "end", "state", "words"),
        [
            ("Thu 2026-12-31 10:00", "Fri 2027-01-01 10:00", "soon", "剩 1 天"),
            ("Thu 2026-12-31 10:00", "Thu 2027-01-07 10:00", "ok", "剩 7 天"),
            ("Fri 2027-01-01 10:00", "Thu 2026-12-31 10:00", "overdue", "超期 1 天"),
        ],
    )
    def test_an_unknown_year_counts_calendar_days_and_never_raises(
        self, now: str, end: str, state: str, words: str
    ) -> None:
        left = time_left(here(now), here(end), CALENDAR)
        assert (left.state, describe_left(left)) == (state, words)

    @given(start=instants, term=terms)
    @settings(deadline=None)
    def test_a_full_term_of_working_days_is_all_left_at_its_start(
        self, start: datetime, term: Term
    ) -> None:
        left = time_left(start, due(start, term, CALENDAR), CALENDAR)
        assert left.state != "overdue"
        if term.unit == "wd":
            assert left.working_days == term.amount
