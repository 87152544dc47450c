"""What a page of figures is asked: read from the address, written into links."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

import streamlit as st

from core.access.actor import Actor
from core.blueprint.world import World
from core.kpi.figures import By, FigureQuery, Figures, Report
from core.kpi.query import last_day
from core.now import local_day, now
from core.rules.permissions import Scope
from pages.ui import scope
from pages.ui.markup import href

MEDIAN, RECEIVED = "median", "received"
DAYS_SHOWN = 92
"""A split by day is offered for periods up to so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The choices of the person who looks."""

    query: FigureQuery
    show: str
    """What the chart shows: `received`, `median` or a rate of the county."""
    table: bool
    period: dict[str, str]
    own_unit: str = ""
    """The one unit to which the reader's figures are confined."""


def asked(actor: Actor, world: World) -> Asked:
    """The choices in the address; what the county does not know is passed over."""
    query, blueprint = st.query_params, world.blueprint
    area, period = scope.area_of(actor, world), scope.period_of()
    since = local_day(period.since) if period.since else None
    until = local_day(period.until) if period.until else None

    def known(name: str, codes: Any) -> str:
        value = query.get(name, "")
        return value if value in codes else ""

    found = FigureQuery(
        area=area if actor.scope is not Scope.UNIT or area != world.root else "",
        unit=known("unit", world.units.units),
        category=known("category", blueprint.categories),
        inlet=known("inlet", blueprint.inlets),
        since=since,
        until=until,
        by=_split(known("by", set(get_args(By)) - {""}), world, area, since, until),
    )
    return Asked(
        query=found,
        show=known("show", (RECEIVED, MEDIAN, *blueprint.kpis)) or RECEIVED,
        table=query.get("view") == "table",
        period=scope.period_query(),
        own_unit=actor.units[0] if actor.scope is Scope.UNIT and len(actor.units) == 1 else "",
    )


def _split(chosen: str, world: World, area: str, since: date | None, until: date | None) -> By:
    if chosen == "day" and not daily(since, until):
        return "month"
    usual: By = "area" if scope.below(world, area) else "category"
    return chosen or usual  # pyright: ignore[reportReturnType]


def daily(since: date | None, until: date | None) -> bool:
    """Whether the period is short enough to be shown day by day."""
    end = until or local_day(now()) + timedelta(days=1)
    return since is not None and (end - since).days <= DAYS_SHOWN


def address(**changed: Any) -> str:
    """The same page with another choice."""
    return href("/figures", **st.query_params.to_dict() | changed)


def cases(a: Asked, **narrower: str) -> str:
    """The list of the cases behind a figure; not yet escaped by anybody else."""
    q = a.query
    same = {"area": q.area, "unit": q.unit or a.own_unit, "category": q.category, "inlet": q.inlet}
    return href("/cases", **same | a.period | narrower)


def cases_of(a: Asked, report: Report, row: Figures, **narrower: str) -> str:
    """The cases of one row; empty where a list cannot be narrowed to just those."""
    by = a.query.by
    if by in ("month", "day"):
        first, last = _days(report.query, row.key)
        own = {scope.PERIOD: scope.CUSTOM, scope.SINCE: f"{first}", scope.UNTIL: f"{last}"}
        return cases(a, **own | narrower)
    if is_rest(report, row):
        return ""
    return cases(a, **{by: row.key} | narrower)


def slice_of(a: Asked, report: Report, row: Figures) -> dict[str, str]:
    """The class of appeals that one row means (`core.oversight.slices`), as text."""
    q, by = a.query, a.query.by
    raw = {n: str(v) for n in SLICE if (v := getattr(q, n))}
    if by in ("month", "day"):
        first, last = _days(report.query, row.key)
        raw |= {"since": f"{first}", "until": f"{last + timedelta(days=1)}"}
    elif by and not is_rest(report, row):
        raw[by] = row.key
    return raw


SLICE = ("area", "unit", "category", "inlet", "since", "until")


def is_rest(report: Report, row: Figures) -> bool:
    """Whether the row is what belongs to none of the parts: 本级, 未细分."""
    query = report.query
    return (query.by == "area" and row.key == query.area) or (
        query.by == "category" and row.key == query.category
    )


def _days(query: FigureQuery, key: str) -> tuple[date, date]:
    """The first and last day of a month or day within the period."""
    first = date.fromisoformat((key + "-01")[:10])
    after = (first + timedelta(days=31)).replace(day=1) if len(key) == 7 else None
    last = after - timedelta(days=1) if after else first
    return max(first, query.since or first), min(last, last_day(query))


def inner(a: Asked, world: World, report: Report, row: Figures) -> str:
    """The same page one level down, where there is one."""
    if is_rest(report, row):
        return ""
    if a.query.by == "area" and scope.below(world, row.key):
        return address(area=row.key)
    if a.query.by == "category" and any(
        c.startswith(row.key + "/") for c in world.blueprint.categories
    ):
        return address(category=row.key)
    return ""
