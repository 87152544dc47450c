"""Small parts that the administrator's pages share: their look, sub-pages, figures, files."""

import base64
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from core.words import Text, _
from pages.ui.markup import esc, href, icon

_CSS = Path(__file__).with_name("system.css")
_JS = """
export default function ({ data, parentElement }) {
  let button = parentElement.querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    parentElement.appendChild(button);
  }
  button.className = data.main ? "btn main give" : "btn give";
  button.innerHTML = data.html;
  button.onclick = () => {
    const bytes = Uint8Array.from(atob(data.content), (c) => c.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes], { type: data.mime }));
    if (data.open) {
      window.open(url, "_blank");
    } else {
      const link = document.createElement("a");
      link.href = url;
      link.download = data.name;
      link.click();
    }
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  };
}
"""
_GIVEN = st.components.v2.component("onedoor_give", js=_JS, isolate_styles=False)


def dress() -> None:
    """The look of these pages, beside the office's own."""
    st.html(_CSS)


def give(
    label: str,
    name: str,
    content: bytes,
    *,
    key: str,
    mime: str = "text/csv",
    symbol: str = "download",
    opens: bool = False,
    main: bool = False,
) -> None:
    """A button that hands over a file, or opens it in a new tab.

    The bytes travel with the page itself: `st.download_button` would put them at an address
    that asks nobody who they are, and here are passwords.
    """
    said = icon(symbol) + esc(label)
    kept = base64.b64encode(content).decode()
    data = {"html": said, "name": name, "mime": mime, "content": kept, "open": opens, "main": main}
    _GIVEN(key=key, data=data, width="content")


def part(options: Mapping[str, Text]) -> str:
    """Which sub-page is open: the one in the address, else the first."""
    asked = st.query_params.get("part", "")
    return asked if asked in options else next(iter(options))


def parts(path: str, options: Mapping[str, Text], chosen: str, *, keep: Sequence[str] = ()) -> str:
    """The sub-pages as tabs; `keep` names what stays in the address from one to the next."""
    kept = {k: st.query_params.get(k, "") for k in keep}
    first = next(iter(options))
    links = "".join(
        f'<a href="{href(path, part="" if p == first else p, **kept)}"'
        f"{' aria-current=page' if p == chosen else ''}>{esc(words)}</a>"
        for p, words in options.items()
    )
    return f'<nav class="subtabs">{links}</nav>'


def menu(
    name: str, words: str, options: Mapping[str, str], chosen: str, to: Callable[[str], str]
) -> str:
    """A filter; a choice that is made stands in its place and can be taken back.

    Args:
        to: the page's address with `name` set to a value, or left out where that is empty.
    """
    if chosen:
        return (
            f'<a class="chip on" href="{to("")}" title="{esc(_("取消这个条件"))}">'
            f"{esc(options.get(chosen, chosen))}{icon('close')}</a>"
        )
    items = "".join(f'<a href="{to(code)}">{esc(label)}</a>' for code, label in options.items())
    return (
        f'<details class="menu"><summary class="chip">{esc(words)}{icon("expand_more")}</summary>'
        f'<div class="long">{items}</div></details>'
    )


def figures(cells: Sequence[tuple[str, str, str]]) -> str:
    """A strip of figures: name, value, and where a tap leads (or nowhere)."""
    inner = []
    for name, value, to in cells:
        said = f"<span>{esc(name)}</span><b>{esc(value)}</b>"
        inner.append(
            f'<a class="cell" href="{to}">{said}</a>' if to else f'<div class="cell">{said}</div>'
        )
    return f'<div class="strip">{"".join(inner)}</div>'


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, kind: str = "") -> str:
    """A table at a desk; on a phone one card a row, unless it is `narrow`.

    Cells are HTML; the heads are text. The first column names the row, in a `ruled` table the
    second one.
    """
    top = "".join(f'<th scope="col">{esc(h)}</th>' for h in head)
    body = "".join(
        f"<tr>{''.join(_cell(h, cell) for h, cell in zip(head, row, strict=True))}</tr>"
        for row in rows
    )
    return (
        f'<table class="sheet-table {kind}"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _cell(head: str, cell: str) -> str:
    none = ' class="none"' if cell in ("", "—") else ""
    return f'<td data-head="{esc(head)}"{none}><div>{cell}</div></td>'


def size_words(n: int) -> str:
    """Bytes as people say them: 「26.8 MB」."""
    value, unit = float(n), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if value < 1024 or unit == "TB":
            break
        value /= 1024
    return f"{value:,.0f} {unit}" if unit in ("B", "KB") else f"{value:,.1f} {unit}"
