"""The newest events of an area, for its live board."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select, true, union_all

from core.access.actor import Actor
from core.access.visible import in_area, visible_cases
from core.now import local_day, midnight
from core.rules.areas import prefix
from core.rules.case import CLOSED
from core.rules.ladders import DATED
from db.models import CaseRow, EntryRow

EVENTS = 20
"""As many, of today and yesterday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of the newest events: what, where, with whom; never who spoke, nor the words."""

    number: str
    seq: int
    at: datetime
    action: str
    to_stage: str
    """Empty where the case stayed in its stage."""
    area: str
    category: str
    holder: str


def yesterday(at: datetime) -> datetime:
    """When the county's day before began."""
    return midnight(local_day(at) - timedelta(days=1))


def newest(eyes: Actor, at: datetime) -> Any:
    """The newest lines of the timeline.

    Of a county they are the newest of all, by their index; a township's are too few among
    those, so they are taken from the cases that were live since yesterday (a review of one
    closed long ago stands on the county's board only).
    """
    since, area = yesterday(at), eyes.area or ""
    told = (EntryRow.at >= since, EntryRow.at <= at, EntryRow.action != DATED)
    shown = (CaseRow.number, CaseRow.area, CaseRow.category, CaseRow.holder)
    moved = func.nullif(EntryRow.to_stage, EntryRow.from_stage)
    line = (
        EntryRow.seq, EntryRow.at, EntryRow.action, func.coalesce(moved, "").label("to_stage"),
    )  # fmt: skip
    if len(prefix(area)) <= 6:
        of_case = and_(EntryRow.county == CaseRow.county, EntryRow.case_id == CaseRow.id)
        found = visible_cases(eyes, *shown, *line).join(EntryRow, of_case)
        found = found.where(in_area(area), *told)
        return found.order_by(EntryRow.at.desc(), EntryRow.seq.desc()).limit(EVENTS)
    cases = union_all(*_lately(eyes, area, since, (CaseRow.county, CaseRow.id, *shown))).subquery()
    lines = (
        select(*line)
        .where(EntryRow.county == cases.c.county, EntryRow.case_id == cases.c.id, *told)
        .order_by(EntryRow.case_id.desc(), EntryRow.seq.desc())  # along the key
        .limit(EVENTS)
        .lateral()
    )
    found = select(*(cases.c[s.key] for s in shown), *lines.c).join(lines, true())
    return found.order_by(lines.c.at.desc(), lines.c.seq.desc()).limit(EVENTS)


def _lately(eyes: Actor, area: str, since: datetime, columns: Sequence[Any]) -> Iterator[Any]:
    """Cases to which something can have happened since."""
    for condition in (CaseRow.stage_kind != CLOSED, CaseRow.closed_at >= since):
        yield visible_cases(eyes, *columns).where(in_area(area), condition)
