"""Counters are written, not counted: what one case adds to the county's figures.

Each measure is a pure function of the case's own row, so an action's deltas are simply
*after minus before*, whatever the action was, and the raw cases can always recompute
every figure: `sql` says the same as `holds`, and a test proves that the two agree.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from core.now import local_day
from core.rules.case import CLOSED, MATTER, Case
from core.words import Text, lazy

SATISFIED = 4
"""A score from here on counts as satisfied; 3 as basically satisfied (Beijing 12345 practice).

That is what the scores are called wherever people give them. Below which of them a case is handled
again, the county decides (`Rating.satisfied_from`), and how much each is worth (`Kpi`).
"""

Basis = Literal["received", "replied", "closed"]
"""Whose day a measure is booked on. Rates use `received`, so that a numerator is always part
of its denominator; the flow of a day uses the day of the event."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One counter."""

    label: Text
    holds: Callable[[Case], bool]
    sql: str
    """The same condition over `cases`."""
    basis: Basis = "received"


def _answered(case: Case) -> datetime | None:
    return case.replied_at or case.closed_at


_ANSWERED = "coalesce(replied_at, closed_at)"

MEASURES: dict[str, Measure] = {
    "received": Measure(lazy("受理"), lambda c: True, "true"),
    "replied": Measure(lazy("答复"), lambda c: c.replied_at is not None, "replied_at is not null"),
    "closed": Measure(lazy("办结"), lambda c: c.stage_kind == CLOSED, "stage_kind = 'closed'"),
    "answered": Measure(
        lazy("已答复或办结"), lambda c: _answered(c) is not None, f"{_ANSWERED} is not null"
    ),
    "on_time": Measure(
        lazy("按期答复"),
        lambda c: _answered(c) is not None and not c.late,
        f"{_ANSWERED} is not null and not late",
    ),
    "rated": Measure(lazy("已评价"), lambda c: c.score is not None, "score is not null"),
    "satisfied": Measure(
        lazy("满意"), lambda c: (c.score or 0) >= SATISFIED, f"coalesce(score, 0) >= {SATISFIED}"
    ),
    "basically": Measure(lazy("基本满意"), lambda c: c.score == 3, "coalesce(score, 0) = 3"),
    "reopened": Measure(lazy("重办"), lambda c: c.reopened > 0, "reopened > 0"),
    "day_replied": Measure(
        lazy("当日答复"),
        lambda c: c.replied_at is not None,
        "replied_at is not null",
        "replied",
    ),
    "day_closed": Measure(
        lazy("当日办结"), lambda c: c.closed_at is not None, "closed_at is not null", "closed"
    ),
}

COUNTED = f"source is distinct from '{MATTER}'"
"""Which cases are counted at all: a leader's matter is no appeal."""

Key = tuple[str, date, str, str, str, str, str]
"""(county, day, area, unit, category, inlet, measure)"""


INSTANT: dict[Basis, str] = {
    "received": "received_at",
    "replied": "replied_at",
    "closed": "closed_at",
}
"""The column that says when."""


def day_of(case: Case, basis: Basis) -> date:
    """The county's calendar day that `basis` names for this case."""
    instant: datetime | None = getattr(case, INSTANT[basis])
    return local_day(instant or case.received_at)


def contribution(case: Case) -> Counter[Key]:
    """What this case adds, as it stands."""
    days: dict[str, date] = {}
    result: Counter[Key] = Counter()
    if case.is_matter:
        return result
    county, area, unit = case.county, case.area, case.holder
    for name, measure in MEASURES.items():
        if measure.holds(case):
            day = days.get(measure.basis)
            if day is None:
                day = days[measure.basis] = day_of(case, measure.basis)
            result[county, day, area, unit, case.category, case.inlet, name] = 1
    return result


def deltas(before: Counter[Key] | None, after: Counter[Key]) -> dict[Key, int]:
    """What an action changed: after minus before, without the zeros."""
    changed = Counter(after)
    if before:
        changed.subtract(before)
    return {key: n for key, n in changed.items() if n}
