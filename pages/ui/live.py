"""The live board in the office: an element that opens the stream itself.

The server sends a state to all viewers at once; no rerun of this page is needed for it.
"""

import streamlit as st

from pages.ui.taps import go

_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  let box = parentElement.querySelector(".lb-box");
  if (!box) {
    box = document.createElement("div");
    box.className = "lb-box";
    box.style.minHeight = "60vh";
    parentElement.appendChild(box);
  }
  if (data.leave) {
    location.replace(data.leave);
    return;
  }
  box.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const hit = event.target.closest("a[href]");
    if (!hit || hit.dataset.load !== undefined) return;
    event.preventDefault();
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    window.onedoorTo = hit.pathname;
    setTriggerValue("tap", hit.pathname + hit.search);
  };
  if (box.source !== data.source) {
    box.source = data.source;
    box.line?.stop();
    delete box.dataset.state;
    import(new URL("/live/live.js", location.origin).href)
      .then(({ show }) => show(box, data.source))
      .then((line) => {
        if (box.isConnected && box.source === data.source) box.line = line;
        else line.stop();
      });
  }
}
"""
_SHOWN = st.components.v2.component("onedoor_live", js=_JS, isolate_styles=False)
_KEY = "live"


def show(area: str, *, wall: bool = False) -> None:
    """The board of `area`; with `wall` the browser goes on to the wall screen instead."""
    source, leave = f"/live/board?view=desk&area={area}", f"/wall?area={area}" if wall else ""
    _SHOWN(key=_KEY, data={"source": source, "leave": leave}, on_tap_change=_follow)


def _follow() -> None:
    if isinstance(tapped := st.session_state[_KEY].tap, str):
        go(tapped)
