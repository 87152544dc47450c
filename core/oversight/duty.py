"""履职记录: a deputy's own record of duty: what they read, suggested, scored, and what came of it.

It is the deputy's own: nobody else can ask for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.access.audit import audit
from core.access.desk import Look, Work
from core.access.visible import visible_cases
from core.cases.load import load
from core.now import local_day, midnight, now
from core.oversight.deputy import Said, came_of, kinds, said
from core.rules.masking import mask_text
from core.rules.permissions import Permission
from core.words import Text, _, lazy
from db.models import AuditRow, CaseRow

READ = "case.read"
MOST = 2000
READING, SUGGESTING, REVIEWING = "read", "suggest", "review"
WHAT: dict[str, Text] = {
    READING: lazy("查阅诉求"),
    SUGGESTING: lazy("提出建议"),
    REVIEWING: lazy("评议打分"),
}


def note_read(work: Work, number: str) -> None:
    """Keep that the deputy has opened a case: once a day.

    Raises:
        NotFound: the case does not exist or lies outside what they may see.
    """
    work.actor.require(Permission.CASE_REVIEW)
    today = midnight(local_day(now()))
    before = work.tx.scalar(
        select(AuditRow.id)
        .where(
            AuditRow.at >= today,
            AuditRow.person_id == work.actor.person,
            AuditRow.what == READ,
            AuditRow.subject == number,
        )
        .limit(1)
    )
    if before is None:
        load(work, number)
        audit(work, READ, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One line of the record."""

    at: datetime
    what: str
    """One of `WHAT`."""
    number: str
    title: str
    """Empty where the case is not the deputy's to see any more."""
    score: int | None = None
    text: str = ""
    unit: str = ""
    came: str = ""
    answer: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A stretch of duty."""

    reads: int
    suggestions: int
    reviews: int
    low: int
    """Reviews that sent the case back."""
    answered: int
    """Of those, how many the unit has answered."""
    lines: Sequence[Done]
    """Newest first."""


def record(look: Look, *, since: datetime | None = None, until: datetime | None = None) -> Record:
    """My record over [since, until); the last year if nothing is said."""
    look.actor.require(Permission.CASE_REVIEW)
    since = since or now() - timedelta(days=365)
    mine = said(look, since=since, until=until, limit=MOST)
    reviewing = kinds(look.world, "review")
    reads = _reads(look, since, until)
    lines = [*reads, *(_done(look, s, s.kind in reviewing) for s in mine)]
    low = [s for s in mine if s.low]
    return Record(
        reads=len(reads),
        suggestions=sum(s.kind not in reviewing for s in mine),
        reviews=sum(s.kind in reviewing for s in mine),
        low=len(low),
        answered=sum(s.answered_at is not None for s in low),
        lines=sorted(lines, key=lambda d: d.at, reverse=True),
    )


def _done(look: Look, s: Said, review: bool) -> Done:
    return Done(
        at=s.at,
        what=REVIEWING if review else SUGGESTING,
        number=s.number,
        title=s.title,
        score=s.score,
        text=s.text,
        unit=look.world.units.name(s.unit),
        came=came_of(look, s),
        answer=s.answer,
        answered_at=s.answered_at,
    )


def _reads(look: Look, since: datetime, until: datetime | None) -> list[Done]:
    a = AuditRow
    query = (
        select(a.at, a.subject)
        .where(a.person_id == look.actor.person, a.what == READ, a.at >= since)
        .order_by(a.at.desc())
        .limit(MOST)
    )
    if until:
        query = query.where(a.at < until)
    rows = look.tx.execute(query).all()
    named = {
        r.number: mask_text(r.title)
        for r in look.tx.execute(
            visible_cases(look.actor, CaseRow.number, CaseRow.title).where(
                CaseRow.number.in_({r.subject for r in rows})
            )
        )
    }
    return [
        Done(at=r.at, what=READING, number=r.subject, title=named.get(r.subject, "")) for r in rows
    ]


COLUMNS: tuple[Text, ...] = (
    lazy("时间"), lazy("履职事项"), lazy("编号"), lazy("诉求"), lazy("评分"), lazy("意见建议"),
    lazy("承办单位"), lazy("结果"), lazy("单位反馈"), lazy("反馈时间"),
)  # fmt: skip


def table(found: Record) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The record as a table to take away."""
    rows = [
        (
            d.at, str(WHAT[d.what]), d.number, d.title or _("（已不在查看范围）"), d.score, d.text,
            d.unit, d.came, d.answer, d.answered_at,
        )
        for d in found.lines
    ]  # fmt: skip
    return [str(c) for c in COLUMNS], rows
