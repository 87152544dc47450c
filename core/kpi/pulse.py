"""The county's pulse: how today goes, and what everybody may know of the last month."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import func

from core.access.desk import Look
from core.cases.queries import CaseFilter, filtered, overdue_at, untaken_stages
from core.kpi.figures import figures
from core.kpi.query import FigureQuery, bounded
from core.now import local_day, now
from db.models import CaseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Numbers of cases, as of now."""

    received: int
    """Today."""
    closed: int
    """Today, whenever they were received."""
    overdue: int
    """Open, unanswered and past their deadline."""
    untaken: int
    """Open, and no unit has signed for them."""


def pulse(look: Look, area: str = "") -> Pulse:
    """Today's figures of an area, or of all that the reader may count.

    Raises:
        NotPermitted: no figures for this role, or another area's figures.
    """
    today = local_day(now())
    query = FigureQuery(area=area, since=today, until=today + timedelta(days=1))
    asked = bounded(look, query)
    counts = figures(look, query).total.counts
    untaken = CaseRow.stage.in_(sorted(untaken_stages(look.world)))
    live = filtered(
        look.actor,
        CaseFilter(area=asked.query.area, stage_kind="open"),
        func.count().filter(overdue_at(now())).label("overdue"),
        func.count().filter(untaken).label("untaken"),
    )
    if asked.units is not None:
        live = live.where(CaseRow.holder.in_(asked.units))
    row = look.tx.execute(live).one()
    return Pulse(
        received=counts["received"],
        closed=counts["day_closed"],
        overdue=row.overdue,
        untaken=row.untaken,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFigures:
    """What a place has done for its residents: counts only, of cases received in the period."""

    area: str
    label: str
    received: int
    answered: int
    rated: int
    satisfied: int
    """Scored 4 or 5."""


def public_figures(look: Look, area: str = "", *, days: int = 30) -> Sequence[PublicFigures]:
    """The last `days` days by the places below an area (a county's townships), for the public.

    For a door without an actor of its own: open the look as SYSTEM. The whole comes last,
    with `area` as asked for.
    """
    today = local_day(now())
    top = area or look.world.root
    query = FigureQuery(
        area=top,
        since=today - timedelta(days=days - 1),
        until=today + timedelta(days=1),
        by="area",
    )
    report = figures(look, query)
    whole = replace(report.total, key=top, label=look.world.area_name(top))
    return [
        PublicFigures(
            area=line.key,
            label=line.label,
            **{m: line.counts[m] for m in ("received", "answered", "rated", "satisfied")},
        )
        for line in (*report.rows, whole)
        if line.counts["received"] or line is whole
    ]
