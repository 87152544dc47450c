"""Lines and borders with their places inside a box; boxes are what goes onto pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.paper.pdf.breaking import Glyph, Line, Setter, break_lines
from core.paper.pdf.shapes import Edge, Para, Picture

SINGLE = 1.3
"""A single line of a Chinese font, times its size."""
_ASCENT = 0.86
"""How far a Chinese font reaches above the line that it stands on, times its size."""
_SPREAD = 0.12
"""A line emptier than this is not spread out to the margin."""


@dataclass(frozen=True, slots=True)
class Words:
    """Characters in one font; `y` is the line they stand on, `gap` is added behind each."""

    x: float
    y: float
    glyphs: Sequence[Glyph]
    gap: float = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn line."""

    x1: float
    y1: float
    x2: float
    y2: float
    edge: Edge


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; `y` is its upper side."""

    x: float
    y: float
    picture: Picture


Mark = Words | Rule | Image


@dataclass(slots=True)
class Box:
    """Something as high as it is that is not taken apart: a line, a distance, a small table row."""

    height: float
    marks: list[Mark] = field(default_factory=list)
    """From the box's upper left corner."""
    gap: bool = False
    """Only distance: falls away at the top of a page."""
    new_page: bool = False
    """Begins a page."""
    ends_page: bool = False
    keep: bool = False
    """Stays with the next one."""


def moved(marks: Sequence[Mark], x: float, y: float) -> Iterator[Mark]:
    """The marks further to the right and down."""
    for m in marks:
        match m:
            case Words():
                yield Words(m.x + x, m.y + y, m.glyphs, m.gap)
            case Rule():
                yield Rule(m.x1 + x, m.y1 + y, m.x2 + x, m.y2 + y, m.edge)
            case Image():
                yield Image(m.x + x, m.y + y, m.picture)


def paragraph_boxes(para: Para, width: float, setter: Setter) -> list[Box]:
    """A paragraph in a column: its distances and its lines."""
    shape = para.shape
    lines = break_lines(para, width, setter)
    found = [Box(shape.before, gap=True, new_page=shape.new_page, keep=True)]
    for line in lines:
        found.append(_line(line, para))
    for box in found[:-1] if shape.keep else found[:1]:
        box.keep = True
    if len(lines) > 1 and not shape.keep:
        found[1].keep = True  # no line alone at the foot of a page
    if shape.keep:
        found[-1].keep = True
    if shape.above:
        found[1].marks.append(Rule(shape.left, 0, width - shape.right, 0, shape.above))
    if shape.below:
        y = found[-1].height
        found[-1].marks.append(Rule(shape.left, y, width - shape.right, y, shape.below))
    found.append(Box(shape.after, gap=True, keep=shape.keep))
    return found


def _line(line: Line, para: Para) -> Box:
    shape = para.shape
    looks = [g.look.size for g in line.glyphs if not g.picture] or [para.mark.size]
    size, pictured = (
        max(looks),
        max((g.picture.height for g in line.glyphs if g.picture), default=0),
    )
    natural = max(size * SINGLE, pictured)
    height = {"exact": shape.line, "atLeast": max(natural, shape.line)}.get(
        shape.rule, max(size * SINGLE * shape.line, pictured)
    )
    stands = max((height - size) / 2 + size * _ASCENT, pictured)
    free = line.room - line.width
    x = line.indent + {"center": free / 2, "right": free}.get(shape.align, 0)
    spread = shape.align == "both" and not line.last and 0 < free < line.room * _SPREAD
    gap = free / (len(line.glyphs) - 1) if spread and len(line.glyphs) > 1 else 0
    marks: list[Mark] = []
    for group in _groups(line.glyphs):
        wide = sum(g.width + gap for g in group)
        first = group[0]
        if first.picture:
            marks.append(Image(x, stands - first.picture.height, first.picture))
        else:
            marks.append(Words(x, stands, group, gap))
            if first.look.underline:
                pen = Edge(max(size / 20, 0.5), first.look.colour)
                marks.append(Rule(x, stands + size * 0.14, x + wide, stands + size * 0.14, pen))
        x += wide
    return Box(height, marks, ends_page=line.ends_page)


def _groups(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Neighbours in one font and look; a widened blank (a tab) stands alone."""
    group: list[Glyph] = []
    for one in glyphs:
        if group and (
            one.picture or group[-1].picture or one.font != group[-1].font
            or one.look != group[-1].look or " " in (one.char, group[-1].char)
        ):  # fmt: skip
            yield group
            group = []
        group.append(one)
    if group:
        yield group
