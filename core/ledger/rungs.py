"""Makes many fired rungs so, in one statement: what a sweep writes for a batch of cases.

A rung changes of its case only the chain's end and of its clock only what fires next, so
a batch costs one round trip whatever its size. The key of `fired` lets each fire once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from core.ledger.change import Change
from core.ledger.outbox import queue_all
from core.rules.case import Entry
from db.session import Write

_OWN = ", ".join(f.name for f in fields(Entry) if f.name not in ("county", "at"))
# `id = any(…)` beside each join: PostgreSQL guesses a hundred rows of any JSON, and would
# rather read a whole table than look up a hundred keys in one that it takes for small.
_WRITE = f"""
with c as (
  update cases as old set version = new.version, last_hash = new.last_hash
  from jsonb_to_recordset(%(cases)s::jsonb) as new(id bigint, version int, last_hash text)
  where old.county = %(county)s and old.id = any(%(case_ids)s) and old.id = new.id
), k as (
  update clock as old set next_rung = new.next_rung, next_fire_at = new.next_fire_at
  from jsonb_to_recordset(%(clocks)s::jsonb)
    as new(id bigint, next_rung int, next_fire_at timestamptz)
  where old.county = %(county)s and old.id = any(%(clock_ids)s) and old.id = new.id
), f as (
  insert into fired (county, clock_id, rung, at)
  select %(county)s, clock_id, rung, %(at)s
  from jsonb_to_recordset(%(fired)s::jsonb) as new(clock_id bigint, rung int)
)
insert into timeline (county, at, {_OWN})
select %(county)s, %(at)s, {_OWN}
from jsonb_populate_recordset(null::timeline, %(entries)s::jsonb)"""  # noqa: S608 (our own columns)


@dataclass(frozen=True, slots=True)
class Fired:
    """Rung `rung` of the clock `clock_id` has fired."""

    clock_id: int
    rung: int


def write_rungs(
    tx: Write, county: str, changes: Sequence[Change], fired: Sequence[Fired], at: datetime
) -> None:
    """Write fired rungs; the caller holds the cases' locks and commits.

    Args:
        changes: of one county, and nothing in them but rungs: timeline entries, clocks that
            went on to their next rung, notices.
        fired: every rung that fired, also those whose case changed by more than a rung and
            is therefore written by `ledger.write`.

    Raises:
        IntegrityError: a rung had fired before; nothing of the batch is written then.
    """
    cases = [change.file.case for change in changes]
    clocks = [clock for change in changes for clock in change.clocks.values()]
    parameters: dict[str, Any] = {
        "county": county,
        "at": at,
        "case_ids": [c.id for c in cases],
        "clock_ids": [k.id for k in clocks],
        "cases": _json(
            [{"id": c.id, "version": c.version, "last_hash": c.last_hash} for c in cases]
        ),
        "clocks": _json(
            [{"id": k.id, "next_rung": k.next_rung, "next_fire_at": k.next_fire_at} for k in clocks]
        ),
        "fired": _json([{"clock_id": f.clock_id, "rung": f.rung} for f in fired]),
        "entries": _json([_entry(entry) for change in changes for entry in change.entries]),
    }
    tx.exec_driver_sql(_WRITE, parameters)
    queue_all(tx, changes, at)


def _entry(entry: Entry) -> dict[str, Any]:
    """Its row, without what all entries of a pass have in common."""
    return {
        "case_id": entry.case_id,
        "seq": entry.seq,
        "action": entry.action,
        "actor_id": entry.actor_id,
        "actor_name": entry.actor_name,
        "actor_unit": entry.actor_unit,
        "from_stage": entry.from_stage,
        "to_stage": entry.to_stage,
        "data": entry.data,
        "public": entry.public,
        "hash": entry.hash,
    }


def _json(rows: list[dict[str, Any]]) -> str:
    return to_json(rows).decode()
