"""The one source of cases. Row-level security holds the same rule beneath it."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from core.access.actor import Actor
from core.rules.areas import scope
from core.rules.case import MATTER
from core.rules.permissions import Scope
from db.models import CaseRow


def in_area(area: str) -> ColumnElement[bool]:
    """Cases that lie in an area: a plain range over an index."""
    lo, hi = scope(area)
    return and_(CaseRow.area >= lo, CaseRow.area < hi)


def bound(actor: Actor) -> ColumnElement[bool]:
    """The actor's own bound, as plain parameters the planner can use."""
    area = in_area(actor.area) if actor.area else false()
    unit = CaseRow.units.overlap(list(actor.units)) if actor.units else false()
    match actor.scope:
        case Scope.ALL:
            return true()
        case Scope.AREA:
            return area
        case Scope.OUTSIDE:
            return and_(area, CaseRow.confidential.is_(False))
        case Scope.UNIT:
            return unit
        case Scope.BOTH:
            return or_(area, unit)
        case Scope.KEY:
            return CaseRow.number == actor.number
        case _:
            return false()


def visible_cases(actor: Actor, *columns: Any) -> Select[*tuple[Any, ...]]:
    """A query over the appeals that `actor` may see, for lists and figures.

    Matters that carry only a leader's instruction are no appeals: they are found by what was
    asked (`core.oversight.instructions`), and opened by their number.
    """
    query = select(*(columns or (CaseRow,))).select_from(CaseRow).where(bound(actor))
    return query.where(CaseRow.source.is_distinct_from(MATTER))


def visible_case(number: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    """A query for one case by its number: also one that the reader registered elsewhere.

    Row security alone bounds it; the number is unique, so there is nothing to plan.
    """
    return select(*(columns or (CaseRow,))).where(CaseRow.number == number)
