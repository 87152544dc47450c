"""A deputy's taps: a score is given at once; one that sends the case back asks for words."""

import streamlit as st

from core.access.actor import Actor
from core.access.desk import Look
from core.cases.act import act
from core.cases.detail import detail
from core.errors import Invalid, OneDoorError
from core.open import office
from core.oversight import deputy as lists
from core.oversight.duty import note_read, record
from core.oversight.topics import topics
from core.rules.forms import Field
from core.rules.permissions import Permission
from core.words import _
from pages.ui import actions
from pages.ui import deputy as parts
from pages.ui.flash import flash
from pages.ui.forms import Form, score_words
from pages.ui.guard import recognise
from pages.ui.markup import esc, notice
from pages.ui.scope import Period


def view_of(asked: str) -> str:
    """The view in the address; a strange one is the first."""
    return asked if asked in parts.VIEWS else ""


def view(look: Look, name: str, area: str, period: Period) -> str:
    """One view of the page, as HTML."""
    waiting = lists.closed_lately(look, area=area)
    back = lists.sent_back(look)
    head = parts.views(name, {"": len(waiting), "back": len(back)})
    match name:
        case "back":
            body = parts.back(look, back)
        case "open":
            body = parts.open_ones(look, lists.open_now(look, area=area).lines)
        case "topics":
            body = parts.topics(topics(look, area=area), area)
        case "duty":
            body = parts.duty(record(look, since=period.since, until=period.until))
        case _:
            body = parts.closed(look, waiting)
    return f'<div class="deputy">{head}{body}</div>'


def tapped(actor: Actor, tap: str | None) -> None:
    """Go on with a score, a suggestion, or what is said to a unit's answer."""
    name, _colon, value = (tap or "").partition(":")
    if name != "score":
        actions.tapped(actor, tap)
        return
    score, _colon, number = value.partition(":")
    with office().look(actor) as look:
        line = look.world.blueprint.rating.satisfied_from
    if int(score) < line:
        st.dialog(_("代表评议"))(_low)(number, int(score))
        return
    try:
        with office().work(actor) as work:
            act(work, number, "review", {"score": int(score)})
    except OneDoorError as refusal:
        flash(refusal.message, done=False)
    else:
        flash(_("已评 {score}，记入履职记录", score=score_words(int(score))))
    st.rerun()


def _low(number: str, score: int) -> None:
    actor = recognise().actor
    with office().look(actor) as look:
        found = detail(look, number)
    case = found.file.case
    st.html(
        f'<p class="about"><b>{esc(case.title)}</b><span class="no">{esc(number)}</span></p>'
        f"<p>{esc(score_words(score))}</p>"
    )
    form = Form(f"review:{number}:{score}")
    label = _("哪里没有办好，建议怎么办")
    with st.form(f"form:{form.key}", border=False):
        form.draw([Field(id="suggestion", label=label, type="long", max=2000, required=True)])
        st.html(notice(_("诉求退回重办，承办单位要向您反馈，由您认可。")))
        slot = st.empty()
        sent = st.form_submit_button(_("评议并退回重办"), type="primary", width="stretch")
    if not sent:
        return
    try:
        with office().work(actor) as work:
            act(work, number, "review", {**form.data(), "score": score})
    except Invalid as fault:
        form.show_faults(fault)
    except OneDoorError as refusal:
        slot.html(notice(refusal.message, "warn", "error"))
    else:
        flash(_("已退回重办，单位反馈后会告诉您"))
        st.rerun()


def noted(actor: Actor, number: str) -> None:
    """A deputy has opened a case: it goes into their record of duty, once a day."""
    kept = st.session_state.setdefault("od_read", set())
    if Permission.CASE_REVIEW in actor.permissions and number not in kept:
        kept.add(number)
        with office().work(actor) as work:
            note_read(work, number)
