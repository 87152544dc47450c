"""How late 超期阶梯: due today; past the deadline by one working day, by two or three, by more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from core.now import local_day, midnight
from core.rules.calendar import Calendar, UnknownYear
from core.words import Text, lazy

RUNGS: Mapping[str, Text] = MappingProxyType(
    {
        "today": lazy("今日到期"),
        "one": lazy("超期 1 个工作日内"),
        "three": lazy("超期 2–3 个工作日"),
        "more": lazy("超期 3 个工作日以上"),
    }
)
_IN_DAYS: Mapping[str, Text] = MappingProxyType(
    {"one": lazy("超期 1 天内"), "three": lazy("超期 2–3 天"), "more": lazy("超期 3 天以上")}
)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs as of an instant."""

    spans: Mapping[str, tuple[datetime | None, datetime]]
    """By rung, the deadlines [since, until) that stand on it; None: however long ago."""
    working: bool
    """False where nobody has entered this year's holidays: calendar days instead."""


def ladder(calendar: Calendar, at: datetime) -> Ladder:
    """The rungs at `at`: working days are those after the due day, up to and including today;
    due on Friday, late on Monday is one."""
    today = local_day(at)
    try:
        one, three = (calendar.add_working_days(today + _DAY, -(n + 1)) for n in (1, 3))
    except UnknownYear:
        one, three, working = today - _DAY, today - 3 * _DAY, False
    else:
        working = True
    spans = {
        "today": (at, midnight(today + _DAY)),
        "one": (midnight(one), at),
        "three": (midnight(three), midnight(one)),
        "more": (None, midnight(three)),
    }
    return Ladder(MappingProxyType(spans), working)


def words(working: bool) -> dict[str, str]:
    """What each rung is called, in working days or in days of the calendar."""
    own = {} if working else _IN_DAYS
    return {rung: str(own.get(rung, name)) for rung, name in RUNGS.items()}
