"""督查督办: what was asked and not answered, what is late, what was ordered and came back."""

import streamlit as st

from core.open import office
from core.rules.permissions import Permission
from pages.ui import instruct, pressing
from pages.ui.guard import guard
from pages.ui.search import unit_filter
from pages.ui.supervision import read, shown, wanted
from pages.ui.taps import taps

actor = guard(Permission.BOARD_READ)

instruct.style()
with office().look(actor) as look:
    world = look.world
    asked = wanted(actor, world)
    found = read(look, asked)
with st.container(key="searching", width=360):
    unit_filter(world, asked.watch.area or world.root)
tap = taps(shown(world, actor, asked, found), key="supervision")
if not instruct.tapped(actor, tap, lambda _look: found.numbers):
    pressing.tapped(actor, tap)
