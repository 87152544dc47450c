"""The two inputs of a list that are typed: words, and the name of a unit."""

import streamlit as st

from core.blueprint.world import World
from core.words import _
from pages.ui.choices import units_near


def _into_address(key: str, name: str) -> None:
    """Keep what was typed in the address, and begin at the first page again."""
    st.query_params.pop("cursor", None)
    value = str(st.session_state.get(key) or "").strip()
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def search(words: str) -> None:
    """Words to look for; `/` on the keyboard leads here."""
    st.session_state["od_q"] = st.query_params.get("q", "")
    st.text_input(
        _("查找"),
        key="od_q",
        icon=":material/search:",
        placeholder=words,
        label_visibility="collapsed",
        on_change=_into_address,
        args=("od_q", "q"),
    )


def unit_filter(world: World, area: str) -> None:
    """One unit out of hundreds, by its name."""
    known = units_near(world, area)
    chosen = st.query_params.get("unit")
    st.session_state["od_unit"] = chosen if chosen in known else None
    st.selectbox(
        _("承办单位"),
        list(known),
        key="od_unit",
        format_func=known.get,
        index=None,
        placeholder=_("承办单位，可输入名称"),
        filter_mode="contains",
        label_visibility="collapsed",
        on_change=_into_address,
        args=("od_unit", "unit"),
    )
