"""The median of days to a reply, from the cases themselves: no sum of totals can give it."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, literal_column, select, text, tuple_

from core.access.desk import Look, Office
from core.access.visible import visible_cases
from core.kpi.query import Bounded
from core.kpi.split import key_of, narrowed
from core.now import ZONE
from db.models import CaseRow

EXACT_UP_TO = 2_000
"""Up to so many answers each reading is worked out anew, some milliseconds; of more, a few
new ones do not move the middle one, and sorting them all costs 0.3 s per 100,000."""
KEPT = 60.0
"""Seconds for which the median of a large number is kept …"""
STIR = 0.001
"""… unless the number of answers has changed by more than this share."""

_Found = tuple[int, float, Mapping[str | None, float]]
_kept: WeakKeyDictionary[Office, dict[Any, _Found]] = WeakKeyDictionary()
_lock = Lock()
_MOST = 500


def medians(look: Look, asked: Bounded, answers: int) -> Mapping[str | None, float]:
    """Median days by key of the split, and under None for all of them.

    Only cases that the reader sees: an appeal about the reader's own unit is counted by
    `figures`, and is not here.

    Args:
        answers: how many cases with a dated reply the query has.
    """
    if not answers:
        return {}
    if answers <= EXACT_UP_TO:
        return _read(look, asked)
    key = (look.actor.row_scope, asked)
    with _lock:
        kept = _kept.setdefault(look.office, {})
        found = kept.get(key)
    if found and time.monotonic() - found[1] < KEPT and abs(answers - found[0]) <= answers * STIR:
        return found[2]
    look.tx.execute(text("set local work_mem = '64MB'"))
    result = _read(look, asked)
    with _lock:
        if len(kept) >= _MOST:
            kept.clear()
        kept[key] = (answers, time.monotonic(), result)
    return result


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZONE)


def _read(look: Look, asked: Bounded) -> Mapping[str | None, float]:
    c, query = CaseRow, asked.query
    received = func.timezone(str(ZONE), c.received_at)
    columns = {"area": c.area, "unit": c.holder, "category": c.category, "inlet": c.inlet}
    where = [
        c.replied_at.is_not(None),
        *narrowed(replace(asked, query=replace(query, since=None, until=None)), columns, received),
    ]
    if query.since:
        where.append(c.received_at >= _midnight(query.since))
    if query.until:
        where.append(c.received_at < _midnight(query.until))
    days = func.extract("epoch", c.replied_at - c.received_at) / 86_400.0
    key = key_of(asked, columns, received)
    lines = visible_cases(look.actor, key.label("key"), days.label("days")).where(*where).subquery()
    middle = func.percentile_cont(0.5).within_group(lines.c.days)
    if not query.by:
        return {None: float(look.tx.scalar(select(middle)) or 0)}
    rows = look.tx.execute(
        select(lines.c.key, middle).group_by(
            func.grouping_sets(tuple_(lines.c.key), literal_column("()"))
        )
    )
    return {key: float(value) for key, value in rows}
