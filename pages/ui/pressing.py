"""Pressing on several cases at once: the ticked ones, with one form for all of them."""

from typing import Any

import streamlit as st

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.decide import fields_of
from core.errors import Invalid, OneDoorError
from core.open import office
from core.oversight.supervision import press_on
from core.rules.workflow import Transition
from core.words import _, pick
from pages.ui import actions
from pages.ui.flash import flash
from pages.ui.forms import Form
from pages.ui.guard import recognise
from pages.ui.markup import esc, icon, notice

MANY = "many"
OFFERED = ("supervise", "talk", "circulate", "chase")
_MARKS = {"supervise": "gavel", "talk": "forum", "circulate": "campaign"}


def _row(world: World, actor: Actor, action: str) -> Transition | None:
    """The first row of this action that one of the person's roles stands in."""
    rows = world.blueprint.workflow.transitions
    return next((t for t in rows if t.id == action and {*t.who} & {*actor.roles}), None)


def over(world: World, actor: Actor) -> str:
    """What the person may do with the ticked cases of a list."""
    rows = [row for action in OFFERED if (row := _row(world, actor, action))]
    return "".join(
        f'<button type="button" class="btn" data-tap="{MANY}:{row.id}:" data-picked>'
        f"{icon(_MARKS.get(row.id, 'notification_important'))}"
        f"{esc(_('{action}选中的', action=pick(row.label)))}</button>"
        for row in rows
    )


def tapped(actor: Actor, tap: str | None) -> None:
    """Go on with what the list handed over."""
    name, _colon, value = (tap or "").partition(":")
    if name != MANY:
        actions.tapped(actor, tap)
        return
    action, _colon, numbers = value.partition(":")
    chosen = [n for n in numbers.split(",") if n]
    with office().look(actor) as look:
        row = _row(look.world, actor, action)
    if not chosen or row is None:
        flash(_("请先在诉求前面打勾"), done=False)
        st.rerun()
    else:
        st.dialog(pick(row.label))(_box)(action, chosen)


def _box(action: str, numbers: list[str]) -> None:
    actor = recognise().actor
    with office().look(actor) as look:
        world = look.world
        row = _row(world, actor, action)
    if row is None:
        return
    key = f"many:{action}:{st.session_state.setdefault('od_many', 0)}"
    form = Form(key)
    st.html(f'<p class="about"><b>{esc(_("选中的 {n} 件诉求", n=len(numbers)))}</b></p>')
    with st.form(key, border=False):
        form.draw(fields_of(world, row))
        if note := pick(row.note):
            st.html(notice(note))
        slot = st.empty()
        sent = st.form_submit_button(pick(row.label), type="primary", width="stretch")
    if not sent:
        return
    data: dict[str, Any] = form.data()
    try:
        with office().work(actor) as work:
            done = press_on(work, numbers, action, data)
    except Invalid as fault:
        form.show_faults(fault)
    except OneDoorError as refusal:
        slot.html(notice(refusal.message, "warn", "error"))
    else:
        st.session_state["od_many"] += 1
        flash(_("已对 {n} 件诉求{action}", n=len(done), action=pick(row.label)))
        st.rerun()
