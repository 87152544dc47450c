"""The county's figures, read from totals plus what is not folded yet: exact at once.

A rate always comes with its numerator and denominator, and with the number of cases
behind it. What a reader may count is bounded as what they may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select, union_all

from core.access.desk import Look
from core.access.visible import bound, in_area
from core.blueprint.schema import Kpi
from core.errors import Invalid, NotPermitted
from core.kpi.grains import best_grain
from core.now import ZONE
from core.rules.areas import contains, prefix, scope, validate
from core.rules.permissions import Permission, Scope
from core.words import _, pick
from db.models import CaseRow, DeltaRow, TotalRow

By = Literal["", "area", "unit", "category", "inlet", "month", "day"]
BYS: tuple[By, ...] = ("", "area", "unit", "category", "inlet", "month", "day")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureQuery:
    """What to count: cases *received* in [since, until), narrowed, split by one thing."""

    area: str = ""
    unit: str = ""
    category: str = ""
    inlet: str = ""
    since: date | None = None
    until: date | None = None
    by: By = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as the blueprint defines it. `value` is None where nothing can be divided."""

    numerator: float
    denominator: float

    @property
    def value(self) -> float | None:
        """Between 0 and 1, unrounded."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One line of figures; `key` is the value of what the query split by."""

    key: str = ""
    label: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Measure id → number of cases."""
    rates: Mapping[str, Rate] = field(default_factory=dict)
    median_days: float | None = None
    """Median of days from receipt to reply, over the cases that have a dated reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole and its parts."""

    query: FigureQuery
    total: Figures
    rows: Sequence[Figures]


def rates(kpis: Mapping[str, Kpi], counts: Mapping[str, int]) -> dict[str, Rate]:
    """The county's rates over some counts."""

    def weighted(weights: Mapping[str, float]) -> float:
        return sum(weight * counts.get(measure, 0) for measure, weight in weights.items())

    return {k: Rate(weighted(v.numerator), weighted(v.denominator)) for k, v in kpis.items()}


def figures(look: Look, query: FigureQuery) -> Report:
    """Every figure of the query, for the part of the county that the reader may count.

    Raises:
        NotPermitted: no figures for this role, or another area's or unit's figures.
        Invalid: an unknown split or area, or a period that ends before it begins.
    """
    look.actor.require(Permission.KPI_READ)
    query = _bounded(look, query)
    counts: dict[str, dict[str, int]] = {}
    for key, measure, n in look.tx.execute(_counts(look, query)):
        counts.setdefault(key, {})[measure] = int(n)
    medians = dict(_medians(look, query))
    kpis = look.world.blueprint.kpis
    rows = [
        Figures(
            key=key,
            label=label_of(look, query.by, key),
            counts=found,
            rates=rates(kpis, found),
            median_days=medians.get(key),
        )
        for key, found in counts.items()
        if any(found.values())
    ]
    whole: dict[str, int] = {}
    for row in rows:
        for measure, n in row.counts.items():
            whole[measure] = whole.get(measure, 0) + n
    median = (
        medians.get("") if not query.by else dict(_medians(look, replace(query, by=""))).get("")
    )
    total = Figures(counts=whole, rates=rates(kpis, whole), median_days=median)
    by_time = query.by in ("month", "day")
    rows.sort(key=lambda r: (r.key,) if by_time else (-r.counts.get("received", 0), r.key))
    return Report(query=query, total=total, rows=rows if query.by else ())


def _bounded(look: Look, query: FigureQuery) -> FigureQuery:
    """The query within what the reader may count."""
    actor = look.actor
    if query.by not in BYS:
        raise Invalid(_("不能按“{by}”统计", by=str(query.by)[:20]), field="by")
    if query.since and query.until and query.until <= query.since:
        raise Invalid(_("结束日期应晚于开始日期"), field="until")
    area = validate(query.area) if query.area else ""
    if actor.scope is Scope.UNIT:
        if query.unit and query.unit not in actor.units:
            raise NotPermitted(_("只能查看本单位的统计数据"))
        return replace(query, area=area, unit=query.unit or (actor.unit or "-"))
    own = actor.area or look.world.root
    if area and actor.scope is not Scope.ALL and not contains(own, area):
        raise NotPermitted(_("只能查看本辖区的统计数据"))
    return replace(query, area=area or ("" if actor.scope is Scope.ALL else own))


def _key(by: By, area: Any, day: Any, others: Mapping[str, Any], digits: int) -> Any:
    match by:
        case "":
            return literal_column("''")
        case "area":
            return func.left(area, digits)
        case "month":
            return func.to_char(day, "YYYY-MM")
        case "day":
            return func.to_char(day, "YYYY-MM-DD")
        case _:
            return others[by]


def _digits(query: FigureQuery) -> int:
    """Length of the area codes one level below the query's own."""
    lo = prefix(query.area) if query.area else ""
    return {0: 6, 2: 4, 4: 6, 6: 9, 9: 12}.get(len(lo), 15)


def _needed(query: FigureQuery) -> tuple[set[str], int]:
    """The columns that the query reads, and how many digits of the area it must tell apart."""
    columns = {c for c in ("unit", "category", "inlet") if getattr(query, c)}
    if query.by in ("unit", "category", "inlet"):
        columns.add(query.by)
    digits = len(prefix(query.area)) if query.area else 0
    return columns, max(digits, _digits(query)) if query.by == "area" else digits


def _counts(look: Look, query: FigureQuery) -> Select[Any]:
    columns, digits = _needed(query)
    grain = best_grain(columns, digits)
    parts = []
    for table, extra in ((TotalRow, [TotalRow.grain == grain]), (DeltaRow, [])):
        others = {"unit": table.unit, "category": table.category, "inlet": table.inlet}
        key = _key(query.by, table.area, table.day, others, _digits(query)).label("key")
        where = [*extra, *_narrowed(query, table)]
        parts.append(
            select(key, table.measure, func.sum(table.n).label("n"))
            .where(*where)
            .group_by(literal_column("1"), table.measure)
        )
    both = union_all(*parts).subquery()
    return select(both.c.key, both.c.measure, func.sum(both.c.n)).group_by(
        both.c.key, both.c.measure
    )


def _narrowed(query: FigureQuery, table: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.area:
        lo, hi = scope(query.area)
        found += [table.area >= lo, table.area < hi]
    if query.unit:
        found.append(table.unit == query.unit)
    if query.category:
        found.append(
            or_(table.category == query.category, table.category.startswith(query.category + "/"))
        )
    if query.inlet:
        found.append(table.inlet == query.inlet)
    if query.since:
        found.append(table.day >= query.since)
    if query.until:
        found.append(table.day < query.until)
    return found


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _medians(look: Look, query: FigureQuery) -> Sequence[Any]:
    """Median days to reply, by the same split, from the cases themselves."""
    c = CaseRow
    others = {"unit": c.holder, "category": c.category, "inlet": c.inlet}
    local = func.timezone(str(ZONE), c.received_at)
    days = func.extract("epoch", c.replied_at - c.received_at) / 86400.0
    where = [bound(look.actor), c.replied_at.is_not(None)]
    if query.area:
        where.append(in_area(query.area))
    if query.unit:
        where.append(c.holder == query.unit)
    if query.category:
        where.append(or_(c.category == query.category, c.category.startswith(query.category + "/")))
    if query.inlet:
        where.append(c.inlet == query.inlet)
    if query.since:
        where.append(c.received_at >= _instant(query.since))
    if query.until:
        where.append(c.received_at < _instant(query.until))
    key = _key(query.by, c.area, local, others, _digits(query)).label("key")
    median = func.percentile_cont(0.5).within_group(days)
    return look.tx.execute(select(key, median).where(*where).group_by(literal_column("1"))).all()


def label_of(look: Look, by: By, key: str) -> str:
    """What people call the value `key` of a split."""
    world = look.world
    match by:
        case "area":
            return world.area_name(key)
        case "unit":
            return world.units.name(key)
        case "category":
            found = world.blueprint.categories.get(key)
            return pick(found.label) if found else key
        case "inlet":
            return pick(world.blueprint.inlets.get(key, key))
        case _:
            return key
