"""What a county may bring as a template; everything else is refused in a sentence."""

from collections.abc import Callable
from io import BytesIO

import pytest
from docx.document import Document as Docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import Workbook

from core.errors import Invalid
from core.paper.check import MOST_BYTES, checked
from core.paper.kinds import PAPERS, Paper
from tests.core.paper.documents import part_of, table, with_part, word

ORDER = PAPERS["order"]
GOOD = word("{{县名}}督办单", "{{督办内容}}", more=table([["{{任务.单位}}", "{{任务.期限}}"]]))


def refusal(content: bytes, name: str = "督办单.docx") -> str:
    """The sentence that it is refused with."""
    with pytest.raises(Invalid) as refused:
        checked(ORDER, content, name)
    return refused.value.message


@pytest.mark.parametrize("paper", PAPERS.values(), ids=lambda p: p.id)
def test_the_shipped_templates_are_good(paper: Paper) -> None:
    checked(paper, paper.shipped, "自带.docx")


def test_a_county_s_own_form_is_good() -> None:
    checked(ORDER, GOOD, "我县督办单.DOCX")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("{{诉求题目}}", "没有占位符“{{诉求题目}}”，是不是“诉求标题”？"),
        ("{{xyz}}", "没有占位符“{{xyz}}”，可用的见占位符一览"),
        ("{{任务}}", "“{{任务}}”是列表，请写出它的一列，如 {{任务.序号}}"),
        ("{{任务.电话}}", "没有占位符“{{任务.电话}}”；“任务”的列有：序号、单位"),
        ("{{县名.长度}}", "没有占位符“{{县名.长度}}”"),
        ("{% for t in 任务 %}", "模板里有程序代码“{% for t in 任务 %}”"),
        ("{# 说明 #}", "模板里有程序代码“{# 说明 #}”"),
        ("{{ 县名 | upper }}", "“{{ 县名 | upper }}”不是占位符：花括号里只能写一个名称"),
        ("{{ ''.__class__ }}", "“{{ ''.__class__ }}”不是占位符"),
        ("{{县名()}}", "“{{县名()}}”不是占位符"),
        ("{{县名", "花括号不成对"),
        ("｛｛县名｝｝", "或用了全角：请写成 {{名称}}"),
    ],
)
def test_each_fault_is_named(said: str, sentence: str) -> None:
    message = refusal(word("{{县名}}", said))
    assert sentence in message
    assert message.startswith("模板有 1 处需要改正")


def test_all_faults_come_at_once_and_in_their_places() -> None:
    def margin(document: Docx) -> None:
        document.sections[0].footer.paragraphs[0].text = "{{页脚}}"

    message = refusal(word("{{一}}", "{{二}}{{二}}", more=margin))
    assert message.startswith("模板有 3 处需要改正")
    assert all(f"“{{{{{name}}}}}”" in message for name in ("一", "二", "页脚"))


def test_one_row_repeats_over_one_list() -> None:
    mixed = word(more=table([["{{任务.单位}}", "{{经过.时间}}"]]))
    assert "同一行里只能用一个列表，这里有：任务、经过" in refusal(mixed)


def test_a_form_without_placeholders_is_of_no_use() -> None:
    assert "一个占位符也没有" in refusal(word("督办单"))


def outside(content: bytes) -> bytes:
    """Fetches a template from elsewhere when it is opened."""
    name = "word/_rels/document.xml.rels"
    relation = (
        b'<Relationship Id="rId99" TargetMode="External" Target="http://example.com/x.dotm" Type='
        b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/>'
    )
    rels = part_of(content, name).replace(b"</Relationships>", relation + b"</Relationships>")
    return with_part(content, name, rels, instead=True)


def doctype(content: bytes) -> bytes:
    """Says the same a million times over."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'
    return with_part(content, "word/extra.xml", bomb)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("督办单.docm", GOOD, "“督办单.docm”是带宏的文档，不能用作模板；请在 Word 里另存为 .docx"),
        ("督办单.docx", with_part(GOOD, "word/vbaProject.bin", b"x"), "是带宏的文档"),
        ("督办单.docx", b"", "“督办单.docx”是空文件"),
        ("督办单.docx", "不是压缩包".encode(), "“督办单.docx”打不开，文件可能已损坏"),
        ("督办单.docx", GOOD[: len(GOOD) // 2], "打不开，文件可能已损坏"),
        ("督办单.docx", b"\xd0\xcf\x11\xe0" + b"0" * 99, "是旧版 .doc 或设了打开密码"),
        ("督办单.pdf", b"%PDF-1.7", "模板要用 Word 文档（.docx），“督办单.pdf”不是"),
        ("督办单.docx", b"0" * (MOST_BYTES + 1), "超过 2 MB"),
        ("督办单.docx", with_part(GOOD, "word/media/x.bin", bytes(41 * 2**20)), "解开后太大"),
        ("督办单.docx", with_part(GOOD, "word/embeddings/a.bin", b"x"), "嵌有别的文件或控件"),
        ("督办单.docx", with_part(GOOD, "word/bad.xml", b"<a>"), "打不开，文件可能已损坏"),
        ("督办单.docx", doctype(GOOD), "里有文档类型声明"),
        ("督办单.docx", outside(GOOD), "模板引用了外部文件“http://example.com/x.dotm”"),
    ],
)  # fmt: skip
def test_what_is_no_plain_document_is_refused(name: str, content: bytes, sentence: str) -> None:
    assert sentence in refusal(content, name)


def test_a_workbook_is_no_document() -> None:
    kept = BytesIO()
    Workbook().save(kept)
    assert "里没有 Word 文档" in refusal(kept.getvalue())


def field(code: str) -> Callable[[Docx], None]:
    """Adds one of Word's own fields."""

    def add(document: Docx) -> None:
        simple = OxmlElement("w:fldSimple")
        simple.set(qn("w:instr"), code)
        document.add_paragraph()._element.append(simple)

    return add


@pytest.mark.parametrize(
    "code", ["DDEAUTO c:\\\\x.exe", 'INCLUDETEXT "c:/a.txt"', " MACROBUTTON X"]
)
def test_fields_that_run_or_fetch_are_refused(code: str) -> None:
    assert code.split()[0] in refusal(word("{{县名}}", more=field(code)))


@pytest.mark.parametrize("code", ["PAGE", "NUMPAGES", ' DATE \\@ "yyyy"'])
def test_fields_that_count_are_welcome(code: str) -> None:
    checked(ORDER, word("{{县名}}", more=field(code)), "x.docx")
