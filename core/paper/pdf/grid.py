"""Tables onto pages: rows that fit stay whole, long ones are parted, heads are repeated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.paper.pdf.boxes import Box, Mark, Rule, moved, paragraph_boxes
from core.paper.pdf.breaking import Setter
from core.paper.pdf.shapes import Cell, Para, Table, TableRow

if TYPE_CHECKING:
    from core.paper.pdf.layout import Flow  # it uses this module

_ABOVE, _BELOW = 1.5, 2.5
"""Room between a row's borders and its words."""


@dataclass(slots=True)
class Slot:
    """A cell with its place and its content set."""

    cell: Cell
    x: float
    width: float
    boxes: list[Box]
    rows: int = 1
    """Over how many rows it goes."""

    @property
    def height(self) -> float:
        """Of the content, with the room around it."""
        return sum(b.height for b in self.boxes) + _ABOVE + _BELOW


class Grid:
    """A table set for a column."""

    def __init__(self, table: Table, column: float, setter: Setter) -> None:
        total = sum(table.widths)
        scale = min(1.0, column / total) if total else 1.0
        widths = [x * scale for x in table.widths]
        self.left = (column - sum(widths)) / 2 if table.align == "center" else 0.0
        self.rows = table.rows
        self.slots = [_slots(r, widths, table.pad, self.left, setter) for r in table.rows]
        self.heights = [self._height(i) for i in range(len(self.rows))]
        self._stretch()

    @property
    def first_height(self) -> float:
        """Of the first row: what a heading above must have room for."""
        return self.heights[0] if self.heights else 0.0

    def _height(self, index: int) -> float:
        own = (s.height for s in self.slots[index] if not s.cell.goes_on and s.rows == 1)
        return max([self.rows[index].height, *own], default=0.0)

    def _stretch(self) -> None:
        """Cells over several rows: count the rows, and make the last one high enough."""
        for index, slots in enumerate(self.slots):
            for slot in slots:
                while not slot.cell.goes_on and self._continues(index + slot.rows, slot):
                    slot.rows += 1
        self.heights = [self._height(i) for i in range(len(self.rows))]
        for index, slots in enumerate(self.slots):
            for slot in slots:
                if slot.rows > 1:
                    last = index + slot.rows - 1
                    missing = slot.height - sum(self.heights[index : last + 1])
                    self.heights[last] += max(missing, 0)

    def _continues(self, index: int, slot: Slot) -> bool:
        return index < len(self.slots) and any(
            s.cell.goes_on and abs(s.x - slot.x) < 0.1 for s in self.slots[index]
        )

    def boxes(self) -> list[Box]:
        """Each row as one box, for a table inside a cell."""
        return [
            Box(height, list(self._marks(i, height)), keep=i + 1 < len(self.rows) and self._tied(i))
            for i, height in enumerate(self.heights)
        ]

    def _tied(self, index: int) -> bool:
        """Whether a tall cell goes on from this row into the next."""
        return index + 1 < len(self.slots) and any(s.cell.goes_on for s in self.slots[index + 1])

    def _marks(self, index: int, height: float) -> list[Mark]:
        """Borders and words of a whole row."""
        marks: list[Mark] = []
        for slot in self.slots[index]:
            marks += _frame(slot, height, self._continues(index + 1, slot))
            if not slot.cell.goes_on:
                tall = sum(self.heights[index : index + slot.rows])
                marks += _content(slot, slot.boxes, tall)
        return marks

    def put(self, flow: "Flow") -> None:
        """Set the table down, turning pages where needed."""
        index = 0
        while index < len(self.rows):
            end = index
            while self._tied(end):
                end += 1
            tall = sum(self.heights[index : end + 1])
            if tall > flow.room and (tall <= flow.whole / 3 or flow.room < 60):
                self._turn(flow, index)
            if tall <= flow.room or end > index:
                self._whole(flow, index, end)
            else:
                self._parted(flow, index)
            index = end + 1

    def _turn(self, flow: "Flow", index: int) -> None:
        if flow.fresh:
            return
        flow.turn()
        for i, row in enumerate(self.rows[:index]):
            if not row.head:
                break
            flow.put(Box(self.heights[i], self._marks(i, self.heights[i])))

    def _whole(self, flow: "Flow", index: int, end: int) -> None:
        for i in range(index, end + 1):
            if self.heights[i] > flow.room:
                self._turn(flow, index)
            flow.put(Box(self.heights[i], self._marks(i, self.heights[i])))

    def _parted(self, flow: "Flow", index: int) -> None:
        """A row higher than what is left: as many lines as fit, the rest overleaf."""
        rest = [list(s.boxes) for s in self.slots[index]]
        while True:
            room = flow.room - _ABOVE - _BELOW
            taken = [_take(boxes, room) for boxes in rest]
            if not any(taken) and any(rest):
                if flow.fresh:  # a line higher than the page
                    taken = [boxes[:1] for boxes in rest]
                    rest = [boxes[1:] for boxes in rest]
                else:
                    self._turn(flow, index)
                    continue
            high = max((sum(b.height for b in t) for t in taken), default=0.0) + _ABOVE + _BELOW
            marks: list[Mark] = []
            for slot, boxes in zip(self.slots[index], taken, strict=True):
                marks += _frame(slot, high, False)
                marks += _content(slot, boxes, high, top=True)
            flow.put(Box(high, marks))
            if not any(rest):
                return
            self._turn(flow, index)


def boxes_of(blocks: Sequence[Para | Table], width: float, setter: Setter) -> list[Box]:
    """Blocks in a column; a table inside a cell comes row by row."""
    found: list[Box] = []
    for block in blocks:
        if isinstance(block, Para):
            found += paragraph_boxes(block, width, setter)
        else:
            found += Grid(block, width, setter).boxes()
    return found


def _take(boxes: list[Box], room: float) -> list[Box]:
    """As many of the boxes as fit; they are taken out of the list."""
    taken: list[Box] = []
    while boxes and boxes[0].height <= room:
        room -= boxes[0].height
        taken.append(boxes.pop(0))
    if all(b.gap for b in boxes):
        boxes.clear()
    return taken


def _slots(
    row: TableRow, widths: Sequence[float], pad: float, left: float, setter: Setter
) -> list[Slot]:
    slots, at = [], 0
    for cell in row.cells:
        x = left + sum(widths[:at])
        width = sum(widths[at : at + cell.span])
        boxes = [] if cell.goes_on else boxes_of(cell.blocks, max(width - 2 * pad, 1), setter)
        inner = [Box(b.height, list(moved(b.marks, pad, 0)), b.gap) for b in boxes]
        slots.append(Slot(cell, x, width, inner))
        at += cell.span
    return slots


def _frame(slot: Slot, height: float, goes_on: bool) -> list[Mark]:
    """The borders of a cell; none inside one that goes over several rows."""
    e, a, b = slot.cell.edges, slot.x, slot.x + slot.width
    marks: list[Mark] = []
    if (edge := e.get("top")) and not slot.cell.goes_on:
        marks.append(Rule(a, 0, b, 0, edge))
    if (edge := e.get("bottom")) and not goes_on:
        marks.append(Rule(a, height, b, height, edge))
    if edge := e.get("left"):
        marks.append(Rule(a, 0, a, height, edge))
    if edge := e.get("right"):
        marks.append(Rule(b, 0, b, height, edge))
    return marks


def _content(slot: Slot, boxes: Sequence[Box], height: float, *, top: bool = False) -> list[Mark]:
    used = sum(b.height for b in boxes) + _ABOVE + _BELOW
    free = 0.0 if top else max(height - used, 0)
    y = _ABOVE + {"center": free / 2, "bottom": free}.get(slot.cell.middle, 0)
    marks: list[Mark] = []
    for box in boxes:
        marks += moved(box.marks, slot.x, y)
        y += box.height
    return marks
