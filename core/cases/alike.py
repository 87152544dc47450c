"""Have we heard this before? Who is calling, and which cases look like the same matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import rjieba
from sqlalchemy import ColumnElement, Select, and_, func, or_, true

from core.access.confidence import known_to
from core.access.desk import Look
from core.access.visible import in_area, visible_cases
from core.cases.queries import LINE, CaseLine
from core.errors import Invalid
from core.now import now
from core.rules.case import CLOSED, Case
from core.rules.forms import Field, clean
from core.rules.masking import mask_name, mask_text
from core.rules.permissions import Permission
from db.models import CaseRow, Resident

_WITHIN = timedelta(days=60)
_COMMON = frozenset("的了在是我有和就不人都一个上也很到说要去你会着没有看好自己这请问")


@dataclass(frozen=True, slots=True)
class Caller:
    """A resident found by phone, with the cases still open."""

    id: int
    name: str
    open_cases: Sequence[CaseLine]
    earlier: int
    """How many cases there were in all."""


_PHONE = Field(id="phone", label="联系电话", type="phone")


def caller(look: Look, phone: str) -> Caller | None:
    """The resident with this phone number, and what of theirs the reader may see; None where that
    is nothing. They may be known to several counties: a city's clerk is shown all their cases.

    A case told in confidence is not shown to whoever may not know who spoke: who tries a
    neighbour's number would know.
    """
    look.actor.require(Permission.RESIDENT_FIND)
    try:
        number = clean(_PHONE, phone)
    except Invalid:
        return None

    def theirs(*columns: Any) -> Select[*tuple[Any, ...]]:
        whose = and_(Resident.county == CaseRow.county, Resident.id == CaseRow.resident_id)
        query = visible_cases(look.actor, *columns).join(Resident, whose)
        return query.where(Resident.phone == number, known_to(look.actor))

    latest = func.max(CaseRow.received_at).desc()
    who = Resident.id, Resident.name
    known = look.tx.execute(
        theirs(*who, func.count().label("n")).group_by(*who).order_by(Resident.name == "", latest)
    ).all()
    if not known:
        return None
    lines = look.tx.execute(
        theirs(*LINE)
        .where(CaseRow.stage_kind != CLOSED)
        .order_by(CaseRow.received_at.desc())
        .limit(20)
    )
    return Caller(
        id=known[0].id,
        name=mask_name(known[0].name),
        open_cases=[CaseLine(**r._mapping) for r in lines],
        earlier=sum(row.n for row in known),
    )


def alike(
    look: Look, text: str, area: str, category: str = "", *, limit: int = 5
) -> list[CaseLine]:
    """Recent cases nearby that share many words with `text`: likely the same matter."""
    return _sharing(look, text, area, category, limit)


def replies(look: Look, found: Sequence[CaseLine]) -> dict[str, str]:
    """By number, what residents were answered on those of `found` that are closed: nobody works
    on them any more, but the answer may serve whoever asks now."""
    closed = [line.id for line in found if line.stage_kind == CLOSED]
    columns = CaseRow.number, CaseRow.reply
    rows = look.tx.execute(visible_cases(look.actor, *columns).where(CaseRow.id.in_(closed)))
    return {row.number: mask_text(row.reply) for row in rows} if closed else {}


def to_merge_into(look: Look, case: Case, *, limit: int = 5) -> list[CaseLine]:
    """The cases alike that `case` may be merged into, as far as `spread.linked_case` allows it."""
    allowed = (
        CaseRow.id != case.id,
        CaseRow.stage_kind != CLOSED,
        CaseRow.replied_at.is_(None),
        CaseRow.stage.not_in(look.world.blueprint.workflow.merged),
        CaseRow.accused == case.accused,
    )
    words = f"{case.title}\n{case.body}"
    return _sharing(look, words, case.area, case.category, limit, *allowed)


def _sharing(
    look: Look, text: str, area: str, category: str, limit: int, *also: ColumnElement[bool]
) -> list[CaseLine]:
    look.actor.require(Permission.RESIDENT_FIND)
    words = [w for w in dict.fromkeys(rjieba.cut(text[:500])) if len(w) > 1 and w not in _COMMON][
        :30
    ]
    if not words or not area:
        return []
    query = func.to_tsquery("simple", " | ".join("'" + w.replace("'", "") + "'" for w in words))
    shared = func.ts_rank(CaseRow.words, query)
    township = area[:9]
    rows = look.tx.execute(
        visible_cases(look.actor, *LINE)
        .where(
            in_area(township),
            CaseRow.received_at > now() - _WITHIN,
            CaseRow.words.op("@@")(query),
            or_(CaseRow.category == category, shared > 0.05) if category else true(),
            *also,
        )
        .order_by(shared.desc())
        .limit(limit)
    )
    return [CaseLine(**r._mapping) for r in rows]
