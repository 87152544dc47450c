"""「下载」: what stands on a page as XLSX and CSV, under one chip."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.words import _
from pages.ui.markup import esc, href, icon


def downloads(name: str, *lists: tuple[str, Mapping[str, Any]], note: str = "") -> str:
    """The chip with its menu.

    Args:
        name: the route's, `/download/{name}.…`.
        lists: what each list is called, and its query.
        note: a sentence below them.
    """
    links = "".join(
        f'<a data-load href="{href(f"/download/{name}.{kind}", **query)}" download>{icon(mark)}'
        f"{esc(_('{name}（{how}）', name=words, how=kind.upper()))}</a>"
        for words, query in lists
        for kind, mark in (("xlsx", "table_view"), ("csv", "csv"))
    )
    below = f'<p class="quiet">{esc(note)}</p>' if note else ""
    return (
        f'<details class="menu right"><summary class="chip" title="{esc(_("下载"))}">'
        f"{icon('download')}<span>{esc(_('下载'))}</span>{icon('expand_more')}</summary>"
        f"<div>{links}{below}</div></details>"
    )


def list_file(name: str, *narrowed_by: str, **more: str) -> str:
    """The chip for a page's own list, narrowed as the page's address is.

    Args:
        narrowed_by: what of the address the route understands.
        more: what else it is told.
    """
    query = {n: st.query_params.get(n, "") for n in narrowed_by} | more
    return downloads(name, (_("下载这个列表"), query), note=_("下载会留下记录"))
