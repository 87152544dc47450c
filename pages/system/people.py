"""人员账号: who may sign in, as what and where; one by one or a table at once."""

import streamlit as st

from core.open import office
from core.places.directory import people
from core.rules.permissions import Permission
from core.words import _, lazy
from pages.ui.guard import guard
from pages.ui.search import search
from pages.ui.system.imports import importer
from pages.ui.system.parts import dress, part, parts
from pages.ui.system.people import PAGE, bar, people_list, unit_filter, wanted
from pages.ui.system.person import tapped
from pages.ui.taps import taps

actor = guard(Permission.PEOPLE_MANAGE)

dress()
PARTS = {"list": lazy("名单"), "import": lazy("导入")}
chosen = part(PARTS)
taps(parts("/people", PARTS, chosen), key="people_parts")
if chosen == "import":
    importer(actor, "people")
    st.stop()
with office().look(actor) as look:
    world = look.world
    asked = wanted(world)
    found = people(look, asked, limit=PAGE, after=st.query_params.get("cursor", ""))
with st.container(key="searching", horizontal=True, vertical_alignment="bottom"):
    search(_("姓名、用户名或电话"))
    unit_filter(world)
tapped(taps(bar(world) + people_list(world, found, asked), key="people"))
