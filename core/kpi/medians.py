"""The median of days to a reply, from the cases themselves: no sum of totals can give it."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func, literal_column, select, text, tuple_

from core.access.desk import Look
from core.access.visible import visible_cases
from core.kpi.query import Bounded
from core.kpi.split import key_of, narrowed, shape_of, values_of, within
from core.now import ZONE, midnight
from db.models import CaseRow

EXACT_UP_TO = 2_000
"""Up to so many answers each reading is worked out anew, some milliseconds; of more, a few
new ones do not move the middle one, and sorting them all costs 0.3 s per 100,000."""
KEPT = timedelta(minutes=1)
"""How long the median of a large number is kept …"""
STIR = 0.001
"""… unless the number of answers has changed by more than this share."""

_DAY = literal_column("86400.0")
_ZONE = literal_column(f"'{ZONE}'")
_Found = tuple[int, Mapping[str | None, float]]


def medians(look: Look, asked: Bounded, answers: int) -> Mapping[str | None, float]:
    """Median days by key of the split, and under None for all of them.

    Args:
        answers: how many cases with a dated reply the query has.
    """
    if not answers:
        return {}
    if answers <= EXACT_UP_TO:
        return _read(look, asked)

    def read() -> _Found:
        look.tx.execute(text("set local work_mem = '64MB'"))
        return answers, _read(look, asked)

    def near(kept: _Found) -> bool:
        return abs(answers - kept[0]) <= answers * STIR

    return look.office.held.get((medians, look.actor.row_scope, asked), KEPT, read, near)[1]


def _read(look: Look, asked: Bounded) -> Mapping[str | None, float]:
    c, query, shape = CaseRow, asked.query, shape_of(asked)
    columns = {"area": c.area, "unit": c.holder, "category": c.category, "inlet": c.inlet}
    key = key_of(shape, columns, func.timezone(_ZONE, c.received_at)).label("key")
    days = (func.extract("epoch", c.replied_at - c.received_at) / _DAY).label("days")
    lines = (
        visible_cases(look.actor, key, days)
        .where(c.replied_at.is_not(None))
        .where(*narrowed(shape, columns), *within(shape, c.received_at))
        .subquery()
    )
    middle = func.percentile_cont(literal_column("0.5")).within_group(lines.c.days)
    values = values_of(asked) | {
        name: midnight(day) for name in ("since", "until") if (day := getattr(query, name))
    }
    if not query.by:
        return {None: float(look.tx.scalar(select(middle), values) or 0)}
    sets = func.grouping_sets(tuple_(lines.c.key), literal_column("()"))
    rows = look.tx.execute(select(lines.c.key, middle).group_by(sets), values)
    return {key: float(value) for key, value in rows}
