"""Call-backs counted: how many were drawn, how many were valid, what people said.

A call-back is valid where the resident was reached; only those stand below a rate (Beijing 12345
practice). It counts for the unit that led the case last, in the period in which it was drawn.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, and_, case, func, select

from core.access.desk import Look
from core.access.visible import bound, in_area
from core.oversight.supervision import Watch, kinds_of
from core.rules.areas import validate
from core.rules.demands import PENDING
from core.rules.permissions import Permission
from db.models import CaseRow, DemandRow, TaskRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The call-backs on the cases of one unit."""

    unit: str
    drawn: int
    waiting: int
    valid: int
    """The resident was reached: the denominator of what follows."""
    satisfied: int
    """Reached, and the score is at or above the county's line."""


_SUMS = ("waiting", "valid", "satisfied")


def tally(look: Look, f: Watch) -> list[Tally]:
    """Call-backs drawn in [since, until), by unit; most drawn first."""
    look.actor.require(Permission.BOARD_READ)
    d, line = DemandRow, look.world.blueprint.rating.satisfied_from
    lead = (
        select(TaskRow.unit)
        .where(TaskRow.county == CaseRow.county, TaskRow.case_id == CaseRow.id, TaskRow.lead)
        .where(TaskRow.opened_at <= d.opened_at)  # not who handles it again
        .order_by(TaskRow.opened_at.desc(), TaskRow.id.desc())
        .limit(1)
        .correlate(CaseRow, d)
        .scalar_subquery()
    )
    reached = d.data["reached"].as_boolean().is_(True)
    content = and_(reached, d.data["score"].as_string().cast(Integer) >= line)
    each: Any = (
        select(
            func.coalesce(lead, CaseRow.holder).label("unit"),
            case((d.state.in_(PENDING), 1), else_=0).label("waiting"),
            case((reached, 1), else_=0).label("valid"),
            case((content, 1), else_=0).label("satisfied"),
        )
        .select_from(d)
        .join(CaseRow, and_(d.county == CaseRow.county, d.case_id == CaseRow.id))
        .where(bound(look.actor), d.kind.in_(kinds_of(look.world, "callbacks")))
    )
    if f.area:
        each = each.where(in_area(validate(f.area)))
    for limit, operator in ((f.since, d.opened_at.__ge__), (f.until, d.opened_at.__lt__)):
        if limit:
            each = each.where(operator(limit))
    rows = each.subquery()
    query = (  # sums by unit
        select(
            rows.c.unit,
            func.count().label("drawn"),
            *(func.sum(rows.c[n]).cast(Integer).label(n) for n in _SUMS),
        )
        .group_by(rows.c.unit)
        .order_by(func.count().desc(), rows.c.unit)
    )
    if f.unit:
        query = query.where(rows.c.unit == f.unit)
    return [Tally(**row._mapping) for row in look.tx.execute(query)]
