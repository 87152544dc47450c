"""实时看板: how today flows, what is late and with whom, what has just happened; by itself."""

import streamlit as st

from core.open import office
from core.rules.permissions import Permission
from pages.ui import live
from pages.ui.guard import guard
from pages.ui.scope import area_of

actor = guard(Permission.BOARD_READ)

with office().look(actor) as look:
    area = area_of(actor, look.world)
live.show(actor, area, wall=bool(st.query_params.get("wall")))
