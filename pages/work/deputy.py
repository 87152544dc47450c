"""代表评议: which closed cases near me deserve a second look, and what came of mine."""

import streamlit as st

from core.open import office
from core.rules.permissions import Permission
from pages.ui import instruct, review
from pages.ui.guard import guard
from pages.ui.scope import area_of, period_of
from pages.ui.taps import taps

actor = guard(Permission.CASE_REVIEW)

instruct.style()
name = review.view_of(st.query_params.get("view", ""))
with office().look(actor) as look:
    shown = review.view(look, name, area_of(actor, look.world), period_of())
review.tapped(actor, taps(shown, key=f"deputy:{name}"))
