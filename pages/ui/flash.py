"""What has just been done, said once on the page that follows."""

import streamlit as st

_KEY = "od_flash"


def flash(words: str) -> None:
    """Keep a sentence for the next page."""
    st.session_state[_KEY] = words


def show_flash() -> None:
    """Say it, once."""
    if words := st.session_state.pop(_KEY, None):
        st.toast(words, icon=":material/check_circle:")
