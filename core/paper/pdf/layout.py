"""Blocks onto pages: every line and border gets its place; what does not fit goes on overleaf."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.paper.pdf.boxes import Box, Mark, moved, paragraph_boxes
from core.paper.pdf.breaking import Setter
from core.paper.pdf.grid import Grid
from core.paper.pdf.shapes import Book, Para, Sheet, Table


@dataclass(slots=True)
class Page:
    """What stands on a page, from its upper left corner."""

    sheet: Sheet
    marks: list[Mark] = field(default_factory=list)


class Flow:
    """Fills pages one after the other."""

    def __init__(self, setter: Setter) -> None:
        self.setter = setter
        self.pages: list[Page] = []
        self.y = 0.0

    def book(self, book: Book) -> list[Page]:
        """All pages, without what stands in their margins."""
        for sheet, blocks in book.parts:
            self.sheet = sheet
            self.turn()
            self.fill(blocks)
        return self.pages

    @property
    def column(self) -> float:
        """Width of the text."""
        return self.sheet.width - self.sheet.left - self.sheet.right

    @property
    def room(self) -> float:
        """Height left on the page."""
        return self.sheet.height - self.sheet.bottom - self.y

    @property
    def whole(self) -> float:
        """Height of an empty page."""
        return self.sheet.height - self.sheet.top - self.sheet.bottom

    @property
    def fresh(self) -> bool:
        """Whether the page is still empty."""
        return self.y <= self.sheet.top

    def turn(self) -> None:
        """Begin a new page."""
        self.pages.append(Page(self.sheet))
        self.y = self.sheet.top

    def put(self, box: Box) -> None:
        """Set a box down and go below it."""
        self.pages[-1].marks += moved(box.marks, self.sheet.left, self.y)
        self.y += box.height

    def fill(self, blocks: Sequence[Para | Table]) -> None:
        """Put blocks down, turning pages where they are full."""
        kept: list[Box] = []
        for block in blocks:
            if isinstance(block, Table):
                grid = Grid(block, self.column, self.setter)
                if kept and sum(b.height for b in kept) + grid.first_height > self.room:
                    self.turn()
                self._down(kept)
                kept = []
                grid.put(self)
                continue
            for box in paragraph_boxes(block, self.column, self.setter):
                kept.append(box)
                if not box.keep or sum(b.height for b in kept) > self.whole / 2:
                    self._down(kept)
                    kept = []
        self._down(kept)

    def _down(self, boxes: Sequence[Box]) -> None:
        """Put boxes down that belong together."""
        if any(b.new_page for b in boxes) and not self.fresh:
            self.turn()
        if sum(b.height for b in boxes if not b.gap) > self.room and not self.fresh:
            self.turn()
        for box in boxes:
            if box.gap and self.fresh and len(self.pages) > 1:
                continue
            if box.height > self.room and not self.fresh and not box.gap:
                self.turn()
            self.put(box)
            if box.ends_page:
                self.turn()
