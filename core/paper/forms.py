"""Makes the shipped templates: `python -m core.paper.forms`, after a change of this file.

The DOCX files in `shipped/` are what is used; a test compares them with what stands here.
Layout after GB/T 9704-2012 (title 二号小标宋, text 仿宋, page number below), forms in tables.
"""

from copy import deepcopy
from pathlib import Path
from typing import Any, cast

from docx import Document
from docx.document import Document as Docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle

FOLDER = Path(__file__).parent / "shipped"
FANG, HEI, TITLE, SONG = "仿宋", "黑体", "方正小标宋简体", "宋体"
FORM, SMALL, LETTER = 12, 10.5, 16
"""小四 in forms, 五号 in long tables, 三号 in letters."""


def _blank(title: str, margins: tuple[int, int, int, int]) -> Docx:
    """An empty document on A4; margins (top, right, bottom, left) in millimetres."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.right_margin = Mm(margins[0]), Mm(margins[1])
    section.bottom_margin, section.left_margin = Mm(margins[2]), Mm(margins[3])
    section.footer_distance = Mm(margins[2] - 9)
    normal = cast("ParagraphStyle", document.styles["Normal"])
    normal.font.size = Pt(FORM)
    _font(normal.element.get_or_add_rPr(), FANG)
    normal.paragraph_format.space_after = Pt(0)
    document.core_properties.title = title
    document.core_properties.author = "OneDoor"
    document.core_properties.comments = ""
    foot = section.footer.paragraphs[0]
    foot.alignment = ALIGN.CENTER
    _run(foot, "— ", SONG, 12)
    _page_number(foot)
    _run(foot, " —", SONG, 12)
    return document


def _font(rpr: Any, name: str) -> None:
    fonts = rpr.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)


def _run(paragraph: Any, text: str, font: str, size: float, *, bold: bool = False) -> Any:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.bold = bold or None
    _font(run._element.get_or_add_rPr(), font)
    return run


def _page_number(paragraph: Any, code: str = "PAGE") -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    run.append(deepcopy(paragraph.runs[-1]._element.rPr))
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._element.append(field)


def _title(document: Docx, text: str, size: float = 22, before: float = 0) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(8)
    _run(paragraph, text, TITLE, size)


def _line(document: Any, text: str, *, align: Any = ALIGN.JUSTIFY, size: float = FORM,
          font: str = FANG, indent: bool = False, spacing: float = 1.25, before: float = 0,
          right: float = 0, keep: bool = False, page: bool = False) -> Any:  # fmt: skip
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    paragraph.alignment, shape.line_spacing = align, spacing
    shape.space_before, shape.keep_with_next, shape.page_break_before = Pt(before), keep, page
    if indent:
        shape.first_line_indent = Pt(size * 2)
    if right:
        shape.right_indent = Pt(size * right)
    _run(paragraph, text, font, size)
    return paragraph


def _table(document: Docx, widths: list[float]) -> Any:
    """An empty table with borders; widths in millimetres."""
    table = document.add_table(rows=0, cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _row(table: Any, cells: list[tuple[str, int, str]], *, height: float = 9,
         size: float = FORM) -> Any:  # fmt: skip
    """A row of (text, columns, kind); kind: `name` centred, `text`, `top`, `mid`, `head`."""
    row = table.add_row()
    row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
    at = 0
    for text, span, kind in cells:
        cell = row.cells[at]
        if span > 1:
            cell = cell.merge(row.cells[at + span - 1])
        cell.vertical_alignment = VERTICAL.TOP if kind == "top" else VERTICAL.CENTER
        for index, line in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
            named = kind in ("name", "mid", "head")
            paragraph.alignment = ALIGN.CENTER if named else ALIGN.JUSTIFY
            if kind == "sign":
                paragraph.alignment = ALIGN.RIGHT if index else ALIGN.LEFT
            _run(paragraph, line, HEI if kind in ("name", "head") else FANG, size)
        at += span
    if cells[0][2] == "head":
        mark = OxmlElement("w:tblHeader")
        row._tr.get_or_add_trPr().append(mark)
    return row


_MARGINS = (24, 20, 24, 22)
_FOUR = [28.0, 56.0, 28.0, 56.0]
_TASKS = [10.0, 36.0, 14.0, 46.0, 46.0, 16.0]


def _heading(document: Docx) -> None:
    """Title, number and date of a slip."""
    _title(document, "{{县名}}群众诉求{{文书名称}}")
    line = _line(document, "文号：{{文号}}", size=FORM, spacing=1.0)
    line.paragraph_format.space_after = Pt(4)


def _matter(table: Any, *, person: bool = True) -> None:
    """The rows that say what it is about."""
    _row(table, [("诉求编号", 1, "name"), ("{{诉求编号}}", 1, "text"),
                 ("登记时间", 1, "name"), ("{{登记时间}}", 1, "text")])  # fmt: skip
    if person:
        _row(table, [("反映人", 1, "name"), ("{{反映人}}", 1, "text"),
                     ("联系电话", 1, "name"), ("{{联系电话}}", 1, "text")])  # fmt: skip
    _row(table, [("类别", 1, "name"), ("{{类别}}（{{性质}}）", 1, "text"),
                 ("紧急程度", 1, "name"), ("{{紧急程度}}", 1, "text")])  # fmt: skip
    _row(table, [("地点", 1, "name"), ("{{地点}}　{{详细地址}}", 3, "text")])
    _row(table, [("诉求标题", 1, "name"), ("{{诉求标题}}", 3, "text")])
    _row(table, [("诉求内容", 1, "name"), ("{{诉求内容}}\n{{登记内容}}", 3, "top")], height=38)


def _foot(document: Docx) -> None:
    _line(document, "{{身份说明}}。　打印：{{打印单位}}　{{打印人}}　{{打印时间}}",
          size=9, before=6, spacing=1.0)  # fmt: skip


def dispatch() -> Docx:
    """交办单."""
    document = _blank("群众诉求交办单", _MARGINS)
    _heading(document)
    table = _table(document, _FOUR)
    _matter(table)
    _row(table, [("主办单位", 1, "name"), ("{{主办单位}}", 1, "text"),
                 ("办理期限", 1, "name"), ("{{办理期限}}", 1, "text")])  # fmt: skip
    _row(table, [("协办单位", 1, "name"), ("{{协办单位}}", 1, "text"),
                 ("答复期限", 1, "name"), ("{{办结期限}}", 1, "text")])  # fmt: skip
    _row(table, [("交办意见", 1, "name"), ("{{交办意见}}", 3, "text")], height=20)
    said = (
        "请按期限签收、办理，并如实反馈结果和现场情况。不属于本单位职责的，请在签收期限内写明理由"
        "退回；需要延期的，请在到期前提出申请。对反映人的身份信息保密。"
    )
    _row(table, [("办理要求", 1, "name"), (said, 3, "text")], height=18)
    _row(table, [("签收", 1, "name"), ("签收人：\n年　　月　　日", 1, "sign"),
                 ("交办单位", 1, "name"), ("{{交办单位}}\n（盖章）\n{{交办日期}}", 1, "sign")],
         height=20)  # fmt: skip
    _foot(document)
    return document


def order() -> Docx:
    """督办单."""
    document = _blank("群众诉求督办单", _MARGINS)
    _heading(document)
    table = _table(document, _FOUR)
    _row(table, [("被督办单位", 1, "name"), ("{{被督办单位}}", 1, "text"),
                 ("督办单位", 1, "name"), ("{{督办单位}}", 1, "text")])  # fmt: skip
    _matter(table, person=False)
    _row(table, [("当前情况", 1, "name"),
                 ("{{当前环节}}，由{{承办单位}}负责；答复期限：{{办结期限}}，{{期限情况}}；"
                  "重新办理 {{重办次数}}。", 3, "text")])  # fmt: skip
    _row(table, [("督办要求", 1, "name"), ("{{督办内容}}", 3, "top")], height=38)
    _row(table, [("反馈期限", 1, "name"), ("{{督办期限}}", 1, "text"),
                 ("经办人", 1, "name"), ("{{督办人}}", 1, "text")])  # fmt: skip
    _row(table, [("办理情况\n反馈", 1, "name"), ("{{督办反馈}}", 3, "top")], height=34)
    _row(table, [("被督办单位", 1, "name"), ("负责人：\n（盖章）\n年　　月　　日", 1, "sign"),
                 ("督办单位", 1, "name"), ("签发人：\n（盖章）\n{{督办日期}}", 1, "sign")],
         height=20)  # fmt: skip
    _foot(document)
    return document


def instruction() -> Docx:
    """批示单."""
    document = _blank("群众诉求批示单", _MARGINS)
    _heading(document)
    table = _table(document, _FOUR)
    _matter(table, person=False)
    _row(table, [("办理情况", 1, "name"),
                 ("{{当前环节}}，由{{承办单位}}负责；答复期限：{{办结期限}}，{{期限情况}}。"
                  "\n{{办理结果}}", 3, "text")], height=16)  # fmt: skip
    _row(table, [("领导批示", 1, "name"), ("{{批示内容}}", 3, "top")], height=52)
    _row(table, [("批示人", 1, "name"), ("{{批示人}}", 1, "text"),
                 ("批示日期", 1, "name"), ("{{批示日期}}", 1, "text")])  # fmt: skip
    _row(table, [("承办单位", 1, "name"), ("{{批示承办单位}}", 1, "text"),
                 ("反馈期限", 1, "name"), ("{{批示期限}}", 1, "text")])  # fmt: skip
    _row(table, [("落实情况", 1, "name"), ("{{批示反馈}}", 3, "top")], height=30)
    _foot(document)
    return document


def reply() -> Docx:
    """答复函."""
    document = _blank("答复函", (37, 26, 35, 28))
    _title(document, "{{答复单位}}", 22)
    _title(document, "关于群众诉求的答复函", 22)
    _line(document, "{{文号}}", align=ALIGN.CENTER, size=LETTER).paragraph_format.space_after = Pt(
        16
    )
    body = {"size": LETTER, "spacing": 1.4}
    _line(document, "{{反映人}}：", **body)
    _line(document, "您于{{登记日期}}反映的“{{诉求标题}}”（编号 {{诉求编号}}）收悉。"
          "经{{主办单位}}办理，现答复如下：", indent=True, **body)  # fmt: skip
    _line(document, "{{答复内容}}", indent=True, **body)
    _line(document, "感谢您对我们工作的关心。如对办理过程或结果不满意，可以凭诉求编号和查询码"
          "评价、补充情况，或拨打{{服务电话}}。", indent=True, **body)  # fmt: skip
    _line(document, "特此函复。", indent=True, keep=True, **body)
    _line(
        document, "{{答复单位}}（盖章）", align=ALIGN.RIGHT, right=2, before=28, keep=True, **body
    )
    _line(document, "{{答复日期}}", align=ALIGN.RIGHT, right=3, **body)
    return document


def agreement() -> Docx:
    """调解协议书, with what the law names (《人民调解法》 art. 29)."""
    document = _blank("调解协议书", (30, 24, 28, 26))
    _title(document, "{{县名}}")
    _title(document, "调解协议书")
    _line(document, "{{文号}}", align=ALIGN.RIGHT, size=14)
    body = {"size": 14, "spacing": 1.4}
    head = {"font": HEI, "keep": True, "before": 6, **body}
    for party, who, phone, home in (
        ("申请人", "{{反映人}}", "{{联系电话}}", "{{联系地址}}"), ("被申请人", "", "", ""),
    ):  # fmt: skip
        _line(document, party, **head)
        table = _table(document, [26, 36, 18, 22, 18, 40])
        _row(table, [("姓名\n（名称）", 1, "name"), (who, 1, "text"), ("性别", 1, "name"),
                     ("", 1, "text"), ("年龄", 1, "name"), ("", 1, "text")])  # fmt: skip
        _row(table, [("公民身份\n号码", 1, "name"), ("", 3, "text"), ("电话", 1, "name"),
                     (phone, 1, "text")])  # fmt: skip
        _row(table, [("住址", 1, "name"), (home, 3, "text"), ("民族", 1, "name"),
                     ("", 1, "text")])  # fmt: skip
    _line(document, "一、纠纷主要事实、争议事项", **head)
    _line(document, "{{登记日期}}，就“{{诉求标题}}”（诉求编号 {{诉求编号}}，地点：{{地点}}）"
          "申请调解：", indent=True, **body)  # fmt: skip
    _line(document, "{{诉求内容}}", indent=True, **body)
    _line(document, "二、经调解，双方自愿达成如下协议", **head)
    _line(document, "{{协议内容}}", indent=True, **body)
    _line(document, "{{约定.序号}}．{{约定.内容}}（{{约定.期限}}前履行）",
          indent=True, **body)  # fmt: skip
    for _n in range(3):
        _rule(document, body["size"])
    _line(document, "三、履行方式和期限", **head)
    for _n in range(2):
        _rule(document, body["size"])
    _line(document, "四、本协议自双方签名、盖章或者按指印，调解员签名并加盖调解组织印章之日起生效。"
          "双方应当按照约定履行。双方认为有必要的，可以自生效之日起三十日内共同向人民法院申请司法"
          "确认。本协议一式　　份，双方当事人、调解组织各执一份。", keep=True, **body)  # fmt: skip
    table = _table(document, [80, 80])
    table.style = "Normal Table"
    for left, right in (
        ("申请人（签名、指印）：", "被申请人（签名、指印）："),
        ("调解员（签名）：", "记录人（签名）："),
        ("调解组织（盖章）：", "　　　　　年　　月　　日"),
    ):
        _row(table, [(left, 1, "text"), (right, 1, "text")], height=15, size=14)
    return document


def _rule(document: Docx, size: float) -> None:
    """An empty line to write on."""
    paragraph = _line(document, "", size=size, spacing=1.5)
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "auto")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    between = OxmlElement("w:between")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "auto")):
        between.set(qn(f"w:{name}"), value)
    borders.append(between)
    paragraph._element.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def archive() -> Docx:
    """卷宗: cover, contents, and all that happened."""
    document = _blank("群众诉求卷宗", _MARGINS)
    _title(document, "{{县名}}", 26, before=70)
    _title(document, "群众诉求办理卷宗", 32, before=10)
    cover = _table(document, [42, 110])
    for name, text in (
        ("卷宗编号", "{{文号}}"), ("诉求编号", "{{诉求编号}}"), ("题名", "{{诉求标题}}"),
        ("类别", "{{类别}}（{{性质}}）"), ("承办单位", "{{主办单位}}"),
        ("起止日期", "{{登记日期}}至{{办结日期}}"), ("保管期限", ""), ("立卷单位", "{{打印单位}}"),
        ("立卷人", "{{打印人}}"), ("立卷日期", "{{打印日期}}"),
    ):  # fmt: skip
        _row(cover, [(name, 1, "name"), (text, 1, "text")], height=13, size=14)
    row = _row(cover, [("页数", 1, "name"), ("共 ", 1, "text")], height=13, size=14)
    last = row.cells[1].paragraphs[0]
    _page_number(last, "NUMPAGES")
    _run(last, " 页", FANG, 14)
    _line(document, "{{身份说明}}", align=ALIGN.CENTER, before=14, size=FORM)
    _line(document, "一、诉求登记", font=HEI, size=14, keep=True, page=True)
    table = _table(document, _FOUR)
    _matter(table)
    _row(table, [("联系地址", 1, "name"), ("{{联系地址}}", 1, "text"),
                 ("代谁反映", 1, "name"), ("{{代谁反映}}", 1, "text")])  # fmt: skip
    _row(table, [("渠道", 1, "name"), ("{{渠道}}", 1, "text"),
                 ("期限情况", 1, "name"), ("{{办结期限}}　{{期限情况}}", 1, "text")])  # fmt: skip
    columns = ["序号", "单位", "分工", "交办时间", "期限", "状态"]
    _section(document, "二、交办和办理", _TASKS, columns, "任务", columns)
    _line(
        document,
        "第{{任务.序号}}项　{{任务.单位}}：{{任务.要求}}　{{任务.结果}}",
        size=SMALL,
        before=3,
    )
    _section(document, "三、批示、督办和其他要求", [12, 22, 48, 20, 34, 32],
             ["序号", "种类", "内容", "提出人", "期限", "反馈"],
             "要求", ["序号", "种类", "内容", "提出人", "期限", "反馈"])  # fmt: skip
    _line(document, "四、答复群众", font=HEI, size=14, keep=True, before=12)
    _line(document, "{{答复内容}}", indent=True, keep=True)
    _line(document, "{{答复单位}}　{{答复日期}}", align=ALIGN.RIGHT)
    _section(document, "五、群众评价", [12, 46, 20, 16, 34, 40],
             ["序号", "时间", "评价方", "评分", "原因", "意见"],
             "评价", ["序号", "时间", "评价方", "评分", "原因", "意见"])  # fmt: skip
    _section(document, "六、办理经过", [12, 46, 22, 36, 52],
             ["序号", "时间", "事项", "经办", "内容"],
             "经过", ["序号", "时间", "事项", "经办人}}　{{经过.单位", "内容"])  # fmt: skip
    _section(document, "七、照片和附件", [12, 64, 24, 22, 46],
             ["序号", "名称", "来源", "大小", "时间"],
             "附件", ["序号", "名称", "来源", "大小", "时间"])  # fmt: skip
    _line(document, "备考", font=HEI, size=14, keep=True, before=12)
    _line(document, "办理经过校验码：{{校验码}}", size=SMALL, keep=True)
    table = _table(document, [84, 84])
    date = "\n\n　　　　　　　　　年　　月　　日"
    _row(table, [(f"立卷人：{date}", 1, "text"), (f"检查人：{date}", 1, "text")], height=24)
    return document


def _section(document: Docx, title: str, widths: list[float], head: list[str], name: str,
             columns: list[str]) -> None:  # fmt: skip
    """A heading and a table that repeats over a list."""
    _line(document, title, font=HEI, size=14, keep=True, before=12)
    table = _table(document, widths)
    _row(table, [(h, 1, "head") for h in head], size=SMALL, height=8)
    cells = [(f"{{{{{name}.{c}}}}}", 1, "text" if c in ("内容", "意见", "反馈") else "mid")
             for c in columns]  # fmt: skip
    _row(table, cells, size=SMALL, height=8)


FORMS = {
    "dispatch": dispatch, "order": order, "instruction": instruction, "reply": reply,
    "agreement": agreement, "archive": archive,
}  # fmt: skip


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, make in FORMS.items():
        make().save(str(FOLDER / f"{name}.docx"))
