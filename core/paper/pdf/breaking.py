"""Characters into lines, as Chinese is set: no closing mark begins a line, no opening one ends it.

GB/T 15834-2011, 5.1.10 and the rules of 避头尾; words and numbers in Latin letters stay whole.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.paper.pdf.shapes import Look, Para, Picture, Run

NOT_FIRST = frozenset("、，。．；：？！”’）】〕〉》」』］｝％‰℃…—·,.;:?!)]}%>")
NOT_LAST = frozenset("“‘（【〔〈《「『［｛￥＄([{<$¥")
TAB = 21.0
"""Word's own stops where Chinese is written: two characters of 10.5 points."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character as it will stand: in which font, how wide."""

    char: str
    look: Look
    font: str
    width: float
    picture: Picture | None = None


Setter = Callable[[str, Look], Sequence[Glyph]]
"""Characters as glyphs; it knows the fonts."""


@dataclass(slots=True)
class Line:
    """A line of a paragraph."""

    glyphs: list[Glyph]
    indent: float
    room: float
    """Width from the indent to the right side."""
    last: bool
    """Of the paragraph, or before a line end: never spread out."""
    ends_page: bool = False

    @property
    def width(self) -> float:
        """Of what it says, without blanks at its end."""
        return sum(g.width for g in self.glyphs)


def break_lines(para: Para, width: float, setter: Setter) -> list[Line]:
    """The paragraph's lines in a column of `width`; an empty one has one empty line."""
    shape = para.shape
    lines: list[Line] = []
    for piece, ends_page in _pieces(para.runs):
        if lines and lines[-1].ends_page and not any(run.text for run in piece):
            continue  # the end of a page break's own paragraph needs no line overleaf
        glyphs = [g for run in piece for g in _set(run, setter)]
        start = 0
        while start < len(glyphs) or start == 0:
            first = shape.first if not lines else 0
            indent = max(shape.left + first, 0)
            room = max(width - indent - shape.right, 1)
            end = _fits(glyphs, start, room)
            shown = _tabbed(glyphs[start:end])
            while shown and shown[-1].char == " ":
                shown.pop()
            lines.append(Line(shown, indent, room, end >= len(glyphs)))
            start = max(end, start + 1)
            while start < end + 1 and start < len(glyphs) and glyphs[start].char == " ":
                start += 1
        lines[-1].ends_page = ends_page
    return lines


def _pieces(runs: Sequence[Run]) -> Iterator[tuple[list[Run], bool]]:
    """The runs between line ends; with each whether a new page follows."""
    piece: list[Run] = []
    for run in runs:
        text = run.text
        while (
            at := min((i for i in (text.find("\n"), text.find("\f")) if i >= 0), default=-1)
        ) >= 0:
            piece.append(Run(text[:at], run.look))
            yield piece, text[at] == "\f"
            piece, text = [], text[at + 1 :]
        piece.append(Run(text, run.look, run.picture))
    yield piece, False


def _set(run: Run, setter: Setter) -> Iterator[Glyph]:
    if run.picture:
        yield Glyph(run.text, run.look, "", run.picture.width, run.picture)
        return
    yield from setter(run.text, run.look)


def _fits(glyphs: Sequence[Glyph], start: int, room: float) -> int:
    """Where the line that begins at `start` ends: behind as many as fit, at a place to break."""
    used, end = 0.0, start
    while end < len(glyphs):
        wide = TAB - used % TAB if glyphs[end].char == "\t" else glyphs[end].width
        if used + wide > room + 0.01 and glyphs[end].char != " ":
            break
        used += wide
        end += 1
    if end >= len(glyphs):
        return len(glyphs)
    for at in range(end, start, -1):
        if _may_break(glyphs[at - 1].char, glyphs[at].char):
            return at
    return max(end, start + 1)  # a word longer than the line


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in NOT_FIRST or before in NOT_LAST:
        return False
    return not (_wordly(before) and _wordly(after))


def _wordly(char: str) -> bool:
    """Part of a word that is not broken: Latin letters, digits, what stands inside numbers."""
    return char.isascii() and not char.isspace()


def _tabbed(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Tabs as wide as they reach."""
    found, used = [], 0.0
    for one in glyphs:
        kept = one
        if one.char == "\t":
            kept = Glyph(" ", one.look, one.font, TAB - used % TAB)
        found.append(kept)
        used += kept.width
    return found
