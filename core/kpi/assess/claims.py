"""Exclusions and appeals as they are read: who asked for what, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import select

from core.access.actor import SYSTEM
from core.access.desk import Look
from core.words import Text, lazy
from db.models import Exclusion, ScoreAppeal

ASKED, APPROVED, REFUSED, UPHELD, REJECTED = "asked", "approved", "refused", "upheld", "rejected"
STATES: dict[str, Text] = {
    ASKED: lazy("待决定"),
    APPROVED: lazy("已同意剔除"),
    REFUSED: lazy("未同意"),
    UPHELD: lazy("申诉成立"),
    REJECTED: lazy("维持原分"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An exclusion or an appeal. Names are those of officials."""

    id: int
    what: Literal["exclusion", "appeal"]
    unit: str
    unit_area: str
    line: str
    """Empty: all lines."""
    words: str
    state: str
    asked_by: int | None
    asked_name: str
    asked_at: datetime
    decided_name: str
    decided_at: datetime | None
    reply: str
    case_id: int = 0
    number: str = ""
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """Which period of which assessment, where."""

    assessment: str
    period: str
    area: str


def _of(key: Key, table: type[Exclusion] | type[ScoreAppeal]) -> tuple[Any, ...]:
    return (
        table.assessment == key.assessment,
        table.period == key.period,
        table.area == key.area,
    )


def claims(look: Look, key: Key, *, whole: bool = False) -> list[Claim]:
    """Every claim of a period that the reader may see, the newest first.

    Args:
        whole: all of them, to work out scores by; never to be shown.
    """
    if whole:
        with look.acting(SYSTEM):
            return claims(look, key)
    e, a = Exclusion, ScoreAppeal
    both = ("id", "unit", "unit_area", "line", "words", "state", "asked_by", "asked_name",
            "asked_at", "decided_name", "decided_at", "reply")  # fmt: skip
    excluded = look.tx.execute(
        select(*(getattr(e, n) for n in both), e.case_id, e.number).where(*_of(key, e))
    )
    appealed = look.tx.execute(select(*(getattr(a, n) for n in both), a.points).where(*_of(key, a)))
    found = [Claim(what="exclusion", **r._mapping) for r in excluded]
    found += [Claim(what="appeal", **r._mapping) for r in appealed]
    return sorted(found, key=lambda c: (c.asked_at, c.id), reverse=True)


def in_force(found: Sequence[Claim]) -> tuple[list[Claim], Mapping[str, dict[str, Decimal]]]:
    """What counts of them: approved exclusions, and points set by appeals, by unit and line."""
    excluded = [c for c in found if c.what == "exclusion" and c.state == APPROVED]
    points: dict[str, dict[str, Decimal]] = {}
    for claim in found:
        if claim.state == UPHELD and claim.points is not None:
            points.setdefault(claim.unit, {})[claim.line] = claim.points
    return excluded, points
