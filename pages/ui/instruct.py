"""The instruction box: on chosen cases, on all that a list shows, on a bar of a chart or board.

The HTML of a list hands over what was tapped; `tapped` opens the dialog that it means.
"""

from collections.abc import Callable, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import plotly.graph_objects as go
import streamlit as st

from core.access.actor import Actor
from core.access.desk import Look, Work
from core.blueprint.world import World
from core.cases.effects import FIELDS
from core.cases.queries import count_cases
from core.errors import Invalid, OneDoorError
from core.kpi.figures import Figures
from core.open import office
from core.oversight.instruct import MOST, Given, fields, instruct_cases, instruct_slice
from core.oversight.instructions import Instruction, follow, instruction
from core.oversight.slices import NARROWER, read, words
from core.rules.permissions import Permission
from core.words import _
from pages.ui import charts
from pages.ui.choices import units_near
from pages.ui.flash import flash
from pages.ui.forms import Form
from pages.ui.guard import recognise
from pages.ui.markup import esc, icon, notice
from pages.ui.taps import go as go_to

SLICE, PICKED, ALL, SETTLE, PRESS = "slice", "picked", "all", "settle-all", "press-all"
_CSS = Path(__file__).with_name("oversight.css")


def style() -> None:
    """The look of the pages of this part."""
    st.html(_CSS)


def may(actor: Actor) -> bool:
    """Whether the person instructs at all."""
    return Permission.CASE_INSTRUCT in actor.permissions


def slice_button(raw: Mapping[str, Any], *, mark: bool = False) -> str:
    """「就此批示」 on a class of appeals; `mark`: the icon alone, where a table has no room."""
    said = esc(_("就此批示"))
    tap = esc(f"{SLICE}:{urlencode({k: v for k, v in raw.items() if v})}")
    inner = icon("edit_square") + ("" if mark else said)
    kind = "link" if mark else "btn"
    return (
        f'<button type="button" class="{kind}" data-tap="{tap}" title="{said}"'
        f' aria-label="{said}">{inner}</button>'
    )


Listed = Callable[[Look], Sequence[str]]
"""The numbers of all cases that a list shows, for an instruction on all of it."""


def tapped(actor: Actor, tap: str | None, listed: Listed | None = None) -> bool:
    """Go on with what a list handed over; False where it is none of ours."""
    name, _colon, value = (tap or "").partition(":")
    if name == SLICE:
        on_slice(dict(parse_qsl(value)))
    elif name == PICKED:
        _on_cases([n for n in value.split(",") if n])
    elif name == ALL and listed is not None:
        _on_all(actor, listed)
    elif name in (SETTLE, PRESS):
        _follow(actor, int(value), name)
    else:
        return False
    return True


def on_slice(raw: dict[str, str], cases: str = "") -> None:
    """Open the box for a class of appeals; `cases` leads to them."""
    st.dialog(_("批示"))(_box_slice)(raw, cases)


def _on_cases(numbers: list[str]) -> None:
    if not numbers:
        flash(_("请先在诉求前面打勾，再批示"), done=False)
        st.rerun()
    st.dialog(_("批示"))(_box_cases)(numbers)


def _on_all(actor: Actor, listed: Listed) -> None:
    try:
        with office().look(actor) as look:
            numbers = [*listed(look)]
    except OneDoorError as refusal:
        flash(refusal.message, done=False)
        st.rerun()
    _on_cases(numbers)


def _box_slice(raw: dict[str, str], cases: str) -> None:
    actor = recognise().actor
    with office().look(actor) as look:
        world = look.world
        about = read(world, actor, raw)
        n = count_cases(look, about.live(world.blueprint.clock_calendar))
    counted = _("现有 {n} 件。", n=n) if about.state else _("其中未办结 {n} 件。", n=n)
    _head(words(world, about), counted + _("批示作为一项交办，承办单位统一反馈。"))
    if cases and st.button(_("看这些诉求"), icon=":material/list_alt:", width="stretch"):
        go_to(unescape(cases))
    key = "instruct:" + ":".join(
        str(v) for v in (about.area, *(getattr(about, n) for n in NARROWER))
    )
    _box(world, key, about.area, lambda work, data: instruct_slice(work, about, data))


def _box_cases(numbers: list[str]) -> None:
    actor = recognise().actor
    with office().look(actor) as look:
        world = look.world
    head = _("{n} 件诉求", n=len(numbers))
    _head(head, _("、").join(numbers[:3]) + ("…" if len(numbers) > 3 else ""))
    key = f"instruct:{numbers[0]}:{len(numbers)}"
    area = actor.area or world.root
    _box(world, key, area, lambda work, data: instruct_cases(work, numbers, data))


def _head(about: str, more: str) -> None:
    st.html(f'<p class="about"><b>{esc(about)}</b><span class="no">{esc(more)}</span></p>')


def _box(world: World, key: str, area: str, give: Callable[[Work, dict[str, Any]], Given]) -> None:
    """Text, to whom, by when; what was typed stays until it has been given."""
    actor = recognise().actor
    form = Form(
        f"{key}:{st.session_state.setdefault(key, 0)}", options={"unit": units_near(world, area)}
    )
    with st.form(f"form:{form.key}", border=False):
        form.draw(fields(world))
        st.html(notice(_("所写单位马上收到，到期未反馈会提醒；不写日期的按规定时限。")))
        slot = st.empty()
        sent = st.form_submit_button(_("批示"), type="primary", width="stretch")
    if not sent:
        return
    try:
        with office().work(actor) as work:
            given = give(work, form.data())
    except Invalid as fault:
        form.show_faults(fault)
    except OneDoorError as refusal:
        slot.html(notice(refusal.message, "warn", "error"))
    else:
        st.session_state[key] += 1
        names = _("、").join(world.units.name(u) for u in given.units)
        flash(_("已批示，{units}会马上收到", units=names))
        st.rerun()


def _follow(actor: Actor, id: int, action: str) -> None:
    if action == PRESS:
        with office().look(actor) as look:
            found = instruction(look, id)
        st.dialog(_press_words(found))(_press)(id)
        return
    try:
        with office().work(actor) as work:
            follow(work, id, "settle", {})
    except OneDoorError as refusal:
        flash(refusal.message, done=False)
    else:
        flash(_("已认可，这条批示办结"))
    st.rerun()


def _press(id: int) -> None:
    actor = recognise().actor
    with office().look(actor) as look:
        found = instruction(look, id)
    _head(found.text, "")
    form = Form(f"press:{id}:{found.counts}")
    again = _("已反馈的单位会马上收到，要重新反馈。")
    first = _("没有反馈的单位会马上收到，在待办里排到最前；不写日期的期限不变。")
    with st.form(form.key, border=False):
        form.draw(FIELDS["press" if found.answered else "urge"])
        st.html(notice(again if found.answered else first))
        slot = st.empty()
        sent = st.form_submit_button(_press_words(found), type="primary", width="stretch")
    if not sent:
        return
    try:
        with office().work(actor) as work:
            follow(work, id, "press", form.data())
    except Invalid as fault:
        form.show_faults(fault)
    except OneDoorError as refusal:
        slot.html(notice(refusal.message, "warn", "error"))
    else:
        flash(_("已要求再办") if found.answered else _("已催促，承办单位会马上收到"))
        st.rerun()


def _press_words(found: Instruction) -> str:
    return _("要求再办") if found.answered else _("催促反馈")


def chart(
    actor: Actor,
    figure: go.Figure,
    title: str,
    links: Mapping[str, str],
    slices: Mapping[str, dict[str, str]],
) -> None:
    """The chart of a page of figures: a tap on a bar leads to its cases, and a leader to the
    instruction box with a way to the cases."""
    if not may(actor):
        charts.show(figure, title, links)
        return
    chosen = charts.choose(figure, title)
    if chosen and chosen in slices:
        on_slice(slices[chosen], links.get(chosen, ""))


def hint(actor: Actor) -> str:
    """What a tap on a bar does."""
    return _("点一条，看诉求或就此批示") if may(actor) else _("点一条看诉求")


def mark(actor: Actor, **about: str) -> str:
    """For a line of a board: a leader's way to instruct on the class that it counts."""
    return slice_button(about, mark=True) if may(actor) else ""


def marks(actor: Actor, slices: Mapping[str, dict[str, str]]) -> Callable[[Figures], str] | None:
    """For the rows of a table of figures: a leader's way to instruct on each."""
    return (lambda row: slice_button(slices[row.key], mark=True)) if may(actor) else None


def over(actor: Actor, total: int) -> str:
    """What a leader may do with the cases of a list: instruct on the ticked ones, or on all."""
    if not may(actor):
        return ""
    style()
    every = ""
    if total <= MOST:
        every = (
            f'<button type="button" class="btn" data-tap="{ALL}:">{icon("edit_square")}'
            f"{esc(_('批示全部 {n} 件', n=f'{total:,}'))}</button>"
        )
    return (
        f'<button type="button" class="btn" data-tap="{PICKED}:" data-picked>'
        f"{icon('checklist')}{esc(_('批示选中的'))}</button>{every}"
    )
