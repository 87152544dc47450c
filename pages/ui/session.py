"""Who sits before this browser, asked of the server anew in every run."""

from dataclasses import dataclass

import streamlit as st

from core.access.actor import Actor
from core.access.sessions import COOKIE, who
from core.blueprint.world import World
from core.cases.notices import unread_count
from core.errors import NotSignedIn
from core.open import office
from core.words import set_locale

LANGUAGE = "onedoor_lang"
"""Cookie with the language chosen in this browser."""
FRAME, IDLE = "od_frame", "idle"
"""The bar of every page, and what its script taps when nobody has touched anything for long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody who is signed in, with what the frame says of them."""

    actor: Actor
    world: World
    unread: int


def token() -> str:
    """The session's token, which only the cookie knows."""
    return st.context.cookies.get(COOKIE) or ""


def speak(locale: str = "") -> None:
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
    used = getattr(st.session_state.get(FRAME), "tap", None) != IDLE
    with office().look(lambda look: who(look, secret, using=used)) as look:
        known = Known(actor=look.actor, world=look.world, unread=unread_count(look))
    speak(known.actor.locale)
    return known
