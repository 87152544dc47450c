"""The PDF of a filled document, drawn here: no office program is needed on the server."""

import unicodedata
from collections.abc import Sequence
from io import BytesIO
from typing import cast

from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

from core.now import now
from core.paper.pdf.boxes import Image, Mark, Rule, Words, moved
from core.paper.pdf.breaking import Glyph
from core.paper.pdf.fonts import Face, face, having, kind_of
from core.paper.pdf.grid import boxes_of
from core.paper.pdf.layout import Flow, Page
from core.paper.pdf.reading import Reader
from core.paper.pdf.shapes import PAGE, PAGES, Look

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
    for number, page in enumerate(pages, 1):
        pen.draw(page, number, len(pages))
    return bytes(pen.pdf.output())


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
        self._fonts: dict[str, TTFFont] = {}
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
        own = self._key(face(kind_of(look.font), look.bold))
        if char in (PAGE, PAGES):
            return (Glyph(char, look, own, len(self._count) * self._width(own, "0", look)),)
        if char == "\t":
            return (Glyph(char, look, own, 0),)
        if ord(char) in self._fonts[own].cmap:
            return (Glyph(char, look, own, self._width(own, char, look)),)
        if unicodedata.category(char) in ("Cf", "Cc", "Cs", "Mn", "Me"):
            return ()
        if spare := having(char):
            key = self._key(spare)
            if ord(char) in self._fonts[key].cmap:
                return (Glyph(char, look, key, self._width(key, char, look)),)
        return tuple(g for c in f"〔U+{ord(char):04X}〕" for g in self._glyph(c, look))

    def _key(self, found: Face) -> str:
        if found not in self._keys:
            key = self._keys[found] = f"f{len(self._keys)}"
            self.pdf.add_font(key, fname=found.file, collection_font_number=found.index)
            self._fonts[key] = cast("TTFFont", self.pdf.fonts[key])
            # The outlines' limits need no working out anew for the part that is embedded: a
            # fifth of the time.
            self._fonts[key].ttfont.recalcBBoxes = False
        return self._keys[found]

    def _width(self, key: str, char: str, look: Look) -> float:
        return self._fonts[key].cw[ord(char)] * look.size / 1000

    def draw(self, page: Page, number: int, count: int) -> None:
        """One page with what stands in its margins."""
        sheet = page.sheet
        self._now, self._count = str(number), str(count)
        self.pdf.add_page(format=(sheet.width, sheet.height))
        column = sheet.width - sheet.left - sheet.right
        above = boxes_of(sheet.above, column, self.glyphs)
        y = sheet.header
        for box in above:
            self._all(list(moved(box.marks, sheet.left, y)))
            y += box.height
        self._all(page.marks)
        below = boxes_of(sheet.below, column, self.glyphs)
        y = sheet.height - sheet.footer - sum(b.height for b in below)
        for box in below:
            self._all(list(moved(box.marks, sheet.left, y)))
            y += box.height

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
