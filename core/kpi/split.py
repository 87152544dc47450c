"""How a query becomes SQL: the key it splits by and the rows it is narrowed to.

Totals, deltas and cases have the same columns under different names, so each expression is
made once for all three. The values travel as parameters, so that a statement is built once
for all queries of one shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, literal_column, or_

from core.kpi.query import Bounded, By
from core.rules.areas import digits_below, prefix, scope

Columns = Mapping[str, Any]
"""`area`, `unit`, `category` and `inlet` of a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a statement looks like, whatever its values."""

    by: By
    digits: int
    """Of the areas it splits by."""
    level: int
    """Of the categories it splits by: 1 for the topmost."""
    given: frozenset[str]
    """What it is narrowed by: `area`, `units`, `category`, `inlet`, `since`, `until`."""
    within: int
    """Digits of the area it is narrowed to."""
    months: bool
    """Whether whole months lie in the period, and nobody asks for their days."""

    @property
    def columns(self) -> frozenset[str]:
        """Which of unit, category and inlet it must tell apart."""
        read = {self.by, *self.given, *(["unit"] if "units" in self.given else [])}
        return frozenset(read) & {"unit", "category", "inlet"}

    @property
    def area_digits(self) -> int:
        """How many digits of the area it must tell apart."""
        return max(self.within, self.digits) if self.by == "area" else self.within


def shape_of(asked: Bounded) -> Shape:
    """The shape of a query."""
    query = asked.query
    given = {n for n in ("area", "category", "inlet", "since", "until") if getattr(query, n)}
    if asked.units is not None:
        given.add("units")
    return Shape(
        by=query.by,
        digits=digits_below(asked.top),
        level=query.category.count("/") + 2 if query.category else 1,
        given=frozenset(given),
        within=len(prefix(query.area)) if query.area else 0,
        months=query.by != "day" and months_of(query.since, query.until)[0] is not None,
    )


def months_of(since: date | None, until: date | None) -> tuple[date | None, date]:
    """The whole months in a period as [first of the first, first after the last); None and
    nothing where there is none. An open end reaches as far as days do."""
    first = since or date(1, 1, 1)
    if first.day > 1:
        first = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
    last = (until or date.max).replace(day=1)
    return (first, last) if first < last else (None, last)


def values_of(asked: Bounded) -> dict[str, Any]:
    """The parameters of a query's statements."""
    query = asked.query
    lo, hi = scope(query.area) if query.area else ("", "")
    first, last = months_of(query.since, query.until)
    # "0" follows "/": a plain range, in which no letter means anything else
    return {
        "lo": lo,
        "hi": hi,
        "units": list(asked.units or ()),
        "category": query.category,
        "inside": query.category + "/",
        "beyond": query.category + "0",
        "inlet": query.inlet,
        "since": query.since,
        "until": query.until,
        "first": first,
        "last": last,
    }


def key_of(shape: Shape, columns: Columns, day: Any) -> Any:
    """The value that the query splits by, as text."""
    match shape.by:
        case "":
            return literal_column("''")
        case "area":
            return func.left(columns["area"], literal_column(str(shape.digits)))
        case "category":
            return _part(columns["category"], shape.level)
        case "month":
            return func.to_char(day, literal_column("'YYYY-MM'"))
        case "day":
            return func.to_char(day, literal_column("'YYYY-MM-DD'"))
        case by:
            return columns[by]


def _part(category: Any, level: int) -> Any:
    """A category cut after so many parts: housing/heating → housing."""
    slash = literal_column("'/'")
    if level == 1:
        return func.split_part(category, slash, literal_column("1"))
    parts = func.string_to_array(category, slash)
    more = func.cardinality(parts) - literal_column(str(level))
    return func.array_to_string(
        func.trim_array(parts, func.greatest(more, literal_column("0"))), slash
    )


def narrowed(shape: Shape, columns: Columns) -> list[ColumnElement[bool]]:
    """The query's conditions, all but the period."""
    found: list[ColumnElement[bool]] = []
    if "area" in shape.given:
        found += [columns["area"] >= bindparam("lo"), columns["area"] < bindparam("hi")]
    if "units" in shape.given:
        found.append(columns["unit"].in_(bindparam("units", expanding=True)))
    if "category" in shape.given:
        column = columns["category"]
        inside = and_(column > bindparam("inside"), column < bindparam("beyond"))
        found.append(or_(column == bindparam("category"), inside))
    if "inlet" in shape.given:
        found.append(columns["inlet"] == bindparam("inlet"))
    return found


def within(shape: Shape, moment: Any) -> list[ColumnElement[bool]]:
    """The period: [since, until), of whatever the parameters hold, days or instants."""
    since = [moment >= bindparam("since")] if "since" in shape.given else []
    until = [moment < bindparam("until")] if "until" in shape.given else []
    return [*since, *until]


def in_months(day: Any) -> ColumnElement[bool]:
    """The whole months of the period."""
    return and_(day >= bindparam("first"), day < bindparam("last"))
