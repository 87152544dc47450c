"""Makes a change so: case, tasks, clocks, timeline, figures and messages, in one go.

Each statement is built once; an action costs one statement per table that it touches.
"""

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from core.ledger.change import Change
from core.ledger.outbox import queue
from core.ledger.words import words_of
from core.rules.case import Case, Clock, Entry, Task
from core.rules.measures import contribution, deltas
from db.models import CaseRow, ClockRow, DeltaRow, EntryRow, RatingRow, TaskRow
from db.session import Write

CASE_COLUMNS = tuple(f.name for f in fields(Case))
_cases: Table = CaseRow.__table__  # pyright: ignore[reportAssignmentType]

_FIXED = {"county", "id", "number", "code_hash", "received_at", "config_version", "source",
          "source_ref", "idempotency_key", "registered_by", "inlet", "plate"}  # fmt: skip
"""What no action changes."""

_INSERT_CASE = insert(_cases).values(
    {name: bindparam(name) for name in CASE_COLUMNS}
    | {"words": func.to_tsvector("simple", bindparam("words"))}
)
_UPDATE_CASE = (
    update(_cases)
    .where(_cases.c.county == bindparam("_county"), _cases.c.id == bindparam("_id"))
    .values({name: bindparam(name) for name in CASE_COLUMNS if name not in _FIXED})
)


def _save(table: Any, kind: type) -> Any:
    """INSERT, or UPDATE of everything but the key where the row exists."""
    names = [f.name for f in fields(kind)]
    statement = upsert(table).values({n: bindparam(n) for n in names})
    changed = {n: statement.excluded[n] for n in names if n not in ("county", "id", "case_id")}
    return statement.on_conflict_do_update(index_elements=["county", "id"], set_=changed)


_SAVE_TASK = _save(TaskRow.__table__, Task)
_SAVE_CLOCK = _save(ClockRow.__table__, Clock)
_ADD_ENTRY = insert(EntryRow.__table__)  # pyright: ignore[reportArgumentType]
_ADD_RATING = insert(RatingRow.__table__)  # pyright: ignore[reportArgumentType]
_ADD_DELTA = insert(DeltaRow.__table__)  # pyright: ignore[reportArgumentType]


def row(value: Case | Task | Clock | Entry) -> dict[str, Any]:
    """A value as the row of its table."""
    return {name: getattr(value, name) for name in value.__slots__}


def delta_rows(change: Change) -> list[dict[str, Any]]:
    """What the change does to the county's figures."""
    before = contribution(change.before) if change.before else None
    names = ("county", "day", "area", "unit", "category", "inlet", "measure")
    return [
        {**dict(zip(names, key, strict=True)), "n": n}
        for key, n in deltas(before, contribution(change.file.case)).items()
    ]


def rating_rows(change: Change) -> list[dict[str, Any]]:
    """The ratings given."""
    case = change.file.case
    return [
        {"county": case.county, "case_id": case.id, "seq": seq, "at": change.at, **asdict(rated)}
        for seq, rated in change.ratings
    ]


def write(tx: Write, change: Change) -> None:
    """Write the change; the caller holds the case's lock and commits."""
    case = change.file.case
    if change.before is None:
        tx.execute(_INSERT_CASE, row(case) | {"words": words_of(case.title, case.body)})
    else:
        tx.execute(_UPDATE_CASE, row(case) | {"_county": case.county, "_id": case.id})
    if change.tasks:
        tx.execute(_SAVE_TASK, [row(t) for t in change.tasks.values()])
    if change.clocks:
        tx.execute(_SAVE_CLOCK, [row(c) for c in change.clocks.values()])
    if change.entries:
        tx.execute(_ADD_ENTRY, [row(e) for e in change.entries])
    if change.ratings:
        tx.execute(_ADD_RATING, rating_rows(change))
    if added := delta_rows(change):
        tx.execute(_ADD_DELTA, added)
    if change.notices:
        queue(tx, change)
