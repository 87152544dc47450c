"""Small Word documents as a county's clerk would make them, right and wrong."""

import zipfile
from collections.abc import Callable
from io import BytesIO

from docx import Document
from docx.document import Document as Docx


def word(*paragraphs: str, more: Callable[[Docx], object] = lambda d: None) -> bytes:
    """A document with these paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    more(document)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def table(rows: list[list[str]]) -> Callable[[Docx], None]:
    """Adds a table with these cells."""

    def add(document: Docx) -> None:
        made = document.add_table(rows=0, cols=len(rows[0]))
        for cells in rows:
            for cell, text in zip(made.add_row().cells, cells, strict=True):
                cell.text = text

    return add


def spread(*runs: str) -> Callable[[Docx], None]:
    """Adds one paragraph of several runs, as Word leaves them behind after editing."""

    def add(document: Docx) -> None:
        paragraph = document.add_paragraph()
        for index, text in enumerate(runs):
            paragraph.add_run(text).bold = index % 2 == 0

    return add


def with_part(content: bytes, name: str, data: bytes, *, instead: bool = False) -> bytes:
    """The package with one more file in it, or with one exchanged."""
    kept = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(kept, "w") as new:
        for file in old.infolist():
            if not (instead and file.filename == name):
                new.writestr(file, old.read(file.filename))
        new.writestr(name, data, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    """One file of the package."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return package.read(name)
