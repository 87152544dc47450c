"""Makes a change so: case, tasks, clocks, timeline and figures in one statement.

Everything goes down as JSON and one chain of data-modifying CTEs spreads it over the
tables: one round trip, whatever an action does, and one text that PostgreSQL prepares.
"""

import json
from dataclasses import asdict, fields
from datetime import datetime
from functools import cache
from typing import Any

from core.ledger.change import Change
from core.ledger.outbox import QUEUE, notice_rows
from core.ledger.words import words_of
from core.rules.case import Case, Clock, Entry, Task
from core.rules.measures import contribution, deltas
from db.session import Write

CASE_COLUMNS = tuple(f.name for f in fields(Case))
FIXED = frozenset(
    {"county", "id", "number", "code_hash", "received_at", "config_version", "source",
     "source_ref", "idempotency_key", "registered_by", "inlet", "plate"}
)  # fmt: skip
"""What no action changes."""
DELTA_COLUMNS = ("county", "day", "area", "unit", "category", "inlet", "measure", "n")
RATING_COLUMNS = ("county", "case_id", "seq", "at", "party", "score", "reasons", "text")


def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def _add(table: str, columns: tuple[str, ...], parameter: str) -> str:
    names = ", ".join(columns)
    return (
        f"insert into {table} ({names}) select {names}"
        f" from jsonb_populate_recordset(null::{table}, %({parameter})s::jsonb)"
    )


def _change(table: str, columns: tuple[str, ...], parameter: str) -> str:
    changed = [c for c in columns if c not in ("county", "id", "case_id")]
    sets = ", ".join(f"{c} = new.{c}" for c in changed)
    return (
        f"update {table} as old set {sets}"
        f" from jsonb_populate_recordset(null::{table}, %({parameter})s::jsonb) as new"
        f" where old.county = new.county and old.id = new.id"
    )


_WORDS = "array_to_tsvector(string_to_array(%(words)s, ' '))"
_NEW_CASE = (
    _add("cases", CASE_COLUMNS, "case")
    .replace(") select", ", words) select", 1)
    .replace(" from jsonb", f", {_WORDS} from jsonb", 1)
)
_OLD_CASE = _change("cases", tuple(c for c in CASE_COLUMNS if c not in FIXED), "case")


_PARTS = {
    "new_tasks": _add("task", _names(Task), "new_tasks"),
    "old_tasks": _change("task", _names(Task), "old_tasks"),
    "new_clocks": _add("clock", _names(Clock), "new_clocks"),
    "old_clocks": _change("clock", _names(Clock), "old_clocks"),
    "entries": _add("timeline", _names(Entry), "entries"),
    "ratings": _add("rating", RATING_COLUMNS, "ratings"),
    "deltas": _add("delta", DELTA_COLUMNS, "deltas"),
    "notices": QUEUE,
}


@cache
def _chain(new: bool, parts: tuple[str, ...]) -> str:
    """The statement for these parts. It is made of our own column names only; what people
    wrote travels as parameters."""
    ctes = [f"{name} as ({_PARTS[name]})" for name in parts]
    return f"with c as ({_NEW_CASE if new else _OLD_CASE}), {', '.join(ctes)} select 1"


def row(value: Case | Task | Clock | Entry) -> dict[str, Any]:
    """A value as the row of its table."""
    return {name: getattr(value, name) for name in value.__slots__}


def delta_rows(change: Change) -> list[dict[str, Any]]:
    """What the change does to the county's figures."""
    before = contribution(change.before) if change.before else None
    return [
        dict(zip(DELTA_COLUMNS, (*key, n), strict=True))
        for key, n in deltas(before, contribution(change.file.case)).items()
    ]


def rating_rows(change: Change) -> list[dict[str, Any]]:
    """The ratings given."""
    case = change.file.case
    return [
        {"county": case.county, "case_id": case.id, "seq": seq, "at": change.at, **asdict(rated)}
        for seq, rated in change.ratings
    ]


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _json(rows: Any) -> str:
    return json.dumps(rows, ensure_ascii=False, default=_plain)


def write(tx: Write, change: Change) -> None:
    """Write the change; the caller holds the case's lock and commits."""
    case, new = change.file.case, change.before is None
    tasks, clocks = change.tasks.values(), change.clocks.values()
    parts = {
        "new_tasks": [row(t) for t in tasks if t.id in change.fresh],
        "old_tasks": [row(t) for t in tasks if t.id not in change.fresh],
        "new_clocks": [row(c) for c in clocks if c.id in change.fresh],
        "old_clocks": [row(c) for c in clocks if c.id not in change.fresh],
        "entries": [row(e) for e in change.entries],
        "ratings": rating_rows(change),
        "deltas": delta_rows(change),
        "notices": notice_rows(change),
    }
    parameters = {name: _json(rows) for name, rows in parts.items() if rows}
    statement = _chain(new, tuple(parameters))
    parameters["case"] = _json([row(case)])
    if new:
        parameters["words"] = words_of(case.title, case.body)
    if change.notices:
        parameters |= {"county": case.county, "at": change.at}
    tx.exec_driver_sql(statement, parameters)
