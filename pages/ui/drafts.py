"""What somebody was typing when their session ended, handed back when they have signed in again.

Kept in this process's memory for a few hours, for that person alone: never in the browser, which
others may use next, nor on a disk, since it names residents.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from core.access.actor import NOBODY, Actor
from core.access.sessions import who
from core.errors import NotSignedIn
from core.now import now
from core.open import office
from core.words import _
from pages.ui.markup import notice
from pages.ui.session import token

_KEPT = timedelta(hours=4)
"""From a forenoon's appeal over the noon break."""
_WATCHED = "od_draft"
_BY_ITSELF = frozenset({"area", "inlet", "once"})
"""Filled in beforehand: they alone are nothing to lose."""


@dataclass(frozen=True, slots=True)
class _Draft:
    at: datetime
    session: str
    values: dict[str, Any]


_drafts: dict[int, _Draft] = {}


def restore(actor: Actor, key: str) -> None:
    """Fill the form `key`, not drawn yet, with what the person typed in a session that is over."""
    found = f"{key}.found"
    if found not in st.session_state:
        draft = _drafts.get(actor.person or 0)
        good = draft and draft.session != token() and draft.at > now() - _KEPT
        st.session_state[found] = False
        if draft and good and not _lives(draft):
            st.session_state.update({f"{key}:{n}": v for n, v in draft.values.items()})
            st.session_state[found] = True
    if st.session_state[found]:
        said = _("上次没有登记完的内容已经找回，请核对后登记。照片和附件要重新选。")
        st.html(notice(said, symbol="history"))
        if st.button(_("不要了，重新填"), type="tertiary"):
            drop(actor)
            st.session_state["od_reg"] += 1
            st.rerun()


def watch(actor: Actor, key: str) -> None:
    """Keep what stands in the form `key`, in this run and in that which finds the session over."""
    st.session_state[_WATCHED] = actor.person or 0, token(), f"{key}:"
    keep()


def keep(*, over: bool = False) -> None:
    """Keep the form that is watched as it stands; `over`: what is typed next is no part of it."""
    person, session, prefix = st.session_state.get(_WATCHED) or (0, "", "")
    if over:
        st.session_state.pop(_WATCHED, None)
    values = {
        name.removeprefix(prefix): value
        for name, value in st.session_state.items()
        if prefix and isinstance(name, str) and name.startswith(prefix)
    }
    values.pop("files", None)  # they went with the session
    for old in [p for p, d in _drafts.items() if d.at < now() - _KEPT]:
        _drafts.pop(old, None)
    if person and any(v for n, v in values.items() if n not in _BY_ITSELF):
        _drafts[person] = _Draft(now(), session, values)


def drop(actor: Actor) -> None:
    """It has been handed in, or is not wanted."""
    st.session_state.pop(_WATCHED, None)
    _drafts.pop(actor.person or 0, None)


def _lives(draft: _Draft) -> bool:
    """Whether the session is still going on, in another browser: then nothing is lost."""
    try:
        with office().look(NOBODY) as look:
            who(look, draft.session, using=False)
    except NotSignedIn:
        return False
    return True
