"""Every word a person reads passes here.

The source language is Chinese: a message id *is* the Chinese text, so a missing
translation shows Chinese, never a key. English stands in `locale/en.po`.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from babel.messages.pofile import read_po
from babel.support import Translations

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCALES = {"zh_CN": "中文", "en": "English"}
_locale: ContextVar[str] = ContextVar("onedoor_locale", default="zh_CN")


@cache
def _catalog(locale: str) -> NullTranslations:
    path = Path(__file__).parent / "locale" / f"{locale}.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        entries = read_po(file)
    catalog = Translations()
    catalog._catalog = {  # pyright: ignore[reportAttributeAccessIssue]
        m.id: m.string for m in entries if m.id and m.string and isinstance(m.id, str)
    }
    return catalog


class _Counting(Formatter):
    """`{n:day|days}` is the n-th of its words, from the last on the last; Chinese needs none."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        words = format_spec.split("|")
        if len(words) == 1:
            return super().format_field(value, format_spec)
        n = int(value) if str(value).isdecimal() else 0
        return words[n - 1] if 0 < n < len(words) else words[-1]


_COUNTING = _Counting()


def _(message: str, **values: Any) -> str:
    """`message` in the reader's language, with its named places filled."""
    text = _catalog(_locale.get()).gettext(message) if message else ""
    if not values:
        return text
    return _COUNTING.vformat(text, (), values) if "|" in text else text.format(**values)


class Text:
    """A message fixed at import time and worded when it is shown."""

    __slots__ = ("message", "values")

    def __init__(self, message: str, **values: Any) -> None:
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return _(self.message, **self.values)

    def __repr__(self) -> str:
        return f"lazy({self.message!r})"


lazy = Text


def pick(label: "str | dict[str, str]") -> str:
    """A county's own label (one text, or one per locale) in the reader's language.

    One text is also how our own fields are labelled, and those have translations.
    """
    if isinstance(label, str):
        return _(label)
    return label.get(_locale.get()) or label.get("zh_CN") or next(iter(label.values()), "")


def locale() -> str:
    """The locale of the present reader."""
    return _locale.get()


def set_locale(locale: str | None) -> None:
    """Speak `locale` from here on in this context; an unknown one means Chinese."""
    _locale.set(locale if locale in LOCALES else "zh_CN")


@contextmanager
def speaking(locale: str | None) -> "Iterator[None]":
    """Speak `locale` inside the block."""
    token = _locale.set(locale if locale in LOCALES else "zh_CN")
    try:
        yield
    finally:
        _locale.reset(token)
