"""Signing in: streamlit-authenticator draws the form, the server keeps the session.

The library's own cookie is a JavaScript-set token that signing out does not revoke, so
nothing of it is used: the form hands name and password to `core.access.sessions`, whose
one-time ticket the browser exchanges for an HttpOnly cookie (`api/auth.py`).
"""

from typing import Any
from urllib.parse import quote, urlencode

import streamlit as st
import streamlit_authenticator as library

from core.access.actor import NOBODY
from core.access.address import address
from core.access.desk import Look
from core.access.sessions import issue_ticket, sign_in
from core.errors import NotSignedIn, TooMany
from core.open import office
from core.words import _, locale, pick
from pages.ui.markup import esc, href, icon, notice
from pages.ui.session import token

_REFUSED = "od_refused"
_THIS_MACHINE = ("127.0.0.1", "::1")


class _NoCookie:
    """Stands where the library keeps its cookie: there is none to read and none to set."""

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None


class _Server:
    """Stands where the library compares passwords: the server does, and counts failures."""

    def login(self, username: str = "", password: str = "", *_args: Any, **_more: Any) -> bool:
        if not username.strip() or not password:
            st.session_state[_REFUSED] = _("请填写用户名和密码")
            return False
        try:
            with office().work(NOBODY) as work:
                opened = sign_in(work, username, password, _from())
                if isinstance(opened, NotSignedIn):
                    st.session_state[_REFUSED] = opened.message
                    return False
                ticket = issue_ticket(work, opened.token)
        except TooMany as refusal:
            st.session_state[_REFUSED] = refusal.message
            return False
        _leave(ticket)
        return True


class Form(library.Authenticate):
    """The library's forms over our server."""

    def __init__(self, server: Any = None) -> None:
        # Not the library's own: it would mount its cookie component in every run.
        self.path = None
        self.attrs: dict[str, Any] = {"login_sleep_time": 0}
        self.cookie_controller = _NoCookie()
        self.authentication_controller = server or _Server()


def show(refusal: NotSignedIn) -> None:
    """The sign-in page, at whatever address was asked for, and the residents' way in."""
    st.set_page_config(page_title=_("登录"), layout="centered")
    with office().look(NOBODY) as look:
        title, slogan = _greeting(look)
    st.html(
        f'<header class="door">{icon("door_open")}<h1>{esc(title)}</h1>'
        f"<p>{esc(slogan)}</p></header>"
    )
    slot = st.empty()
    st.session_state.pop(_REFUSED, None)
    Form().login(
        fields={
            "Form name": _("工作人员登录"),
            "Username": _("用户名"),
            "Password": _("密码"),
            "Login": _("登录"),
        },
        key="od_sign_in",
    )
    if said := st.session_state.get(_REFUSED) or (refusal.message if token() else ""):
        slot.html(notice(said, "warn", "error"))
    other, word = ("en", "English") if locale() != "en" else ("zh_CN", "中文")
    st.html(
        '<footer class="door">'
        f'<a class="resident" href="/new">{icon("campaign")}<b>{esc(_("我是群众，我要说事"))}</b>'
        f"<span>{esc(_('不用登录，查进度也从这里进'))}</span></a>"
        f'<a class="quiet" href="{href(f"/auth/lang/{other}", next=here())}" lang="{other[:2]}">'
        f"{word}</a></footer>"
    )


def here() -> str:
    """The present address with its query, to come back to."""
    query = urlencode(st.query_params.to_dict())
    page = st.session_state.get("od_page", "")
    return f"/{page}" + (f"?{query}" if query else "")


def _from() -> str:
    """The browser's network address; Streamlit says none where the peer is this very machine."""
    trusted, headers = office().settings.trusted_proxies, st.context.headers
    here = next((a for a in _THIS_MACHINE if a in trusted), _THIS_MACHINE[0])
    peer, forwarded = st.context.ip_address or here, headers.get_all("X-Forwarded-For")
    return address(peer, ",".join(forwarded), trusted)


def _greeting(look: Look) -> tuple[str, str]:
    door = look.world.blueprint.door
    return pick(door.title), pick(door.slogan)


def _leave(ticket: str) -> None:
    """Off to the route that sets the cookie: the open socket would never see it."""
    to = f"/auth/ticket/{ticket}?next={quote(here(), safe='')}"
    st.html(
        f'<p class="notice good" role="status">{esc(_("已登录，正在打开……"))}'
        f' <a href="{esc(to)}">{esc(_("没有自动打开？点这里"))}</a></p>'
        f"<script>window.location.replace({to!r})</script>",
        unsafe_allow_javascript=True,
    )
    st.stop()
