"""The addresses of one person or unit, in a dialog: shown masked, changed, tried."""

import streamlit as st

from core.access.actor import Actor
from core.errors import Invalid, OneDoorError
from core.open import office
from core.places.addresses import (
    AddressLine,
    Owner,
    addresses,
    renew_secret,
    set_address,
    try_address,
)
from core.rules.addresses import LABELS
from core.words import _
from pages.ui.forms import fault_line
from pages.ui.guard import recognise
from pages.ui.markup import esc, icon, notice, tag
from pages.ui.times import when

_OPENED = "od_unit_addresses"


def open_unit(value: str | None) -> None:
    """Open the dialog of a unit's own addresses: `group:code`."""
    what, _colon, code = (value or "").partition(":")
    if what == "group":
        st.session_state[_OPENED] = st.session_state.get(_OPENED, 0) + 1
        key = f"group:{st.session_state[_OPENED]}"
        st.dialog(_("单位的群机器人和推送接口"), on_dismiss="rerun")(_unit)(code, key)


def _unit(code: str, key: str) -> None:
    actor = recognise().actor
    with office().look(actor) as look:
        name = look.world.units.name(code)
    st.html(f'<p class="about"><b>{esc(name)}</b><span class="no">{esc(code)}</span></p>')
    st.html(notice(_("发给这个单位全体人员的消息，会同时发到这里。保密诉求只说编号，不说内容。")))
    address_fields(actor, Owner(unit=code), key)


def address_fields(actor: Actor, owner: Owner, key: str) -> None:
    """Both ways, each with what stands there and a field for another."""
    try:
        with office().look(actor) as look:
            known = {line.way: line for line in addresses(look, owner)}
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
        return
    for way in ("robot", "webhook"):
        _way(actor, owner, way, known.get(way), f"{key}:{way}")


def _way(actor: Actor, owner: Owner, way: str, line: AddressLine | None, key: str) -> None:
    st.html(f'<h2 class="group">{esc(LABELS[way])}</h2>' + _state(line))
    if words := st.session_state.pop(f"{key}:said", ""):
        st.html(notice(words, "good", "check_circle"))
    if secret := st.session_state.pop(f"{key}:secret", ""):
        _secret_once(secret)
    turn = st.session_state.get(f"{key}:turn", 0)  # another field each time: it keeps nothing
    with st.form(f"{key}:{turn}", border=False):
        url = st.text_input(
            _("新地址") if line else _("地址"), key=f"{key}:url:{turn}", autocomplete="off",
            placeholder=_HINTS[way](),
        )  # fmt: skip
        slot = st.empty()
        with st.container(horizontal=True):
            sent = st.form_submit_button(_("保存"), type="primary")
            tried = st.form_submit_button(_("发一条试试")) if line else False
            renewed = way == "webhook" and line and st.form_submit_button(_("换签名密钥"))
            gone = st.form_submit_button(_("删除")) if line else False
    try:
        if sent and url.strip():
            with office().work(actor) as work:
                secret = set_address(work, owner, way, url)
            _saved(key, secret, _("已保存"))
        elif sent:
            slot.html(fault_line(_("请填写地址")))
        elif tried:
            with office().work(actor) as work:
                try_address(work, owner, way)
            _saved(key, "", _("测试消息马上发出；发不到时，这里和“未送达消息”里会写明原因"))
        elif renewed:
            with office().work(actor) as work:
                secret = renew_secret(work, owner)
            _saved(key, secret, _("已换签名密钥，旧的立即失效"))
        elif gone:
            with office().work(actor) as work:
                set_address(work, owner, way, "")
            _saved(key, "", _("已删除"))
    except Invalid as fault:
        slot.html(fault_line(fault.message))
    except OneDoorError as refusal:
        slot.html(notice(refusal.message, "warn", "error"))


_HINTS = {
    "robot": lambda: _("粘贴企业微信、钉钉或飞书群机器人的地址"),
    "webhook": lambda: _("https:// 开头，由本县其他系统提供"),
}


def _saved(key: str, secret: str, words: str) -> None:
    """Draw the dialog anew, with nothing typed in it."""
    st.session_state[f"{key}:turn"] = st.session_state.get(f"{key}:turn", 0) + 1
    if secret:
        st.session_state[f"{key}:secret"] = secret
    st.session_state[f"{key}:said"] = words
    st.rerun(scope="fragment")


def _state(line: AddressLine | None) -> str:
    if line is None:
        return f'<p class="quiet">{esc(_("没有填写"))}</p>'
    if not line.fault:
        mark = tag(_("已填写"), "good", "check_circle")
        return f'<p>{mark} {esc(line.shown)} <span class="quiet">{when(line.changed_at)}</span></p>'
    again = ""
    if line.rest_until:
        again = f' <span class="quiet">{esc(_("下次再试"))} {when(line.rest_until)}</span>'
    mark = tag(_("最近没有发成"), "amber", "warning")
    return f"<p>{mark} {esc(line.shown)}{again}</p><p>{esc(line.fault)}</p>"


def _secret_once(secret: str) -> None:
    words = _("请现在交给对方系统。签名密钥只显示这一次，以后查不到，只能再换。")
    st.html(
        f'<section class="once">{icon("key")}<dl><dt>{esc(_("签名密钥"))}</dt>'
        f'<dd class="long">{esc(secret)}</dd></dl><p>{esc(words)}</p></section>'
    )
