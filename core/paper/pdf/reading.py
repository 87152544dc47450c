"""A DOCX as what has to be drawn (`shapes`), with its styles worked in.

What official forms are made of is read: paragraphs, tables with merged cells, headers and
footers, page numbers, pictures in the line. `unread` names what is not.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from core.paper.fill import parts
from core.paper.pdf.shapes import (
    PAGE,
    PAGES,
    Book,
    Look,
    Para,
    Picture,
    Run,
    Shape,
    Sheet,
    Table,
    colour,
    edge,
    on,
    twips,
    w,
)
from core.paper.pdf.tables import read_table
from core.words import Text, lazy


class Reader:
    """Reads one document; styles are looked up in it."""

    def __init__(self, content: bytes) -> None:
        self.document = Document(BytesIO(content))
        styles = self.document.styles.element
        self.styles = {s.get(w("styleId")): s for s in styles.iter(w("style"))}
        self.usual = {
            s.get(w("type")): s.get(w("styleId"))
            for s in styles.iter(w("style"))
            if s.get(w("default")) in ("1", "true")
        }
        rpr = styles.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")
        ppr = styles.find(f"{w('docDefaults')}/{w('pPrDefault')}/{w('pPr')}")
        self.look = self._look(rpr, Look())
        self.shape = self._shape(ppr, Shape(), self.look)

    def book(self) -> Book:
        """The document."""
        title = self.document.core_properties.title
        parts: list[tuple[Sheet, list[Para | Table]]] = []
        blocks: list[Para | Table] = []
        body = self.document.element.body
        sections = list(self.document.sections)
        for child in body:
            blocks += self.blocks_of([child])
            if child.tag == w("p") and child.find(f"{w('pPr')}/{w('sectPr')}") is not None:
                parts.append((self._sheet(sections[len(parts)]), blocks))
                blocks = []
        parts.append((self._sheet(sections[-1]), blocks))
        return Book(title, parts)

    def _sheet(self, section: Any) -> Sheet:
        def points(length: Any, default: float) -> float:
            return length.pt if length is not None else default

        return Sheet(
            width=points(section.page_width, 595.3),
            height=points(section.page_height, 841.9),
            top=abs(points(section.top_margin, 72)),
            right=points(section.right_margin, 72),
            bottom=abs(points(section.bottom_margin, 72)),
            left=points(section.left_margin, 72),
            header=points(section.header_distance, 36),
            footer=points(section.footer_distance, 36),
            above=self.blocks_of(section.header._element, section.header.part),
            below=self.blocks_of(section.footer._element, section.footer.part),
        )

    def blocks_of(self, parent: Any, part: Any = None) -> list[Para | Table]:
        """Paragraphs and tables among the children; content controls are looked into."""
        part = part or self.document.part
        found: list[Para | Table] = []
        for child in parent:
            if child.tag == w("p"):
                found.append(self.paragraph(child, part))
            elif child.tag == w("tbl"):
                found.append(read_table(self, child, part))
            elif child.tag == w("sdt"):
                found += self.blocks_of(child.find(w("sdtContent")), part)
        return found

    def chain(self, style_id: str | None, kind: str) -> list[Any]:
        """A style and what it is based on, from the most general on."""
        chain, seen = [], set()
        name = style_id or self.usual.get(kind)
        while name in self.styles and name not in seen:
            seen.add(name)
            style = self.styles[name]
            chain.append(style)
            based = style.find(w("basedOn"))
            name = based.get(w("val")) if based is not None else None
        return chain[::-1]

    def paragraph(self, p: Any, part: Any) -> Para:
        """A paragraph with its styles worked in."""
        ppr = p.find(w("pPr"))
        named = ppr.find(w("pStyle")) if ppr is not None else None
        look, shape = self.look, self.shape
        chain = self.chain(named.get(w("val")) if named is not None else None, "paragraph")
        for style in chain:
            look = self._look(style.find(w("rPr")), look)
        for style in chain:
            shape = self._shape(style.find(w("pPr")), shape, look)
        runs = list(_joined(self._runs(p, look, part)))
        shape = self._shape(ppr, shape, runs[0].look if runs else look)
        mark = self._look(ppr.find(w("rPr")) if ppr is not None else None, look)
        return Para(tuple(runs), shape, mark)

    def _runs(self, p: Any, look: Look, part: Any) -> Iterator[Run]:
        """Characters in their order; of a field, what stands for its result."""
        code, depth, shown = "", 0, True
        for child in _inline(p):
            if child.tag == w("fldSimple"):
                mark = _field(child.get(w("instr")) or "")
                if mark:
                    first = child.find(w("r"))
                    own = first.find(w("rPr")) if first is not None else None
                    yield Run(mark, self._look(own, look))
                else:
                    yield from self._runs(child, look, part)
                continue
            own = self._run_look(child, look)
            for piece in child:
                if piece.tag == w("fldChar"):
                    kind = piece.get(w("fldCharType"))
                    if kind == "begin":
                        code, depth, shown = "", depth + 1, False
                    elif kind == "separate":
                        mark = _field(code)
                        shown = not mark
                    elif kind == "end":
                        depth -= 1
                        if mark := _field(code):
                            yield Run(mark, own)
                        code, shown = "", True
                elif piece.tag == w("instrText"):
                    code += piece.text or ""
                elif shown:
                    yield from self._piece(piece, own, part)

    def _run_look(self, run: Any, look: Look) -> Look:
        rpr = run.find(w("rPr"))
        if rpr is None:
            return look
        named = rpr.find(w("rStyle"))
        if named is not None:
            for style in self.chain(named.get(w("val")), "character"):
                look = self._look(style.find(w("rPr")), look)
        return self._look(rpr, look)

    def _piece(self, piece: Any, look: Look, part: Any) -> Iterator[Run]:
        if piece.tag == w("t"):
            yield Run(piece.text or "", look)
        elif piece.tag == w("tab"):
            yield Run("\t", look)
        elif piece.tag in (w("br"), w("cr")):
            yield Run("\f" if piece.get(w("type")) == "page" else "\n", look)
        elif piece.tag == w("noBreakHyphen"):
            yield Run("-", look)
        elif piece.tag == w("drawing"):
            yield from _pictures(piece, look, part)

    def _look(self, rpr: Any, look: Look) -> Look:
        if rpr is None:
            return look
        changed: dict[str, Any] = {}
        fonts, size = rpr.find(w("rFonts")), rpr.find(w("sz"))
        if fonts is not None:
            name = fonts.get(w("eastAsia")) or fonts.get(w("ascii"))
            changed |= {"font": name} if name else {}
        if size is not None:
            changed["size"] = twips(size.get(w("val"))) * 10 or look.size
        if (bold := rpr.find(w("b"))) is not None:
            changed["bold"] = on(bold)
        if (line := rpr.find(w("u"))) is not None:
            changed["underline"] = line.get(w("val")) not in ("none", None)
        if (tint := rpr.find(w("color"))) is not None:
            changed["colour"] = colour(tint.get(w("val")))
        return replace(look, **changed)

    def _shape(self, ppr: Any, shape: Shape, look: Look) -> Shape:
        if ppr is None:
            return shape
        changed: dict[str, Any] = {}
        if (jc := ppr.find(w("jc"))) is not None:
            said = jc.get(w("val"))
            names = {"start": "left", "end": "right", "distribute": "both"}
            changed["align"] = names.get(said, said)
        if (ind := ppr.find(w("ind"))) is not None:
            changed |= _indent(ind, look.size)
        if (gap := ppr.find(w("spacing"))) is not None:
            for name in ("before", "after"):
                if (said := gap.get(w(name))) is not None:
                    changed[name] = twips(said)
            if (line := gap.get(w("line"))) is not None:
                rule = gap.get(w("lineRule")) or "auto"
                changed["rule"] = rule
                changed["line"] = twips(line) / 12 if rule == "auto" else twips(line)
        for name, tag in (("new_page", "pageBreakBefore"), ("keep", "keepNext")):
            if (switch := ppr.find(w(tag))) is not None:
                changed[name] = on(switch)
        if (borders := ppr.find(w("pBdr"))) is not None:
            changed |= {"above": edge(borders.find(w("top")))}
            changed |= {"below": edge(borders.find(w("bottom")))}
        return replace(shape, **changed)


def _inline(p: Any) -> Iterator[Any]:
    """Runs and simple fields, also inside links, insertions and content controls."""
    for child in p:
        if child.tag in (w("r"), w("fldSimple")):
            yield child
        elif child.tag in (w("hyperlink"), w("ins"), w("smartTag"), w("sdt"), w("sdtContent")):
            yield from _inline(child)


def _field(code: str) -> str:
    """The mark of a page number's field."""
    words = code.split()
    return {"PAGE": PAGE, "NUMPAGES": PAGES, "SECTIONPAGES": PAGES}.get(
        words[0].upper() if words else "", ""
    )


def _pictures(drawing: Any, look: Look, part: Any) -> Iterator[Run]:
    for inline in drawing.iter(qn("wp:inline")):
        extent, blip = inline.find(qn("wp:extent")), next(inline.iter(qn("a:blip")), None)
        name = blip.get(qn("r:embed")) if blip is not None else None
        if extent is not None and name in part.related_parts:
            wide, high = (int(extent.get(a)) / 12700 for a in ("cx", "cy"))
            yield Run("\ufffc", look, Picture(part.related_parts[name].blob, wide, high))


def _joined(runs: Iterator[Run]) -> Iterator[Run]:
    """Neighbours that look alike as one."""
    last: Run | None = None
    for run in runs:
        if last and not last.picture and not run.picture and last.look == run.look:
            last = Run(last.text + run.text, run.look)
            continue
        if last:
            yield last
        last = run
    if last:
        yield last


def _indent(ind: Any, size: float) -> dict[str, float]:
    """Indents; those counted in characters (hundredths) win, as in Word."""
    found: dict[str, float] = {}
    for name, keys in (("left", ("left", "start")), ("right", ("right", "end"))):
        for key in keys:
            if (said := ind.get(w(key))) is not None:
                found[name] = twips(said)
            if chars := ind.get(w(f"{key}Chars")):
                found[name] = float(chars) / 100 * size
    for key, sign in (("firstLine", 1), ("hanging", -1)):
        if (said := ind.get(w(key))) is not None:
            found["first"] = sign * twips(said)
        if (chars := ind.get(w(f"{key}Chars"))) not in (None, "0"):
            found["first"] = sign * float(chars) / 100 * size
    return found


_UNREAD = (
    (w("txbxContent"), lazy("文本框")),
    (qn("wp:anchor"), lazy("浮动图片")),
    (w("numPr"), lazy("自动编号")),
)


def unread(content: bytes) -> list[Text]:
    """What the document holds that the PDF does not show, in words."""
    document = Document(BytesIO(content))
    roots = [p.element for p in parts(document) if "styles" not in p.partname]
    return [
        words for tag, words in _UNREAD if any(next(r.iter(tag), None) is not None for r in roots)
    ]
