"""Working days: the State Council's plan, the county's own additions, refused years."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.rules.calendar import Calendar, UnknownYear, YearPlan
from tests.core.rules.county_time import CALENDAR, here, instants

SUNDAY_2027 = date(2027, 1, 10)

days = st.dates(date(2024, 1, 1), date(2026, 6, 30))
spans = st.timedeltas(timedelta(), timedelta(hours=200))


class TestIsWorkingDay:
    @pytest.mark.parametrize(
        ("day", "works"),
        [
            (date(2025, 3, 14), True),  # an ordinary Friday
            (date(2025, 3, 15), False),  # an ordinary Saturday
            (date(2025, 1, 26), True),  # make-up Sunday before Spring Festival
            (date(2025, 1, 28), False),  # New Year's Eve of the lunar year, a Tuesday
            (date(2025, 2, 4), False),  # last day of Spring Festival, a Tuesday
            (date(2025, 2, 8), True),  # make-up Saturday after it
            (date(2025, 10, 8), False),  # National Day with Mid-Autumn lasts eight days
            (date(2025, 10, 11), True),  # make-up Saturday
            (date(2026, 1, 2), False),  # a Friday off
            (date(2026, 1, 4), True),  # worked on the Sunday instead
            (date(2026, 2, 23), False),  # nine days of Spring Festival, a Monday
            (date(2026, 2, 28), True),  # make-up Saturday
            (date(2026, 10, 10), True),  # make-up Saturday
        ],
    )
    def test_follows_the_yearly_notice(self, day: date, works: bool) -> None:
        assert CALENDAR.is_working_day(day) is works

    @pytest.mark.parametrize(("year", "length"), [(2025, 248), (2026, 248)])
    def test_counts_the_days_of_a_year(self, year: int, length: int) -> None:
        # 261 weekdays each year; 2025: 18 weekdays off, 5 worked. 2026: 19 off, 6 worked
        assert CALENDAR.working_days_between(date(year, 1, 1), date(year, 12, 31)) == length


class TestUnknownYear:
    @pytest.mark.parametrize("day", [SUNDAY_2027, date(2027, 1, 1), date(2027, 6, 2)])
    def test_even_a_plain_sunday_is_refused(self, day: date) -> None:
        with pytest.raises(UnknownYear):
            CALENDAR.is_working_day(day)

    def test_says_which_year_and_the_cure(self) -> None:
        with pytest.raises(UnknownYear) as caught:
            CALENDAR.next_working_day(date(2026, 12, 31))
        assert caught.value.code == "calendar.unknown_year"
        assert caught.value.data == {"year": 2027}
        assert caught.value.message == "2027 年的放假安排尚未录入，请管理员在“日历”中补录后重试"

    def test_years_before_the_first_notice_are_refused(self) -> None:
        assert not CALENDAR.is_working_day(date(2004, 1, 1))
        with pytest.raises(UnknownYear):
            CALENDAR.is_working_day(date(2003, 12, 31))
        with pytest.raises(UnknownYear):
            CALENDAR.add_working_days(date(2004, 1, 2), -2)

    def test_the_last_day_of_a_known_year_is_still_known(self) -> None:
        assert CALENDAR.next_working_day(date(2026, 12, 30)) == date(2026, 12, 31)

    def test_counting_across_one_is_refused(self) -> None:
        with pytest.raises(UnknownYear):
            CALENDAR.working_days_between(date(2026, 12, 30), date(2027, 1, 5))

    def test_knows_says_so_beforehand(self) -> None:
        assert [y for y in (2003, 2004, 2026, 2027, 0, 10000) if CALENDAR.knows(y)] == [2004, 2026]


class TestCountyAdditions:
    # an invented plan: only its shape matters
    PLAN = YearPlan(
        holidays=frozenset({date(2026, 12, 31), date(2027, 1, 1)}),
        workdays=frozenset({date(2027, 1, 3)}),
    )
    COUNTY = Calendar(extra={2027: PLAN})

    def test_make_a_further_year_known(self) -> None:
        assert self.COUNTY.knows(2027)
        assert not self.COUNTY.is_working_day(date(2027, 1, 1))
        assert self.COUNTY.is_working_day(date(2027, 1, 3))  # a Sunday
        assert not self.COUNTY.is_working_day(SUNDAY_2027)
        assert self.COUNTY.is_working_day(date(2027, 1, 11))

    def test_reach_into_the_december_before(self) -> None:
        assert CALENDAR.is_working_day(date(2026, 12, 31))
        assert self.COUNTY.next_working_day(date(2026, 12, 30)) == date(2027, 1, 3)

    def test_override_single_days_of_a_known_year_and_keep_the_rest(self) -> None:
        eid = Calendar(extra={2026: YearPlan(holidays=frozenset({date(2026, 5, 27)}))})
        assert not eid.is_working_day(date(2026, 5, 27))
        assert not eid.is_working_day(date(2026, 5, 1))
        assert eid.is_working_day(date(2026, 5, 9))

    def test_may_work_on_a_statutory_holiday(self) -> None:
        flood = Calendar(extra={2025: YearPlan(workdays=frozenset({date(2025, 10, 1)}))})
        assert flood.is_working_day(date(2025, 10, 1))

    def test_the_year_after_stays_unknown(self) -> None:
        with pytest.raises(UnknownYear):
            self.COUNTY.is_working_day(date(2028, 1, 3))

    def test_a_day_cannot_be_both(self) -> None:
        day = frozenset({date(2027, 1, 1)})
        with pytest.raises(Invalid, match="2027-01-01"):
            Calendar(extra={2027: YearPlan(holidays=day, workdays=day)})

    @pytest.mark.parametrize("day", [date(2026, 11, 30), date(2028, 1, 1)])
    def test_a_plan_speaks_of_its_own_year(self, day: date) -> None:
        with pytest.raises(Invalid, match=str(day)):
            Calendar(extra={2027: YearPlan(holidays=frozenset({day}))})

    def test_the_office_closes_after_it_opens(self) -> None:
        with pytest.raises(Invalid):
            Calendar(opens=time(9), closes=time(9))


class TestAddWorkingDays:
    @pytest.mark.parametrize(
        ("day", "n", "result"),
        [
            (date(2025, 3, 14), 1, date(2025, 3, 17)),  # Friday → Monday
            (date(2025, 3, 14), 0, date(2025, 3, 14)),  # a working day is its own zeroth
            (date(2025, 3, 15), 0, date(2025, 3, 17)),  # a Saturday is not
            (date(2025, 3, 17), -1, date(2025, 3, 14)),  # Monday → Friday
            (date(2025, 3, 16), -1, date(2025, 3, 14)),  # Sunday → Friday
            (date(2025, 1, 27), 1, date(2025, 2, 5)),  # over Spring Festival
            (date(2025, 12, 31), 1, date(2026, 1, 4)),  # over the turn of the year, to a Sunday
            (date(2026, 1, 4), -1, date(2025, 12, 31)),  # and back
            (date(2025, 12, 31), 248, date(2026, 12, 31)),  # all of 2026
        ],
    )
    def test_counts_from_the_day_after(self, day: date, n: int, result: date) -> None:
        assert CALENDAR.add_working_days(day, n) == result

    @given(day=days, n=st.integers(-60, 60))
    @settings(deadline=None)
    def test_lands_on_a_working_day(self, day: date, n: int) -> None:
        assert CALENDAR.is_working_day(CALENDAR.add_working_days(day, n))

    @given(day=days, n=st.integers(1, 60))
    @settings(deadline=None)
    def test_is_what_counting_counts(self, day: date, n: int) -> None:
        assert CALENDAR.working_days_between(day, CALENDAR.add_working_days(day, n)) == n

    @given(a=days, b=days)
    @settings(deadline=None)
    def test_counting_agrees_with_asking_each_day(self, a: date, b: date) -> None:
        low, high = sorted((a, b))
        asked = sum(
            CALENDAR.is_working_day(low + timedelta(days=i))
            for i in range(1, (high - low).days + 1)
        )
        assert CALENDAR.working_days_between(low, high) == asked
        assert CALENDAR.working_days_between(high, low) == -asked


class TestWorkingTime:
    @pytest.mark.parametrize(
        ("a", "b", "hours"),
        [
            ("Fri 2025-03-14 12:00", "Fri 2025-03-14 14:00", 2),  # within a Friday
            ("Fri 2025-03-14 16:30", "Mon 2025-03-17 10:00", 2),  # Friday evening to Monday morning
            ("Fri 2025-03-14 20:00", "Mon 2025-03-17 08:00", 0),  # a weekend with its nights
            ("Sat 2025-03-15 10:00", "Sun 2025-03-16 15:00", 0),  # from Saturday to Sunday
            ("Tue 2025-09-30 16:30", "Thu 2025-10-09 10:00", 2),  # National Day
            (
                "Sat 2025-09-27 10:00",
                "Sun 2025-09-28 23:00",
                8.5,
            ),  # a make-up Sunday counts
        ],
    )
    def test_runs_in_office_hours_of_working_days(self, a: str, b: str, hours: float) -> None:
        span = timedelta(hours=hours)
        assert CALENDAR.working_time_between(here(a), here(b)) == span
        assert CALENDAR.working_time_between(here(b), here(a)) == -span

    def test_full_days_end_at_closing_not_at_the_next_opening(self) -> None:
        end = CALENDAR.add_working_time(here("Fri 2025-03-14 09:00"), timedelta(hours=8.5))
        assert end == here("Fri 2025-03-14 17:30")

    def test_uses_the_countys_own_hours(self) -> None:
        summer = Calendar(opens=time(8, 30), closes=time(18))
        assert summer.day_length == timedelta(hours=9.5)
        assert summer.closing(date(2025, 7, 1)) == here("Tue 2025-07-01 18:00")

    @given(start=instants, span=spans)
    @settings(deadline=None)
    def test_adding_and_measuring_agree(self, start: datetime, span: timedelta) -> None:
        end = CALENDAR.add_working_time(start, span)
        assert end >= start
        assert CALENDAR.working_time_between(start, end) == span

    def test_a_naive_time_is_a_defect(self) -> None:
        with pytest.raises(TypeError):
            CALENDAR.add_working_time(
                here("Fri 2025-03-14 09:00").replace(tzinfo=None), timedelta(hours=1)
            )
