"""A case with its tasks and clocks, read in one round trip."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from core.access.desk import Look
from core.access.visible import visible_case
from core.errors import NotFound
from core.rules.case import Case, CaseFile, Clock, Task
from db.models import CaseRow, ClockRow, TaskRow

_CASE = [getattr(CaseRow, f.name) for f in fields(Case)]
_TIMES = {kind: [f.name for f in fields(kind) if f.name.endswith("_at")] for kind in (Task, Clock)}


def _children(model: Any, since: Any, name: str) -> Any:
    """The rows of a child table as one JSON array, oldest first; null where there are none."""
    whole = func.to_jsonb(model.__table__.table_valued())
    return (
        select(func.jsonb_agg(aggregate_order_by(whole, since, model.id)))
        .where(model.county == CaseRow.county, model.case_id == CaseRow.id)
        .correlate(CaseRow)
        .scalar_subquery()
        .label(name)
    )


_COLUMNS = (
    *_CASE,
    _children(TaskRow, TaskRow.opened_at, "_tasks"),
    _children(ClockRow, ClockRow.started_at, "_clocks"),
)


def _value(kind: type, raw: dict[str, Any]) -> Any:
    for name in _TIMES[kind]:
        if raw[name] is not None:
            raw[name] = datetime.fromisoformat(raw[name])
    return kind(**raw)


def load(look: Look, number: str, *, lock: bool = False) -> CaseFile:
    """The case `number`, locked against other actions if asked.

    Raises:
        NotFound: it does not exist, or the reader may not know that it does.
    """
    query = visible_case(number, *_COLUMNS)
    if lock:
        query = query.with_for_update(of=CaseRow)
    row = look.tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(number=number[:40])
    values = dict(row._mapping)
    tasks, clocks = values.pop("_tasks"), values.pop("_clocks")
    return CaseFile(
        case=Case(**values),
        tasks=[_value(Task, t) for t in tasks or ()],
        clocks=[_value(Clock, c) for c in clocks or ()],
    )
