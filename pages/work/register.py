"""登记诉求: number, caller, their open cases, the new case; all by keyboard."""

import streamlit as st

from core.open import office
from core.rules.permissions import Permission
from core.words import _
from pages.ui import drafts
from pages.ui.desk import beside, draw, new_form, preview
from pages.ui.guard import guard
from pages.ui.receipt import hand_in, show_receipt
from pages.ui.scope import base_of
from pages.ui.taps import taps

actor = guard(Permission.CASE_CREATE)

if show_receipt():
    st.stop()
key = f"reg:{st.session_state.setdefault('od_reg', 0)}"
with office().look(actor) as look:
    world, base = look.world, base_of(actor, look.world)
    left, right = st.columns([3, 2], gap="large")
    with left:
        drafts.restore(actor, key)
        form = new_form(actor, world, key)
        draw(form, world)
        drafts.watch(actor, key)
        said = preview(world, form.data(), base)
    with right:
        taps(beside(look, form.values, base), key="beside")
with left:
    if said:
        st.html(said)
    slot = st.container()
    if st.button(_("登记"), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        hand_in(actor, form, key, slot)
