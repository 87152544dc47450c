"""Deadlines, as a table a county clerk can check against the wall calendar.

Every time is county time with its weekday spelled out; a row whose weekday is wrong fails.
"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.now import ZONE
from core.rules.calendar import Calendar, UnknownYear, YearPlan
from core.rules.deadlines import Term, due, extend, moment, shift
from tests.core.rules.county_time import CALENDAR, here, instants, terms

COUNTY_2027 = Calendar(extra={2027: YearPlan(holidays=frozenset({date(2027, 1, 1)}))})


class TestTerm:
    @pytest.mark.parametrize(
        ("text", "term"),
        [
            ("3wd", Term(3, "wd")),
            ("15d", Term(15, "d")),
            ("24h", Term(24, "h")),
            ("30m", Term(30, "m")),
            (" 3WD ", Term(3, "wd")),
            ("３ｗｄ", Term(3, "wd")),  # typed with the input method still on full-width
        ],
    )
    def test_reads(self, text: str, term: Term) -> None:
        assert Term.parse(text) == term

    @pytest.mark.parametrize(
        "text", ["", "3", "wd", "0d", "-1d", "1.5d", "3w", "3 wd", "10000d", "٣d", "3d5h", 3, None]
    )
    def test_refuses_and_shows_how_to_write_it(self, text: object) -> None:
        with pytest.raises(Invalid) as caught:
            Term.parse(text, field="term")
        assert f"“{text}”" in caught.value.message
        assert all(example in caught.value.message for example in ("3wd", "15d", "24h", "30m"))
        assert caught.value.field == "term"

    @given(term=terms)
    def test_reads_what_it_writes(self, term: Term) -> None:
        assert Term.parse(str(term)) == term

    def test_is_worded(self) -> None:
        words = [Term.parse(t).words() for t in ("3wd", "15d", "24h", "30m")]
        assert words == ["3 个工作日", "15 天", "24 小时", "30 分钟"]


DUE = [
    # start, term, due — ordinary weeks
    ("Fri 2025-03-14 12:00", "3wd", "Wed 2025-03-19 17:30"),
    ("Mon 2025-03-10 09:00", "1wd", "Tue 2025-03-11 17:30"),  # the day of the start is not counted
    ("Mon 2025-03-10 23:59", "1wd", "Tue 2025-03-11 17:30"),
    ("Tue 2025-03-11 00:00", "1wd", "Wed 2025-03-12 17:30"),  # midnight is the county's
    ("Sat 2025-03-15 10:00", "1wd", "Mon 2025-03-17 17:30"),
    ("Sun 2025-03-16 10:00", "5wd", "Fri 2025-03-21 17:30"),
    ("Mon 2025-03-10 09:00", "15d", "Tue 2025-03-25 17:30"),
    ("Fri 2025-03-14 09:00", "1d", "Mon 2025-03-17 17:30"),  # ends on a Saturday: next Monday
    ("Sun 2025-03-16 09:00", "1d", "Mon 2025-03-17 17:30"),
    # hours and minutes elapse, at night and on Saturdays too
    ("Fri 2025-03-14 12:00", "24h", "Sat 2025-03-15 12:00"),
    ("Fri 2025-03-14 17:29", "30m", "Fri 2025-03-14 17:59"),
    ("Fri 2025-03-14 23:50", "30m", "Sat 2025-03-15 00:20"),
    # Spring Festival 2025: off Tue 28 January to Tue 4 February, worked Sun 26, Sat 8 February
    ("Fri 2025-01-24 15:00", "3wd", "Wed 2025-02-05 17:30"),  # Sun 26, Mon 27, Wed 5
    ("Mon 2025-01-27 10:00", "1wd", "Wed 2025-02-05 17:30"),
    ("Thu 2025-01-30 10:00", "1wd", "Wed 2025-02-05 17:30"),  # begun within the holiday
    ("Tue 2025-02-04 10:00", "4wd", "Sat 2025-02-08 17:30"),  # to the make-up Saturday
    ("Mon 2025-01-20 10:00", "5d", "Sun 2025-01-26 17:30"),  # Sat 25 is off, make-up Sunday is not
    ("Tue 2025-01-21 10:00", "7d", "Wed 2025-02-05 17:30"),  # ends on New Year's Eve
    ("Mon 2025-01-27 10:00", "24h", "Tue 2025-01-28 10:00"),
    # Tomb Sweeping 2025: off Fri 4 to Sun 6 April
    ("Thu 2025-04-03 10:00", "2wd", "Tue 2025-04-08 17:30"),
    ("Thu 2025-04-03 10:00", "1d", "Mon 2025-04-07 17:30"),
    # Labour Day 2025: off Thu 1 to Mon 5 May, worked Sun 27 April
    ("Fri 2025-04-25 10:00", "3wd", "Tue 2025-04-29 17:30"),  # Sun 27, Mon 28, Tue 29
    ("Wed 2025-04-30 10:00", "2wd", "Wed 2025-05-07 17:30"),
    ("Mon 2025-03-03 10:00", "60d", "Tue 2025-05-06 17:30"),  # petition: 60 days end on Fri 2 May
    # Dragon Boat 2025: off Sat 31 May to Mon 2 June
    ("Fri 2025-05-30 10:00", "1wd", "Tue 2025-06-03 17:30"),
    # National Day 2025: off Wed 1 to Wed 8 October, worked Sun 28 September, Sat 11 October
    ("Fri 2025-09-26 12:00", "3wd", "Tue 2025-09-30 17:30"),  # Sun 28, Mon 29, Tue 30
    ("Tue 2025-09-30 16:00", "1wd", "Thu 2025-10-09 17:30"),
    ("Tue 2025-09-30 16:00", "3wd", "Sat 2025-10-11 17:30"),  # Thu 9, Fri 10, Sat 11
    ("Tue 2025-09-30 16:00", "4wd", "Mon 2025-10-13 17:30"),
    ("Tue 2025-09-16 09:00", "15d", "Thu 2025-10-09 17:30"),  # ends on Wed 1 October
    ("Fri 2025-09-26 09:00", "15d", "Sat 2025-10-11 17:30"),  # ends on the make-up Saturday
    # the turn of the year: off Thu 1 to Sat 3 January 2026, worked Sun 4
    ("Wed 2025-12-31 10:00", "1wd", "Sun 2026-01-04 17:30"),
    ("Wed 2025-12-31 10:00", "2wd", "Mon 2026-01-05 17:30"),
    ("Wed 2025-12-31 10:00", "1d", "Sun 2026-01-04 17:30"),
    ("Wed 2025-12-31 10:00", "24h", "Thu 2026-01-01 10:00"),
    # Spring Festival 2026: off Sun 15 to Mon 23 February, worked Sat 14 and Sat 28
    ("Fri 2026-02-13 10:00", "3wd", "Wed 2026-02-25 17:30"),  # Sat 14, Tue 24, Wed 25
    ("Sat 2026-02-14 12:00", "1wd", "Tue 2026-02-24 17:30"),
    ("Mon 2026-02-02 10:00", "15d", "Tue 2026-02-24 17:30"),  # ends on Tue 17
    ("Fri 2026-02-27 10:00", "1wd", "Sat 2026-02-28 17:30"),
    ("Fri 2026-02-27 10:00", "2wd", "Mon 2026-03-02 17:30"),
    # Tomb Sweeping 2026: off Sat 4 to Mon 6 April
    ("Fri 2026-04-03 10:00", "1wd", "Tue 2026-04-07 17:30"),
    ("Fri 2026-04-03 10:00", "3d", "Tue 2026-04-07 17:30"),  # ends on Mon 6
    # Labour Day 2026: off Fri 1 to Tue 5 May, worked Sat 9
    ("Thu 2026-04-30 10:00", "2wd", "Thu 2026-05-07 17:30"),
    ("Fri 2026-05-08 10:00", "1wd", "Sat 2026-05-09 17:30"),
    # Dragon Boat 2026: off Fri 19 to Sun 21 June
    ("Thu 2026-06-18 10:00", "1wd", "Mon 2026-06-22 17:30"),
    # Mid-Autumn and National Day 2026: off Fri 25 to Sun 27 September, Thu 1 to Wed 7 October,
    # worked Sun 20 September and Sat 10 October
    ("Fri 2026-09-18 10:00", "1wd", "Sun 2026-09-20 17:30"),
    ("Thu 2026-09-24 10:00", "1wd", "Mon 2026-09-28 17:30"),
    ("Wed 2026-09-30 10:00", "3wd", "Sat 2026-10-10 17:30"),  # Thu 8, Fri 9, Sat 10
    ("Fri 2026-08-07 10:00", "60d", "Thu 2026-10-08 17:30"),  # ends on Tue 6 October
    # the last days anybody knows
    ("Wed 2026-12-30 10:00", "1wd", "Thu 2026-12-31 17:30"),
    ("Thu 2026-12-31 10:00", "24h", "Fri 2027-01-01 10:00"),  # hours need no calendar
]


class TestDue:
    @pytest.mark.parametrize(("start", "term", "end"), DUE)
    def test_table(self, start: str, term: str, end: str) -> None:
        assert due(here(start), Term.parse(term), CALENDAR) == here(end)

    @pytest.mark.parametrize(
        ("start", "term"),
        [
            ("Thu 2026-12-31 10:00", "1wd"),
            ("Mon 2026-12-21 10:00", "30wd"),
            ("Mon 2026-12-21 10:00", "15d"),  # ends on Tue 2027-01-05
            ("Thu 2026-12-31 10:00", "10d"),  # ends on Sun 2027-01-10
        ],
    )
    def test_refuses_an_unknown_year(self, start: str, term: str) -> None:
        with pytest.raises(UnknownYear, match="2027"):
            due(here(start), Term.parse(term), CALENDAR)

    def test_takes_the_year_a_county_entered(self) -> None:
        end = due(here("Thu 2026-12-31 10:00"), Term.parse("1wd"), COUNTY_2027)
        assert end == here("Mon 2027-01-04 17:30")

    def test_ends_at_the_countys_own_closing_time(self) -> None:
        summer = Calendar(closes=time(18, 0))
        end = due(here("Fri 2025-03-14 12:00"), Term.parse("1wd"), summer)
        assert end == here("Mon 2025-03-17 18:00")

    def test_answers_in_utc(self) -> None:
        for text in ("1wd", "1d", "1h"):
            assert due(here("Fri 2025-03-14 12:00"), Term.parse(text), CALENDAR).tzinfo is UTC

    @pytest.mark.parametrize("text", ["1wd", "1d", "1h"])
    def test_a_naive_start_is_a_defect(self, text: str) -> None:
        with pytest.raises(TypeError):
            due(here("Fri 2025-03-14 12:00").replace(tzinfo=None), Term.parse(text), CALENDAR)

    @given(start=instants, term=terms)
    @settings(deadline=None)
    def test_comes_after_the_start(self, start: datetime, term: Term) -> None:
        assert due(start, term, CALENDAR) > start

    @given(a=instants, b=instants, term=terms)
    @settings(deadline=None)
    def test_a_later_start_is_never_due_earlier(self, a: datetime, b: datetime, term: Term) -> None:
        assert due(min(a, b), term, CALENDAR) <= due(max(a, b), term, CALENDAR)

    @given(start=instants, amount=st.integers(1, 30), unit=st.sampled_from(["wd", "d"]))
    @settings(deadline=None)
    def test_day_terms_end_at_closing_time_of_a_working_day(
        self, start: datetime, amount: int, unit: str
    ) -> None:
        end = due(start, Term.parse(f"{amount}{unit}"), CALENDAR).astimezone(ZONE)
        assert end.time() == time(17, 30)
        assert CALENDAR.is_working_day(end.date())

    @given(start=instants, amount=st.integers(1, 30))
    @settings(deadline=None)
    def test_working_days_take_no_less_than_calendar_days(
        self, start: datetime, amount: int
    ) -> None:
        assert due(start, Term(amount, "wd"), CALENDAR) >= due(start, Term(amount, "d"), CALENDAR)


EXTEND = [
    # old due date, granted, new due date — an extension runs from the old one
    ("Wed 2025-03-19 17:30", "2wd", "Fri 2025-03-21 17:30"),
    ("Wed 2025-03-19 17:30", "30d", "Fri 2025-04-18 17:30"),  # petition: 30 days at most
    # Spring Festival 2025: off Tue 28 January to Tue 4 February, worked Sat 8
    ("Mon 2025-01-27 17:30", "3wd", "Fri 2025-02-07 17:30"),  # Wed 5, Thu 6, Fri 7
    ("Mon 2025-01-27 17:30", "4wd", "Sat 2025-02-08 17:30"),  # to the make-up Saturday
    ("Mon 2025-01-06 17:30", "30d", "Wed 2025-02-05 17:30"),
    ("Wed 2025-01-01 17:30", "30d", "Wed 2025-02-05 17:30"),  # ends on Fri 31 January
    # Labour Day 2025: off Thu 1 to Mon 5 May, worked Sun 27 April
    ("Fri 2025-04-25 17:30", "1wd", "Sun 2025-04-27 17:30"),
    ("Wed 2025-04-30 17:30", "2wd", "Wed 2025-05-07 17:30"),
    # National Day 2025: off Wed 1 to Wed 8 October, worked Sun 28 September, Sat 11 October
    ("Tue 2025-09-30 17:30", "5wd", "Tue 2025-10-14 17:30"),  # Thu 9, Fri 10, Sat 11, Mon, Tue
    ("Mon 2025-09-01 17:30", "30d", "Thu 2025-10-09 17:30"),  # ends on Wed 1 October
    # the turn of the year: off Thu 1 to Sat 3 January 2026, worked Sun 4
    ("Wed 2025-12-31 17:30", "1wd", "Sun 2026-01-04 17:30"),
    ("Wed 2025-12-03 17:30", "30d", "Sun 2026-01-04 17:30"),  # ends on Fri 2 January
    # Spring Festival 2026: off Sun 15 to Mon 23 February, worked Sat 14 and Sat 28
    ("Fri 2026-02-13 17:30", "2wd", "Tue 2026-02-24 17:30"),  # Sat 14, Tue 24
    ("Fri 2026-01-16 17:30", "30d", "Tue 2026-02-24 17:30"),  # ends on Sun 15
    ("Thu 2026-01-29 17:30", "30d", "Sat 2026-02-28 17:30"),  # ends on the make-up Saturday
    # Labour Day 2026: off Fri 1 to Tue 5 May, worked Sat 9
    ("Thu 2026-04-30 17:30", "4wd", "Sat 2026-05-09 17:30"),  # Wed 6, Thu 7, Fri 8, Sat 9
    # Mid-Autumn and National Day 2026: worked Sun 20 September and Sat 10 October
    ("Fri 2026-09-18 17:30", "5wd", "Thu 2026-09-24 17:30"),  # Sun 20, Mon, Tue, Wed, Thu 24
    ("Wed 2026-09-30 17:30", "10d", "Sat 2026-10-10 17:30"),
]


class TestExtend:
    @pytest.mark.parametrize(("old", "by", "new"), EXTEND)
    def test_table(self, old: str, by: str, new: str) -> None:
        assert extend(here(old), Term.parse(by), CALENDAR) == here(new)

    def test_into_an_unknown_year_is_refused(self) -> None:
        with pytest.raises(UnknownYear, match="2027"):
            extend(here("Thu 2026-12-31 17:30"), Term.parse("1wd"), CALENDAR)


MOMENT = [
    # start, term, share, instant
    # 31 office hours: 5.5 on Friday, then three full days
    ("Fri 2025-03-14 12:00", "3wd", 0.0, "Fri 2025-03-14 12:00"),
    ("Fri 2025-03-14 12:00", "3wd", 0.5, "Tue 2025-03-18 10:30"),  # 5.5 + 8.5 + 1.5
    ("Fri 2025-03-14 12:00", "3wd", 0.9, "Wed 2025-03-19 14:24"),
    ("Fri 2025-03-14 12:00", "3wd", 1.0, "Wed 2025-03-19 17:30"),
    # half of 17 hours over National Day: the close of the first day, not the morning after
    ("Tue 2025-09-30 09:00", "1wd", 0.5, "Tue 2025-09-30 17:30"),
    # begun on a Saturday night: nothing passes before Monday 9:00
    ("Sat 2025-03-15 22:00", "1wd", 0.5, "Mon 2025-03-17 13:15"),
    # elapsed time: 368.5 hours, nights and weekends included
    ("Mon 2025-03-10 09:00", "15d", 0.5, "Tue 2025-03-18 01:15"),
    ("Fri 2025-03-14 12:00", "24h", 0.5, "Sat 2025-03-15 00:00"),
    ("Fri 2025-03-14 12:00", "30m", 0.9, "Fri 2025-03-14 12:27"),
]


class TestMoment:
    @pytest.mark.parametrize(("start", "term", "share", "instant"), MOMENT)
    def test_table(self, start: str, term: str, share: float, instant: str) -> None:
        begun, length = here(start), Term.parse(term)
        end = due(begun, length, CALENDAR)
        assert moment(begun, end, share, length, CALENDAR) == here(instant)

    @given(start=instants, term=terms, shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
    @settings(deadline=None)
    def test_keeps_order_and_stays_within_the_term(
        self, start: datetime, term: Term, shares: tuple[float, float]
    ) -> None:
        end = due(start, term, CALENDAR)
        first, second = (moment(start, end, s, term, CALENDAR) for s in sorted(shares))
        assert start <= first <= second <= end

    def test_of_a_term_already_over_is_its_end(self) -> None:
        start, end = here("Tue 2025-03-18 10:00"), here("Mon 2025-03-17 17:30")
        assert moment(start, end, 0.5, Term(1, "wd"), CALENDAR) == end

    @pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
    def test_a_share_lies_between_nothing_and_all(self, share: float) -> None:
        start = here("Mon 2025-03-17 09:00")
        with pytest.raises(ValueError, match="share"):
            moment(start, start + timedelta(days=1), share, Term(1, "d"), CALENDAR)


SHIFT = [
    # instant, sign, term, result
    ("Wed 2025-03-19 17:30", +1, "1wd", "Thu 2025-03-20 17:30"),  # "1wd after overdue"
    ("Fri 2025-03-14 17:30", +1, "1wd", "Mon 2025-03-17 17:30"),
    ("Mon 2025-03-17 17:30", -1, "1wd", "Fri 2025-03-14 17:30"),
    ("Mon 2025-03-17 10:15", -1, "2wd", "Thu 2025-03-13 10:15"),
    ("Tue 2025-09-30 17:30", +1, "1wd", "Thu 2025-10-09 17:30"),  # over National Day
    ("Thu 2025-10-09 17:30", -1, "1wd", "Tue 2025-09-30 17:30"),  # and back
    # a term in hours may end at night or on a Saturday; nobody is chased at 3:00
    ("Sat 2025-03-15 03:00", +1, "1wd", "Mon 2025-03-17 17:30"),
    ("Sat 2025-03-15 03:00", -1, "1wd", "Fri 2025-03-14 09:00"),
    ("Wed 2025-03-19 22:00", +1, "1wd", "Thu 2025-03-20 17:30"),
    ("Wed 2025-03-19 03:00", +1, "1wd", "Wed 2025-03-19 17:30"),
    ("Wed 2025-03-19 22:00", -1, "1wd", "Wed 2025-03-19 09:00"),
    ("Wed 2025-03-19 03:00", -1, "1wd", "Tue 2025-03-18 09:00"),
    ("Fri 2025-03-14 17:30", +1, "1d", "Sat 2025-03-15 17:30"),  # plain days
    ("Fri 2025-03-14 17:30", -1, "2h", "Fri 2025-03-14 15:30"),
    ("Fri 2025-03-14 17:30", +1, "30m", "Fri 2025-03-14 18:00"),
]


class TestShift:
    @pytest.mark.parametrize(("instant", "sign", "term", "result"), SHIFT)
    def test_table(self, instant: str, sign: int, term: str, result: str) -> None:
        assert shift(here(instant), Term.parse(term), sign, CALENDAR) == here(result)

    @given(a=instants, b=instants, term=terms, sign=st.sampled_from([1, -1]))
    @settings(deadline=None)
    def test_keeps_order(self, a: datetime, b: datetime, term: Term, sign: int) -> None:
        low, high = min(a, b), max(a, b)
        assert shift(low, term, sign, CALENDAR) <= shift(high, term, sign, CALENDAR)

    @given(start=instants, amount=st.integers(1, 30), by=st.integers(1, 30))
    @settings(deadline=None)
    def test_there_and_back_from_a_due_date(self, start: datetime, amount: int, by: int) -> None:
        end, step = due(start, Term(amount, "wd"), CALENDAR), Term(by, "wd")
        assert shift(shift(end, step, 1, CALENDAR), step, -1, CALENDAR) == end
