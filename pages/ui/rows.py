"""A case as one line of a list: lines at a desk, cards on a phone."""

from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.inbox import ASKED, HELD, InboxLine
from core.cases.queries import CaseLine, Page
from core.rules.case import CLOSED, OPENED, SIGNED
from core.rules.demands import ANSWERED
from core.rules.masking import mask_text
from core.words import _, lazy, pick
from pages.ui.files import list_file
from pages.ui.markup import empty, esc, href, icon, lines
from pages.ui.times import due_badge, late_once, when
from pages.ui.usual import awaits, button, usual, works
from pages.ui.waits import asked_lines, paused_badge

_HEAD = (
    lazy("期限"),
    lazy("诉求"),
    lazy("地点"),
    lazy("承办单位"),
    lazy("环节"),
    lazy("来件"),
)


def stage_name(world: World, stage: str) -> str:
    """The county's own word for a stage; its code where the county has dropped it."""
    known = world.blueprint.workflow.stages.get(stage)
    return pick(known.label) if known else stage


def due_of(world: World, line: CaseLine) -> str:
    """The deadline that runs, or how it ended."""
    if line.paused:
        return paused_badge(_("暂停计时"))
    if line.stage_first:
        return due_badge(world, line.stage_due_at, here=True)
    if line.due is not None:
        return due_badge(world, line.due)
    if line.late:
        return late_once(line.late)
    done = _("已办结") if line.stage_kind == CLOSED else _("已答复")
    return due_badge(world, None, done if line.replied_at or line.closed_at else _("未定期限"))


def _urgent(world: World, line: CaseLine) -> str:
    ids = list(world.blueprint.urgencies)
    if line.urgency not in ids[1:]:
        return ""
    return f'<em class="urgent">{esc(pick(world.blueprint.urgencies[line.urgency]))}</em>'


def subject(world: World, line: CaseLine, *, chased: bool = True, apart: bool = False) -> str:
    """Title and number, leading to the case; `chased`: how often it was chased stands here;
    `apart`: the case opens beside what is being done."""
    again = f'<em class="again">{esc(_("重办"))}</em>' if line.reopened else ""
    if line.late and line.due is not None:
        again += f'<em class="again">{esc(_("曾超期"))}</em>'
    if chased and line.chased and line.stage_kind != CLOSED:
        again += f'<em class="again">{esc(_("催办 {n} 次", n=line.chased))}</em>'
    beside = ' target="_blank" rel="noopener"' if apart else ""
    return (
        f'<a class="case" href="{href("/case", number=line.number)}"{beside}>'
        f"<b>{_urgent(world, line)}{again}{esc(line.title)}</b>"
        f'<span class="no">{esc(line.number)}</span></a>'
    )


def short_list(
    world: World,
    found: Iterable[CaseLine],
    do: Callable[[CaseLine], str] | None = None,
    said: Callable[[CaseLine], str] = lambda _line: "",
) -> str:
    """A few cases beside a form; with `do` each has its button, and opens in a tab of its own;
    `said`: what stands beneath, folded where it is long."""
    items = "".join(
        f"<li>{subject(world, line, apart=do is not None)}<span>{due_of(world, line)} "
        f"{esc(stage_name(world, line.stage))} · {esc(world.area_name(line.area))}</span>"
        f"{do(line) if do else ''}{_beneath(said(line))}</li>"
        for line in found
    )
    return f'<ul class="short{" doing" if do else ""}">{items}</ul>'


def _beneath(text: str) -> str:
    if len(text) <= _SHORT:
        return f"<blockquote>{lines(text)}</blockquote>" if text else ""
    return (
        f"<details><summary>{esc(text[:_SHORT])}……</summary>"
        f"<blockquote>{lines(text)}</blockquote></details>"
    )


_SHORT = 80
"""A text of more characters is folded to so many."""


def tick(line: CaseLine) -> str:
    """A box to tick, for those who do something with several cases at once."""
    said = esc(_("选中 {number}", number=line.number))
    return (
        f'<label class="pick" title="{said}"><input type="checkbox" data-pick'
        f' value="{esc(line.number)}" aria-label="{said}"></label>'
    )


def _row(world: World, line: CaseLine, pick: bool) -> str:
    box = tick(line) if pick else ""
    return (
        f'<li class="row"><span class="c due-c">{box}{due_of(world, line)}</span>'
        f"{subject(world, line)}"
        f'<span class="c place">{esc(world.area_path(line.area))}</span>'
        f'<span class="c holder">{esc(world.units.name(line.holder))}</span>'
        f'<span class="c stage">{esc(stage_name(world, line.stage))}</span>'
        f'<span class="c at">{when(line.received_at)}</span></li>'
    )


def case_rows(world: World, found: Iterable[CaseLine], *, pick: bool = False) -> str:
    """The list, with a head at a desk."""
    head = "".join(f"<span>{esc(h)}</span>" for h in _HEAD)
    body = "".join(_row(world, line, pick) for line in found)
    kind = "rows picking" if pick else "rows"
    return f'<ol class="{kind}"><li class="head" aria-hidden="true">{head}</li>{body}</ol>'


def case_list(world: World, page: Page, total: int, *, first: bool, over: str = "") -> str:
    """A page of a list with its count and the ways on.

    Args:
        over: what may be done with several of the cases, which can be ticked then.
    """
    if not page.lines:
        hint = _("换个条件，或把时间放宽到“全部时间”再看看。")
        area = st.query_params.get("area", "")
        way = f'<a class="btn" href="{href("/cases", area=area, period="all")}">'
        way += f"{esc(_('取消所有条件'))}</a>"
        return (
            empty(_("没有符合条件的诉求"), hint, "search_off") + f'<nav class="pages">{way}</nav>'
        )
    query = st.query_params.to_dict()
    back = {k: v for k, v in query.items() if k != "cursor"}
    ways = []
    if not first:
        ways.append(f'<a class="btn" href="{href("/cases", **back)}">{esc(_("回到第一页"))}</a>')
    if page.cursor:
        on = href("/cases", **query | {"cursor": page.cursor})
        ways.append(f'<a class="btn" href="{on}">{esc(_("下一页"))}</a>')
    said = _("共 {n} 件", n=f"{total:,}")
    count = f'<p class="count">{esc(said)}</p>'
    count = f'<div class="picks">{count}{over}</div>' if over else count
    return (
        f"{count}{case_rows(world, page.lines, pick=bool(over))}"
        f'<nav class="pages">{"".join(ways)}</nav>'
    )


def inbox_rows(world: World, actor: Actor, found: Sequence[InboxLine]) -> str:
    """What I can act on, due first; then what only waits in my name for others."""
    mine: list[str] = []
    waiting: list[str] = []
    for item in found:
        row = usual(world, actor, item.case, item)
        to = mine if row is not None or item.asked or works(world, actor, item) else waiting
        to.append(_task(world, item, button(row, item.case.number), awaits(world, actor, item)))
    later = (
        f'<h2 class="group">{esc(_("在我名下，等别人办"))} <span>{len(waiting)}</span></h2>'
        f'<ol class="rows inbox">{"".join(waiting)}</ol>'
        if waiting
        else ""
    )
    return f'<ol class="rows inbox">{"".join(mine)}</ol>{later}'


_PART = {OPENED: lazy("待签收"), SIGNED: lazy("办理中")}


def inbox_file() -> str:
    """The inbox to take along."""
    return f'<div class="filters"><span class="rest">{list_file("inbox")}</span></div>'


def _task(world: World, item: InboxLine, do: str, awaited: str) -> str:
    """What is asked of me first, the usual action as a button; `awaited`: why there is none."""
    line = item.case
    asked = asked_lines(world, item)
    if item.note:
        asked += f'<span class="note">{icon("campaign")}{esc(mask_text(item.note))}</span>'
    if awaited:
        asked += f'<span class="note">{icon("hourglass_empty")}{esc(awaited)}</span>'
    part = "" if item.state in (HELD, ASKED) else _("主办") if item.lead else _("协办")
    own = "" if item.lead else str(_PART.get(item.state, ""))  # the stage is the lead's
    unit = " · ".join(p for p in (part, own, world.units.name(item.unit)) if p)
    answered = any(d.state == ANSWERED for d in item.asked)
    due = due_badge(
        world,
        item.first_due,
        _("等您认可") if answered else _("未定期限"),
        here=item.first_due is not None and item.first_due == line.stage_due_at,
    )
    if line.paused and item.first_due is None:
        due = paused_badge(_("暂停计时"))
    return (
        f'<li class="row task"><span class="c due-c">{due}</span>'
        f'<div class="what">{asked}{subject(world, line, chased=False)}</div>'
        f'<span class="c place">{esc(world.area_path(line.area))}</span>'
        f'<span class="c holder">{esc(unit)}</span>'
        f'<span class="c stage">{esc(stage_name(world, line.stage))}</span>'
        f'<span class="c do">{do}</span></li>'
    )
