"""The supervisors' lists as HTML: numbers on top, by unit, then line by line with what to press."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.access.actor import Actor
from core.access.desk import Look
from core.blueprint.world import World
from core.cases.queries import CaseLine
from core.now import local
from core.oversight.callbacks import Tally, tally
from core.oversight.instruct import MOST
from core.oversight.supervision import (
    OF_CASES,
    SHOWN,
    STATES,
    VIEWS,
    AskedLine,
    Watch,
    asked,
    by_unit,
    counts,
    late_cases,
    numbers,
)
from core.rules.demands import ANSWERED, PENDING
from core.rules.masking import mask_text
from core.rules.permissions import Permission
from core.rules.workflow import Transition
from core.words import _, lazy
from pages.ui import instruct
from pages.ui.files import downloads
from pages.ui.markup import empty, esc, href, lines, tag
from pages.ui.pressing import over
from pages.ui.rows import due_of, stage_name, subject, tick
from pages.ui.scope import area_of, period_of
from pages.ui.times import due_badge, when
from pages.ui.usual import answering, pressing, ways
from pages.ui.waits import again, kind_name, state_name

_HINTS = {
    "unanswered": lazy("超过答复期限、群众还没有得到答复的诉求"),
    "overdue": lazy("诉求、当前环节或某个单位的任务已经超期"),
    "orders": lazy("督办单、挂牌督办、催办：谁还没有反馈，反馈了什么"),
    "requests": lazy("延期、退回、挂账等申请，先到期的在前"),
    "callbacks": lazy("抽取的回访；联系上的才是有效回访"),
    "records": lazy("这段时间的约谈和通报"),
}


_WAITING = {"": lazy("全部"), "late": lazy("超过审批期限")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    view: str
    watch: Watch


@dataclass(slots=True)
class Found:
    """What is shown."""

    counts: dict[str, int]
    units: list[tuple[str, int]]
    cases: list[CaseLine] = field(default_factory=list)
    asked: list[AskedLine] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    """All cases of the list, for who may instruct on them; one more than may be is too many."""


def wanted(actor: Actor, world: World) -> Wanted:
    """The view and its filter; what the county does not know is passed over."""
    query, period = st.query_params, period_of()
    view, state, unit = (query.get(n, "") for n in ("view", "state", "unit"))
    watch = Watch(
        area=area_of(actor, world),
        unit=unit if unit in world.units.units else "",
        state=state if state in STATES else "",
        since=period.since,
        until=period.until,
    )
    return Wanted(view if view in VIEWS else "unanswered", watch)


def read(look: Look, a: Wanted) -> Found:
    """The lists behind the page."""
    found = Found(counts(look, a.watch), by_unit(look, a.view, a.watch))
    if a.view in OF_CASES:
        found.cases = late_cases(look, a.view, a.watch)
    else:
        found.asked = asked(look, a.view, a.watch)
    if instruct.may(look.actor):
        found.numbers = numbers(look, a.view, a.watch, limit=MOST + 1)
    if a.view == "callbacks":
        found.tallies = tally(look, a.watch)
    return found


def shown(world: World, actor: Actor, a: Wanted, found: Found) -> str:
    """The whole page below its top line."""
    return _views(a, found) + _filters(world, actor, a, found) + _list(world, actor, a, found)


def _query(**changed: Any) -> str:
    query = {k: v for k, v in st.query_params.to_dict().items() if k != "cursor"}
    return href("/supervision", **query | changed)


def _views(a: Wanted, found: Found) -> str:
    cells = []
    for view, label in VIEWS.items():
        here = ' aria-current="page"' if view == a.view else ""
        chosen = " on" if view == a.view else ""
        cells.append(
            f'<a class="cell{chosen}" href="{_query(view=view, state="")}"{here}>'
            f"<span>{esc(label)}</span><b>{found.counts[view]:,}</b></a>"
        )
    return f'<nav class="strip views" aria-label="{esc(_("督查督办"))}">{"".join(cells)}</nav>'


def _filters(world: World, actor: Actor, a: Wanted, found: Found) -> str:
    states = ""
    offered: dict[str, Any] = {"orders": STATES, "requests": _WAITING}.get(a.view, {})
    if offered:
        states = "".join(
            f'<a class="chip{" on" if s == a.watch.state else ""}" href="{_query(state=s)}">'
            f"{esc(words)}</a>"
            for s, words in offered.items()
        )
    units = "".join(
        f'<a class="chip{" on" if u == a.watch.unit else ""}"'
        f' href="{_query(unit="" if u == a.watch.unit else u)}">'
        f"{esc(world.units.name(u))}　<b>{n:,}</b></a>"
        for u, n in found.units
    )
    files = _files(actor, a)
    if not states:
        return f'<div class="filters units">{units}{files}</div>' if units or files else ""
    both = f'<div class="filters">{states}{files}</div>'
    return both + (f'<div class="filters units">{units}</div>' if units else "")


def _files(actor: Actor, a: Wanted) -> str:
    if Permission.CASE_EXPORT not in actor.permissions:
        return ""
    w = a.watch
    same: dict[str, Any] = {"view": a.view, "area": w.area, "unit": w.unit, "state": w.state}
    for name, instant in (("since", w.since), ("until", w.until)):
        same[name] = local(instant).date().isoformat() if instant else ""
    return f'<span class="rest">{downloads("supervision", (_("下载这个列表"), same))}</span>'


def _list(world: World, actor: Actor, a: Wanted, found: Found) -> str:
    hint = str(_HINTS[a.view])
    n = found.counts[a.view]
    if a.view == "orders" and a.watch.state == "settled":
        n = len(found.asked)
    count = f'<p class="count">{esc(_("共 {n} 件", n=f"{n:,}"))}　{esc(hint)}</p>'
    tallied = _tallies(world, found.tallies)
    if not (found.cases or found.asked):
        nothing = _("{name}：没有", name=VIEWS[a.view])
        return tallied + empty(nothing, hint, "task_alt")
    if a.view in OF_CASES:
        items = "".join(_case(world, actor, line) for line in found.cases)
        many = over(world, actor)
    else:
        items = "".join(_asked(world, actor, line) for line in found.asked)
        many = ""
    many += instruct.over(actor, len(found.numbers))
    head = f'<div class="picks">{count}{many}</div>' if many else count
    rest = _("先列出 {n} 件，其余可以下载，或按区划、单位缩小范围", n=SHOWN) if n > SHOWN else ""
    more = f'<p class="quiet">{esc(rest)}</p>' if rest else ""
    return f'{tallied}{head}<ol class="said watch">{items}</ol>{more}'


def _case(world: World, actor: Actor, line: CaseLine) -> str:
    """One case: tick, how late, the matter, who has it, what to press."""
    where = " · ".join(
        (world.units.name(line.holder), stage_name(world, line.stage), world.area_path(line.area))
    )
    rows = pressing(world, actor, line)
    return (
        f'<li>{tick(line)}<div class="what"><p>{due_of(world, line)}</p>{subject(world, line)}'
        f"<p>{esc(where)}　{when(line.received_at)}</p></div>{_ways(rows, line.number)}</li>"
    )


def _ways(rows: Sequence[Transition], number: str) -> str:
    return f'<span class="ways">{ways(rows, number, most=3)}</span>' if rows else ""


def _asked(world: World, actor: Actor, line: AskedLine) -> str:
    """One demand: what, by whom, of whom, by when; what came back; what to do about it."""
    d, case = line.demand, line.case
    colour = "good" if d.state == ANSWERED else "blue" if d.state in PENDING else ""
    due = due_badge(world, d.due_at) if d.state in PENDING and d.state != ANSWERED else ""
    late = tag(_("逾期反馈"), "amber") if d.late else ""
    tries = d.data.get("tries", 0)
    tried = tag(_("已联系 {n} 次，没有联系上", n=tries)) if tries and not d.answered_at else ""
    wish = tag(_("申请到 {day}", day=d.data["until"])) if d.data.get("until") else ""
    text = f"<p>{lines(mask_text(d.text))}</p>" if d.text else ""
    answer = (
        f"<blockquote>{esc(d.answered_by)}{_('：')}{lines(mask_text(d.answer))}</blockquote>"
        if d.answer
        else ""
    )
    box = tick(case) if instruct.may(actor) else ""
    who = _("{asker} → {unit}", asker=d.asker_name, unit=world.units.name(d.unit))
    return (
        f'<li>{box}<div class="what"><p>{tag(kind_name(world, d.kind), "blue")}'
        f"{tag(state_name(world, d), colour)}{due}{late}{again(d)}{tried}{wish}</p>"
        f"{subject(world, case)}<p>{esc(who)}　{when(d.opened_at)}</p>{text}{answer}</div>"
        f"{_ways(answering(world, actor, case, d), case.number)}</li>"
    )


def _tallies(world: World, found: Sequence[Tally]) -> str:
    """Valid call-backs and satisfaction, each with what it is a share of."""
    if not found:
        return ""
    names = (_("单位"), _("抽取"), _("有效回访"), _("满意"))
    head = "".join(f"<th>{esc(name)}</th>" for name in names)
    body = ""
    for t in found:
        said = (f"{t.drawn:,}", _rate(t.valid, t.drawn), _rate(t.satisfied, t.valid))
        cells = zip(names[1:], said, strict=True)
        inner = "".join(f'<td data-name="{esc(name)}">{cell}</td>' for name, cell in cells)
        body += f"<tr><th scope='row'>{esc(world.units.name(t.unit))}</th>{inner}</tr>"
    return (
        f'<div class="wide"><table class="figures"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _rate(n: int, of: int) -> str:
    return f"{n / of:.1%} <em>{n:,} / {of:,}</em>" if of else "—"
