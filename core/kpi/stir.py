"""Whether, and where, anything has happened to a case: what a live board asks every few seconds.

Asked, not told: a `NOTIFY` in each action's transaction would make all commits wait in one
line (measured on PostgreSQL 15 with 16 writers: 9,500 commits a second became 4,600).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, func, text

from core.access.desk import Look
from core.access.visible import visible_cases
from core.now import now
from db.models import CaseRow, EntryRow

RECENT = timedelta(minutes=3)
"""How long a transaction may take and still be noticed at once."""

Stir = Mapping[tuple[str, datetime], int]
"""(area, minute) → lines of the timeline; only the recent minutes."""

_SNAPSHOT = text("select pg_current_snapshot()::text")


def snapshot(look: Look) -> str:
    """Equal to an earlier one: nothing at all has been committed in between."""
    return look.tx.scalar(_SNAPSHOT) or ""


def stir(look: Look) -> Stir:
    """What the last minutes brought, by area; for SYSTEM, who sees every case."""
    first = now().replace(second=0, microsecond=0) - RECENT
    minute = func.date_trunc("minute", EntryRow.at)
    of_case = and_(EntryRow.county == CaseRow.county, EntryRow.case_id == CaseRow.id)
    query = (
        visible_cases(look.actor, CaseRow.area, minute.label("minute"), func.count().label("n"))
        .join(EntryRow, of_case)
        .where(EntryRow.at >= first)
        .group_by(CaseRow.area, text("2"))
    )
    return {(r.area, r.minute): r.n for r in look.tx.execute(query)}


def stirred(before: Stir, after: Stir) -> set[str]:
    """The areas to which something has been added in between."""
    return {area for (area, minute), n in after.items() if n > before.get((area, minute), 0)}
