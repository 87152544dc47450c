"""诉求详情: what is asked, who has it and until when, what may be done, what has happened."""

import streamlit as st

from core.cases.detail import detail
from core.open import office
from core.rules.permissions import Permission
from pages.ui.actions import tapped
from pages.ui.frame import back, title
from pages.ui.guard import guard
from pages.ui.more import DIALOGS, open_dialog
from pages.ui.review import noted
from pages.ui.sheet import sheet
from pages.ui.taps import taps

actor = guard(Permission.CASE_READ)

number = st.query_params.get("number", "")
with office().look(actor) as look:
    found = detail(look, number)
noted(actor, number)
title(found.file.case.title)
may_unmask = Permission.CASE_IDENTITY in actor.permissions
tap = taps(back() + sheet(found, may_unmask=may_unmask), key=f"case:{number}")
name = (tap or "").partition(":")[0]
if name in DIALOGS:
    open_dialog(name, number)
else:
    tapped(actor, tap)
