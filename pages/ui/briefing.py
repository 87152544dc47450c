"""领导简报 and 批示台账 as HTML: each line one sentence with a number, and its ways on."""

from collections.abc import Sequence

import streamlit as st

from core.access.actor import Actor
from core.access.desk import Look
from core.oversight.briefing import Briefing, Line, asked_line, counts
from core.oversight.instructions import LATE, STATES, Instruction, Part, said
from core.oversight.slices import NARROWER, Slice
from core.rules.demands import ACKNOWLEDGED, ANSWERED, LABELS, OPEN, SETTLED
from core.words import _
from pages.ui.files import downloads
from pages.ui.instruct import PRESS, SETTLE, slice_button
from pages.ui.markup import empty, esc, href, icon, tag
from pages.ui.scope import download_period, period_query
from pages.ui.times import due_badge, when

_KINDS = {LATE: "late", OPEN: "amber", ACKNOWLEDGED: "blue", ANSWERED: "good", SETTLED: ""}
_SHOWN = 3
"""So many parts of an instruction stand open; the rest are counted."""


def brief(look: Look, found: Briefing) -> str:
    """Three lists: hot, late, asked for."""
    return (
        f'<div class="brief">{_hot(found)}{_late(found)}'
        f"<section><h2>{icon('edit_square')}{esc(_('我的批示'))}"
        f"<small>{esc(_tally(found.mine))}</small></h2>{mine(look, found.mine)}</section></div>"
    )


def _hot(found: Briefing) -> str:
    title, note = _("热点"), _("本期受理 {n} 件", n=f"{found.received:,}")
    if found.compared:
        note = _("{note}，与上期相比升得最多的", note=note)
    lines = "".join(_line(line) for line in found.hot)
    body = (
        f'<ol class="said">{lines}</ol>'
        if lines
        else empty(_("没有升得明显的类别"), _("换一段时间再看看。"), "trending_flat")
    )
    head = f"<h2>{icon('trending_up')}{esc(title)}<small>{esc(note)}</small></h2>"
    return f"<section>{head}{body}</section>"


def _late(found: Briefing) -> str:
    whole = found.overdue
    note = (
        f'<small><a href="{cases(whole.about)}">{esc(whole.said)}</a></small>'
        f"{slice_button(whole.about.stored())}"
    )
    lines = "".join(_line(line) for line in found.late)
    body = (
        f'<ol class="said">{lines}</ol>'
        if lines
        else empty(_("没有超期的诉求"), "", "check_circle")
    )
    note = note if whole.n else ""
    return f"<section><h2>{icon('alarm')}{esc(_('超期'))}{note}</h2>{body}</section>"


def _line(line: Line) -> str:
    return (
        f'<li><a href="{cases(line.about)}">{esc(line.said)}</a>'
        f'<span class="ways">{slice_button(line.about.stored())}</span></li>'
    )


def cases(about: Slice) -> str:
    """The list of the appeals that a line speaks of."""
    period = period_query() if about.since else {"period": "all"}
    same = {n: getattr(about, n) for n in ("area", *NARROWER)}
    return href("/cases", **same, **period)


def _tally(found: Sequence[Instruction]) -> str:
    parts = [f"{STATES[s]} {n}" for s, n in counts(found).items()]
    return _("，").join(parts)


def mine(look: Look, found: Sequence[Instruction]) -> str:
    """What the leader asked for, each with what came back."""
    if not found:
        hint = _("在热点、超期、统计图、诉求列表和诉求页上都可以批示。")
        return empty(_("您还没有批示"), hint, "edit_square")
    return f'<ol class="said">{"".join(_mine(look, i) for i in found)}</ol>'


def _mine(look: Look, i: Instruction) -> str:
    return (
        f'<li><div class="what"><a class="case" href="{_way(i)}"><b>{esc(asked_line(look, i))}</b>'
        f"</a>{_parts(look, i)}</div>{_ways(look.actor, i)}</li>"
    )


def _way(i: Instruction) -> str:
    return href("/case", number=i.numbers[0])


def _parts(look: Look, i: Instruction) -> str:
    shown = sorted(i.parts, key=lambda p: (p.answered_at is None, p.id))[:_SHOWN]
    rest = len(i.parts) - len(shown)
    more = f"<li>{esc(_('还有 {n} 项', n=rest))}</li>" if rest else ""
    return f'<ul class="parts">{"".join(_part(look, p, i) for p in shown)}{more}</ul>'


def _part(look: Look, p: Part, i: Instruction) -> str:
    due = due_badge(look.world, p.due_at) if p.state in (OPEN, ACKNOWLEDGED) else ""
    number = f'<a href="{href("/case", number=p.number)}">{esc(p.number)}</a>'
    single = len(i.numbers) == 1
    answer = f"<p>{esc(p.answer)}</p>" if p.answer else ""
    by = f"<span>{esc(p.answered_by)} {when(p.answered_at)}</span>" if p.answered_at else ""
    return (
        f"<li><span>{esc(look.world.units.name(p.unit))}</span>{tag(str(LABELS[p.state]))}{due}"
        f"{'' if single else number}{by}{answer}</li>"
    )


def _ways(actor: Actor, i: Instruction) -> str:
    """Settle what came back, press for more, or for what has not come."""
    press = _("要求再办") if i.answered else _("催促反馈")
    offered = (("settle", SETTLE, " main", _("认可反馈")), ("press", PRESS, "", press))
    buttons = "".join(
        f'<button type="button" class="btn{main}" data-tap="{tap}:{i.id}">{esc(words)}</button>'
        for way, tap, main, words in offered
        if way in i.ways
    )
    return f'<span class="ways">{buttons}</span>' if buttons else ""


def tracked(look: Look, found: Sequence[Instruction], state: str) -> str:
    """批示台账: every instruction of the area, late ones first."""
    head = f'<div class="filters">{_states(state)}{_files(state)}</div>'
    if not found:
        hint = _("领导批示以后，这里跟踪到办结。")
        return head + empty(_("没有符合条件的批示"), hint, "edit_square")
    lines = "".join(_tracked(look, i) for i in found)
    said_n = _("共 {n} 条批示", n=len(found))
    return f'{head}<p class="count">{esc(said_n)}</p><ol class="said">{lines}</ol>'


def _tracked(look: Look, i: Instruction) -> str:
    state = tag(str(STATES[i.state]), _KINDS.get(i.state, ""))
    if i.state == LATE:
        state = due_badge(look.world, i.due_at)
    return (
        f'<li><div class="what"><a class="case" href="{_way(i)}">{state} <b>{esc(i.text)}</b></a>'
        f"<p>{esc(i.by)} {when(i.at)} · {esc(said(look, i))}</p>{_parts(look, i)}</div>"
        f"{_ways(look.actor, i)}</li>"
    )


def _query(**changed: str) -> str:
    return href("/instructions", **st.query_params.to_dict() | changed)


def _states(chosen: str) -> str:
    every = [("", _("全部")), *((k, str(v)) for k, v in STATES.items())]
    return "".join(
        f'<a class="chip{" on" if k == chosen else ""}" href="{_query(state=k)}"'
        f"{' aria-current=true' if k == chosen else ''}>{esc(words)}</a>"
        for k, words in every
    )


def _files(state: str) -> str:
    query = {**download_period(), "area": st.query_params.get("area", ""), "state": state}
    return f'<span class="rest">{downloads("instructions", (_("表格"), query))}</span>'
