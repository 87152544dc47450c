"""The cases behind a figure: exactly those that were counted, as far as the reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from core.access.actor import SYSTEM
from core.access.desk import Look
from core.access.visible import visible_cases
from core.cases.queries import LINE, CaseLine
from core.errors import Invalid, NotPermitted
from core.kpi.assess.claims import Claim, claims
from core.kpi.assess.read import Basis, basis, sees
from core.kpi.assess.rows import statement
from core.rules.permissions import Permission
from core.words import _
from db.models import CaseRow

Part = Literal["numerator", "denominator", "rest"]
"""rest: counted below the line and not above it — what points were lost by."""
PARTS: tuple[Part, ...] = get_args(Part)
MOST = 500
"""Cases that are listed at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Cases of one figure of one unit."""

    basis: Basis
    unit: str
    line: str
    part: Part
    total: int
    """How many cases were counted, shown or not."""
    shown: Sequence[CaseLine]
    """The newest first, at most `MOST`; only those that the reader may see."""
    exclusions: Sequence[Claim]
    """Of this unit, for this line or for all."""

    @property
    def hidden(self) -> int:
        """Cases that the reader may not see, or that do not fit into one list."""
        return self.total - len(self.shown)


def behind(
    look: Look,
    assessment: str,
    *,
    unit: str,
    line: str,
    part: str = "numerator",
    period: str = "",
    area: str = "",
) -> Behind:
    """The cases behind one figure.

    Raises:
        NotPermitted: another unit's figure.
        NotFound: no such assessment or unit in it.
        Invalid: no such line or part.
    """
    look.actor.require(Permission.CASE_READ)
    on = basis(look, assessment, period, area)
    member = on.member(unit)
    if not sees(look.actor, unit, member.area):
        raise NotPermitted(_("只能查看本单位的考核得分"))
    rule = on.assessment.lines.get(line)
    if rule is None or part not in PARTS:
        raise Invalid(_("没有考核项“{line}”", line=line[:40]), field="line")
    above, below = on.rows.mask([*rule.numerator]), on.rows.mask([*rule.denominator])
    condition = {
        "numerator": "mask & :above <> 0",
        "denominator": "mask & :below <> 0",
        "rest": "mask & :below <> 0 and mask & :above = 0",
    }[part]
    values: dict[str, Any] = {
        **on.rows.values, "above": above, "below": below, "of": list(member.of), "most": MOST,
    }  # fmt: skip
    sql = (
        f"select case_id, count(*) over () as total from (select distinct case_id from"
        f" ({on.rows.sql}) x where unit = any(:of) and {condition}) y"
        " order by case_id desc limit :most"
    )
    with look.acting(SYSTEM):
        found = look.tx.execute(statement(sql, values), values).all()
    query = visible_cases(look.actor, *LINE).where(CaseRow.id.in_([r.case_id for r in found]))
    shown = look.tx.execute(query.order_by(CaseRow.received_at.desc(), CaseRow.id.desc()))
    return Behind(
        basis=on,
        unit=unit,
        line=line,
        part=part,  # pyright: ignore[reportArgumentType]
        total=found[0].total if found else 0,
        shown=[CaseLine(**r._mapping) for r in shown],
        exclusions=[
            c
            for c in claims(look, on.key)
            if c.what == "exclusion" and c.unit == unit and c.line in ("", line)
        ],
    )
