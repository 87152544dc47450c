"""Tables with a header row: columns are found by name, Chinese or English, in any order.

The one reader of tables that people bring: areas, units, people, plates, cases.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from core.errors import Invalid
from core.places.sheets import Source, name_of, open_sheet
from core.rules.spreadsheet_safe import unfenced
from core.words import LOCALES, _, lazy, locale, speaking

MOST_ROWS = 300_000
REJECTED = lazy("行号"), lazy("有问题的列"), lazy("原因")
"""The first titles of a file of rejected rows that we wrote; its cells are fenced."""
HEADER_WITHIN = 10
"""Office tables often carry a title above the header row."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that an import knows; `names` are what people call it, the usual name first."""

    id: str
    names: tuple[str, ...]
    required: bool = False

    @property
    def label(self) -> str:
        """The usual name, for messages; the id is the English one."""
        return self.names[0] if self.names and locale() == "zh_CN" else self.id


@dataclass(frozen=True, slots=True)
class Row:
    """One line below the header."""

    number: int
    """As a spreadsheet counts, the first line being 1."""
    values: dict[str, str]
    """By column id, blanks around removed; only columns that the table has."""
    cells: dict[str, str]
    """By header as it stands in the file, every column."""

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """An open table; `rows` can be walked once."""

    name: str
    headers: dict[str, str]
    """Header in the file by column id, for the known columns that it has."""
    ignored: tuple[str, ...]
    """Headers that nobody asked for."""
    rows: Iterator[Row]
    total: int | None
    """About how many rows there are, where the file tells."""

    def label(self, column: str, known: Sequence[Column] = ()) -> str:
        """What the file calls a column; otherwise its usual name."""
        usual = next((c.label for c in known if c.id == column), column)
        return self.headers.get(column, usual)


@contextmanager
def open_table(
    source: Source, columns: Sequence[Column], *, most_rows: int = MOST_ROWS
) -> Iterator[Table]:
    """Open a table and find its columns; walk `Table.rows` inside the block.

    Raises:
        NotFound: no such file.
        Invalid: not a table (`open_sheet`), columns missing or there twice (named), no row
            below the header, or, while walking, more rows than `most_rows`.
    """
    name = name_of(source)
    with open_sheet(source) as sheet:
        lines = _unfenced(sheet.lines)
        number, header, places = _header(lines, columns, name)
        titles = [title.strip() for title in header]
        total = None if sheet.total is None else max(sheet.total - number, 0)
        yield Table(
            name=name,
            headers={column: titles[at] for column, at in places.items()},
            ignored=tuple(t for at, t in enumerate(titles) if t and at not in places.values()),
            rows=_rows(lines, number, titles, places, name, most_rows),
            total=total,
        )


def _unfenced(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    """The lines as they were before we made them safe for a spreadsheet, where we did."""
    ours = False
    for number, line in enumerate(lines):
        ours = ours or (number == 0 and tuple(line[:3]) in _rejected())
        yield [unfenced(cell) for cell in line] if ours else line


def _rejected() -> set[tuple[str, ...]]:
    found = set()
    for name in LOCALES:
        with speaking(name):
            found.add(tuple(map(str, REJECTED)))
    return found


def _plain(title: str) -> str:
    """「 代码（必填）* 」 and 代码 are one name, Parent-Code and parent_code another."""
    text = unicodedata.normalize("NFKC", title).casefold().split("(")[0]
    return re.sub(r"[\s_*:.-]", "", text)


def _header(
    lines: Iterator[list[str]], columns: Sequence[Column], name: str
) -> tuple[int, list[str], dict[str, int]]:
    known = {_plain(n): c for c in columns for n in (c.id, *c.names)}
    best: tuple[int, list[str], dict[str, int]] | None = None
    tried = 0
    for number, line in enumerate(lines, 1):
        if not any(cell.strip() for cell in line):
            continue
        places = _places(line, known)
        if all(c.id in places for c in columns if c.required):
            return number, line, places
        if best is None or len(places) > len(best[2]):
            best = number, line, places
        tried += 1
        if tried == HEADER_WITHIN:
            break
    if best is None:
        raise Invalid(_("“{name}”里没有内容", name=name), field="file")
    missing = [c for c in columns if c.required and c.id not in best[2]]
    raise Invalid(
        _(
            "“{name}”缺少列：{missing}。文件里的列有：{found}",
            name=name,
            missing=_("、").join(
                c.label if c.label == c.id else f"{c.label}（{c.id}）" for c in missing
            ),
            found=_("、").join(t.strip()[:20] for t in best[1] if t.strip())[:300],
        ),
        field="file",
        code="table.columns",
        missing=[c.id for c in missing],
    )


def _places(line: list[str], known: dict[str, Column]) -> dict[str, int]:
    places: dict[str, int] = {}
    for at, title in enumerate(line):
        column = known.get(_plain(title)) if title.strip() else None
        if column is None:
            continue
        if column.id in places:
            raise Invalid(
                _(
                    "“{a}”和“{b}”两列是同一项内容，请只保留一列",
                    a=line[places[column.id]].strip()[:20],
                    b=title.strip()[:20],
                ),
                field="file",
            )
        places[column.id] = at
    return places


def _rows(
    lines: Iterator[list[str]],
    header: int,
    titles: list[str],
    places: dict[str, int],
    name: str,
    most_rows: int,
) -> Iterator[Row]:
    count = 0
    for number, line in enumerate(lines, header + 1):
        if not any(cell.strip() for cell in line):
            continue
        count += 1
        if count > most_rows:
            raise Invalid(
                _("“{name}”超过 {n} 行，请分成几个文件", name=name, n=most_rows), field="file"
            )
        values = {c: line[at].strip() if at < len(line) else "" for c, at in places.items()}
        cells = {t: line[at] if at < len(line) else "" for at, t in enumerate(titles) if t}
        yield Row(number, values, cells)
    if count == 0:
        raise Invalid(_("“{name}”只有表头，没有内容", name=name), field="file")
