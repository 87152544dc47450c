"""One light element for everything that is read and tapped: lists, bars, breadcrumbs.

Fifty rows are one message instead of five hundred widgets. A link goes where it points
without loading the page anew; `data-tap` hands its value to the page, with `data-picked`
followed by the values of all ticked `data-pick` boxes.
"""

from functools import partial
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  let box = parentElement.querySelector(".taps");
  if (!box) {
    box = document.createElement("div");
    box.className = "taps";
    parentElement.appendChild(box);
  }
  box.classList.remove("busy");
  if (box.shown !== data.html) {
    box.innerHTML = box.shown = data.html;
    const speaks = box.querySelector("[data-lang]");
    if (speaks) document.documentElement.lang = speaks.dataset.lang;
    const wish = box.querySelector("[data-focus]");
    // The field may be drawn only later; whoever has begun elsewhere meanwhile is left there.
    const seek = (tries) => setTimeout(() => {
      if (document.activeElement !== document.body) return;
      const field = document.querySelector(wish.dataset.focus);
      if (field) field.focus();
      else if (tries) seek(tries - 1);
    }, 150);
    if (wish && matchMedia("(pointer: fine)").matches) seek(60);
  }
  const send = (value) => {
    box.classList.add("busy");
    setTimeout(() => box.classList.remove("busy"), 2000);
    setTriggerValue("tap", value);
  };
  box.onsubmit = (event) => {
    event.preventDefault();
    for (const menu of box.querySelectorAll("details[open]")) menu.open = false;
    const to = new URL(event.target.action, location.href);
    for (const [name, value] of new FormData(event.target)) to.searchParams.set(name, value);
    window.onedoorTo = to.pathname;
    send(to.pathname + to.search);
  };
  box.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const hit = event.target.closest("[data-tap], a[href]");
    if (!hit || !box.contains(hit)) return;
    if (hit.dataset.tap !== undefined) {
      event.preventDefault();
      hit.closest("details.menu")?.removeAttribute("open");
      const picked = box.querySelectorAll("input[data-pick]:checked");
      const also = hit.dataset.picked === undefined ? [] : [...picked].map((one) => one.value);
      send(hit.dataset.tap + also.join(","));
      return;
    }
    const to = new URL(hit.href, location.href);
    if (hit.target || hit.dataset.load !== undefined || to.origin !== location.origin) return;
    event.preventDefault();
    for (const menu of box.querySelectorAll("details[open]")) menu.open = false;
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    window.onedoorTo = to.pathname;
    send(to.pathname + to.search);
  };
}
"""

_SHOWN = st.components.v2.component("onedoor_taps", js=_JS, isolate_styles=False)


def taps(html: str, key: str) -> str | None:
    """Show `html` and give back the `data-tap` that was just tapped; links go by themselves."""
    tapped = _SHOWN(key=key, data={"html": html}, on_tap_change=partial(_follow, key)).tap
    return None if tapped is None or tapped.startswith("/") else tapped


def _follow(key: str) -> None:
    tapped = st.session_state[key].tap
    if isinstance(tapped, str) and tapped.startswith("/"):
        go(tapped)


def go(address: str) -> None:
    """Go to an office address such as `/case?number=…`; the same page only changes its query."""
    from pages.registry import page_at

    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    target = page_at(parts.path)
    if target is None:
        return
    if target == page_at(urlsplit(st.context.url or "").path):
        st.query_params.from_dict(query)
    else:
        st.switch_page(target.page(), query_params=query)
