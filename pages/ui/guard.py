"""The first statement of every page: who is it, and may they be here?"""

import streamlit as st

from core.access.actor import Actor
from core.errors import NotPermitted, NotSignedIn
from core.rules.permissions import Permission
from pages.registry import current
from pages.ui import drafts, frame, signin
from pages.ui.flash import show_flash
from pages.ui.session import Known, identify, speak
from pages.ui.states import show_refusal


def guard(permission: Permission | None = None) -> Actor:
    """The person who may see this page; the page stops here for everybody else.

    Not signed in: the sign-in form at this very address, so that a link from a message
    still leads to its case. Signed in without the permission: said so, with a way on.
    """
    known = recognise()
    page = current()
    st.set_page_config(
        page_title=f"{page.title} · {frame.house_name(known.world)}",
        layout="wide",
    )
    frame.show(known, page)
    if page.nav or page.url == "messages":
        st.session_state[frame.BACK] = (str(page.title), signin.here())
    show_flash()
    try:
        if permission is not None:
            known.actor.require(permission)
    except NotPermitted as refusal:
        show_refusal(refusal)
        st.stop()
    return known.actor


def recognise() -> Known:
    """Who is signed in; everybody else gets the sign-in form, and nothing after it runs."""
    try:
        return identify()
    except NotSignedIn as refusal:
        drafts.keep(over=True)
        speak()
        signin.show(refusal)
        st.stop()
