"""The one way charts look: direct labels, bars from zero, nothing that has no meaning.

Figures are made of `graph_objects` (express is twenty times slower) and kept by what they
show, so that nobody's chart can reach somebody else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape, unescape
from unicodedata import east_asian_width

import plotly.graph_objects as go
import streamlit as st

from core.blueprint.world import World
from pages.ui.taps import go as go_to

ACCENT, FAINT, INK, QUIET, LINE = "#1f5f99", "#b9c3d0", "#1d2430", "#5b6675", "#e1e6ed"
PALETTE = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8c6d00", "#332288", "#7a7f87",
    "#44aa99", "#999933", "#aa4499", "#4477aa", "#b8a100", "#117733", "#88ccee", "#661100",
)  # fmt: skip
"""Okabe–Ito and Tol's muted set, told apart by the colour-blind too; red means overdue and is
not among them."""
FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif'
CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "doubleClick": False}
ROW, TALL, COLUMNS = 30, 42, 300
"""Pixels: height of one bar with its label, of one with two lines, and of a chart over time."""
LABELLED = 14
"""So many columns carry a number each; of more only the highest and the last do."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, with all it says."""

    key: str
    label: str
    value: float | None
    text: str
    hover: str
    colour: str = ACCENT
    of: str = ""
    """What is behind the value: under the label, where there is room on a phone too."""


def colour_of(world: World, category: str) -> str:
    """A category's colour, the same on every page; children have their parent's."""
    top = [c for c in world.blueprint.categories if "/" not in c]
    parent = category.split("/")[0]
    return PALETTE[top.index(parent) % len(PALETTE)] if parent in top else QUIET


def _base(height: int) -> go.Layout:
    axis = {"fixedrange": True, "showgrid": False, "zeroline": False, "showline": False}
    return go.Layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 4, "b": 4, "pad": 6},
        font={"family": FONT, "size": 13, "color": INK},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        separators=".,",
        showlegend=False,
        bargap=0.32,
        dragmode=False,
        hoverlabel={"bgcolor": "#fff", "bordercolor": LINE, "font": {"color": INK, "size": 13}},
        xaxis=axis | {"automargin": True},
        yaxis=axis | {"automargin": True},
        uniformtext={"mode": "show", "minsize": 11},
    )


def _trace(bars: Sequence[Bar], inside: Sequence[bool] = (), **more: object) -> go.Bar:
    return go.Bar(
        customdata=[b.key for b in bars],
        hovertext=[b.hover for b in bars],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": [b.colour for b in bars]},
        textposition=["inside" if i else "outside" for i in inside] or "outside",
        insidetextanchor="end",
        insidetextfont={"color": [_on(b.colour) for b in bars]},
        cliponaxis=False,
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        **more,
    )


@lru_cache(maxsize=256)
def bars(rows: tuple[Bar, ...], line: float | None = None, line_text: str = "") -> go.Figure:
    """Parts of a whole, one under the other, the label on the left and the number at the end.

    Args:
        line: where the whole stands, for rates; `line_text` is written on it.
    """
    top = max([r.value or 0 for r in rows] + [line or 0]) or 1
    layout = _base((TALL if any(r.of for r in rows) else ROW) * len(rows) + 12)
    layout.xaxis.update(range=[0, top * 1.18], showticklabels=False)
    layout.yaxis.update(
        autorange="reversed",
        type="category",
        tickvals=[r.key for r in rows],
        ticktext=[_named(r) for r in rows],
    )
    figure = go.Figure(
        _trace(
            rows,
            [line is not None and (r.value or 0) > top / 3 for r in rows],
            orientation="h",
            y=[r.key for r in rows],
            x=[r.value or 0 for r in rows],
            text=[r.text for r in rows],
        ),
        layout,
    )
    if line_text:
        figure.add_vline(
            x=line, line={"color": QUIET, "width": 1, "dash": "dot"}, layer="below",
            annotation={"text": line_text, "yref": "paper", "y": 1, "yanchor": "bottom",
                        "xanchor": "right", "font": {"color": QUIET, "size": 12}},
        )  # fmt: skip
        figure.update_layout(margin={"t": 24}, height=figure.layout.height + 20)
    return figure


@lru_cache(maxsize=256)
def columns(rows: tuple[Bar, ...], ticks: tuple[str, ...]) -> go.Figure:
    """A course over time, one column a month or day; `ticks` are the words below, empty where
    there is no room."""
    values = [r.value or 0 for r in rows]
    top = max(values, default=0) or 1
    told = range(len(rows))
    if len(rows) > LABELLED:
        told = {values.index(max(values)), len(rows) - 1}
    layout = _base(COLUMNS)
    layout.yaxis.update(range=[0, top * 1.15], showticklabels=False)
    named = [i for i, tick in enumerate(ticks) if tick]
    layout.xaxis.update(
        type="category",
        tickangle=0,
        tickvals=[rows[i].key for i in named],
        ticktext=[ticks[i] for i in named],
        tickfont={"color": QUIET, "size": 12},
    )
    return go.Figure(
        _trace(
            rows,
            x=[r.key for r in rows],
            y=values,
            text=[r.text if i in told else "" for i, r in enumerate(rows)],
        ),
        layout,
    )


def _named(bar: Bar) -> str:
    small = f'<br><span style="font-size:11px;color:{QUIET}">{bar.of}</span>' if bar.of else ""
    return escape(short(bar.label)) + small


def _on(colour: str) -> str:
    """Black or white, whichever is easier to read on a colour (WCAG relative luminance)."""
    red, green, blue = ((int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5))
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.25 else "#fff"


def short(label: str, most: int = 24) -> str:
    """A label that leaves room for the bar: so wide, where a Chinese character counts two. The
    whole one is in the hover and in the table."""
    room = most
    for at, letter in enumerate(label):
        room -= 2 if east_asian_width(letter) in "WF" else 1
        if room < 0:
            return label[: at - 1].rstrip() + "…"
    return label


def show(figure: go.Figure, title: str, links: Mapping[str, str], to: str = "cases") -> None:
    """The chart; a tap on a bar goes where `links` says for its key.

    Args:
        to: the page to which all the links lead; `office.js` reads it off the container, to
            keep the browser's way back one step long.
    """
    key = f"chart_{to}"
    with st.container(key=f"to_{to}"):
        _plot(figure, title, key, partial(_follow, key, links))


def choose(figure: go.Figure, title: str) -> str | None:
    """The chart; gives back the key of the bar that was just tapped."""
    # A new chart after each tap: on the old one a second tap on a bar would take it back.
    key = f"choose_{st.session_state.setdefault('od_taps', 0)}"
    _plot(figure, title, key, partial(_chosen, key))
    return st.session_state.pop("od_bar", None)


def _plot(figure: go.Figure, title: str, key: str, on_select: Callable[[], None]) -> None:
    st.plotly_chart(
        figure,
        key=key,
        theme=None,
        config=CONFIG,
        alt=title,
        selection_mode="points",
        on_select=on_select,
    )


def _tapped(key: str) -> str:
    points = st.session_state[key].selection.points
    wanted = points[0].get("customdata") if points else None
    return str(wanted[0] if isinstance(wanted, list) else wanted or "")


def _chosen(key: str) -> None:
    st.session_state["od_bar"] = _tapped(key)
    st.session_state["od_taps"] += 1


def _follow(key: str, links: Mapping[str, str]) -> None:
    if to := links.get(_tapped(key)):
        go_to(unescape(to))
