"""Demands as HTML: what waits on a case, and the first line of an inbox row."""

from collections.abc import Iterable

from core.blueprint.world import World
from core.cases.checking import DEPUTY
from core.cases.detail import Detail
from core.cases.inbox import PROMISE, InboxLine
from core.cases.standing import asker
from core.oversight.supervision import kinds_of
from core.rules.case import OPEN as OPEN_CASE
from core.rules.case import CaseFile, Demand
from core.rules.demands import (
    ANSWERED,
    DECISION,
    GRANTED,
    LABELS,
    OPEN,
    OWED,
    PENDING,
    URGED,
    awaited,
    of,
)
from core.rules.masking import mask_text
from core.rules.may import asked
from core.rules.workflow import CALLBACK, DECIDING, Transition
from core.words import _, pick
from pages.ui.markup import esc, href, icon, lines, tag
from pages.ui.times import due_badge, exact, when

_COLOURS = {OPEN: "amber", ANSWERED: "good"}


def kind_name(world: World, kind: str) -> str:
    """What the county calls this kind of demand."""
    known = world.blueprint.demands.get(kind)
    return pick(known.label) if known else kind


def state_name(world: World, demand: Demand) -> str:
    """Where it stands: 待签收、待审批、已反馈 …"""
    kind = world.blueprint.demands.get(demand.kind)
    if kind is not None and kind.answer == DECISION and demand.state in PENDING:
        return _("待审批")
    if demand.state == OPEN and kind is not None and kind.ladder == PROMISE:
        return _("待兑现")
    if demand.state == OPEN and demand.kind in kinds_of(world, "callbacks"):
        return _("待回访")
    return str(LABELS.get(demand.state, demand.state))


def party_name(world: World, party: str) -> str:
    """Whose rating it is; empty for the resident alone."""
    own = {DEPUTY: _("代表评议"), CALLBACK: _("回访")}
    return own.get(party) or pick(world.blueprint.rating.parties.get(party, party))


def shelved(file: CaseFile) -> Demand | None:
    """The request by which the case is shelved now, if it is."""
    over = {d.id: d for d in of(file, (), GRANTED)}
    found = (over[c.demand_id] for c in file.clocks if c.running and c.demand_id in over)
    return next(found, None)


def pause_badge(file: CaseFile) -> str:
    """「已挂账，暂停计时」 in place of a deadline; empty where the clocks run."""
    if file.case.stage_kind != OPEN_CASE or not file.paused:
        return ""
    shelf = shelved(file)
    words = _("已挂账，暂停计时") if shelf else _("等待补充，暂停计时")
    until = _("{day} 复核", day=exact(shelf.due_at)) if shelf and shelf.due_at else ""
    if not shelf and (asked := awaited(file)) and asked.due_at:
        until = _("等到 {day}", day=exact(asked.due_at))
    return paused_badge(words, until)


def paused_badge(words: str, title: str = "") -> str:
    """A deadline that stands still: word, icon and no colour of haste."""
    return f'<span class="due none" title="{esc(title)}">{icon("pause_circle")}{esc(words)}</span>'


def waiting(found: Detail) -> str:
    """The demands that somebody else has still to do something about, or the reader without
    deciding: what is to be decided stands beside its buttons."""
    mine = _mine(found, found.actions)
    pending = [d for d in of(found.file, (), *PENDING) if d not in mine]
    if shelf := shelved(found.file):
        pending = [shelf, *pending]
    items = "".join(_one(found.world, d) for d in pending)
    return f'<ul class="tasks demands">{items}</ul>' if items else ""


def decides(row: Transition) -> bool:
    """Whether the row grants or refuses what somebody asks for."""
    return not DECIDING.isdisjoint(row.effects)


def _mine(found: Detail, rows: Iterable[Transition]) -> list[Demand]:
    """What the reader can grant or refuse by these rows."""
    who = asker(found.world, found.reader, found.file.case.area)
    waiting = {d.id: d for t in rows if decides(t) for d in asked(t, who, found.file)}
    return list(waiting.values())


def to_decide(found: Detail, rows: Iterable[Transition]) -> str:
    """What waits for the reader's word, where these rows give it: which date, by whom, and why."""
    world = found.world
    items = "".join(
        f"<li><p>{icon('gavel')}<b>{esc(_('等您审批：{what}', what=kind_name(world, d.kind)))}</b>"
        f"{_wish(d)}{due_badge(world, d.due_at)}"
        f'<span class="quiet">{esc(_asker(world, d))}</span></p>'
        f"<blockquote>{lines(mask_text(d.text))}</blockquote></li>"
        for d in _mine(found, rows)
    )
    return f'<ul class="tasks asks">{items}</ul>' if items else ""


def _wish(demand: Demand) -> str:
    until = str(demand.data.get("until", ""))
    return tag(_("申请到 {day}", day=until)) if until and demand.state in PENDING else ""


def _asker(world: World, demand: Demand) -> str:
    return " · ".join(p for p in (demand.asker_name, world.units.name(demand.asker_unit)) if p)


def _one(world: World, demand: Demand) -> str:
    """Kind, from whom to whom, by when, what, and what was answered."""
    kind, state = kind_name(world, demand.kind), state_name(world, demand)
    who = _asker(world, demand)
    colour = _COLOURS.get(demand.state, "blue")
    due = due_badge(world, demand.due_at) if demand.state != ANSWERED else ""
    tries = demand.data.get("tries", 0)
    tried = tag(_("已联系 {n} 次，没有联系上", n=tries)) if tries else ""
    text = f'<p class="note">{icon("campaign")}{lines(mask_text(demand.text))}</p>'
    answer = (
        f"<blockquote><b>{esc(demand.answered_by)}</b>{_('：')}{lines(mask_text(demand.answer))}"
        "</blockquote>"
        if demand.answer
        else ""
    )
    arrow = f"{esc(who)} {icon('arrow_forward')} <b>{esc(world.units.name(demand.unit))}</b>"
    return (
        f"<li><p>{tag(kind, 'blue')}{tag(state, colour)}{due}{_wish(demand)}{again(demand)}{tried}"
        f'<span class="at">{when(demand.opened_at)}</span></p>'
        f'<p class="from">{arrow}</p>{text if demand.text else ""}{answer}</li>'
    )


def again(demand: Demand) -> str:
    """How often its answer was urged, or was not good enough."""
    urged = demand.data.get(URGED, 0) if demand.state in OWED else 0
    said = [_("要求再办 {n} 次", n=demand.pressed)] if demand.pressed else []
    said += [_("催促 {n} 次", n=urged)] if urged else []
    return "".join(tag(words, "amber") for words in said)


def asked_lines(world: World, item: InboxLine) -> str:
    """What is asked of me on this case: the first lines of its row."""
    chased = item.case.chased if item.chased else 0
    parts = [_chased(chased)] if chased and not item.asked else []
    for index, demand in enumerate(item.asked[:3]):
        parts.append(_asked(world, demand, chased if index == 0 else 0))
    if len(item.asked) > 3:
        more = _("还有 {n} 项要求", n=len(item.asked) - 3)
        parts.append(f'<span class="note">{esc(more)}</span>')
    return "".join(parts)


def _chased(n: int) -> str:
    words = _("催办 {n} 次", n=n)
    return f'<span class="note">{icon("notification_important")}{esc(words)}</span>'


def _asked(world: World, demand: Demand, chased: int) -> str:
    mark = "notification_important" if chased else "campaign"
    kind = kind_name(world, demand.kind)
    tags = (tag(_("催办 {n} 次", n=chased), "amber") if chased else "") + again(demand)
    if demand.state == ANSWERED:
        kind = _("{kind}已反馈，等您认可", kind=kind)
    text = " ".join(mask_text(demand.answer or demand.text).split())
    if demand.state != ANSWERED:
        text = " ".join(mask_text(demand.text).split())
    who = demand.answered_by if demand.state == ANSWERED else demand.asker_name
    said = _("{who}：{text}", who=who, text=text) if text else who
    due = due_badge(world, demand.due_at) if demand.state != ANSWERED else ""
    return f'<span class="note">{icon(mark)}{tags}<b>{esc(kind)}</b>{due}　{esc(said)}</span>'


def relatives(found: Detail) -> str:
    """Cases merged with this one, or split from it, as links."""
    parts: list[str] = []
    for one in found.relatives:
        if one.above:
            words = _("已并入") if one.merged else _("分自")
        else:
            words = _("并入本件") if one.merged else _("分出")
        parts.append(
            f'<li>{tag(words)}<a href="{href("/case", number=one.number)}">{esc(one.title)}'
            f'<span class="no">{esc(one.number)}</span></a></li>'
        )
    return f'<ul class="tasks relatives">{"".join(parts)}</ul>' if parts else ""
