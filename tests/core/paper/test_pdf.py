"""The PDF is drawn from the filled document: lines, tables, pages, fonts."""

from collections import Counter
from io import BytesIO

import pytest
from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from PIL import Image
from pypdfium2 import PdfDocument

from core.paper.fill import fill
from core.paper.kinds import PAPERS, Paper
from core.paper.names import LISTS, WORDS
from core.paper.pdf.breaking import Glyph, break_lines
from core.paper.pdf.draw import to_pdf
from core.paper.pdf.fonts import FANG, HEI, KAI, SONG, TITLE, kind_of
from core.paper.pdf.reading import unread
from core.paper.pdf.shapes import Look, Para, Run, Shape
from tests.core.paper.documents import table, word
from tests.core.paper.reading import pdf_pages, pdf_text, squeezed

TEN = Look(size=10)


def square(text: str, look: Look) -> list[Glyph]:
    """Chinese characters as wide as high, Latin ones half."""
    return [Glyph(c, look, "f", 5 if c.isascii() else 10) for c in text]


def broken(text: str, width: float, **shape: float) -> list[str]:
    """The lines of a paragraph in a column of `width` points, ten to a character."""
    para = Para((Run(text, TEN),), Shape(**shape), TEN)  # pyright: ignore[reportArgumentType]
    return ["".join(g.char for g in line.glyphs) for line in break_lines(para, width, square)]


class TestLines:
    def test_are_as_full_as_they_can_be(self) -> None:
        assert broken("一二三四五六七", 30) == ["一二三", "四五六", "七"]

    @pytest.mark.parametrize("mark", "、，。；：？！”）】》%")
    def test_never_begin_with_a_closing_mark(self, mark: str) -> None:
        assert broken(f"一二三{mark}四五", 30) == ["一二", f"三{mark}四", "五"]

    @pytest.mark.parametrize("mark", "“（【《￥")
    def test_never_end_with_an_opening_one(self, mark: str) -> None:
        assert broken(f"一二{mark}三四五", 30) == ["一二", f"{mark}三四", "五"]

    def test_keep_words_and_numbers_whole(self) -> None:
        assert broken("编号131024共计", 45) == ["编号", "131024共", "计"]
        assert broken("see the case file", 40) == ["see the", "case", "file"]

    def test_part_a_word_that_is_longer_than_the_line(self) -> None:
        assert broken("x" * 14, 30) == ["xxxxxx", "xxxxxx", "xx"]

    def test_begin_further_in_where_the_paragraph_says_so(self) -> None:
        assert broken("一二三四五六", 50, first=20) == ["一二三", "四五六"]
        assert broken("一二三四五六", 50, left=20) == ["一二三", "四五六"]

    def test_end_where_somebody_ended_them(self) -> None:
        assert broken("一\n\n二", 50) == ["一", "", "二"]
        assert broken("", 50) == [""]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("仿宋_GB2312", FANG), ("FangSong", FANG), ("黑体", HEI), ("SimHei", HEI), ("楷体", KAI),
     ("宋体", SONG), ("SimSun", SONG), ("方正小标宋简体", TITLE), ("微软雅黑", HEI), ("", SONG)],
)  # fmt: skip
def test_a_fonts_name_gives_its_kind_away(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def boxes(content: bytes) -> list[tuple[float, float, float, float, float, float]]:
    """Where each character stands, with the size of its page."""
    document, found = PdfDocument(content), []
    for page in document:
        wide, high = page.get_size()
        text = page.get_textpage()
        found += [(*text.get_charbox(i), wide, high) for i in range(text.count_chars())]
    document.close()
    return found


@pytest.mark.parametrize("paper", PAPERS.values(), ids=lambda p: p.id)
def test_nothing_leaves_the_page_however_much_is_said(paper: Paper) -> None:
    """Long words, long texts and long lists in every place of every shipped form."""
    text = "https://example.com/" + "x" * 150 + "，" + "老人和孩子都感冒了。" * 60
    values: dict = dict.fromkeys(WORDS, text)
    values |= {name: [dict.fromkeys(cs, text)] * 4 for name, (_m, cs) in LISTS.items()}
    made = to_pdf(fill(paper.shipped, values))
    for left, bottom, right, top, wide, high in boxes(made):
        assert left >= 20
        assert right <= wide - 20
        assert bottom >= 15
        assert top <= high - 15
    filled = Counter(squeezed("".join(pdf_pages(made))))
    assert filled["感"] >= 60, "whole texts, not their beginnings"


def test_a_long_text_goes_on_overleaf_and_loses_nothing() -> None:
    text = "".join(chr(0x4E00 + n % 2000) for n in range(5000))
    made = to_pdf(word(text))
    assert len(pdf_pages(made)) > 3
    assert pdf_text(made) == text


def test_a_cell_higher_than_a_page_is_parted_and_its_table_s_head_repeated() -> None:
    text = "供暖管道漏水，" * 500

    def form(document: Docx) -> None:
        table([["名称", "内容"], ["诉求", text], ["结果", "已修好"]])(document)
        head = OxmlElement("w:tblHeader")
        document.tables[0].rows[0]._tr.get_or_add_trPr().append(head)

    pages = pdf_pages(to_pdf(word(more=form)))
    assert len(pages) > 2
    assert all(page.startswith("名称内容") for page in pages)
    whole = pages[0] + "".join(p.removeprefix("名称内容") for p in pages[1:])
    assert squeezed(text) in whole
    assert whole.endswith("结果已修好")


def test_merged_cells_stand_as_one() -> None:
    def form(document: Docx) -> None:
        made = document.add_table(rows=3, cols=3)
        made.style = "Table Grid"
        made.cell(0, 0).merge(made.cell(2, 0)).text = "竖着合并"
        made.cell(0, 1).merge(made.cell(0, 2)).text = "横着合并"
        made.cell(1, 1).text, made.cell(2, 2).text = "中", "右下"

    content = to_pdf(word(more=form))
    said = pdf_text(content)
    assert Counter(said) == Counter("竖着合并横着合并中右下")


def test_pages_are_numbered_and_counted() -> None:
    def foot(document: Docx) -> None:
        paragraph = document.sections[0].footer.paragraphs[0]
        for text, code in (("第", "PAGE"), ("页共", "NUMPAGES"), ("页", "")):
            paragraph.add_run(text)
            for kind in ("begin", "instr", "separate", "shown", "end") if code else ():
                run = paragraph.add_run()
                if kind == "instr":
                    inner = OxmlElement("w:instrText")
                    inner.text = f" {code} "
                elif kind == "shown":
                    inner = OxmlElement("w:t")
                    inner.text = "99"
                else:
                    inner = OxmlElement("w:fldChar")
                    inner.set(qn("w:fldCharType"), kind)
                run._element.append(inner)

    def pages(document: Docx) -> None:
        foot(document)
        document.add_paragraph("第二张").paragraph_format.page_break_before = True
        document.add_paragraph("还有").add_run().add_break(WD_BREAK.PAGE)
        document.add_paragraph("第三张")

    assert pdf_pages(to_pdf(word("第一张", more=pages))) == [
        "第一张第1页共3页", "第二张还有第2页共3页", "第三张第3页共3页",
    ]  # fmt: skip


def test_a_section_may_lie_on_its_side() -> None:
    def wide(document: Docx) -> None:
        section = document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        document.add_paragraph("横放")

    document = PdfDocument(to_pdf(word("竖放", more=wide)))
    sizes = [page.get_size() for page in document]
    document.close()
    assert sizes[0][0] < sizes[0][1]
    assert sizes[1][0] > sizes[1][1]


def test_pictures_in_the_line_are_drawn_and_what_floats_is_named() -> None:
    kept = BytesIO()
    Image.new("RGB", (40, 40), "red").save(kept, "PNG")
    kept.seek(0)

    def emblem(document: Docx) -> None:
        document.add_paragraph().add_run().add_picture(kept, width=Mm(20))

    content = word("{{县名}}", more=emblem)
    document = PdfDocument(to_pdf(content))
    shown = document[0].render(scale=1).to_pil().convert("RGB").getcolors(100_000) or []
    document.close()
    assert sum(n for n, colour in shown if colour == (255, 0, 0)) > 2000
    assert unread(content) == []

    def floating(document: Docx) -> None:
        box = OxmlElement("w:txbxContent")
        document.add_paragraph()._element.append(box)
        document.add_paragraph("一", style="List Number")._element.get_or_add_pPr().append(
            OxmlElement("w:numPr")
        )

    assert [str(u) for u in unread(word(more=floating))] == ["文本框", "自动编号"]


def test_what_no_font_has_is_written_by_its_number() -> None:
    said = pdf_text(to_pdf(word("甲\U000f1234乙‍丙")))  # a private character, a joiner
    assert said == "甲〔U+F1234〕乙丙"


def test_only_the_characters_used_are_embedded() -> None:
    made = to_pdf(word("一行字"))
    assert b"FontFile" in made
    assert len(made) < 60_000


def test_spread_lines_reach_the_margin_and_the_last_one_does_not() -> None:
    def both(document: Docx) -> None:
        paragraph = document.add_paragraph("测a" * 60)
        paragraph.alignment = 3
        paragraph.runs[0].font.size = Pt(17)

    right = [b[2] for b in boxes(to_pdf(word(more=both)))]
    column = Document(BytesIO(word())).sections[0]
    edge = (column.page_width - column.right_margin) / 12700
    assert max(right) == pytest.approx(edge, abs=3)
