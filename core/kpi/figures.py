"""The county's figures, read from totals plus what is not folded yet: exact at once.

A rate always comes with its numerator and denominator, and with the number of cases
behind it. What a reader may count is bounded as what they may see.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, select, union_all

from core.access.actor import SYSTEM
from core.access.desk import Look
from core.blueprint.schema import Kpi
from core.kpi.grains import MEASURE_COLUMNS, best_grain, by_month
from core.kpi.hidden import hidden, lineage_of
from core.kpi.medians import medians
from core.kpi.query import BYS, Bounded, By, FigureQuery, bounded, last_day, period_before
from core.kpi.split import (
    Shape,
    in_months,
    key_of,
    narrowed,
    shape_of,
    values_of,
    within,
)
from core.words import _, pick
from db.models import DeltaRow, TotalRow

__all__ = ["BYS", "By", "FigureQuery", "Figures", "Rate", "Report", "figures", "rates"]


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
    """Measure id → number of cases; every measure is there."""
    rates: Mapping[str, Rate] = field(default_factory=dict)
    median_days: float | None = None
    """Median of days from receipt to reply, over the cases that have a dated reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole and its parts."""

    query: FigureQuery
    total: Figures
    rows: Sequence[Figures]
    """By time in its order, without a gap; otherwise the most received first."""
    before: "Report | None" = None
    """The same over the period before, where that was asked for and exists; split the same
    way, except by time."""


def rates(kpis: Mapping[str, Kpi], counts: Mapping[str, int]) -> dict[str, Rate]:
    """The county's rates over some counts."""

    def weighted(weights: Mapping[str, float]) -> float:
        return sum(weight * counts.get(measure, 0) for measure, weight in weights.items())

    return {k: Rate(weighted(v.numerator), weighted(v.denominator)) for k, v in kpis.items()}


def figures(look: Look, query: FigureQuery, *, compare: bool = False) -> Report:
    """Every figure of the query, for the part of the county that the reader may count.

    Args:
        compare: also the same over the period before (`query.period_before`).

    Raises:
        NotPermitted: no figures for this role, or another area's or unit's figures.
        Invalid: an unknown split or area, or a period that ends before it begins.
    """
    asked = bounded(look, query)
    query = asked.query
    found = counts_by(look, asked)
    whole = dict.fromkeys(MEASURE_COLUMNS, 0)
    for counts in found.values():
        for measure, n in counts.items():
            whole[measure] += n
    days = medians(look, asked, whole["replied"])
    kpis = look.world.blueprint.kpis
    total = Figures(counts=whole, rates=rates(kpis, whole), median_days=days.get(None))
    if query.by in ("month", "day"):
        keys = _every(query, sorted(found))
    else:
        keys = sorted(found, key=lambda k: (-found[k]["received"], k))
    nothing = dict.fromkeys(MEASURE_COLUMNS, 0)
    rows = [
        Figures(
            key=key,
            label=label_of(look, asked, key),
            counts=found.get(key, nothing),
            rates=rates(kpis, found.get(key, nothing)),
            median_days=days.get(key),
        )
        for key in keys
        if query.by
    ]
    before = None
    if compare and (earlier := period_before(query)):
        by_time = query.by in ("month", "day")
        before = figures(look, replace(earlier, by="") if by_time else earlier)
    return Report(query=query, total=total, rows=rows, before=before)


def counts_by(look: Look, asked: Bounded) -> dict[str, dict[str, int]]:
    """The counts by what the query splits by, where somebody else has bounded the reader; without
    the appeals about the reader's own unit."""
    return {key: counts for key, counts in _counted(look, asked) if any(counts.values())}


def _counted(look: Look, asked: Bounded) -> Iterator[tuple[str, dict[str, int]]]:
    shape, values = shape_of(asked), values_of(asked)
    if lineage := lineage_of(look.actor):
        with look.acting(SYSTEM):
            values["lineage"] = list(lineage)
            found = look.tx.execute(_counts(shape, accused=True), values).all()
    else:
        found = look.tx.execute(_counts(shape), values).all()
    for key, *numbers in found:
        yield key or "", {m: int(n or 0) for m, n in zip(MEASURE_COLUMNS, numbers, strict=True)}


@lru_cache(maxsize=500)
def _counts(shape: Shape, *, accused: bool = False) -> Select[*tuple[Any, ...]]:
    """One statement over totals and deltas, so that no fold can come in between.

    Args:
        accused: without the cases about one of `:lineage`.
    """
    total, delta = TotalRow, DeltaRow
    daily = best_grain(shape.columns, shape.area_digits)
    monthly = by_month(daily) if shape.months else ""
    period, months = within(shape, total.day), in_months(total.day)
    summed = [func.sum(getattr(total, m)).label(m) for m in MEASURE_COLUMNS]
    added = [func.sum(delta.n).filter(delta.measure == m).label(m) for m in MEASURE_COLUMNS]
    parts = [_part(shape, delta, added, within(shape, delta.day))]
    if monthly:
        parts.append(_part(shape, total, summed, [_grain(monthly), months]))
        edges = [total.day < bindparam("first"), total.day >= bindparam("last")]
        parts += [_part(shape, total, summed, [_grain(daily), *period, e]) for e in edges]
    else:
        parts.append(_part(shape, total, summed, [_grain(daily), *period]))
    if accused:
        parts += hidden(shape)
    both = union_all(*parts).subquery()
    return select(both.c.key, *(func.sum(both.c[m]) for m in MEASURE_COLUMNS)).group_by(both.c.key)


def _grain(name: str) -> Any:
    return TotalRow.grain == literal_column(f"'{name}'")  # a constant: there are partial indexes


def _part(
    shape: Shape, table: Any, columns: Sequence[Any], where: Sequence[Any]
) -> Select[*tuple[Any, ...]]:
    names = {c: getattr(table, c) for c in ("area", "unit", "category", "inlet")}
    key = key_of(shape, names, table.day).label("key")
    found = select(key, *columns).where(*where, *narrowed(shape, names))
    return found.group_by(literal_column("1"))


def _every(query: FigureQuery, found: Sequence[str]) -> list[str]:
    """Each month or day of the period, also those in which nothing happened."""
    if not (found or query.since):
        return []
    first = f"{query.since:%Y-%m-%d}" if query.since else found[0]
    last = max(found[-1] if found else "", f"{last_day(query):%Y-%m-%d}")
    day, end = (date.fromisoformat((k + "-01")[:10]) for k in (first, last))
    keys = dict.fromkeys(found)
    while day <= end:
        keys[f"{day:%Y-%m-%d}" if query.by == "day" else f"{day:%Y-%m}"] = None
        day = day + timedelta(days=1) if query.by == "day" else _next_month(day)
    return sorted(keys)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def label_of(look: Look, asked: Bounded, key: str) -> str:
    """What people call the value `key` of the split."""
    world = look.world
    match asked.query.by:
        case "area":
            name = world.area_name(key)
            return _("{name}（本级）", name=name) if key == asked.top else name
        case "unit":
            return world.units.name(key)
        case "category":
            known = world.blueprint.categories.get(key)
            name = pick(known.label) if known else key
            return _("{name}（未细分）", name=name) if key == asked.query.category else name
        case "inlet":
            return pick(world.blueprint.inlets.get(key, key))
        case _:
            return key
