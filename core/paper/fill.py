"""A template filled: each `{{name}}` gives way to its words, and nothing is ever run.

There is no template language here, so there is nothing that a template or a resident's text
could execute. A paragraph's placeholders are read once, from the template; what was put in
is text of the document (lxml escapes it) and never looked at again.
"""

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from copy import deepcopy
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.opc.part import XmlPart
from docx.oxml.ns import qn

Row = Mapping[str, str]
Values = Mapping[str, "str | Sequence[Row]"]
"""Words by name, and lists of rows by name."""

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)(?:\s*[.．]\s*(\w+))?\s*\}\}")
"""`{{name}}`, or `{{list.column}}` in a table row or paragraph that repeats."""

# What XML 1.0 cannot hold (section 2.2): a document with one of these would not open.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_P, _T, _TR, _BR, _TAB = (qn(f"w:{name}") for name in ("p", "t", "tr", "br", "tab"))


def writable(text: str) -> str:
    """The text without characters that no document can hold; line ends become plain ones."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def fill(template: bytes, values: Values) -> bytes:
    """The document; a placeholder without a value becomes nothing.

    A table row (or, outside tables, a paragraph) that names a list repeats for each of its
    rows; with an empty list a table keeps one blank row and a paragraph goes away. A paragraph
    that is one placeholder alone becomes as many paragraphs as its words have lines.
    """
    document = Document(BytesIO(template))
    for root in roots(document):
        _fill(root, values)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def roots(document: Docx) -> list[Any]:
    """The XML of every part that people read: body, headers, footers, notes."""
    margins = re.compile(r"/word/(header|footer|footnotes|endnotes)\d*\.xml$")
    return [document.element, *(p.element for p in parts(document) if margins.match(p.partname))]


def parts(document: Docx) -> list[XmlPart]:
    """The parts of a document's package that are XML."""
    package = document.part.package
    found = package.iter_parts() if package else ()
    return [p for p in found if isinstance(p, XmlPart)]


def texts(paragraph: Any) -> list[Any]:
    """The text nodes of a paragraph; those of a text box inside it belong to that box."""
    return [t for t in paragraph.iter(_T) if next(t.iterancestors(_P)) is paragraph]


def text_of(paragraph: Any) -> str:
    """What the paragraph says."""
    return "".join(t.text or "" for t in texts(paragraph))


def lists_in(element: Any, done: Container[Any] = ()) -> list[str]:
    """Names of the lists that a table row (without the tables in it) or paragraph repeats over."""
    own = [element] if element.tag == _P else _own_paragraphs(element)
    open_ = (p for p in own if p not in done)
    return [m[1] for p in open_ for m in PLACEHOLDER.finditer(text_of(p)) if m[2]]


def _own_paragraphs(row: Any) -> Iterator[Any]:
    return (p for p in row.iter(_P) if next(p.iterancestors(_TR)) is row)


def _fill(root: Any, values: Values) -> None:
    """Outer rows before the rows of tables inside them: a copy never holds what was put in."""
    done: set[Any] = set()
    pending = [*root.iter(_TR)][::-1]
    while pending:
        row = pending.pop()
        for copy in _repeat(row, values, done):
            pending += [r for r in copy.iter(_TR) if r is not copy]
    for paragraph in [*root.iter(_P)]:
        _repeat(paragraph, values, done)
    for paragraph in [*root.iter(_P)]:
        if paragraph not in done:
            _put(paragraph, values, "", {}, done)


def _repeat(element: Any, values: Values, done: set[Any]) -> list[Any]:
    """One copy of the element for each row of the list that it names, each filled at once."""
    named = [] if element in done else lists_in(element, done)
    if not named:
        return []
    found = values.get(named[0], ())
    rows: Sequence[Row] = () if isinstance(found, str) else found
    if not rows and element.tag == _TR:
        rows = ({},)
    copies = []
    for row in rows:
        copy = deepcopy(element)
        element.addprevious(copy)
        copies.append(copy)
        for paragraph in [copy] if copy.tag == _P else [*_own_paragraphs(copy)]:
            _put(paragraph, values, named[0], row, done)
    _remove(element)
    return copies


def _remove(element: Any) -> None:
    """Take it out; a cell without any paragraph would not open, so its last one stays empty."""
    parent = element.getparent()
    if element.tag == _P and parent.tag == qn("w:tc") and len(parent.findall(_P)) == 1:
        for text in texts(element):
            text.text = ""
    else:
        parent.remove(element)


def _put(paragraph: Any, values: Values, name: str, row: Row, done: set[Any]) -> None:
    """Fill one paragraph, once."""
    done.add(paragraph)
    said = text_of(paragraph)
    if "{{" not in said:
        return

    def words(found: re.Match[str]) -> str:
        if found[2]:
            return writable(row.get(found[2], "")) if found[1] == name else ""
        value = values.get(found[1], "")
        return writable(value) if isinstance(value, str) else ""

    alone = PLACEHOLDER.fullmatch(said.strip())
    alone = None if any(p is not paragraph for p in paragraph.iter(_P)) else alone
    lines = words(alone).split("\n") if alone else []
    for line in lines[:-1]:
        copy = deepcopy(paragraph)
        paragraph.addprevious(copy)
        done.add(copy)
        _replace(copy, lambda _m, line=line: line)
    _replace(paragraph, (lambda _m: lines[-1]) if alone else words)


def _replace(paragraph: Any, words: Callable[[re.Match[str]], str]) -> None:
    """Put words in place of placeholders, which Word likes to spread over several runs."""
    nodes = texts(paragraph)
    for found in reversed(list(PLACEHOLDER.finditer("".join(t.text or "" for t in nodes)))):
        start, put = 0, words(found)
        for node in nodes:
            text = node.text or ""
            a, b = max(found.start() - start, 0), min(found.end() - start, len(text))
            if a < b:
                node.text = text[:a] + put + text[b:]
                put = ""
            start += len(text)
    for node in nodes:
        _lines(node)


def _lines(node: Any) -> None:
    """Line ends and tabs of a text node as Word writes them."""
    text = node.text or ""
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    parts = re.split(r"([\n\t])", text)
    node.text = parts[0]
    last = node
    for mark, rest in zip(parts[1::2], parts[2::2], strict=True):
        sign = last.makeelement(_BR if mark == "\n" else _TAB, {})
        after = last.makeelement(_T, dict(node.attrib))
        after.text = rest
        last.addnext(sign)
        sign.addnext(after)
        last = after
