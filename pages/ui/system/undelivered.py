"""Dead letters as a list: who, what about, by which way, why not; and what to do with them."""

from collections.abc import Mapping

import streamlit as st

from core.access.actor import Actor
from core.cases.undelivered import (
    DeadFilter,
    DeadLetter,
    DeadLetters,
    discard,
    send_again,
    undelivered,
)
from core.errors import OneDoorError
from core.open import office
from core.words import _
from core.words.kept import worded
from pages.ui.files import list_file
from pages.ui.flash import flash
from pages.ui.guard import recognise
from pages.ui.markup import empty, esc, href, icon, notice, tag
from pages.ui.system.parts import menu
from pages.ui.system.words import WAYS
from pages.ui.times import when

PAGE = 50
_PATH = "/undelivered"
_ALL = "all"
_SYMBOLS = {"email": "mail", "webhook": "webhook", "robot": "smart_toy"}


def wanted() -> DeadFilter:
    """The filter in the address; what does not exist is passed over."""
    asked = st.query_params
    way = asked.get("way", "")
    return DeadFilter(
        way=way if way in _SYMBOLS else "",
        fault=asked.get("fault", "")[:2000],
        q=asked.get("q", "").strip()[:64],
    )


def _query(**changed: str) -> dict[str, str]:
    return {k: v for k, v in st.query_params.to_dict().items() if k != "cursor"} | changed


def _menu(name: str, words: str, options: Mapping[str, str]) -> str:
    chosen = st.query_params.get(name, "")
    return menu(name, words, options, chosen, lambda v: href(_PATH, **_query(**{name: v})))


def bar(found: DeadLetters) -> str:
    """The filters with how many each leaves, and what can be done with all that are shown."""
    ways = {w: f"{WAYS[w]} {n:,}" for w, n in found.ways.items() if w in _SYMBOLS}
    reasons = {fault: f"{worded(fault)} {n:,}" for fault, n in found.reasons.items() if fault}
    menus = _menu("way", _("方式"), ways) if ways else ""
    menus += _menu("fault", _("原因"), reasons) if reasons else ""
    file = list_file("undelivered", "way", "fault", "q") if found.total else ""
    all_ = ""
    if found.total > 1:
        n = f"{found.total:,}"
        all_ = (
            f'<button type="button" class="btn" data-tap="discard:{_ALL}">'
            f"{esc(_('作废这 {n} 条', n=n))}</button>"
            f'<button type="button" class="btn main" data-tap="again:{_ALL}">{icon("send")}'
            f"{esc(_('再发这 {n} 条', n=n))}</button>"
        )
    return f'<div class="filters lost">{menus}<span class="rest">{file}{all_}</span></div>'


def letters(found: DeadLetters, f: DeadFilter) -> str:
    """A page of the list with its count and the ways on."""
    if not found.lines:
        if f == DeadFilter() and not st.query_params.get("cursor"):
            return empty(
                _("没有未送达的消息"),
                _("邮件、推送和机器人发不到的消息会列在这里。"),
                "mark_email_read",
            )
        first = f'<nav class="pages"><a class="btn" href="{_PATH}">{esc(_("看全部"))}</a></nav>'
        return empty(_("没有符合条件的消息"), _("取消上面的条件再看看。"), "search_off") + first
    ways = []
    if st.query_params.get("cursor"):
        ways.append(f'<a class="btn" href="{href(_PATH, **_query())}">{esc(_("回到第一页"))}</a>')
    if found.cursor:
        on = href(_PATH, **_query(cursor=found.cursor))
        ways.append(f'<a class="btn" href="{on}">{esc(_("下一页"))}</a>')
    head = "".join(
        f"<span>{esc(h)}</span>"
        for h in (_("收件人"), _("消息"), _("方式和地址"), _("原因"), _("处理"))
    )
    rows = "".join(_row(line) for line in found.lines)
    said = _("共 {n} 条", n=f"{found.total:,}")
    return (
        f'<p class="count">{esc(said)}</p>'
        f'<ol class="rows lost"><li class="head" aria-hidden="true">{head}</li>{rows}</ol>'
        f'<nav class="pages">{"".join(ways)}</nav>'
    )


def _row(line: DeadLetter) -> str:
    who = esc(line.name or _("已不存在"))
    if line.username:
        to = href("/people", q=line.username)
        who = f'<a href="{to}"><b>{who}</b><span class="no">{esc(line.username)}</span></a>'
    else:
        who = f'<b>{who}</b><span class="no">{esc(_("单位的群"))}</span>'
    mark = tag(str(WAYS.get(line.way, line.way)), "blue", _SYMBOLS.get(line.way, "send"))
    address = f'<span class="no">{esc(line.address or _("没有地址了"))}</span>'
    tries = _("试过 {n} 次", n=line.attempts)
    fault = esc(line.fault or _("没有记下原因"))
    buttons = "".join(
        f'<button type="button" class="btn" data-tap="{what}:{line.id}">{esc(words)}</button>'
        for what, words in (("again", _("再发")), ("discard", _("作废")))
    )
    return (
        f'<li class="row"><span class="c who-c">{who}</span>'
        f'<span class="c about">{esc(line.about)}<span class="quiet">{when(line.created_at)}</span>'
        f'</span><span class="c way-c">{mark}{address}</span>'
        f'<span class="c why">{fault}<span class="quiet">{esc(tries)}</span></span>'
        f'<span class="c do">{buttons}</span></li>'
    )


def tapped(value: str | None, f: DeadFilter) -> None:
    """Do what a button says; putting aside for good asks first."""
    if not value:
        return
    what, _colon, which = value.partition(":")
    chosen = f if which == _ALL else [int(which)]
    if what == "again":
        _do(recognise().actor, what, chosen)
    else:
        st.dialog(_("作废消息"))(_ask)(chosen)


def _ask(chosen: DeadFilter | list[int]) -> None:
    actor = recognise().actor
    with office().look(actor) as look:
        found = undelivered(look, chosen, limit=1)
    if isinstance(chosen, DeadFilter):
        said = esc(_("要作废 {n} 条消息。", n=f"{found.total:,}"))
    else:
        said = "<br>".join(f"<b>{esc(x.name)}</b> {esc(x.about)}" for x in found.lines)
    words = _("作废后不再发送，也不再列在这里；系统内的消息和诉求本身不受影响。")
    st.html(f"<p>{said}</p>" + notice(words, "warn", "warning"))
    if st.button(_("作废"), type="primary", width="stretch"):
        _do(actor, "discard", chosen)


def _do(actor: Actor, what: str, chosen: DeadFilter | list[int]) -> None:
    try:
        with office().work(actor) as work:
            n = (send_again if what == "again" else discard)(work, chosen)
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
        return
    if what == "again":
        flash(_("{n} 条消息会马上再发", n=f"{n:,}"))
    else:
        flash(_("已作废 {n} 条消息", n=f"{n:,}"))
    st.rerun()
