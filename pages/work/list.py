"""诉求列表: search, narrow, leaf through, take away."""

from functools import partial

import streamlit as st

from core.cases.queries import count_cases, list_cases
from core.open import office
from core.oversight.instruct import matching
from core.rules.permissions import Permission
from core.words import _
from pages.ui import filters, instruct
from pages.ui.guard import guard
from pages.ui.rows import case_list
from pages.ui.search import search, unit_filter
from pages.ui.taps import taps

actor = guard(Permission.CASE_READ)

with office().look(actor) as look:
    world = look.world
    wanted = filters.wanted(actor, world)
    cursor = st.query_params.get("cursor")
    page = list_cases(look, wanted, cursor=cursor)
    total = count_cases(look, wanted)
with st.container(key="searching", horizontal=True, vertical_alignment="bottom"):
    search(_("编号、地点或关键词"))
    unit_filter(world, wanted.area or world.root)
over = instruct.over(actor, total)
shown = case_list(world, page, total, first=not cursor, over=over)
tap = taps(filters.bar(actor, world, wanted) + shown, key="list")
instruct.tapped(actor, tap, partial(matching, f=wanted))
