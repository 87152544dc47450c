"""Which days a county works, and between which hours.

Statutory holidays and make-up working days come from `chinesecalendar` (the State Council's
yearly notices); the county adds the years it does not know yet, or its own days (a Hui
county's Eid). A year nobody entered is refused, never guessed: not even its Sundays.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from chinese_calendar import constants as statutory

from core.errors import Invalid, OneDoorError
from core.now import ZONE
from core.words import lazy

_NONE = timedelta()


class UnknownYear(OneDoorError):
    """Nobody has entered this year's holidays; `data['year']` names it."""

    status = 422
    code = "calendar.unknown_year"

    def __init__(self, year: int) -> None:
        super().__init__(
            lazy("{year} 年的放假安排尚未录入，请管理员在“日历”中补录后重试", year=year), year=year
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPlan:
    """A county's own word on one year: days off, and weekend days worked instead.

    Days it does not name keep the statutory plan, or plain Monday to Friday in a year that
    `chinesecalendar` does not know. It may name days of the December before: the notice for
    a year often rearranges the end of the last one.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()


class _Year(NamedTuple):
    days: tuple[int, ...]
    """Ordinals of the working days, ascending: counting is a binary search."""
    on: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Working days and office hours of a county, in its zone (Asia/Shanghai).

    Answers are computed once per year and kept, so a call costs microseconds.

    Raises:
        Invalid: closing not after opening, or a plan that contradicts itself.
        UnknownYear: from every method that meets a day of a year nobody entered.
    """

    opens: time = time(9, 0)
    closes: time = time(17, 30)
    extra: Mapping[int, YearPlan] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise Invalid(lazy("下班时间必须晚于上班时间"), field="closes")
        for year, plan in self.extra.items():
            both = sorted(plan.holidays & plan.workdays)
            if both:
                raise Invalid(lazy("{day} 不能既放假又上班", day=both[0]), field="calendar")
            first, last = date(year - 1, 12, 1), date(year, 12, 31)
            for day in sorted(plan.holidays | plan.workdays):
                if not first <= day <= last:
                    raise Invalid(
                        lazy("{day} 不属于 {year} 年的放假安排", day=day, year=year),
                        field="calendar",
                    )

    @cached_property
    def day_length(self) -> timedelta:
        """Office time in one working day."""
        return _since_midnight(self.closes) - _since_midnight(self.opens)

    @cached_property
    def _years(self) -> dict[int, _Year]:
        return {}

    def knows(self, year: int) -> bool:
        """Whether this year's holidays are entered."""
        # every notice begins with New Year's Day
        return year in self.extra or (1 <= year <= 9999 and date(year, 1, 1) in statutory.holidays)

    def _year(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            found = self._years[year] = self._plan(year)
        return found

    def _plan(self, year: int) -> _Year:
        if not self.knows(year):
            raise UnknownYear(year)
        plans = [p for y in (year, year + 1) if (p := self.extra.get(y))]
        days: list[int] = []
        for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            works = day in statutory.workdays or (
                day.weekday() < 5 and day not in statutory.holidays
            )
            for plan in plans:
                works = day in plan.workdays or (works and day not in plan.holidays)
            if works:
                days.append(ordinal)
        return _Year(tuple(days), frozenset(days))

    def is_working_day(self, day: date) -> bool:
        """Whether the county works on `day`, make-up Saturdays and Sundays included."""
        return day.toordinal() in self._year(day.year).on

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self.add_working_days(day, 1)

    def add_working_days(self, day: date, n: int) -> date:
        """The `n`-th working day after `day` (before it where `n` < 0), `day` not counted.

        `n` = 0 gives `day` itself where it is a working day, else the next one.
        """
        year, ordinal = day.year, day.toordinal()
        days = self._year(year).days
        find = bisect_right if n > 0 else bisect_left
        index = find(days, ordinal) + (n - 1 if n > 0 else n)
        while index >= len(days):
            index -= len(days)
            year += 1
            days = self._year(year).days
        while index < 0:
            year -= 1
            days = self._year(year).days
            index += len(days)
        return date.fromordinal(days[index])

    def working_days_between(self, a: date, b: date) -> int:
        """How many working days lie after `a` up to and including `b`; negative if `b` < `a`."""
        if b < a:
            return -self.working_days_between(b, a)
        return self._count(a, b) - self.is_working_day(a) + self.is_working_day(b)

    def _count(self, a: date, b: date) -> int:
        """Working days in [a, b)."""
        before = sum(len(self._year(year).days) for year in range(a.year, b.year))
        return (
            before
            + bisect_left(self._year(b.year).days, b.toordinal())
            - bisect_left(self._year(a.year).days, a.toordinal())
        )

    def opening(self, day: date) -> datetime:
        """The instant the office opens on `day`, UTC."""
        return datetime.combine(day, self.opens, ZONE).astimezone(UTC)

    def closing(self, day: date) -> datetime:
        """The instant business ends on `day`, UTC."""
        return datetime.combine(day, self.closes, ZONE).astimezone(UTC)

    @cached_property
    def _ends(self) -> dict[tuple[date, int, bool], datetime]:
        return {}

    def end(self, day: date, n: int, *, working: bool) -> datetime:
        """When a term of `n` days that starts on `day` is over, UTC: close of business of the
        `n`-th working day after it, or of the first working day from `n` calendar days on."""
        key = (day, n, working)
        found = self._ends.get(key)
        if found is None:
            last = (
                self.add_working_days(day, n)
                if working
                else self.add_working_days(day + timedelta(days=n), 0)
            )
            found = self._ends[key] = self.closing(last)
        return found

    def _passed(self, here: datetime) -> timedelta:
        """Office time passed on the day of `here` (county wall clock)."""
        if not self.is_working_day(here.date()):
            return _NONE
        clock = min(max(here.time(), self.opens), self.closes)
        return _since_midnight(clock) - _since_midnight(self.opens)

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """Office time between two aware instants; negative if `b` < `a`."""
        if b < a:
            return -self.working_time_between(b, a)
        here, there = wall_clock(a), wall_clock(b)
        whole = self._count(here.date(), there.date()) * self.day_length
        return whole + self._passed(there) - self._passed(here)

    def add_working_time(self, instant: datetime, span: timedelta) -> datetime:
        """The earliest instant, UTC, by which `span` (≥ 0) of office time has passed."""
        if span <= _NONE:
            return instant.astimezone(UTC)
        here = wall_clock(instant)
        days, rest = divmod(self._passed(here) + span, self.day_length)
        if not rest:  # exactly full days end at closing time, not at the next opening
            days, rest = days - 1, self.day_length
        if not self.is_working_day(here.date()):
            days += 1
        return self.opening(self.add_working_days(here.date(), days)) + rest


def wall_clock(instant: datetime) -> datetime:
    """An aware instant as the county's clock shows it.

    Raises:
        TypeError: a naive one, which Python would silently read in the machine's own zone.
    """
    if instant.tzinfo is None:
        raise TypeError(f"naive datetime: {instant!r}")
    return instant.astimezone(ZONE)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(
        hours=clock.hour,
        minutes=clock.minute,
        seconds=clock.second,
        microseconds=clock.microsecond,
    )
