"""What an import did: how many rows were saved, and each rejected row with its reason."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from core.errors import Invalid
from core.places.tables import REJECTED, Column, Row, Table
from core.rules.forms import clean_text
from core.rules.spreadsheet_safe import defuse, fenced
from core.words import _

Progress = Callable[[int, int | None], None]
"""Called with rows done and rows in all (None: unknown), so that a bar can be drawn."""
EVERY = 1000
"""Rows between two calls of `Progress`."""
SECRET = ("password", "robot", "webhook")
"""Columns that a report does not repeat."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out."""

    row: int
    """As a spreadsheet counts, the header's line included."""
    field: str
    """The column as the file calls it; several are joined by 「、」."""
    message: str
    values: dict[str, str]
    """The row as it stands in the file, without passwords and addresses that are keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`rows` = `saved` + `unchanged` + `outside` + `len(rejected)`."""

    rows: int = 0
    saved: int = 0
    """Added or changed."""
    unchanged: int = 0
    """Already there, word for word."""
    outside: int = 0
    """Places that this installation does not serve: the province above, the county next door."""
    rejected: Sequence[Rejected] = ()
    ignored: tuple[str, ...] = ()
    """Columns that the import does not know."""
    units: int = 0
    """Units that came with new areas by the county's templates."""
    addresses: int = 0
    """Addresses of robots and webhooks that were entered, changed or taken away."""
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    """Made for new accounts; shown this once, kept nowhere."""

    @property
    def sentence(self) -> str:
        """One line for people."""
        parts = [_("共 {n} 行，保存 {saved} 行", n=self.rows, saved=self.saved)]
        if self.unchanged:
            parts.append(_("{n} 行没有变化", n=self.unchanged))
        if self.outside:
            parts.append(_("{n} 行不在本地范围内，未导入", n=self.outside))
        if self.rejected:
            parts.append(_("{n} 行有问题，未导入", n=len(self.rejected)))
        if self.units:
            parts.append(_("同时建立 {n} 个单位", n=self.units))
        if self.addresses:
            parts.append(_("更新 {n} 个消息地址", n=self.addresses))
        return _("；").join(parts)


class Checking:
    """Walks a table, lets the good rows through and notes why the others stay out."""

    def __init__(
        self, table: Table, columns: Sequence[Column], progress: Progress | None = None
    ) -> None:
        self.table, self.columns, self.progress = table, columns, progress
        self.rows = 0
        self.rejected: list[Rejected] = []
        self._seen: dict[str, int] = {}

    def good(self, check: Callable[[Row], T]) -> Iterator[tuple[Row, T]]:
        """Rows that pass `check`, each with what it made of them."""
        for row in self.table.rows:
            self.rows += 1
            if self.progress and self.rows % EVERY == 0:
                self.progress(self.rows, self.table.total and max(self.table.total, self.rows))
            try:
                value = check(row)
            except Invalid as fault:
                self.reject(row, fault)
                continue
            yield row, value

    def reject(self, row: Row, fault: Invalid) -> None:
        """Leave a row out."""
        named = fault.data.get("fields", ())
        labels = _("、").join(self.table.label(str(n), self.columns) for n in named)
        secret = {self.table.headers.get(column) for column in SECRET}
        values = {title: cell for title, cell in row.cells.items() if title not in secret}
        self.rejected.append(Rejected(row.number, labels, fault.message, values))

    def once(self, row: Row, column: str, key: str) -> str:
        """`key`, unless an earlier row had it.

        Raises:
            Invalid: naming the earlier row.
        """
        first = self._seen.setdefault(key, row.number)
        if first != row.number:
            raise Invalid(_("与第 {n} 行重复", n=first), field=column)
        return key

    def text(self, row: Row, column: str, longest: int, *, required: bool = False) -> str:
        """A cell as clean text that no spreadsheet takes for a formula.

        Raises:
            Invalid: empty though required, over-long, unprintable, or like a formula.
        """
        label = self.table.label(column, self.columns)
        if required and not row[column]:
            raise Invalid(_("请填写{label}", label=label), field=column)
        try:
            text = clean_text(row[column], label, longest)
        except Invalid as fault:
            raise Invalid(fault.message, field=column) from fault
        if defuse(text) != text:
            raise Invalid(_("{label}不能以 = + - @ 开头", label=label), field=column)
        return text

    def report(self, saved: int, unchanged: int, **more: int | dict[str, str]) -> Report:
        """The report, and a last word to the bar."""
        if self.progress:
            self.progress(self.rows, self.rows)
        self.rejected.sort(key=lambda r: r.row)
        return Report(
            rows=self.rows,
            saved=saved,
            unchanged=unchanged,
            rejected=tuple(self.rejected),
            ignored=self.table.ignored,
            **more,  # pyright: ignore[reportArgumentType]
        )


def write_rejected(report: Report, path: Path) -> Path:
    """The rejected rows as a CSV to correct and import again: row, column, reason, then the row."""
    titles = list(dict.fromkeys(title for r in report.rejected for title in r.values))
    lines = [[r.row, r.field, r.message, *(r.values.get(t, "") for t in titles)]
             for r in report.rejected]  # fmt: skip
    return _write(path, [*map(str, REJECTED), *titles], lines)


def write_passwords(report: Report, path: Path) -> Path:
    """The new accounts' first passwords as a CSV."""
    lines = [[name, password] for name, password in report.passwords.items()]
    return _write(path, [_("用户名"), _("初始密码")], lines)


def _write(path: Path, header: list[str], lines: Sequence[Sequence[str | int]]) -> Path:
    """Both hold what is nobody else's business, so only their owner may read them."""
    opened = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    os.fchmod(opened, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([[fenced(str(cell)) for cell in line] for line in (header, *lines)])
    return path
