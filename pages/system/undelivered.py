"""未送达消息: what did not arrive and why; sent again, or put aside."""

import streamlit as st

from core.cases.undelivered import undelivered
from core.open import office
from core.rules.permissions import Permission
from core.words import _
from pages.ui.guard import guard
from pages.ui.search import search
from pages.ui.system.parts import dress
from pages.ui.system.undelivered import PAGE, bar, letters, tapped, wanted
from pages.ui.taps import taps

actor = guard(Permission.MESSAGE_MANAGE)

dress()
with st.container(key="searching", horizontal=True, vertical_alignment="bottom"):
    search(_("收件人、单位、诉求编号或原因"))
asked = wanted()
with office().look(actor) as look:
    found = undelivered(look, asked, limit=PAGE, cursor=st.query_params.get("cursor", ""))
tapped(taps(bar(found) + letters(found, asked), key="undelivered"), asked)
