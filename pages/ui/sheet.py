"""A case on one sheet, read top down: asked, who and until when, what may I do, what happened."""

from collections.abc import Sequence

from core.blueprint.world import World
from core.cases.because import why_now
from core.cases.detail import Detail, Evidence
from core.cases.rated import by_rating
from core.cases.standing import to_sum_up
from core.paper.kinds import printable
from core.rules.case import CLOSED, DONE, OPENED, RETURNED, SIGNED, WITHDRAWN, Task
from core.rules.forms import Field
from core.rules.masking import mask_address, mask_name, mask_text
from core.rules.permissions import Permission, Scope
from core.words import _, lazy, pick
from pages.ui import waits
from pages.ui.demands import demands, matter
from pages.ui.forms import score_words
from pages.ui.markup import esc, icon, lines, tag
from pages.ui.rows import stage_name
from pages.ui.story import CLOCKS, timeline, worded
from pages.ui.times import due_badge, late_once, when
from pages.ui.usual import summing_up

_TASK_STATES = {
    OPENED: (lazy("待签收"), "amber"),
    SIGNED: (lazy("办理中"), "blue"),
    DONE: (lazy("已反馈"), "good"),
    RETURNED: (lazy("已退回"), ""),
    WITHDRAWN: (lazy("已收回"), ""),
}
_OPEN_BUTTONS, _THUMB = 4, 2
"""So many buttons stand open at a desk and on a phone; the rarer ones go under 更多."""
_ASIDE = ("comment", "chase")
"""Never what somebody came for: behind the steps that lead on."""
_LONG, _CUT = 600, 240
"""A text of more characters is folded to so many: the buttons stay in sight."""


def sheet(found: Detail, *, may_unmask: bool) -> str:
    """The whole case; buttons hand over `action:number`, `unmask:` and `attach:`."""
    plain = found.file.case.is_matter
    who = "" if plain else _person(found, may_unmask) + _ratings(found)
    return (
        f'<article class="sheet">{matter(found) if plain else _asked(found) + _now(found)}'
        f"{_buttons(found)}"
        f'<section class="story"><h2>{esc(_("办理经过"))}</h2><ol>{timeline(found)}</ol></section>'
        f"<aside>{_evidence(found)}{who}{_clocks(found)}</aside></article>"
    )


def _asked(found: Detail) -> str:
    case, world = found.file.case, found.world
    blueprint = world.blueprint
    category = blueprint.categories.get(case.category)
    urgent = case.urgency in list(blueprint.urgencies)[1:]
    tags = [
        tag(pick(category.label) if category else case.category, "blue"),
        tag(pick(blueprint.kinds.get(case.kind, case.kind))),
        tag(pick(blueprint.urgencies.get(case.urgency, case.urgency)), "amber", "bolt")
        if urgent
        else "",
        tag(_("匿名"), symbol="visibility_off") if case.anonymous else "",
        tag(_("保密"), "amber", "lock") if case.confidential else "",
        tag(_("第 {n} 次重办", n=case.reopened), "amber", "replay") if case.reopened else "",
        tag(_("催办 {n} 次", n=case.chased), "amber", "notification_important")
        if case.chased
        else "",
        tag(_("难易：{grade}", grade=pick(blueprint.difficulties.get(case.difficulty, ""))))
        if case.difficulty in blueprint.difficulties
        else "",
    ]
    inlet = pick(blueprint.inlets.get(case.inlet, case.inlet))
    return (
        f'<section class="asked"><h1>{esc(case.title)}</h1>'
        f'<p class="meta"><span class="no">{esc(case.number)}</span>{"".join(tags)}'
        f"<span>{esc(inlet)} · {when(case.received_at)}</span></p>"
        f"{_body(found.body)}<dl>{_facts(found)}</dl>{_reply(found)}</section>"
    )


def _body(text: str) -> str:
    """The resident's words; a long text is opened by a tap."""
    if len(text) <= _LONG:
        return f'<p class="body">{lines(text)}</p>'
    whole = _("看全文（{n} 字）", n=f"{len(text):,}")
    return (
        f'<details class="body"><summary><span>{lines(text[:_CUT])}……</span>'
        f"<b>{esc(whole)}</b><b>{esc(_('收起'))}</b></summary>{lines(text)}</details>"
    )


def _facts(found: Detail) -> str:
    case, world = found.file.case, found.world
    category = world.blueprint.categories.get(case.category)
    own = {f.id: f for f in (category.fields if category else ())}
    facts = [(_("地点"), world.area_path(case.area))]
    if case.address:
        facts.append((_("详细地址"), mask_address(case.address)))
    if case.plate:
        facts.append((_("门牌码"), case.plate))
    if case.on_behalf:
        facts.append((_("代谁反映"), mask_name(case.on_behalf)))
    if case.accused:
        names = _("、").join(world.units.name(u) for u in case.accused)
        facts.append((_("被反映单位"), names))
    happened = Field(id="happened_at", label=_("发生时间"), type="time")
    for name, value in case.form.items():
        one = happened if name == "happened_at" else own.get(name)
        if one is not None and value not in (None, "", []):
            facts.append((pick(one.label), worded(world, one, value)))
    return "".join(f"<div><dt>{esc(k)}</dt><dd>{esc(v)}</dd></div>" for k, v in facts)


def _reply(found: Detail) -> str:
    case = found.file.case
    if not case.reply:
        return ""
    title, at = _("上一次给群众的答复"), ""
    if case.replied_at is not None:
        title, at = _("给群众的答复"), when(case.replied_at)
    return (
        f'<div class="reply"><b>{icon("reply")}{esc(title)}</b> {at}'
        f"<p>{lines(case.reply)}</p></div>"
    )


def _now(found: Detail) -> str:
    """Who has it, until when; each unit's part; why it went there."""
    case, world = found.file.case, found.world
    due = case.due_at if case.replied_at is None and case.stage_kind != CLOSED else None
    ended = _("已办结") if case.stage_kind == CLOSED else _("已答复")
    done = ended if case.replied_at or case.closed_at else _("未定期限")
    tasks = "".join(_task(world, t) for t in found.file.tasks)
    reason = why_now(world, case.because, case.area, found.timeline)
    stands = waits.pause_badge(found.file)
    return (
        f'<section class="now">{_steps(found)}'
        f'<p class="holder"><b>{esc(world.units.name(case.holder))}</b>'
        f"{tag(stage_name(world, case.stage), 'blue')}{stands or due_badge(world, due, done)}"
        f"{late_once(case.late)}</p>"
        + waits.waiting(found)
        + (f'<ul class="tasks">{tasks}</ul>' if tasks else "")
        + _outstanding(found)
        + waits.relatives(found)
        + (f'<p class="why">{icon("alt_route")}{esc(reason)}</p>' if reason else "")
        + demands(found, over=True)
        + "</section>"
    )


def _outstanding(found: Detail) -> str:
    """Why whoever leads cannot report yet."""
    said = summing_up(found.world, to_sum_up(found.world, found.reader, found.file))
    return f'<p class="why">{icon("hourglass_empty")}{esc(said)}</p>' if said else ""


def _steps(found: Detail) -> str:
    """The loop's public steps, the present one marked."""
    workflow, case = found.world.blueprint.workflow, found.file.case
    order, here = list(workflow.steps), workflow.stages[case.stage].step
    at = order.index(here) if here in order else 0
    over = case.stage_kind == CLOSED
    parts = []
    for index, (_step, label) in enumerate(workflow.steps.items()):
        past = index < at or (over and index == at)
        state = "past" if past else "here" if index == at else ""
        mark = ' aria-current="step"' if state == "here" else ""
        parts.append(f'<li class="{state}"{mark}>{esc(pick(label))}</li>')
    return f'<ol class="steps">{"".join(parts)}</ol>'


def _task(world: World, task: Task) -> str:
    words, kind = _TASK_STATES[task.state]
    part = _("主办") if task.lead else _("协办")
    due = (due_badge(world, task.due_at) if task.running else "") + late_once(task.late)
    note = (
        f'<p class="note">{icon("campaign")}{lines(mask_text(task.note))}</p>' if task.note else ""
    )
    result = f"<p>{lines(mask_text(task.result))}</p>" if task.result else ""
    at = task.done_at or task.signed_at or task.opened_at
    return (
        f"<li><p>{tag(part)}<b>{esc(world.units.name(task.unit))}</b>{tag(str(words), kind)}{due}"
        f'<span class="at">{when(at)}</span></p>{note}{result}</li>'
    )


def _buttons(found: Detail) -> str:
    """What may be done now, in the order of the loop: the usual first, the rare under 更多."""
    number = found.file.case.number
    leads = {"instruct"} if Permission.CASE_INSTRUCT in found.reader.permissions else set()
    leads |= {t.id for t in found.actions if waits.decides(t)}  # somebody waits for a word
    rows = sorted(found.actions, key=lambda t: (t.id not in leads, not t.usual, t.id in _ASIDE))
    acts = [
        (t.id, pick(t.label), (t.usual or t.id in leads) and "refuse" not in t.effects)
        for t in rows
    ]
    if printable(found):
        acts.append(("print", _("打印"), False))
    if not acts:
        return ""
    most = len(acts) if len(acts) <= _OPEN_BUTTONS + 1 else _OPEN_BUTTONS
    buttons = "".join(
        f'<button type="button" class="btn{" main" if usual else ""}{" wide" * (i >= _THUMB)}"'
        f' data-tap="{esc(f"{name}:{number}")}">{esc(label)}</button>'
        for i, (name, label, usual) in enumerate(acts[:most])
    )
    items = "".join(
        f'<a{" class=thumb" * (i < most)} href="#" role="button"'
        f' data-tap="{esc(f"{name}:{number}")}">{esc(label)}</a>'
        for i, (name, label, _usual) in enumerate(acts)
        if i >= _THUMB
    )
    menu = (
        f'<details class="menu up{" thumb" * (most == len(acts))}"><summary class="btn">'
        f"{esc(_('更多'))}{icon('expand_more')}</summary><div>{items}</div></details>"
    )
    shown = buttons + (menu if items else "")
    asks = waits.to_decide(found, found.actions)
    return f'{asks}<nav class="acts" aria-label="{esc(_("可以办的事"))}">{shown}</nav>'


def _block(title: str, body: str, extra: str = "") -> str:
    return f"<section><h2>{esc(title)}{extra}</h2>{body}</section>"


def _evidence(found: Detail) -> str:
    add = (
        f'<button type="button" class="link" data-tap="attach:{esc(found.file.case.number)}">'
        f"{icon('add_photo_alternate')}{esc(_('添加'))}</button>"
    )
    shown = "".join(_file(f) for f in found.files)
    body = f'<ul class="files">{shown}</ul>' if shown else f'<p class="quiet">{esc(_("没有"))}</p>'
    return _block(_("照片和附件"), body, add)


def _file(file: Evidence) -> str:
    by = _("群众") if file.by_resident else _("工作人员")
    said = esc(f"{file.name}　{by}")
    inner = (
        f'<img src="/api/v1/files/{file.id}" alt="{said}" loading="lazy">'
        if file.mime.startswith("image/")
        else f"{icon('draft')}<span>{esc(file.name)}</span>"
    )
    return (
        f'<li><a href="/api/v1/files/{file.id}" target="_blank" rel="noopener" title="{said}">'
        f"{inner}</a><small>{esc(by)} {when(file.uploaded_at)}</small></li>"
    )


def _person(found: Detail, may_unmask: bool) -> str:
    who, number = found.resident, found.file.case.number
    if found.reader.scope is Scope.OUTSIDE:
        return ""  # who spoke is not theirs to know, nor whether anybody can be called
    if who is None:
        anonymous = _("匿名") if found.file.case.anonymous else _("没有留联系方式")
        return _block(_("反映人"), f'<p class="quiet">{esc(anonymous)}</p>')
    more = (
        f'<button type="button" class="link" data-tap="unmask:{esc(number)}">'
        f"{icon('visibility')}{esc(_('查看联系方式'))}</button>"
        if may_unmask
        else ""
    )
    return _block(_("反映人"), f"<p>{esc(who.name or _('未留姓名'))}　{esc(who.phone)}</p>", more)


def _ratings(found: Detail) -> str:
    if not found.ratings:
        return ""
    rating, told = found.world.blueprint.rating, by_rating(found)
    parts = []
    for r in found.ratings:
        reasons = "".join(tag(pick(rating.reasons.get(c, c))) for c in r.reasons)
        party = f"{waits.party_name(found.world, r.party)}{_('：')}" if r.party else ""
        words = f"<blockquote>{lines(r.text)}</blockquote>" if r.text else ""
        if r.seq in told:
            words += f'<p class="quiet">{esc(told[r.seq])}</p>'
        parts.append(
            f"<li><p><b>{esc(party)}{esc(score_words(r.score))}</b>{reasons}"
            f'<span class="at">{when(r.at)}</span></p>{words}</li>'
        )
    return _block(_("群众评价"), f'<ul class="plain">{"".join(parts)}</ul>')


def _clocks(found: Detail) -> str:
    running: Sequence[str] = [
        f"<li><p><span>{esc(_clock_name(found.world, c.kind, c.subject))}</span>"
        f"{due_badge(found.world, c.due_at, _('未定期限'))}"
        f'<span class="at">{when(c.due_at)}</span></p></li>'
        for c in found.file.clocks
        if c.running
    ]
    if not running:
        return ""
    return _block(_("正在走的时限"), f'<ul class="plain">{"".join(running)}</ul>')


def _clock_name(world: World, kind: str, subject: str) -> str:
    name = str(CLOCKS.get(kind, kind))
    unit = world.units.name(subject)
    inner = {"stage": stage_name(world, subject), "task": unit, "demand": unit}.get(kind)
    return f"{name}{_('：')}{inner}" if inner else name
