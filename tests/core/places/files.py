"""Files as counties bring them, written for one test."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from core.access.actor import SYSTEM
from core.access.desk import Office

DATA = Path(__file__).parents[4] / "shared" / "data"


def real(name: str) -> Path:
    """A file of the real data, which is not part of the project."""
    if not (DATA / name).exists():
        pytest.skip(f"real data is not here: {DATA / name}")
    return DATA / name


def csv_of(folder: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    """A CSV (gzipped where the name says so) holding `text`."""
    data = text.encode(encoding)
    path = folder / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def xlsx_of(folder: Path, rows: Sequence[Sequence[Any]], name: str = "table.xlsx") -> Path:
    """An XLSX whose first sheet holds `rows`."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(folder / name)
    return folder / name


def everything(office: Office, *tables: Any) -> list[Any]:
    """All rows of these tables, to compare before and after."""
    with office.look(SYSTEM) as look:
        return [sorted(map(repr, look.tx.execute(select(*t.__table__.c)))) for t in tables]
