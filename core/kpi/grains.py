"""In which grains figures are kept: the same deltas, folded several times.

Totals by village × unit × category × inlet × day are nearly as many rows as cases, so a
reader takes the coarsest grain that can answer, whole months from rows by month. A row of
totals has one column a measure.
"""

from collections.abc import Set
from dataclasses import dataclass

from core.rules.measures import MEASURES


@dataclass(frozen=True, slots=True)
class Grain:
    """Which columns a grain keeps; the others are empty in it."""

    name: str
    columns: frozenset[str]
    digits: int
    """How many digits of the area code it keeps; a shorter code stays as it is."""
    monthly: bool = False
    """Whether its days are only the first of their month."""


_DAILY = (
    Grain("county", frozenset(), 6),
    Grain("area", frozenset(), 9),
    Grain("inlet", frozenset({"inlet"}), 6),
    Grain("category", frozenset({"category"}), 6),
    Grain("unit", frozenset({"unit"}), 9),
)
FINE = Grain("fine", frozenset({"unit", "category", "inlet"}), 15)
"""A township's or a unit's share of it is small enough to be read itself."""
GRAINS: tuple[Grain, ...] = (
    *_DAILY,
    FINE,
    *(Grain(f"{g.name}_month", g.columns, g.digits, monthly=True) for g in _DAILY),
)
"""Coarsest first, by day and by month."""


def best_grain(columns: Set[str], digits: int) -> str:
    """The coarsest daily grain that tells `columns` apart, and areas of up to `digits` digits."""
    daily = (g for g in GRAINS if not g.monthly)
    return next(g.name for g in daily if columns <= g.columns and digits <= g.digits)


def by_month(name: str) -> str:
    """The same grain by month; empty where there is none."""
    return next((g.name for g in GRAINS if g.monthly and g.name == f"{name}_month"), "")


MEASURE_COLUMNS = tuple(MEASURES)
"""The columns of `total` that count, in the order of the measures."""

_KEYS = "county, grain, day, area, unit, category, inlet"
_VALUES = ", ".join(f"('{m}', {m})" for m in MEASURE_COLUMNS)

NARROW = f"""
select {_KEYS}, measure, m.n from total
cross join lateral (values {_VALUES}) as m(measure, n) where m.n <> 0"""  # noqa: S608 (own names)
"""SQL of the totals with a row for each measure, the form in which deltas stand."""
