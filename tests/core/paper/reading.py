"""What a reader of a document sees: its words, from Word and from PDF."""

import re
from io import BytesIO

from docx import Document
from docx.oxml.ns import qn
from pypdfium2 import PdfDocument

from core.paper.fill import roots, text_of


def docx_text(content: bytes) -> str:
    """Every paragraph of the document, one a line, headers and footers included."""
    document = Document(BytesIO(content))
    return "\n".join(text_of(p) for root in roots(document) for p in root.iter(qn("w:p")))


def pdf_pages(content: bytes) -> list[str]:
    """The words of each page, without blanks: where a line breaks says nothing."""
    document = PdfDocument(content)
    try:
        return [squeezed(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


def pdf_text(content: bytes) -> str:
    """All pages as one text, without blanks and page numbers."""
    return "".join(re.sub(r"—\d+—$", "", p) for p in pdf_pages(content))


def squeezed(text: str) -> str:
    """The text without blanks."""
    return re.sub(r"\s", "", text)
