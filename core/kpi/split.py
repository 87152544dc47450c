"""How a query becomes SQL: the key it splits by and the rows it is narrowed to.

Totals, deltas and cases have the same columns under different names, so each expression is
made once for all three.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_

from core.kpi.query import Bounded, below
from core.rules.areas import scope

Columns = Mapping[str, Any]
"""`area`, `unit`, `category` and `inlet` of a table."""


def key_of(asked: Bounded, columns: Columns, day: Any) -> Any:
    """The value that the query splits by, as text."""
    match asked.query.by:
        case "":
            return literal_column("''")
        case "area":
            return func.left(columns["area"], below(asked.top))
        case "category":
            return _part(columns["category"], asked.query.category)
        case "month":
            return func.to_char(day, "YYYY-MM")
        case "day":
            return func.to_char(day, "YYYY-MM-DD")
        case by:
            return columns[by]


def _part(category: Any, asked: str) -> Any:
    """A category cut one level below the one asked for: housing/heating → housing."""
    if not asked:
        return func.split_part(category, "/", 1)
    parts = func.string_to_array(category, "/")
    level = asked.count("/") + 2
    return func.array_to_string(func.trim_array(parts, _beyond(parts, level)), "/")


def _beyond(parts: Any, level: int) -> Any:
    return func.greatest(func.cardinality(parts) - level, 0)


def narrowed(asked: Bounded, columns: Columns, day: Any) -> list[ColumnElement[bool]]:
    """The query's conditions."""
    query, found = asked.query, list[ColumnElement[bool]]()
    if query.area:
        lo, hi = scope(query.area)
        found += [columns["area"] >= lo, columns["area"] < hi]
    if asked.units is not None:
        found.append(columns["unit"].in_(asked.units))
    if query.category:
        code, column = query.category, columns["category"]
        # "0" follows "/": a plain range, in which no letter means anything else
        inside = and_(column > code + "/", column < code + "0")
        found.append(or_(column == code, inside))
    if query.inlet:
        found.append(columns["inlet"] == query.inlet)
    if query.since:
        found.append(day >= query.since)
    if query.until:
        found.append(day < query.until)
    return found
