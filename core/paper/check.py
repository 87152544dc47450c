"""What a county brings as a template: looked at before it is kept, every fault named."""

import logging
import re
import zipfile
from collections.abc import Iterator
from difflib import get_close_matches
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from core.errors import Invalid
from core.paper.fill import PLACEHOLDER, fill, lists_in, roots, text_of
from core.paper.kinds import Paper
from core.paper.names import LISTS, WORDS, known
from core.paper.pdf.draw import to_pdf
from core.paper.pdf.fonts import NoFont
from core.paper.sample import sample
from core.words import Text, _, lazy

log = logging.getLogger("onedoor.paper")

MOST_BYTES = 2 * 2**20
MOST_UNPACKED = 40 * 2**20
MOST_FILES = 1000
_SHOWN = 10
_OLD_WORD = b"\xd0\xcf\x11\xe0"
"""How the old .doc begins, and every file with a password."""
_NO_FIELDS = frozenset(
    {"DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "LINK", "MACROBUTTON"}
)
"""Fields that run or fetch something when the document is opened."""
_CODE = re.compile(r"\{%.{0,40}|\{#.{0,40}|<%.{0,40}")
_DOUBLE = re.compile(r"\{\{(.{0,60}?)\}\}")
_BRACES = re.compile("[｛{][｛{]|[｝}][｝}]")
_P, _TR = qn("w:p"), qn("w:tr")


def checked(paper: Paper, content: bytes, name: str) -> None:
    """Refuse what cannot serve as the template of `paper`.

    Raises:
        Invalid: every fault in a sentence, `data['faults']` as a list.
    """
    _package(content, name)
    faults = [str(f) for f in dict.fromkeys(str(f) for f in _faults(content))]
    if faults:
        more = [_("……另有 {n} 处", n=len(faults) - _SHOWN)] if len(faults) > _SHOWN else []
        raise Invalid(
            _("模板有 {n} 处需要改正：\n{lines}", n=len(faults),
              lines="\n".join([*faults[:_SHOWN], *more])),
            field="file", code="paper.template", faults=faults,
        )  # fmt: skip
    try:
        to_pdf(fill(content, sample(paper)))
    except NoFont:  # the Word form works all the same
        return
    except Exception as error:  # whatever a stranger's document breaks, it must not be kept
        log.warning("a template cannot be printed", exc_info=True)
        raise Invalid(
            _("用样例试打没有成功，请在 Word 里把内容复制到一份新建的 .docx 后再上传"), field="file"
        ) from error


def _refused(message: Text | str) -> Invalid:
    return Invalid(message, field="file", code="paper.template")


def _package(content: bytes, name: str) -> None:
    """Whether it is a plain Word document at all; says what it is instead."""
    low = name.lower()
    if low.endswith((".docm", ".dotm")):
        raise _refused(_("“{name}”是带宏的文档，不能用作模板；请在 Word 里另存为 .docx", name=name))
    if not content:
        raise _refused(_("“{name}”是空文件", name=name))
    if len(content) > MOST_BYTES:
        raise _refused(
            _("“{name}”超过 {n} MB，请把里面的图片压缩后再传", name=name, n=MOST_BYTES // 2**20)
        )
    if content.startswith(_OLD_WORD):
        raise _refused(_("“{name}”是旧版 .doc 或设了打开密码；请去掉密码，另存为 .docx", name=name))
    if not low.endswith(".docx"):
        raise _refused(_("模板要用 Word 文档（.docx），“{name}”不是", name=name))
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            files = package.infolist()
            if len(files) > MOST_FILES or sum(f.file_size for f in files) > MOST_UNPACKED:
                raise _refused(_("“{name}”解开后太大，不会是一份模板", name=name))
            names = {f.filename for f in files}
            if "[Content_Types].xml" not in names or "word/document.xml" not in names:
                raise _refused(_("“{name}”里没有 Word 文档", name=name))
            kinds = package.read("[Content_Types].xml")
            if b"macroEnabled" in kinds or any("vbaProject" in n for n in names):
                raise _refused(
                    _("“{name}”是带宏的文档，不能用作模板；请在 Word 里另存为 .docx", name=name)
                )
            if any(n.startswith(("word/embeddings/", "word/activeX/")) for n in names):
                raise _refused(_("“{name}”里嵌有别的文件或控件，请删去后再传", name=name))
            for file in files:
                if file.filename.endswith((".xml", ".rels")):
                    _plain_xml(package.read(file), name)
        Document(BytesIO(content))
    except Invalid:
        raise
    except Exception as error:  # broken in one of the many ways a file can be
        raise _refused(_("“{name}”打不开，文件可能已损坏", name=name)) from error


def _plain_xml(content: bytes, name: str) -> None:
    """Well-formed, without a document type, and pointing to nothing outside."""
    root = parse_xml(content)  # it resolves no entity and asks no network
    if root.getroottree().docinfo.doctype:
        raise _refused(_("“{name}”里有文档类型声明，不能用作模板", name=name))
    for relation in root.iter("{*}Relationship"):
        outside = relation.get("TargetMode") == "External"
        if outside and not (relation.get("Type") or "").endswith("/hyperlink"):
            target = (relation.get("Target") or "")[:60]
            raise _refused(_("模板引用了外部文件“{target}”，请删去后再传", target=target))


def _faults(content: bytes) -> Iterator[Text | str]:
    document = Document(BytesIO(content))
    found = 0
    for root in roots(document):
        if next(root.iter(qn("w:altChunk")), None) is not None:
            yield lazy("模板里嵌有另一份文档，请把它的内容直接写进来")
        yield from _fields(root)
        for paragraph in root.iter(_P):
            said = text_of(paragraph)
            found += len(PLACEHOLDER.findall(said))
            yield from _spelling(said)
        for element in (*root.iter(_TR), *root.iter(_P)):
            lists = list(dict.fromkeys(lists_in(element)))
            if len(lists) > 1:
                names = _("、").join(lists)
                yield lazy("同一行里只能用一个列表，这里有：{names}", names=names)
    if not found:
        yield lazy(
            "模板里一个占位符也没有，打印出来不会有诉求的内容，例如应写 {{{{诉求标题}}}}", n=0
        )


def _fields(root: Any) -> Iterator[Text]:
    """Word's own fields that would run or fetch something."""
    for paragraph in root.iter(_P):
        codes = ["".join(t.text or "" for t in paragraph.iter(qn("w:instrText")))]
        codes += [f.get(qn("w:instr")) or "" for f in paragraph.iter(qn("w:fldSimple"))]
        for word in re.findall(r"[A-Z]+", " ".join(codes).upper()):
            if word in _NO_FIELDS:
                yield lazy("模板里有会自动执行或读取外部内容的域“{word}”，请删去", word=word)


def _spelling(said: str) -> Iterator[Text]:
    """What is wrong with the placeholders of a paragraph."""
    for code in _CODE.finditer(said):
        yield lazy("模板里有程序代码“{code}”，只能用占位符，请删去", code=code[0])
    wrong = False
    for found in _DOUBLE.finditer(said):
        if PLACEHOLDER.fullmatch(found[0]) is None:
            wrong = True
            yield lazy("“{text}”不是占位符：花括号里只能写一个名称，不能计算", text=found[0])
    for found in PLACEHOLDER.finditer(said):
        if not known(found[1], found[2]):
            yield _unknown(found[0], found[1], found[2])
    if not wrong and _BRACES.search(_DOUBLE.sub("", said)):
        yield lazy(
            "“{text}”里的花括号不成对，或用了全角：请写成 {{{{名称}}}}", text=said.strip()[:40]
        )


def _unknown(text: str, name: str, column: str | None) -> Text:
    if column is None and name in LISTS:
        return lazy("“{text}”是列表，请写出它的一列，如 {{{{{name}.序号}}}}", text=text, name=name)
    if column is not None and name in LISTS:
        names = _("、").join(LISTS[name][1])
        return lazy(
            "没有占位符“{text}”；“{name}”的列有：{names}", text=text, name=name, names=names
        )
    near = get_close_matches(name, WORDS, n=1, cutoff=0.5)
    if near:
        return lazy("没有占位符“{text}”，是不是“{near}”？", text=text, near=near[0])
    return lazy("没有占位符“{text}”，可用的见占位符一览", text=text)
