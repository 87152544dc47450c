"""Acting on a case from any page: the same dialog, drawn from the workflow's answer.

What needs no word is done at once; what needs words or cannot be undone asks for them.
"""

from typing import Any

import streamlit as st

from core.access.actor import Actor
from core.cases.act import act
from core.cases.detail import Detail, detail
from core.cases.files import attach
from core.cases.outcome import Outcome, Part
from core.errors import Invalid, MovedOn, OneDoorError
from core.open import office
from core.rules.case import CLOSED
from core.rules.ladders import REMINDERS
from core.rules.workflow import Transition
from core.words import _, pick
from pages.ui.choices import categories, units_near
from pages.ui.consequence import consequence
from pages.ui.flash import flash
from pages.ui.forms import Form
from pages.ui.guard import recognise
from pages.ui.markup import esc, notice
from pages.ui.receipt import part_receipt
from pages.ui.rows import stage_name
from pages.ui.suggest import likely, offer, suggestion
from pages.ui.times import said
from pages.ui.waits import to_decide


def tapped(actor: Actor, value: str | None) -> None:
    """Go on with `action:number` as a list or a case page gave it."""
    if value:
        action, _colon, number = value.partition(":")
        start(actor, number, action)


def start(actor: Actor, number: str, action: str) -> None:
    """Do it at once where nothing has to be said or confirmed; else open its dialog."""
    with office().look(actor) as look:
        found = detail(look, number)
    row = _row(found, action)
    if row is None:
        flash(_moved(found), done=False)
        st.rerun()
    elif found.form(row) or _closes(found, row):
        st.dialog(pick(row.label))(_ask)(number, action)
    else:
        try:
            with office().work(actor) as work:
                done = act(work, number, action, version=found.file.case.version)
        except OneDoorError as refusal:
            flash(refusal.message, done=False)
        else:
            _said(found, row, done)
        st.rerun()


def _moved(found: Detail) -> str:
    """Why it cannot be done any more: what happened last, and what to do now."""
    last = next((e for e in reversed(found.timeline) if e.action not in REMINDERS), None)
    rows = found.world.blueprint.workflow.transitions
    label = next((pick(t.label) for t in rows if last and t.id == last.action), "")
    stage = stage_name(found.world, found.file.case.stage)
    if last is None or not label:
        return _("情况有变化，现在不能这样办了")
    who = " · ".join(p for p in (_(last.actor_name), last.actor_unit) if p)
    return _(
        "{who}{time}办了“{action}”，诉求现在“{stage}”，不能这样办了。请看最新情况。",
        who=who, time=said(last.at), action=label, stage=stage,
    )  # fmt: skip


def _row(found: Detail, action: str) -> Transition | None:
    return next((t for t in found.actions if t.id == action), None)


def _closes(found: Detail, row: Transition) -> bool:
    stage = found.world.blueprint.workflow.stages.get(row.target or "")
    return stage is not None and stage.kind == CLOSED


def _said(found: Detail, row: Transition, done: Outcome) -> None:
    stage = stage_name(found.world, done.stage)
    flash(_("已{action}，诉求现在“{stage}”", action=pick(row.label), stage=stage))


def _ask(number: str, action: str) -> None:
    """The dialog: which case, what will happen, the fields, one button."""
    if part := st.session_state.get(_PART):
        return _split_off(part)
    actor = recognise().actor
    draft = f"do:{number}:{action}"
    key = f"{draft}:{st.session_state.setdefault(draft, 0)}"
    with office().look(actor) as look:
        found = detail(look, number)
        row = _row(found, action)
        same = likely(look, found, row) if row else ()
    case = found.file.case
    st.html(f'<p class="about"><b>{esc(case.title)}</b><span class="no">{esc(number)}</span></p>')
    if row is None:
        st.html(notice(_moved(found), "warn", "update"))
        return None
    if asks := to_decide(found, [row]):
        st.html(asks)
    units = units_near(found.world, case.area, case.accused)
    form = Form(key, options={"unit": units, "category": categories(found.world)})
    for name, value in suggestion(found.world, row, case).items():
        st.session_state.setdefault(f"{key}:{name}", value)
    seen = st.session_state.setdefault(f"{key}:version", case.version)
    offer(found.world, same, f"{key}:into")
    box = st.empty()
    with box.container(), st.form(key, border=False):
        form.draw(found.form(row))
        st.html(notice(consequence(found.world, row, found.file)))
        slot = st.empty()
        sent = st.form_submit_button(pick(row.label), type="primary", width="stretch")
    if not sent:
        return None
    try:
        done = _do(actor, number, action, form, seen)
    except Invalid as fault:
        form.show_faults(form.of_file(fault))
    except MovedOn as moved:
        st.session_state[f"{key}:version"] = case.version
        now = _(
            "诉求现在“{stage}”。还要这样办，就再点一次；不用办了，就关闭。",
            stage=stage_name(found.world, case.stage),
        )
        slot.html(notice(f"{moved.message}\n{now}", "warn", "update"))
    except OneDoorError as refusal:
        slot.html(notice(refusal.message, "warn", "error"))
    else:
        st.session_state[draft] += 1
        if done.part is not None:  # the dialog stays: the code is shown only here
            st.session_state[_PART] = done.part
            box.empty()
            return _split_off(done.part)
        _said(found, row, done)
        st.rerun()
    return None


_PART = "od_part"


def _split_off(part: Part) -> None:
    """Number and query code of what was split off, until they have been written down."""
    st.html(part_receipt(part))
    if st.button(_("已告诉群众"), type="primary", width="stretch"):
        st.session_state.pop(_PART)
        st.rerun()


def _do(actor: Actor, number: str, action: str, form: Form, version: int) -> Outcome:
    """Files first, then the action that names them; all or nothing."""
    with office().work(actor) as work:
        kept: dict[str, Any] = {
            name: [attach(work, number, f.name, f.getvalue()) for f in files]
            for name, files in form.uploads.items()
            if files
        }
        return act(work, number, action, form.data() | kept, version=version)
