"""The live board in the office: an element that opens the stream itself.

The server sends a state to all viewers at once; no rerun of this page is needed for it. A leader
sees beside each bar the way to instruct on its cases.
"""

import streamlit as st

from core.access.actor import Actor
from pages.ui import instruct
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
  box.classList.toggle("lb-leads", data.leads);
  if (data.leave) {
    location.replace(data.leave);
    return;
  }
  box.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const hit = event.target.closest("[data-slice], a[href]");
    if (!hit || hit.dataset.load !== undefined) return;
    event.preventDefault();
    if (hit.dataset.slice) return setTriggerValue("tap", data.slice + ":" + hit.dataset.slice);
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


def show(actor: Actor, area: str, *, wall: bool = False) -> None:
    """The board of `area`; with `wall` the browser goes on to the wall screen instead."""
    source, leave = f"/live/board?view=desk&area={area}", f"/wall?area={area}" if wall else ""
    data = {"source": source, "leave": leave, "leads": instruct.may(actor), "slice": instruct.SLICE}
    instruct.tapped(actor, _SHOWN(key=_KEY, data=data, on_tap_change=_follow).tap)


def _follow() -> None:
    tapped = st.session_state[_KEY].tap
    if isinstance(tapped, str) and tapped.startswith("/"):
        go(tapped)
