"""Have we heard this before? Who is calling, and which cases look like the same matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import rjieba
from sqlalchemy import ColumnElement, func, or_, select, true

from core.access.desk import Look
from core.access.visible import in_area, visible_cases
from core.cases.queries import LINE, CaseLine
from core.now import now
from core.rules.case import CLOSED, Case
from core.rules.masking import mask_name
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


def caller(look: Look, phone: str) -> Caller | None:
    """The resident with this phone number, and what of theirs the reader may see."""
    look.actor.require(Permission.RESIDENT_FIND)
    phone = phone.strip().replace(" ", "").replace("-", "")
    if len(phone) < 7:
        return None
    row = look.tx.execute(
        select(Resident.county, Resident.id, Resident.name).where(Resident.phone == phone).limit(1)
    ).one_or_none()
    if row is None:
        return None
    theirs = (CaseRow.county == row.county, CaseRow.resident_id == row.id)
    lines = look.tx.execute(
        visible_cases(look.actor, *LINE)
        .where(*theirs, CaseRow.stage_kind != "closed")
        .order_by(CaseRow.received_at.desc())
        .limit(20)
    )
    total = look.tx.scalar(visible_cases(look.actor, func.count()).where(*theirs)) or 0
    return Caller(row.id, mask_name(row.name), [CaseLine(**r._mapping) for r in lines], total)


def alike(
    look: Look, text: str, area: str, category: str = "", *, limit: int = 5
) -> list[CaseLine]:
    """Recent cases nearby that share many words with `text`: likely the same matter."""
    return _sharing(look, text, area, category, limit)


def to_merge_into(look: Look, case: Case, *, limit: int = 5) -> list[CaseLine]:
    """The cases alike that `case` may be merged into, as far as `spread.linked_case` allows it."""
    allowed = (
        CaseRow.id != case.id,
        CaseRow.stage_kind != CLOSED,
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
