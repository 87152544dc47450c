"""领导简报: what is hot in my area, what is late, what I asked for and what came back."""

from core.now import local_day
from core.open import office
from core.oversight.briefing import briefing
from core.rules.permissions import Permission
from pages.ui import instruct
from pages.ui.briefing import brief
from pages.ui.guard import guard
from pages.ui.scope import area_of, period_of
from pages.ui.taps import taps

actor = guard(Permission.CASE_INSTRUCT)

instruct.style()
period = period_of()
with office().look(actor) as look:
    found = briefing(
        look,
        area=area_of(actor, look.world),
        since=local_day(period.since) if period.since else None,
        until=local_day(period.until) if period.until else None,
    )
    shown = brief(look, found)
instruct.tapped(actor, taps(shown, key="briefing"))
