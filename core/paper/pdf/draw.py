"""The PDF of a filled document, drawn here: no office program is needed on the server."""

import unicodedata
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

from core.now import now
from core.paper.pdf.boxes import Box, Image, Mark, Rule, Words, moved
from core.paper.pdf.breaking import Glyph
from core.paper.pdf.fonts import Face, face, having, kind_of
from core.paper.pdf.grid import boxes_of
from core.paper.pdf.layout import Flow, Page
from core.paper.pdf.reading import Reader
from core.paper.pdf.shapes import PAGE, PAGES, Look
from core.paper.pdf.typeface import typeface

MOST_PAGES = 400
"""Beyond that somebody should ask why."""


def to_pdf(document: bytes) -> bytes:
    """The document as PDF, with the fonts' used characters embedded.

    Raises:
        NoFont: this machine has no Chinese font.
    """
    book = Reader(document).book()
    pen = Pen()
    pages = Flow(pen.glyphs).book(book)
    if len(pages) > 9:  # the count is wider than it was taken for
        pen.expect(len(pages))
        pages = Flow(pen.glyphs).book(book)[:MOST_PAGES]
    pen.pdf.set_title(book.title)
    pen.pdf.set_creation_date(now())
    return pen.drawn(pages)


def _stacked(boxes: Sequence[Box], x: float, y: float) -> Iterator[Mark]:
    """The boxes' marks, one box below the other."""
    for box in boxes:
        yield from moved(box.marks, x, y)
        y += box.height


class Pen:
    """Knows the fonts and draws."""

    def __init__(self) -> None:
        self.pdf = FPDF(unit="pt")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_creator("OneDoor")
        self.pdf.set_producer("OneDoor")
        self.pdf.set_lang("zh-CN")
        self.pdf.c_margin = 0
        self._keys: dict[Face, str] = {}
        self._used: dict[str, set[str]] = {}
        """The characters that are drawn with each font, by its key."""
        self._now, self._count = "", "0"
        """The page that is drawn and how many there are; while pages are filled, a guess."""
        self._known: dict[tuple[str, Look], tuple[Glyph, ...]] = {}

    def expect(self, pages: int) -> None:
        """How many pages there will be."""
        self._count = str(pages)
        self._known.clear()

    def glyphs(self, text: str, look: Look) -> list[Glyph]:
        """Characters as they will stand. What no font has is written as its number 〔U+1F600〕:
        nothing that somebody said vanishes from paper."""
        return [g for char in text for g in self._glyph(char, look)]

    def _glyph(self, char: str, look: Look) -> tuple[Glyph, ...]:
        if self._now and char in (PAGE, PAGES):  # in a margin, where the page is known
            said = self._now if char == PAGE else self._count
            return tuple(g for c in said for g in self._glyph(c, look))
        if (char, look) not in self._known:
            self._known[char, look] = self._find(char, look)
        return self._known[char, look]

    def _find(self, char: str, look: Look) -> tuple[Glyph, ...]:
        own = face(kind_of(look.font), look.bold)
        if char in (PAGE, PAGES):
            width = len(self._count) * typeface(own).width("0") * look.size
            return (Glyph(char, look, self._key(own, "0123456789"), width),)
        if char == "\t":
            return (Glyph(char, look, self._key(own), 0),)
        if typeface(own).has(char):
            return (self._glyph_of(own, char, look),)
        if unicodedata.category(char) in ("Cf", "Cc", "Cs", "Mn", "Me"):
            return ()
        if (spare := having(char)) and typeface(spare).has(char):
            return (self._glyph_of(spare, char, look),)
        return tuple(g for c in f"〔U+{ord(char):04X}〕" for g in self._glyph(c, look))

    def _glyph_of(self, found: Face, char: str, look: Look) -> Glyph:
        width = typeface(found).width(char) * look.size
        return Glyph(char, look, self._key(found, char), width)

    def _key(self, found: Face, chars: str = "") -> str:
        key = self._keys.setdefault(found, f"f{len(self._keys)}")
        self._used.setdefault(key, set()).update(chars)
        return key

    def drawn(self, pages: Sequence[Page]) -> bytes:
        """The pages with what stands in their margins, as PDF."""
        whole = [self._whole(page, n, len(pages)) for n, page in enumerate(pages, 1)]
        with TemporaryDirectory() as folder:
            for found, key in self._keys.items():
                file = Path(folder) / f"{key}.otf"
                file.write_bytes(typeface(found).part(self._used[key] or {" "}))
                self.pdf.add_font(key, fname=file)
                # The outlines' limits are known; working them out anew takes the most time.
                cast("TTFFont", self.pdf.fonts[key]).ttfont.recalcBBoxes = False
            for number, (page, marks) in enumerate(zip(pages, whole, strict=True), 1):
                self._now = str(number)
                self.pdf.add_page(format=(page.sheet.width, page.sheet.height))
                self._all(marks)
            return bytes(self.pdf.output())

    def _whole(self, page: Page, number: int, count: int) -> list[Mark]:
        """What stands on a page, margins included."""
        self._now, self._count = str(number), str(count)
        sheet = page.sheet
        column = sheet.width - sheet.left - sheet.right
        above, below = (boxes_of(b, column, self.glyphs) for b in (sheet.above, sheet.below))
        bottom = sheet.height - sheet.footer - sum(b.height for b in below)
        head, foot = _stacked(above, sheet.left, sheet.header), _stacked(below, sheet.left, bottom)
        return [*head, *page.marks, *foot]

    def _all(self, marks: Sequence[Mark]) -> None:
        for mark in marks:
            match mark:
                case Words():
                    self._words(mark)
                case Rule():
                    self._rule(mark)
                case Image(x, y, p):
                    self.pdf.image(BytesIO(p.data), x, y, p.width, p.height)

    def _words(self, words: Words) -> None:
        first = words.glyphs[0]
        said = "".join(g.char for g in words.glyphs)
        said = said.replace(PAGE, self._now).replace(PAGES, self._count)
        self.pdf.set_font(first.font, size=first.look.size)
        self.pdf.set_text_color(*first.look.colour)
        self.pdf.set_char_spacing(words.gap)
        faint = first.look.bold and not face(kind_of(first.look.font), True).bold
        if faint:  # a font that has no bold of its own: its outlines are drawn as well
            with self.pdf.local_context():
                self.pdf.text_mode = TextMode.FILL_STROKE
                self.pdf.set_line_width(first.look.size / 40)
                self.pdf.set_draw_color(*first.look.colour)
                self.pdf.text(words.x, words.y, said)
        else:
            self.pdf.text(words.x, words.y, said)

    def _rule(self, rule: Rule) -> None:
        self.pdf.set_line_width(rule.edge.width)
        self.pdf.set_draw_color(*rule.edge.colour)
        self.pdf.line(rule.x1, rule.y1, rule.x2, rule.y2)
