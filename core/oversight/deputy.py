"""代表评议: which closed cases deserve a second look, and what came of those that I sent back.

A deputy reads the appeals of their area as Scope.OUTSIDE: without who spoke, and none that was
told in confidence (core/rules/permissions.py, db/rowsecurity.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, select

from core.access.desk import Look
from core.access.visible import in_area, visible_cases
from core.blueprint.world import World
from core.cases.checking import content
from core.cases.queries import LINE, CaseFilter, CaseLine, Page, line_for, list_cases
from core.errors import NotFound
from core.now import now
from core.rules.areas import contains, validate
from core.rules.demands import PENDING
from core.rules.masking import mask_text
from core.rules.permissions import Permission
from core.words import _
from db.models import CaseRow, DemandRow

LATELY = timedelta(days=30)
"""Closed cases older than this are found in the list of cases."""
SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A closed case that waits for a score, with what the resident was told."""

    case: CaseLine
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A suggestion or a review of the deputy's own, and what the unit made of it."""

    id: int
    kind: str
    number: str
    title: str
    area: str
    stage_kind: str
    unit: str
    score: int | None
    low: bool
    """Of a review: not satisfied, so that it sent the case back."""
    text: str
    at: datetime
    state: str
    due_at: datetime | None
    answer: str
    answered_by: str
    answered_at: datetime | None
    ended_at: datetime | None
    pressed: int
    late: bool


def kinds(world: World, action: str) -> tuple[str, ...]:
    """The kinds of demand that `review` or `suggest` opens in this county."""
    rows = (t for t in world.blueprint.workflow.transitions if t.id == action)
    return tuple(dict.fromkeys(k for t in rows for k in t.demands))


def own_area(look: Look, area: str = "") -> str:
    """The area that a deputy looks at.

    Raises:
        NotPermitted: the reader is no deputy.
        NotFound: an area outside their own.
    """
    look.actor.require(Permission.CASE_REVIEW)
    base = look.actor.area or look.world.root
    where = validate(area) if area else base
    if not contains(base, where):
        raise NotFound
    return where


def closed_lately(look: Look, *, area: str = "", limit: int = SHOWN) -> list[Closed]:
    """Closed within the last 30 days and not scored by me since, newest first."""
    where, d = own_area(look, area), DemandRow
    mine = exists().where(
        d.county == CaseRow.county,
        d.case_id == CaseRow.id,
        d.asked_by == look.actor.person,
        d.kind.in_(kinds(look.world, "review")),
        d.opened_at >= CaseRow.closed_at,
    )
    query = (
        visible_cases(look.actor, *LINE, CaseRow.reply)
        .where(in_area(where), CaseRow.closed_at >= now() - LATELY, ~mine)
        .order_by(CaseRow.closed_at.desc(), CaseRow.id.desc())
        .limit(limit)
    )
    return [
        Closed(
            case=line_for(look.actor, CaseLine(**{f.name: row[f.name] for f in fields(CaseLine)})),
            reply=mask_text(row["reply"]),
        )
        for row in look.tx.execute(query).mappings()
    ]


def open_now(look: Look, *, area: str = "", limit: int = SHOWN) -> Page:
    """What is being handled, newest first: a suggestion can still help."""
    f = CaseFilter(area=own_area(look, area), stage_kind="live")
    return list_cases(look, f, limit=limit)


_D, _C = DemandRow, CaseRow
_SAID = (
    _D.id, _D.kind, _D.unit, _D.text, _D.opened_at.label("at"), _D.state, _D.due_at, _D.answer,
    _D.answered_by, _D.answered_at, _D.ended_at, _D.pressed, _D.late, _D.data,
    _C.number, _C.title, _C.area, _C.stage_kind,
)  # fmt: skip


def said(
    look: Look,
    actions: Iterable[str] = ("review", "suggest"),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    pending: bool = False,
    limit: int = 500,
) -> list[Said]:
    """My own suggestions and reviews, newest first.

    Args:
        since: made in [since, until).
        pending: only what the unit or I have still to do something about.
    """
    look.actor.require(Permission.CASE_REVIEW)
    wanted = [k for a in actions for k in kinds(look.world, a)]
    query = (
        select(*_SAID)
        .join(_C, and_(_C.county == _D.county, _C.id == _D.case_id))
        .where(_D.asked_by == look.actor.person, _D.kind.in_(wanted))
        .order_by(_D.opened_at.desc(), _D.id.desc())
        .limit(limit)
    )
    if since:
        query = query.where(_D.opened_at >= since)
    if until:
        query = query.where(_D.opened_at < until)
    if pending:
        query = query.where(_D.state.in_(PENDING))
    return [_said(look, row) for row in look.tx.execute(query).mappings()]


def _said(look: Look, row: Any) -> Said:
    values, line = dict(row), look.world.blueprint.rating.satisfied_from
    data = values.pop("data")
    values |= {"title": mask_text(values["title"]), "answer": mask_text(values["answer"])}
    low = values["kind"] in kinds(look.world, "review") and not content(data, line)
    return Said(**values, score=data.get("score"), low=low)


def sent_back(look: Look) -> list[Said]:
    """What I found unsatisfactory: first what has been answered to me, then what is owed."""
    found = said(look, ("review",), pending=True)
    return sorted(found, key=lambda s: (s.answered_at is None, s.due_at or s.at))


def came_of(look: Look, s: Said) -> str:
    """What became of a suggestion or a review, in a few words."""
    unit = look.world.units.name(s.unit)
    if s.kind not in kinds(look.world, "review"):
        return _("已转{unit}", unit=unit)
    if s.ended_at and not s.answered_at:
        return _("满意，已记录")
    if s.ended_at:
        return _("{unit}已反馈，您已认可", unit=unit)
    if s.answered_at and s.state == "answered":
        return _("{unit}已反馈，等您认可", unit=unit)
    if s.due_at and s.due_at < now():
        return _("已退回重办，{unit}超期未反馈", unit=unit)
    return _("已退回重办，等{unit}反馈", unit=unit)
