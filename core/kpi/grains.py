"""In which grains figures are kept: the same deltas, folded several times.

Totals by village × unit × category × inlet × day are nearly as many rows as cases, so a
reader takes the coarsest grain that can answer. A row of totals has one column a measure.
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


GRAINS: tuple[Grain, ...] = (
    Grain("county", frozenset(), 6),
    Grain("area", frozenset(), 9),
    Grain("inlet", frozenset({"inlet"}), 6),
    Grain("category", frozenset({"category"}), 6),
    Grain("unit", frozenset({"unit"}), 6),
    Grain("fine", frozenset({"unit", "category", "inlet"}), 15),
)
"""Coarsest first. A township's share of the finest grain is small enough to be read itself."""


def best_grain(columns: Set[str], digits: int) -> str:
    """The coarsest grain that tells `columns` apart, and areas of up to `digits` digits."""
    return next(g.name for g in GRAINS if columns <= g.columns and digits <= g.digits)


MEASURE_COLUMNS = tuple(MEASURES)
"""The columns of `total` that count, in the order of the measures."""

_KEYS = "county, grain, day, area, unit, category, inlet"
_VALUES = ", ".join(f"('{m}', {m})" for m in MEASURE_COLUMNS)

NARROW = f"""
select {_KEYS}, measure, m.n from total
cross join lateral (values {_VALUES}) as m(measure, n) where m.n <> 0"""  # noqa: S608 (own names)
"""SQL of the totals with a row for each measure, the form in which deltas stand."""
