"""Deadlines: how long a term lasts, what a pause does to it, what is left of it.

Day terms follow the Civil Code 《民法典》: the day it starts is not counted (art. 201), and
it ends at close of business of its last day; where a term in calendar days ends on a day
off, its last day is the next working day (art. 203). Hours and minutes simply elapse.
Every function is pure; instants are aware, results UTC.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator

from core.errors import Invalid
from core.rules.calendar import Calendar, UnknownYear, wall_clock
from core.words import Text, _, lazy

WORKING_DAYS, DAYS, HOURS, MINUTES = "wd", "d", "h", "m"
Unit = Literal["wd", "d", "h", "m"]

_TERM = re.compile(r"([1-9][0-9]{0,3})(wd|d|h|m)")
_WORDS: dict[Unit, Text] = {
    WORKING_DAYS: lazy("{n} 个工作日"),
    DAYS: lazy("{n} 天"),
    HOURS: lazy("{n} 小时"),
    MINUTES: lazy("{n} 分钟"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time as a rule states it: 1 to 9999 of a unit."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: Any, field: str = "term") -> Self:
        """`"3wd"` working days, `"15d"` calendar days, `"24h"` hours, `"30m"` minutes.

        Full-width characters, capitals and blanks around are forgiven.

        Raises:
            Invalid: anything else; names the text and shows how to write it.
        """
        found = _read(text) if isinstance(text, str) else None
        if found is None:
            raise Invalid(
                lazy(
                    "“{text}”不是有效的期限，请写成 3wd（3 个工作日）、15d（15 天）、"
                    "24h（24 小时）或 30m（30 分钟）",
                    text=str(text)[:40],
                ),
                field=field,
                code="term",
                text=str(text)[:40],
            )
        return cls(*found)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    def words(self) -> str:
        """The term as people read it: 「3 个工作日」."""
        return _(_WORDS[self.unit].message, n=self.amount)

    def elapsed(self) -> timedelta:
        """Its plain length. Meaningless for working days, which have none without a calendar."""
        if self.unit == MINUTES:
            return timedelta(minutes=self.amount)
        if self.unit == HOURS:
            return timedelta(hours=self.amount)
        return timedelta(days=self.amount)


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[int, Unit] | None:
    found = _TERM.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    return (int(found[1]), found[2]) if found else None  # pyright: ignore[reportReturnType]


def term_text(text: str) -> str:
    """A term in its plain form, refused in pydantic's way where it is none."""
    try:
        return str(Term.parse(text))
    except Invalid as fault:  # pydantic collects ValueErrors and says where they stand
        raise ValueError(fault.message) from None


TermText = Annotated[str, AfterValidator(term_text)]
"""A term as a blueprint writes it; kept in its plain form (`"３WD"` becomes `"3wd"`)."""


@lru_cache(1000)
def due(start: datetime, term: Term, calendar: Calendar) -> datetime:
    """When a term that starts at `start` ends.

    Raises:
        UnknownYear: a working or last day falls in a year the calendar does not know.
    """
    if term.unit in (WORKING_DAYS, DAYS):
        working = term.unit == WORKING_DAYS
        return calendar.end(wall_clock(start).date(), term.amount, working=working)
    return wall_clock(start).astimezone(UTC) + term.elapsed()


def extend(due_at: datetime, by: Term, calendar: Calendar) -> datetime:
    """The end of a term granted on top of another 延期: it runs from the old due date.

    "Extension at most 30 days" (Petition Work Regulations 2022 《信访工作条例》 art. 34) is
    `extend(due_at, Term(30, "d"), calendar)`.
    """
    return due(due_at, by, calendar)


@lru_cache(1000)
def moment(
    start: datetime, due_at: datetime, share: float, term: Term, calendar: Calendar
) -> datetime:
    """The instant at which `share` (0 to 1) of the time from `start` to `due_at` has passed.

    Office time for terms in working days, elapsed time otherwise. A ladder's "at 50 %" is
    0.5, its "10 % left" is 0.9.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share {share!r} outside 0..1")
    start, due_at = start.astimezone(UTC), due_at.astimezone(UTC)
    if share == 1 or due_at <= start:
        return due_at
    if term.unit == WORKING_DAYS:
        allotted = calendar.working_time_between(start, due_at)
        return calendar.add_working_time(start, allotted * share)
    return start + (due_at - start) * share


def shift(instant: datetime, term: Term, sign: Literal[1, -1], calendar: Calendar) -> datetime:
    """`instant` moved a term later (+1) or earlier (-1): rungs like "1wd after overdue".

    Days keep the time of day. Working days also keep to office hours: a moment outside them
    counts as the close before it on the way forward, as the opening after it on the way back.
    """
    if term.unit != WORKING_DAYS:
        return instant.astimezone(UTC) + sign * term.elapsed()
    here = wall_clock(instant)
    day, clock = here.date(), here.time()
    if not calendar.is_working_day(day):
        clock = calendar.closes if sign > 0 else calendar.opens
    elif sign > 0 and clock < calendar.opens:
        day, clock = calendar.add_working_days(day, -1), calendar.closes
    elif sign < 0 and clock > calendar.closes:
        day, clock = calendar.add_working_days(day, 1), calendar.opens
    clock = min(max(clock, calendar.opens), calendar.closes)
    moved = calendar.add_working_days(day, sign * term.amount)
    return datetime.combine(moved, clock, here.tzinfo).astimezone(UTC)


def carry(
    instant: datetime, paused_at: datetime, resumed_at: datetime, term: Term, calendar: Calendar
) -> datetime:
    """A pending instant after a pause: as far from the resume as it was from the pause.

    For the rungs still to come; the due date itself goes through `resume`. An instant that
    had come before the pause stays where it was.
    """
    if resumed_at < paused_at:
        raise ValueError("resumed before paused")
    if instant <= paused_at:
        return instant.astimezone(UTC)
    if term.unit == WORKING_DAYS:
        left = calendar.working_time_between(paused_at, instant)
        return calendar.add_working_time(resumed_at, left)
    return instant.astimezone(UTC) + (resumed_at - paused_at)


def resume(
    due_at: datetime, paused_at: datetime, resumed_at: datetime, term: Term, calendar: Calendar
) -> datetime:
    """The due date after a pause: the time left at the pause is left again at the resume.

    Exactly so for working days (office time) and for hours; a term in calendar days still
    ends at close of business of a working day, so it may gain some hours, never lose any.
    A pause does not heal: what was overdue when it began stays overdue since then.
    """
    moved = carry(due_at, paused_at, resumed_at, term, calendar)
    if term.unit != DAYS or due_at <= paused_at or resumed_at == paused_at:
        return moved
    day = wall_clock(moved).date()
    last = calendar.add_working_days(day, 0)
    if calendar.closing(last) < moved:
        last = calendar.next_working_day(last)
    return calendar.closing(last)


OVERDUE, TODAY, SOON, OK = "overdue", "today", "soon", "ok"
State = Literal["overdue", "today", "soon", "ok"]


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a deadline, or how far it is past. Numbers are never negative."""

    state: State
    """Drives the colour: red overdue, amber today and soon, green ok."""
    working_days: int | None
    """Working days after today up to the due day; 0 when overdue; None in an unknown year."""
    days: int
    """Calendar days between today and the due day, either way."""
    hours: int
    """Whole hours between now and the due instant, either way."""


def time_left(now: datetime, due_at: datetime, calendar: Calendar, soon: int = 1) -> Left:
    """How a deadline stands at `now`; `soon` is the last number of working days called so.

    Overdue begins after the due instant, not at it. Never raises for an unknown year: a list
    must still open on New Year's Day.
    """
    today, last = wall_clock(now).date(), wall_clock(due_at).date()
    days, hours = abs((last - today).days), int(abs(due_at - now) / timedelta(hours=1))
    if now > due_at:
        return Left(OVERDUE, 0, days, hours)
    if last == today:
        return Left(TODAY, 0, days, hours)
    try:
        working_days = calendar.working_days_between(today, last)
    except UnknownYear:
        return Left(SOON if days <= soon else OK, None, days, hours)
    return Left(SOON if working_days <= soon else OK, working_days, days, hours)


def describe_left(left: Left) -> str:
    """The state in words: 「超期 2 天」「今日到期」「剩 3 个工作日」."""
    if left.state == OVERDUE:
        if left.hours >= 24:
            return _("超期 {n} 天", n=left.days)
        return _("超期 {n} 小时", n=left.hours) if left.hours else _("超期不足 1 小时")
    if left.state == TODAY:
        return _("今日到期")
    if left.working_days:
        return _("剩 {n} 个工作日", n=left.working_days)
    return _("剩 {n} 天", n=left.days)
