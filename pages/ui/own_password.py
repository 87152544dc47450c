"""Changing one's own password: streamlit-authenticator draws the form, the server decides."""

from typing import Any

import streamlit as st

from core.access.actor import Actor
from core.errors import OneDoorError
from core.open import office
from core.places.account import change_own
from core.places.people import password_rule
from core.words import _
from pages.ui.markup import esc, notice
from pages.ui.signin import Form

_REFUSED = "od_password_refused"


class _Server:
    """Stands where the library changes passwords."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def reset_password(
        self, _username: str, present: str, chosen: str, again: str, *_more: Any
    ) -> bool:
        said = self._change(present, chosen, again)
        st.session_state[_REFUSED] = said
        return not said

    def _change(self, present: str, chosen: str, again: str) -> str:
        """Why not; empty: done."""
        if not (present and chosen):
            return _("请填写原密码和新密码")
        if chosen != again:
            return _("两次输入的新密码不一样，请重新输入")
        try:
            with office().work(self.actor) as work:
                refused = change_own(work, present, chosen)
        except OneDoorError as refusal:
            return refusal.message
        return refused.message if refused else ""


def change_password(actor: Actor) -> None:
    """The form, and what became of it."""
    st.session_state.pop(_REFUSED, None)
    st.session_state["authentication_status"] = True  # the library asks; our page's guard has seen
    form = Form(_Server(actor))
    form.attrs["password_instructions"] = None  # in a tooltip nobody reads it
    with st.container(key="own_password", width=480):
        box, slot = st.empty(), st.empty()
    with box.container():
        st.html(f'<p class="quiet">{esc(password_rule())}</p>')
        changed = form.reset_password(
            actor.username,
            fields={
                "Form name": _("修改密码"),
                "Current password": _("原密码"),
                "New password": _("新密码"),
                "Repeat password": _("再输一次新密码"),
                "Reset": _("修改密码"),
            },
            key="od_change_password",
        )
    if changed:
        said = _("密码已修改，其他地方的登录都已退出，请用新密码重新登录。")
        way = f'<a class="btn main" href="/auth/out">{esc(_("用新密码登录"))}</a>'
        box.html(notice(said, "good", "check"))
        slot.html(way)
    elif said := st.session_state.get(_REFUSED):
        slot.html(notice(said, "warn", "error"))
