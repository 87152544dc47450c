"""A case with its tasks, clocks and demands, read in one round trip.

Each comes as JSON: four columns to unpack instead of sixty, most of them of a driver's making.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from core.access.desk import Look, Work
from core.errors import NotFound
from core.rules.case import Case, CaseFile, Clock, Demand, Task
from db.models import CaseRow, ClockRow, DemandRow, TaskRow

_TIMES = {
    kind: [f.name for f in fields(kind) if f.name.endswith("_at")]
    for kind in (Case, Task, Clock, Demand)
}


def _whole(model: Any) -> Any:
    """A row as one JSON object."""
    return func.to_jsonb(model.__table__.table_valued())


def _children(model: Any, since: Any, name: str) -> Any:
    """The rows of a child table as one JSON array, oldest first; null where there are none."""
    return (
        select(func.jsonb_agg(aggregate_order_by(_whole(model), since, model.id)))
        .where(model.county == CaseRow.county, model.case_id == CaseRow.id)
        .correlate(CaseRow)
        .scalar_subquery()
        .label(name)
    )


_COLUMNS = (
    _whole(CaseRow).op("-")("words").op("-")("running").label("_case"),
    _children(TaskRow, TaskRow.opened_at, "_tasks"),
    _children(ClockRow, ClockRow.started_at, "_clocks"),
    _children(DemandRow, DemandRow.opened_at, "_demands"),
)


_before = aliased(CaseRow)
_SEEN = (
    select(_before.version)
    .where(_before.county == CaseRow.county, _before.id == CaseRow.id)
    .correlate(CaseRow)
    .scalar_subquery()
    .label("_seen")
)
"""The version as the statement's snapshot has it: what the tasks and clocks beside it are from."""


# Built once: a statement made anew for each call costs a millisecond before it is sent.
_LOOK = select(*_COLUMNS).where(CaseRow.number == bindparam("number"))
_LOCK = (
    select(*_COLUMNS, _SEEN)
    .where(CaseRow.number == bindparam("number"))
    .with_for_update(of=CaseRow)
)


def _file(row: Row[*tuple[Any, ...]]) -> CaseFile:
    return CaseFile(
        case=_value(Case, row._case),
        tasks=[_value(Task, t) for t in row._tasks or ()],
        clocks=[_value(Clock, c) for c in row._clocks or ()],
        demands=[_value(Demand, d) for d in row._demands or ()],
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
    query, asked = (_LOCK if lock else _LOOK), {"number": number}
    row = look.tx.execute(query, asked).one_or_none()
    if lock and row is not None and row._case["version"] != row._seen:
        # It waited for another action: the case is fresh, its tasks and clocks are not.
        row = look.tx.execute(query, asked).one_or_none()
    if row is None:
        raise NotFound(number=number[:40])
    return _file(row)


def lock_some(work: Work, county: str, ids: Sequence[int]) -> list[CaseFile]:
    """Those of the cases `ids` of a county that nobody else is busy with, locked, by id."""
    free = work.tx.scalars(
        select(CaseRow.id)
        .where(CaseRow.county == county, CaseRow.id.in_(ids))
        .order_by(CaseRow.id)
        .with_for_update(skip_locked=True)
    ).all()
    return load_some(work, county, free)


def load_some(look: Look, county: str, ids: Sequence[int]) -> list[CaseFile]:
    """The cases `ids` of a county, by id."""
    query = select(*_COLUMNS).where(CaseRow.county == county, CaseRow.id.in_(ids))
    return [_file(row) for row in look.tx.execute(query.order_by(CaseRow.id))]
