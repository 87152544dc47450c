"""Exclusions and appeals: what was asked for and decided, and the dialogs in which it happens."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.access.actor import Actor
from core.access.desk import Work
from core.errors import OneDoorError
from core.kpi.assess import decide, publish
from core.kpi.assess.claims import ASKED, STATES, Claim
from core.kpi.assess.claims import claims as read
from core.kpi.assess.read import Assessed, Basis
from core.open import office
from core.rules.assessment import bounds, plainly
from core.rules.permissions import Permission
from core.words import _, pick
from pages.ui.flash import flash
from pages.ui.guard import recognise
from pages.ui.markup import esc, href, icon, notice, tag
from pages.ui.times import when

_KINDS = {"asked": "amber", "approved": "good", "upheld": "good"}


def claims(actor: Actor, found: Assessed) -> str:
    """Everything that was asked for in the period, the newest first."""
    if not found.claims:
        return ""
    decides = Permission.ASSESS_MANAGE in actor.permissions
    items = "".join(_claim(found, c, decides) for c in found.claims)
    title = _("剔除和申诉")
    return (
        f'<h2 class="group">{esc(title)} <span>{len(found.claims)}</span></h2>'
        f'<ul class="claims">{items}</ul>'
    )


def around(actor: Actor, found: Assessed, ranking: str) -> str:
    """The ranking with what was asked for: above it while the reader has to decide something."""
    asked = claims(actor, found)
    waits = Permission.ASSESS_MANAGE in actor.permissions
    waits = waits and any(c.state == ASKED for c in found.claims)
    return asked + ranking if waits else ranking + asked


def _line_name(on: Basis, line: str) -> str:
    known = on.assessment.lines.get(line)
    return pick(known.label) if known else _("全部各项")


def _claim(found: Assessed, c: Claim, decides: bool) -> str:
    on = found.basis
    name = next((s.member.name for s in found.scored if s.member.unit == c.unit), c.unit)
    what = _("剔除") if c.what == "exclusion" else _("申诉")
    about = f"{name} · {_line_name(on, c.line)}"
    case = ""
    if c.number:
        case = f'<a href="{href("/case", number=c.number)}">{esc(c.number)}</a>'
    do = ""
    if decides and c.state == ASKED:
        do = (
            f'<button type="button" class="btn" data-tap="decide:{c.what}:{c.id}">'
            f"{esc(_('决定'))}</button>"
        )
    answer = ""
    if c.reply:
        said = c.reply
        if c.points is not None:
            said = _("改为 {points} 分", points=plainly(c.points)) + _("；") + said
        answer = (
            f"<p>{icon('subdirectory_arrow_right')}{esc(said)}"
            f'<span class="quiet">{esc(c.decided_name)} {when(c.decided_at)}</span></p>'
        )
    return (
        f"<li><div><p>{tag(str(STATES[c.state]), _KINDS.get(c.state, ''))}<b>{esc(what)}</b>"
        f"{esc(about)} {case}</p><p>{esc(c.words)}"
        f'<span class="quiet">{esc(c.asked_name)} {when(c.asked_at)}</span></p>{answer}</div>'
        f"{do}</li>"
    )


def tapped(value: str | None, found: Basis, line: str = "", unit: str = "") -> None:
    """Go on with what the page handed over: `publish:`, `appeal:unit`, `exclude:number`,
    `decide:what:id`."""
    if not value:
        return
    what, _colon, rest = value.partition(":")
    n = st.session_state["od_claim"] = st.session_state.get("od_claim", 0) + 1
    key = f"claim:{n}"
    if what == "publish":
        st.dialog(_("公布考核结果"))(_publish)(found, key)
    elif what == "appeal":
        st.dialog(_("对得分申诉"))(_appeal)(found, rest, key)
    elif what == "exclude":
        st.dialog(_("申请剔除"))(_exclude)(found, unit, rest, line, key)
    elif what == "decide":
        kind, _colon, claim = rest.partition(":")
        title = _("决定剔除申请") if kind == "exclusion" else _("决定申诉")
        st.dialog(title)(_decide)(found, kind, int(claim), key)


def _run(slot: Any, said: str, do: Callable[[Any], Any]) -> None:
    try:
        with office().work(recognise().actor) as work:
            do(work)
    except OneDoorError as refusal:
        slot.html(notice(refusal.message, "warn", "error"))
    else:
        flash(said)
        st.rerun()


def _publish(on: Basis, key: str) -> None:
    with st.form(key, border=False):
        st.html(
            notice(
                _("公布后数据冻结：只有已决定的剔除和申诉会改变得分，不能撤回。申诉期 {n} 天。",
                  n=on.assessment.appeal_days), "warn", "lock",
            )
        )  # fmt: skip
        note = st.text_input(_("说明（可不填）"), key=f"{key}:note", max_chars=500)
        slot = st.empty()
        sent = st.form_submit_button(
            _("公布 {period}", period=on.period.id), type="primary", width="stretch"
        )
    if sent:
        k = on.key
        _run(slot, _("已公布 {period} 的考核结果", period=on.period.id),
             lambda work: publish.publish(work, k.assessment, period=k.period, area=k.area,
                                          note=note))  # fmt: skip


def _appeal(on: Basis, unit: str, key: str) -> None:
    lines = {name: pick(line.label) for name, line in on.assessment.lines.items()}
    with st.form(key, border=False):
        line = st.selectbox(_("对哪一项申诉"), list(lines), format_func=lines.get, index=None,
                            placeholder=_("请选择"), key=f"{key}:line")  # fmt: skip
        words = st.text_area(_("申诉理由"), key=f"{key}:words", height=110)
        st.html(notice(_("每项只能申诉一次，由别的单位的督查员决定。")))
        slot = st.empty()
        sent = st.form_submit_button(_("申诉"), type="primary", width="stretch")
    if sent:
        k = on.key
        _run(slot, _("已提出申诉，等待决定"),
             lambda work: decide.appeal(work, k.assessment, period=k.period, area=k.area,
                                        unit=unit, line=line or "", words=words))  # fmt: skip


def _exclude(on: Basis, unit: str, number: str, line: str, key: str) -> None:
    choices = {line: _line_name(on, line), "": _("全部各项")}
    with st.form(key, border=False):
        st.html(f'<p class="quiet">{esc(on.member(unit).name)} · {esc(number)}</p>')
        chosen = st.radio(_("从哪一项剔除"), list(choices), format_func=choices.get,
                          key=f"{key}:line")  # fmt: skip
        reason = st.text_area(_("剔除理由"), key=f"{key}:reason", height=110)
        st.html(notice(_("剔除要由别的单位的督查员同意，申请和决定都会公开给有关单位。")))
        slot = st.empty()
        sent = st.form_submit_button(_("申请剔除"), type="primary", width="stretch")
    if sent:
        k = on.key
        _run(slot, _("已申请剔除 {number}，等待决定", number=number),
             lambda work: decide.ask_exclusion(
                 work, k.assessment, period=k.period, area=k.area, unit=unit, number=number,
                 line=chosen or "", reason=reason))  # fmt: skip


def _decide(on: Basis, kind: str, claim: int, key: str) -> None:
    with office().look(recognise().actor) as look:
        found = next((c for c in read(look, on.key) if c.id == claim), None)
    if found is None:
        st.html(notice(_("没有这项申请，或您无权查看"), "warn", "error"))
        return
    exclusion = kind == "exclusion"
    yes = _("同意剔除") if exclusion else _("申诉成立，改分")
    no = _("不同意") if exclusion else _("维持原分")
    with st.form(key, border=False):
        st.html(
            f"<p><b>{esc(on.member(found.unit).name)} · {esc(_line_name(on, found.line))}</b> "
            f"{esc(found.number)}</p><p>{esc(found.words)}</p>"
        )
        chosen = st.radio(_("决定"), [yes, no], index=None, key=f"{key}:yes")
        points = None
        if not exclusion:
            least, most = (plainly(x) for x in bounds(on.assessment.lines[found.line]))
            points = st.number_input(
                _("改判后的得分（{least} 到 {most}，维持原分不用填）", least=least, most=most),
                value=None, placeholder="—", key=f"{key}:points",
            )  # fmt: skip
        words = st.text_area(_("决定的理由"), key=f"{key}:words", height=90)
        slot = st.empty()
        sent = st.form_submit_button(_("决定"), type="primary", width="stretch")
    if not sent:
        return
    if chosen is None:
        slot.html(notice(_("请选择同意还是不同意"), "warn", "error"))
        return
    agreed = chosen == yes

    def do(work: Work) -> None:
        if exclusion:
            decide.decide_exclusion(work, claim, approve=agreed, words=words)
        else:
            decide.decide_appeal(work, claim, uphold=agreed, words=words, points=points)

    _run(slot, _("已决定"), do)
