"""区划和单位: the tree with what hangs in it; tables in, plates out."""

import streamlit as st

from core.open import office
from core.places.browse import browse
from core.rules.permissions import Permission
from core.words import lazy
from pages.ui.guard import guard
from pages.ui.scope import area_of
from pages.ui.system.addresses import open_unit
from pages.ui.system.imports import importer
from pages.ui.system.parts import dress, part, parts
from pages.ui.system.places import area_html
from pages.ui.system.plates import plates_panel
from pages.ui.taps import taps

actor = guard(Permission.PLACES_IMPORT)

dress()
PARTS = {"tree": lazy("浏览"), "import": lazy("导入"), "plates": lazy("打印门牌")}
chosen = part(PARTS)
taps(parts("/places", PARTS, chosen, keep=("area",)), key="places_parts")
if chosen == "import":
    importer(actor, "areas", "grids", "units", "plates")
    st.stop()
with office().look(actor) as look:
    world = look.world
    area = area_of(actor, world)
    found = browse(look, area)
if chosen == "plates":
    plates_panel(actor, area)
else:
    open_unit(taps(area_html(world, found), key="places"))
