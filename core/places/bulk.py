"""Many rows in one statement: added, changed where they differ, left alone where they do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, column, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from db.models import Base
from db.session import Write

BATCH = 5000


@dataclass(frozen=True, slots=True)
class Saved:
    """How many rows a save added, changed and found as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Saved") -> "Saved":
        return Saved(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )

    @property
    def touched(self) -> int:
        """Rows that were written."""
        return self.added + self.changed


def save(
    tx: Write,
    table: type[Base],
    rows: Sequence[dict[str, Any]],
    *,
    key: str,
    keep: Sequence[str] = (),
) -> Saved:
    """Add rows to `table`, or change those whose `key` exists.

    The rows travel as one JSON value, which the server takes apart: 50,000 in a second or two,
    and rows that would not change are not written again.

    Args:
        rows: all with the same columns; values fit for JSON; no two with the same key.
        keep: columns that an existing row keeps.
    """
    total = Saved()
    for start in range(0, len(rows), BATCH):
        total += _save(tx, table, list(rows[start : start + BATCH]), key, keep)
    return total


def _save(
    tx: Write, table: type[Base], rows: list[dict[str, Any]], key: str, keep: Sequence[str]
) -> Saved:
    target = table.__table__
    names = list(rows[0])
    record = func.jsonb_to_recordset(literal(rows, JSONB)).table_valued(
        *(column(n, target.c[n].type) for n in names), name="r"
    )
    source = record.render_derived(with_types=True)
    statement = insert(table).from_select(names, select(*(source.c[n] for n in names)))
    new = statement.excluded
    changing = [n for n in names if n != key and n not in keep]
    saved = statement.on_conflict_do_update(
        index_elements=[key],
        set_={n: new[n] for n in changing},
        where=or_(*(target.c[n].is_distinct_from(new[n]) for n in changing)),
    ).returning(literal_column("(xmax = 0)", Boolean))  # 0: the row is new
    added = list(tx.scalars(saved))
    return Saved(sum(added), len(added) - sum(added), len(rows) - len(added))
