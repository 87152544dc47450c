"""Lists that are taken away as files: within bounds, and who took how many is kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.access.audit import audit
from core.access.desk import Work
from core.errors import Invalid
from core.rules.masking import mask_text
from core.words import _

MOST = 20_000
"""Lines of one list: more is a backup."""
Table = tuple[list[str], Sequence[Sequence[Any]]]
"""Header and rows, as `core.kpi.sheets` writes them."""


def taken(
    work: Work, what: str, head: list[str], rows: Sequence[Sequence[Any]], by: Mapping[str, str]
) -> Table:
    """The list as a table, with a line in the audit: `what`, how many, and what narrowed it.

    Args:
        by: what it was narrowed by; phone numbers that were searched for are masked.

    Raises:
        Invalid: more than `MOST` lines.
    """
    if len(rows) > MOST:
        raise Invalid(_("超过 {n} 行，一次导不出，请缩小范围", n=MOST))
    audit(work, what, n=len(rows), filter={k: mask_text(v) for k, v in by.items() if v})
    return head, rows
