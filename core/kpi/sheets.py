"""Rows of values as a CSV or an XLSX file that opens well in Excel and WPS.

Any list and any figure goes out this way: text is defused (`rules.spreadsheet_safe`), times
stand in the county's zone, numbers stay numbers.
"""

import csv
import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from core.errors import Invalid
from core.now import local
from core.rules.spreadsheet_safe import defuse
from core.words import _

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
"""Of an XLSX sheet, below its header."""
_SHEET = "xl/worksheets/sheet1.xml"
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
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    try:
        writer = csv.writer(text)
        writer.writerow([defuse(c) for c in columns])
        writer.writerows([_plain(cell(v)) for v in row] for row in rows)
        text.flush()
    finally:
        text.detach()  # the file is the caller's to close


def write_xlsx(columns: Sequence[str], rows: Rows, out: IO[bytes], title: str = "") -> None:
    """The same as `to_xlsx`, row by row into an open file.

    openpyxl makes the workbook with its header and styles; the rows below are written straight
    into the sheet's part, six times as fast as cell by cell.

    Raises:
        Invalid: more rows than a sheet holds.
    """
    values = ([cell(v) for v in row] for row in rows)
    first = list(islice(values, _LOOKED_AT))
    frame, styles = _frame(columns, _widths(columns, first), title)
    letters = [get_column_letter(n) for n in range(1, len(columns) + 1)]
    with zipfile.ZipFile(frame) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name in parts.namelist():
            if name != _SHEET:
                book.writestr(name, parts.read(name))
        before, after = parts.read(_SHEET).split(b"</sheetData>")
        before = re.sub(rb"<dimension [^>]*/>", b"", before)  # it knows of the header only
        with book.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(before)
            for n, row in enumerate(_bounded(chain(first, values)), 2):
                cells = [_xml(v, f"{c}{n}", styles) for c, v in zip(letters, row, strict=True)]
                sheet.write(f'<row r="{n}">{"".join(cells)}</row>'.encode())
            sheet.write(b"</sheetData>" + after)


def _frame(
    columns: Sequence[str], widths: Sequence[int], title: str
) -> tuple[io.BytesIO, dict[type, int]]:
    """A workbook with only the header, and the numbers of its styles for times and dates."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _sheet_name(title)
    sheet.freeze_panes = "A2"
    styles = {}
    for at, (label, width) in enumerate(zip(columns, widths, strict=True), 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
        head = sheet.cell(1, at, defuse(label))
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", start_color="EEF2F7")
        head.alignment = Alignment(vertical="center", wrap_text=True)
    for at, (kind, form) in enumerate(_FORMATS.items(), 1):
        sample = sheet.cell(2, at)
        sample.number_format = form
        styles[kind] = sample.style_id
    sheet.delete_rows(2)
    frame = io.BytesIO()
    book.save(frame)
    return frame, styles


def _xml(value: Any, place: str, styles: dict[type, int]) -> str:
    """One cell of the sheet's part (ECMA-376 part 1, 18.3.1.4)."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        text = escape(value)
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    style = styles.get(type(value))
    if style is None:
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" s="{style}"><v>{to_excel(value)!r}</v></c>'


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
