"""What a document is made of, as values: how characters look, how paragraphs stand, tables.

Lengths are points. `reading` makes them of a DOCX, `layout` puts them on pages.
"""

from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

PAGE, PAGES = "\ue000", "\ue001"
"""Stand for the page's number and their count until the page is drawn (private characters)."""


@dataclass(frozen=True, slots=True)
class Look:
    """How characters look."""

    size: float = 10.5
    font: str = ""
    """The name that the document gives; empty: a Song."""
    bold: bool = False
    underline: bool = False
    colour: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that look alike; or a picture, which stands as one character."""

    text: str
    look: Look
    picture: "Picture | None" = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the line."""

    data: bytes = field(repr=False)
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a paragraph stands."""

    align: str = "left"
    left: float = 0
    right: float = 0
    first: float = 0
    """Of the first line; negative: it hangs out."""
    before: float = 0
    after: float = 0
    line: float = 1
    """Times the font's own line, or points where `exact` or `least` says so."""
    rule: str = "auto"
    new_page: bool = False
    keep: bool = False
    """On one page with what follows."""
    above: "Edge | None" = None
    below: "Edge | None" = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A drawn line."""

    width: float
    colour: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph."""

    runs: tuple[Run, ...]
    shape: Shape
    mark: Look
    """How an empty one would look: what it is high."""


@dataclass(slots=True)
class Cell:
    """A cell of a table, or (`goes_on`) the part of a tall one in a further row."""

    blocks: "list[Para | Table]"
    span: int
    goes_on: bool
    middle: str
    edges: dict[str, Edge | None]


@dataclass(slots=True)
class TableRow:
    """A row."""

    cells: list[Cell]
    height: float
    head: bool
    """Repeated at the top of each page."""


@dataclass(slots=True)
class Table:
    """A table; column widths and its left edge's distance from the margin."""

    widths: list[float]
    rows: list[TableRow]
    align: str
    pad: float


@dataclass(slots=True, kw_only=True)
class Sheet:
    """The paper, and what stands on every page."""

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float
    header: float
    footer: float
    above: "list[Para | Table]"
    below: "list[Para | Table]"


@dataclass(slots=True)
class Book:
    """A document's sections with their blocks."""

    title: str
    parts: list[tuple[Sheet, "list[Para | Table]"]]


def w(name: str) -> str:
    """The qualified name of a Word element."""
    return qn(f"w:{name}")


def twips(text: str | None, default: float = 0) -> float:
    """Points of a length in twentieths of a point."""
    try:
        return float(text) / 20 if text else default
    except ValueError:
        return default


def on(element: Any, default: bool = False) -> bool:
    """Whether a switch such as `w:b` is on."""
    return default if element is None else element.get(w("val")) not in ("0", "false", "off")


def colour(text: str | None) -> tuple[int, int, int]:
    """Of `FF0000`; black for `auto`."""
    if not text or len(text) != 6:
        return (0, 0, 0)
    try:
        return (int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16))
    except ValueError:
        return (0, 0, 0)


def edge(border: Any) -> Edge | None:
    """A border; None where there is none."""
    if border is None or border.get(w("val")) in ("nil", "none", None):
        return None
    width = twips(border.get(w("sz")), 0.25) * 20 / 8 or 0.5
    return Edge(min(width, 6), colour(border.get(w("color"))))
