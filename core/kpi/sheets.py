"""Rows of values as a CSV or an XLSX file that opens well in Excel and WPS.

Any list and any figure goes out this way: text is defused (`rules.spreadsheet_safe`), times
stand in the county's zone, numbers stay numbers.
"""

import csv
import io
import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core.errors import Invalid
from core.now import local
from core.rules.spreadsheet_safe import defuse
from core.words import _

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
"""Of an XLSX sheet, below its header."""
_LONGEST = 32_767
"""Characters of an XLSX cell."""
_EXACT = 10**15
"""Spreadsheets keep fifteen digits; a longer whole number goes out as text."""
_LOOKED_AT = 200
"""Rows that decide how wide the columns are."""
_FORMATS = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd"}

Rows = Iterable[Sequence[Any]]


def to_csv(columns: Sequence[str], rows: Rows) -> bytes:
    """A CSV file (UTF-8 with the mark that Excel needs) with `columns` as its header."""
    out = io.BytesIO()
    write_csv(columns, rows, out)
    return out.getvalue()


def to_xlsx(columns: Sequence[str], rows: Rows, title: str = "") -> bytes:
    """An XLSX file with one sheet named `title`; its header is bold and stays in sight."""
    out = io.BytesIO()
    write_xlsx(columns, rows, out, title)
    return out.getvalue()


def write_csv(columns: Sequence[str], rows: Rows, out: IO[bytes]) -> None:
    """The same as `to_csv`, row by row into an open file."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([defuse(c) for c in columns])
    writer.writerows([_plain(cell(v)) for v in row] for row in rows)
    text.flush()
    text.detach()


def write_xlsx(columns: Sequence[str], rows: Rows, out: IO[bytes], title: str = "") -> None:
    """The same as `to_xlsx`, row by row into an open file.

    Raises:
        Invalid: more rows than a sheet holds.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_sheet_name(title))
    values = ([cell(v) for v in row] for row in rows)
    first = list(islice(values, _LOOKED_AT))
    for at, width in enumerate(_widths(columns, first), 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "A2"
    try:
        sheet.append([_header(sheet, c) for c in columns])
        for row in _bounded(chain(first, values)):
            sheet.append([_styled(sheet, v) for v in row])
    except BaseException:
        sheet.close()
        sheet._writer.cleanup()  # its temporary file would else stay until the process ends
        raise
    book.save(out)


def _bounded(rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    for n, row in enumerate(rows):
        if n >= MOST_ROWS:
            raise Invalid(_("超过 {n} 行，一张表格放不下，请缩小范围", n=MOST_ROWS))
        yield row


def cell(value: Any) -> Any:
    """A value as a cell holds it: text, number, date, or a time of the county's wall clock."""
    match value:
        case None:
            return None
        case bool():
            return _("是") if value else _("否")
        case str():
            text = defuse(value)
            return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        case int():
            return value if abs(value) < _EXACT else str(value)
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return float(value)
        case datetime():
            shown = local(value) if value.tzinfo else value
            return shown.replace(tzinfo=None, microsecond=0)
        case date():
            return value
        case _:
            return defuse(str(value))


def _plain(value: Any) -> Any:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value


def _styled(sheet: Any, value: Any) -> Any:
    form = _FORMATS.get(type(value))
    if form is None:
        return value
    styled = WriteOnlyCell(sheet, value)
    styled.number_format = form
    return styled


def _header(sheet: Any, label: str) -> Any:
    head = WriteOnlyCell(sheet, defuse(label))
    head.font = Font(bold=True)
    head.fill = PatternFill("solid", start_color="EEF2F7")
    head.alignment = Alignment(vertical="center", wrap_text=True)
    return head


def _sheet_name(title: str) -> str:
    """At most 31 characters, without those that a sheet's name may not hold."""
    name = "".join(c for c in defuse(title) if c not in "[]:*?/\\'").strip()
    return name[:31] or _("数据")


def _widths(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """In characters; a Chinese one counts two. Between 8 and 48, longer text is cut in sight."""
    longest = [_width(c) for c in columns]
    for row in rows:
        for at, value in enumerate(row[: len(longest)]):
            longest[at] = max(longest[at], 16 if isinstance(value, datetime) else _width(value))
    return [min(max(n + 2, 8), 48) for n in longest]


def _width(value: Any) -> int:
    text = "" if value is None else str(value)[:60]
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
