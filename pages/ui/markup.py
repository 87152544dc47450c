"""Small pieces of HTML. Everything that comes from people passes `esc` on its way in."""

from html import escape
from typing import Any
from urllib.parse import urlencode


def esc(value: Any) -> str:
    """Text as HTML text or attribute."""
    return escape(str(value), quote=True)


def icon(name: str) -> str:
    """A Material symbol; the words beside it carry the meaning, so readers skip it."""
    return f'<i class="ico" aria-hidden="true">{name}</i>'


def tag(text: str, kind: str = "", symbol: str = "") -> str:
    """A small label: word, and icon where one helps."""
    mark = icon(symbol) if symbol else ""
    return f'<span class="tag {kind}">{mark}{esc(text)}</span>'


def href(path: str, **query: Any) -> str:
    """A local address; empty values are left out. Safe inside an attribute."""
    kept = {k: v for k, v in query.items() if v not in (None, "", False)}
    return esc(path + (f"?{urlencode(kept)}" if kept else ""))


def link(text: str, path: str, *, kind: str = "", **query: Any) -> str:
    """A link inside the office: a tap goes there without loading anew."""
    return f'<a class="{kind}" href="{href(path, **query)}">{esc(text)}</a>'


def lines(text: str) -> str:
    """Running text with its line breaks."""
    return esc(text.strip()).replace("\n", "<br>")


def empty(text: str, hint: str = "", symbol: str = "inbox") -> str:
    """Nothing to show, said so that it is not taken for a fault."""
    more = f"<p>{esc(hint)}</p>" if hint else ""
    return f'<div class="empty">{icon(symbol)}<b>{esc(text)}</b>{more}</div>'


def notice(text: str, kind: str = "info", symbol: str = "info") -> str:
    """A sentence that stands out: `info`, `warn`, `good`."""
    return f'<p class="notice {kind}" role="status">{icon(symbol)}<span>{lines(text)}</span></p>'
