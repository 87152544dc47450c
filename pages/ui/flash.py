"""What has just been done, said once on the page that follows."""

import streamlit as st

_KEY = "od_flash"


def flash(words: str, *, done: bool = True) -> None:
    """Keep a sentence for the next page; `done`: it says what was done, not why not."""
    st.session_state[_KEY] = words, "check_circle" if done else "info"


def show_flash() -> None:
    """Say it, once."""
    if kept := st.session_state.pop(_KEY, None):
        words, mark = kept
        st.toast(words, icon=f":material/{mark}:")
