"""批示台账: every instruction of the area until it is settled, late ones first."""

import streamlit as st

from core.open import office
from core.oversight.instructions import STATES, instructions
from core.rules.permissions import Permission
from pages.ui import instruct
from pages.ui.briefing import tracked
from pages.ui.guard import guard
from pages.ui.scope import area_of, period_of
from pages.ui.taps import taps

actor = guard(Permission.INSTRUCTION_READ)

instruct.style()
period, asked = period_of(), st.query_params.get("state", "")
state = asked if asked in STATES else ""
with office().look(actor) as look:
    area = area_of(actor, look.world)
    found = instructions(look, area=area, state=state, since=period.since, until=period.until)
    shown = tracked(look, found, state)
instruct.tapped(actor, taps(shown, key="instructions"))
