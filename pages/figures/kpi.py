"""统计分析: what changed, and is it real? Figures, their parts, and the cases behind them."""

import streamlit as st

from core.kpi.figures import figures
from core.open import office
from core.rules.permissions import Permission
from core.words import _
from pages.ui import asked, charts, instruct
from pages.ui import figures as parts
from pages.ui.guard import guard
from pages.ui.markup import empty
from pages.ui.taps import taps

actor = guard(Permission.KPI_READ)

with office().look(actor) as look:
    world = look.world
    wanted = asked.asked(actor, world)
    report = figures(look, wanted.query, compare=True)
taps(parts.strip(world, wanted, report) + parts.bar(world, wanted), key="figures")
if not report.total.counts["received"]:
    st.html(empty(_("这段时间没有诉求"), _("换一段时间，或者放宽条件。"), "bar_chart"))
    st.stop()
taps(parts.heading(world, wanted, report), key="finding")
if wanted.table:
    mark = instruct.marks(actor, {r.key: asked.slice_of(wanted, report, r) for r in report.rows})
    instruct.tapped(actor, taps(parts.table(world, wanted, report, mark), key="parts"))
    st.stop()
links = {row.key: asked.cases_of(wanted, report, row) for row in report.rows}
slices = {row.key: asked.slice_of(wanted, report, row) for row in report.rows}
if wanted.query.by in ("month", "day"):
    bars, ticks = parts.course(world, wanted, report)
    instruct.chart(actor, charts.columns(bars, ticks), _("各时段"), links, slices)
else:
    bars, left_out = parts.drawn(world, wanted, report)
    line, words = parts.whole(wanted, report)
    instruct.chart(actor, charts.bars(bars, line, words), _("各部分"), links, slices)
    st.caption(left_out or instruct.hint(actor))
