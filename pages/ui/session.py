"""Who sits before this browser, asked of the server anew in every run."""

import time
from dataclasses import dataclass

import streamlit as st

from core.access.actor import NOBODY, Actor
from core.access.desk import Look
from core.access.sessions import COOKIE, seen, who
from core.errors import NotSignedIn
from core.open import office
from core.words import set_locale
from pages.ui.unread import unread

LANGUAGE = "onedoor_lang"
_SEEN, _EVERY = "od_seen", 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody who is signed in, with what the frame says of them."""

    actor: Actor
    unread: int
    look: Look
    """Only for the length of the block that made it; the county's names stay usable."""


def token() -> str:
    """The session's token, which only the cookie knows."""
    return st.context.cookies.get(COOKIE) or ""


def speak(locale: str | None = None) -> None:
    """Speak the reader's language in this run: as chosen in this browser, else the person's."""
    set_locale(st.context.cookies.get(LANGUAGE) or locale or office().settings.locale)


def identify() -> Known:
    """The person behind the cookie.

    Raises:
        NotSignedIn: nobody, or the session ended, idled or was revoked.
    """
    secret = token()
    if not secret:
        raise NotSignedIn
    with office().look(NOBODY) as look:
        actor = who(look, secret)
        look.become(actor)
        known = Known(actor=actor, unread=unread(look), look=look)
    speak(actor.locale)
    _note_use(actor, secret)
    return known


def _note_use(actor: Actor, secret: str) -> None:
    instant = time.monotonic()
    if instant - st.session_state.get(_SEEN, -_EVERY) >= _EVERY:
        with office().work(actor) as work:
            seen(work, secret)
        st.session_state[_SEEN] = instant
