"""审计记录: who did what outside the cases' own timelines, newest first."""

import streamlit as st

from core.access.trail import trail
from core.open import office
from core.rules.permissions import Permission
from core.words import _
from pages.ui.guard import guard
from pages.ui.search import search
from pages.ui.system.audit import PAGE, bar, trail_list, wanted, who_filter
from pages.ui.system.parts import dress
from pages.ui.taps import taps

actor = guard(Permission.AUDIT_READ)

dress()
with st.container(key="searching", horizontal=True, vertical_alignment="bottom"):
    who_filter()
    search(_("对象或详情里的词，如诉求编号"))
with office().look(actor) as look:
    found = trail(look, wanted(), limit=PAGE, cursor=st.query_params.get("cursor", ""))
taps(bar() + trail_list(found), key="audit")
