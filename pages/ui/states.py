"""The states that are not content: refused, not found, failed. Designed, not left over."""

import logging
import secrets

import streamlit as st

from core.errors import MovedOn, NotFound, NotPermitted, OneDoorError
from core.words import _
from pages.ui.markup import esc, href, icon
from pages.ui.session import speak

log = logging.getLogger("onedoor.office")


def _panel(symbol: str, title: str, text: str, *, way: str = "", note: str = "") -> str:
    said = f"<small>{esc(note)}</small>" if note else ""
    return (
        f'<section class="state" role="alert">{icon(symbol)}<h2>{esc(title)}</h2>'
        f"<p>{esc(text)}</p>{way}{said}</section>"
    )


def _home() -> str:
    return f'<a class="btn" href="{href("/")}">{esc(_("回到首页"))}</a>'


def show_refusal(refusal: OneDoorError) -> None:
    """What may not be seen, or is not there, in the words of the rule that said so."""
    from pages.ui.taps import taps

    symbol, title = "info", _("没有完成")
    text = refusal.message
    match refusal:
        case NotFound():
            symbol, title, text = "search_off", text, _("请核对编号，或向交给您的单位问一问。")
        case NotPermitted():
            symbol, title = "lock", _("没有权限")
        case MovedOn():
            symbol, title = "update", _("情况有变化")
    taps(_panel(symbol, title, text, way=_home()), key="od_refusal")


def failed(error: Exception) -> bool:
    """The error boundary of every run: our words on the screen, the traceback in the log.

    Returns True, which tells Streamlit that the person has been told.
    """
    speak()
    if isinstance(error, OneDoorError):
        show_refusal(error)
        return True
    incident = secrets.token_hex(4).upper()
    log.error("incident %s: %r", incident, error)  # Streamlit has just logged the traceback
    st.html(
        _panel(
            "build_circle",
            _("这一步没有完成"),
            _(
                "系统出了问题，已经记录下来；此前保存的内容都在。请刷新页面再试，仍不行请把事件编号告诉管理员。"
            ),
            way=f'<a class="btn" href="">{esc(_("刷新页面"))}</a>',
            note=_("事件编号 {incident}", incident=incident),
        )
    )
    return True
