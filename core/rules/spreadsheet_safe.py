"""Cells that a spreadsheet shows and never runs.

A cell that begins with = + - @ tab or return is a formula to Excel, WPS and LibreOffice
(OWASP "CSV Injection"), and Chinese input methods write the first four full-width, which
they accept as well. What residents type ends up in such files.
"""

import re
import unicodedata
from typing import TypeVar, cast

Value = TypeVar("Value")

_STARTS_FORMULA = frozenset("=+-@\t\r\n")
_HARMLESS = re.compile(r"-+|-[0-9]+(?:\.[0-9]+)?")
# XML 1.0 has no place for these, so an XLSX holding one does not open
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_QUOTES = re.compile("'*")
_INVISIBLE = " \u00a0\u200b\u200c\u200d\u2060\u3000\ufeff"


def defuse(value: Value) -> Value:
    """`value` for a cell: text that would run gets a leading apostrophe, all else is kept.

    Numbers stay numbers, plain negative ones in text too, and a bare dash a dash; characters
    that no XLSX can hold are dropped. Defusing twice changes nothing.
    """
    if not isinstance(value, str):
        return value
    text = _UNWRITABLE.sub("", value)
    seen = text.lstrip(_INVISIBLE)
    # NFKC folds full-width and small forms (＝ ﹦ ⁼) onto the plain sign
    risky = {text[:1], unicodedata.normalize("NFKC", seen[:1])} & _STARTS_FORMULA
    if risky and not _HARMLESS.fullmatch(text):
        text = "'" + text
    return cast("Value", text)


def fenced(text: str) -> str:
    """As `defuse`, so that `unfenced` gives the very same text back: one apostrophe more also
    where there are some before what would run."""
    bare = _QUOTES.sub("", text, count=1)
    return "'" + _UNWRITABLE.sub("", text) if defuse(bare).startswith("'") else defuse(text)


def unfenced(text: str) -> str:
    """What was `fenced`."""
    bare = _QUOTES.sub("", text, count=1)
    return text[1:] if text[:1] == "'" and defuse(bare).startswith("'") else text
