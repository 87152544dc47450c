"""In which grains figures are kept: the same deltas, folded several times.

Totals by village × unit × category × inlet × day are nearly as many rows as cases, so a
reader takes the coarsest grain that can answer.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grain:
    """Which columns a grain keeps; the others are empty in it."""

    name: str
    columns: frozenset[str]
    digits: int
    """How many digits of the area code it keeps; a shorter code stays as it is."""


GRAINS: tuple[Grain, ...] = (
    Grain("area", frozenset(), 9),
    Grain("category", frozenset({"category"}), 9),
    Grain("inlet", frozenset({"inlet"}), 9),
    Grain("unit", frozenset({"unit"}), 9),
    Grain("fine", frozenset({"unit", "category", "inlet"}), 15),
)
"""Coarsest first."""


def best_grain(columns: set[str], digits: int) -> str:
    """The coarsest grain that tells `columns` apart, and areas of up to `digits` digits."""
    return next(g.name for g in GRAINS if columns <= g.columns and digits <= g.digits)
