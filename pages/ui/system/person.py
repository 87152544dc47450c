"""The dialogs of one account: somebody new, a change, a new password."""

from typing import Any

import streamlit as st

from core.access.actor import Actor
from core.blueprint.world import World
from core.errors import Invalid, OneDoorError
from core.open import office
from core.places import account
from core.places.addresses import Owner
from core.places.directory import PersonLine, person
from core.places.people import FIELDS, disable, enable
from core.rules.forms import Field
from core.words import _
from pages.ui.flash import flash
from pages.ui.forms import Form
from pages.ui.guard import recognise
from pages.ui.markup import esc, icon, notice
from pages.ui.system.addresses import address_fields
from pages.ui.system.people import area_names, role_names, unit_names

_SELF = ("username", "password")
_OPENED = "od_person"


def tapped(value: str | None) -> None:
    """Go on with what a list handed over: `add:` or `edit:username`."""
    if not value:
        return
    what, _colon, username = value.partition(":")
    st.session_state[_OPENED] = st.session_state.get(_OPENED, 0) + 1
    key = f"person:{st.session_state[_OPENED]}"
    if what == "add":
        st.dialog(_("新增人员"), on_dismiss="rerun")(_add)(key)
    else:
        st.dialog(_("修改人员"), on_dismiss="rerun")(_edit)(username, key)


def _fields(world: World, *without: str) -> list[Field]:
    """The account's fields with the county's own names of the roles."""
    roles: Any = {"choices": role_names(world)}
    return [
        f.model_copy(update=roles if f.id == "roles" else {}) for f in FIELDS if f.id not in without
    ]


def _form(world: World, key: str) -> Form:
    return Form(key, options={"unit": unit_names(world), "area": area_names(world)})


def _given(form: Form, fields: list[Field]) -> dict[str, Any]:
    """Every field, the empty ones too: what was cleared is to be cleared."""
    blank: dict[str, Any] = {"roles": [], "unit": None, "area": None}
    return {f.id: form.values.get(f.id, blank.get(f.id, "")) for f in fields}


def _world(actor: Actor) -> World:
    with office().look(actor) as look:
        return look.world


def _add(key: str) -> None:
    actor = recognise().actor
    if made := st.session_state.get(f"{key}:made"):
        _password_once(_("账号已开通"), *made)
        return
    world = _world(actor)
    fields, form = _fields(world, "password"), _form(world, key)
    with st.form(key, border=False):
        form.draw(fields)
        st.html(notice(_("系统会生成初始密码，只显示一次，请当面或电话告诉本人。")))
        sent = st.form_submit_button(_("新增"), type="primary", width="stretch")
    if not sent:
        return
    raw = _given(form, fields)
    try:
        with office().work(actor) as work:
            password = account.add(work, raw)
    except Invalid as fault:
        form.show_faults(fault)
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
    else:
        st.session_state[f"{key}:made"] = (raw["username"], password)
        st.rerun(scope="fragment")


def _edit(username: str, key: str) -> None:
    actor = recognise().actor
    if made := st.session_state.get(f"{key}:made"):
        _password_once(_("密码已重设，原有登录已退出"), *made)
        return
    try:
        with office().look(actor) as look:
            found, world = person(look, username), look.world
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
        return
    st.html(f'<p class="about"><b>{esc(found.name)}</b><span class="no">{esc(username)}</span></p>')
    fields, form = _fields(world, *_SELF), _form(world, key)
    for one in fields:
        value = getattr(found, one.id)
        start = list(value) if one.id == "roles" else value or None
        st.session_state.setdefault(f"{key}:{one.id}", start)
    with st.form(key, border=False):
        form.draw(fields)
        sent = st.form_submit_button(_("保存"), type="primary", width="stretch")
    if sent:
        _save(actor, username, form, fields)
    address_fields(actor, Owner(username=username), key)
    _more(actor, found, key)


def _save(actor: Actor, username: str, form: Form, fields: list[Field]) -> None:
    raw = _given(form, fields)
    try:
        with office().work(actor) as work:
            changed = account.change(work, username, raw)
    except Invalid as fault:
        form.show_faults(fault)
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
    else:
        flash(_("已保存 {name} 的账号", name=raw["name"]) if changed else _("没有需要保存的改动"))
        st.rerun()


def _more(actor: Actor, found: PersonLine, key: str) -> None:
    """The two that are not a field: a new password, and closing or opening the account."""
    st.html(f'<h2 class="group">{esc(_("密码和登录"))}</h2>')
    with st.form(f"{key}:password", border=False):
        typed = st.text_input(
            _("新密码（留空由系统生成）"), type="password", key=f"{key}:new",
            autocomplete="new-password",
        )  # fmt: skip
        slot = st.empty()
        sent = st.form_submit_button(_("重设密码"), width="stretch")
    if sent:
        try:
            with office().work(actor) as work:
                password = account.renew(work, found.username, typed)
        except OneDoorError as refusal:
            slot.html(notice(refusal.message, "warn", "error"))
        else:
            st.session_state[f"{key}:made"] = (found.username, "" if typed else password)
            st.rerun(scope="fragment")
    words = _("停用账号") if found.active else _("启用账号")
    hint = _("停用后立即退出登录，经办过的记录都保留，可以随时再启用。")
    if st.button(words, key=f"{key}:switch", width="stretch", help=hint if found.active else None):
        try:
            with office().work(actor) as work:
                (disable if found.active else enable)(work, found.username)
        except OneDoorError as refusal:
            st.html(notice(refusal.message, "warn", "error"))
        else:
            flash(_("已停用 {name} 的账号，登录已退出", name=found.name) if found.active
                  else _("已启用 {name} 的账号", name=found.name))  # fmt: skip
            st.rerun()


def _password_once(title: str, username: str, password: str) -> None:
    """The password, this once; one that was typed is known already."""
    once = _("密码只显示这一次，关闭后查不到，只能再重设。") if password else ""
    st.html(
        f'<section class="once">{icon("task_alt")}<h2>{esc(title)}</h2><dl>'
        f"<dt>{esc(_('用户名'))}</dt><dd>{esc(username)}</dd>"
        + (f"<dt>{esc(_('密码'))}</dt><dd>{esc(password)}</dd>" if password else "")
        + f"</dl><p>{esc(once)}</p></section>"
    )
    if st.button(_("记好了，关闭"), type="primary", width="stretch"):
        st.rerun()
