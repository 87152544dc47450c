"""考核: points and ranks of alike units, what is behind them, exclusions, appeals, publication."""

import streamlit as st

from core.kpi.assess.behind import behind
from core.kpi.assess.read import assess, offered
from core.open import office
from core.rules.permissions import Permission
from core.words import _
from pages.ui import assess as parts
from pages.ui import assess_cases, assess_claims, instruct
from pages.ui.guard import guard
from pages.ui.markup import empty
from pages.ui.scope import area_of
from pages.ui.taps import taps

actor = guard(Permission.KPI_READ)

parts.dress()
unit, line, part = assess_cases.asked()
with office().look(actor) as look:
    world, area = look.world, area_of(actor, look.world)
    known = offered(look, parts.compared(actor, area))
    if not known:
        st.html(
            empty(_("本县还没有考核"), _("在配置的 assessments 里写明后，这里就有了。"), "rule")
        )
        st.stop()
    key = parts.chosen(known, parts.compared(actor, area))
    if unit and line:
        found = behind(look, **key, unit=unit, line=line, part=part)
    else:
        ranked = assess(look, **key)
if unit and line:
    numbers = [case.number for case in found.shown]
    over, may_ask = instruct.over(actor, len(numbers)), assess_cases.may_ask(actor, found)
    html = assess_cases.cases(world, found, may_ask=may_ask, over=over)
    tap = taps(html, key="assess_cases")
    if not instruct.tapped(actor, tap, lambda _look: numbers):
        assess_claims.tapped(tap, found.basis, line, unit)
    st.stop()
html = parts.bar(actor, known, ranked) + parts.standing(ranked) + parts.table_of_points(ranked)
html += assess_claims.around(actor, ranked, parts.ranking(actor, ranked, area))
assess_claims.tapped(taps(html, key="assess"), ranked.basis)
