"""Makes a change so: case, tasks, clocks, timeline and figures in one statement.

Everything goes down as JSON and one chain of data-modifying CTEs spreads it over the
tables: one round trip, whatever an action does, and one text that PostgreSQL prepares.
"""

from collections.abc import Iterator
from dataclasses import asdict, fields
from functools import cache
from operator import attrgetter
from typing import Any

from pydantic_core import to_json

from core.ledger.change import Change
from core.ledger.outbox import QUEUE, notice_rows
from core.ledger.words import words_of
from core.rules.case import Case, Clock, Demand, Entry, Task
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


def _add(table: str, parameter: str, columns: tuple[str, ...] = ()) -> str:
    """Without `columns`: all of the table's, which the values carry every one of."""
    names = ", ".join(columns)
    into = f"{table} ({names}) select {names}" if columns else f"{table} select *"
    return (
        f"insert into {into} from jsonb_populate_recordset(null::{table}, %({parameter})s::jsonb)"
    )


def _change(table: str, columns: tuple[str, ...], parameter: str) -> str:
    changed = [c for c in columns if c not in ("county", "id", "case_id")]
    sets = ", ".join(f"{c} = n.{c}" for c in changed)
    return (
        f"update {table} as old set {sets}"
        f" from jsonb_populate_recordset(null::{table}, %({parameter})s::jsonb) as n"
        f" where old.county = %(county)s and old.id = any(%(ids)s) and n.id = old.id"
    )


_NEW_CASE = _add("cases", "case", (*CASE_COLUMNS, "words"))
_OLD_CASE = _change("cases", tuple(c for c in CASE_COLUMNS if c not in FIXED), "case")


_PARTS = {
    "new_tasks": _add("task", "new_tasks"),
    "old_tasks": _change("task", _names(Task), "old_tasks"),
    "new_clocks": _add("clock", "new_clocks"),
    "old_clocks": _change("clock", _names(Clock), "old_clocks"),
    "new_demands": _add("demand", "new_demands"),
    "old_demands": _change("demand", _names(Demand), "old_demands"),
    "entries": _add("timeline", "entries"),
    "ratings": _add("rating", "ratings", RATING_COLUMNS),
    "deltas": _add("delta", "deltas", DELTA_COLUMNS),
    "notices": QUEUE,
}


@cache
def _chain(new: bool, parts: tuple[str, ...]) -> str:
    """The statement for these parts. It is made of our own column names only; what people
    wrote travels as parameters."""
    ctes = [f"{name} as ({_PARTS[name]})" for name in parts]
    whole = f"with c as ({_NEW_CASE if new else _OLD_CASE}), {', '.join(ctes)} select 1"
    return " ".join(whole.split())  # psycopg reads what is longer than 4,096 bytes anew each time


_READ = {
    kind: (_names(kind), attrgetter(*_names(kind))) for kind in (Case, Task, Clock, Demand, Entry)
}


def row(value: Case | Task | Clock | Demand | Entry) -> dict[str, Any]:
    """A value as the row of its table."""
    names, read = _READ[type(value)]
    return dict(zip(names, read(value), strict=True))


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


def _json(rows: Any) -> str:
    return to_json(rows, fallback=str).decode()


def _parts(change: Change) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What goes where besides the case's own row."""
    tasks, clocks = change.tasks.values(), change.clocks.values()
    yield "new_tasks", [row(t) for t in tasks if t.id in change.fresh]
    yield "old_tasks", [row(t) for t in tasks if t.id not in change.fresh]
    yield "new_clocks", [row(c) for c in clocks if c.id in change.fresh]
    yield "old_clocks", [row(c) for c in clocks if c.id not in change.fresh]
    demands = change.demands.values()
    yield "new_demands", [row(d) for d in demands if d.id in change.fresh]
    yield "old_demands", [row(d) for d in demands if d.id not in change.fresh]
    yield "entries", [row(e) for e in change.entries]
    yield "ratings", rating_rows(change)
    yield "deltas", delta_rows(change)
    yield "notices", notice_rows(change)


def _new_row(case: Case) -> dict[str, Any]:
    words = words_of(case.title, case.body).split()
    return row(case) | {"words": " ".join(f"'{word}'" for word in words)}


def _ids(change: Change) -> Iterator[int]:
    """Of every row that may be updated, so that PostgreSQL finds each by its key: joined to the
    new values alone, it may as well read the whole table."""
    yield change.file.case.id
    for rows in (change.tasks, change.clocks, change.demands):
        yield from rows


def write(tx: Write, *changes: Change) -> None:
    """Write the changes; the caller holds the cases' locks and commits.

    Args:
        changes: of different cases of one county, made at the same instant; either all of
            them new cases or none.
    """
    new, parts = changes[0].before is None, dict[str, list[dict[str, Any]]]()
    for change in changes:
        for name, rows in _parts(change):
            if rows:
                parts.setdefault(name, []).extend(rows)
    names = tuple(name for name in _PARTS if name in parts)
    parameters: dict[str, Any] = {name: _json(parts[name]) for name in names}
    cases = [change.file.case for change in changes]
    parameters["case"] = _json([_new_row(c) if new else row(c) for c in cases])
    parameters["at"], parameters["county"] = changes[0].at, cases[0].county
    parameters["ids"] = [i for change in changes for i in _ids(change)]
    tx.exec_driver_sql(_chain(new, names), parameters)
