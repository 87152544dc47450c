"""The dispatcher's board as HTML: what nobody has taken on top, then stage by stage."""

import streamlit as st

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.queries import Board, CaseLine, PlaceCount, StageCount
from core.rules.permissions import Permission
from core.words import _
from pages.ui import instruct
from pages.ui.files import downloads
from pages.ui.markup import empty, esc, href, icon
from pages.ui.rows import due_of, stage_name, subject
from pages.ui.times import when
from pages.ui.usual import dispatching, ways

SHOWN = 8
"""Cases of a stage that stand on the board; the rest is one tap away in the list."""


def board_html(world: World, actor: Actor, found: Board) -> str:
    """The whole board of an area."""
    if not found.stages:
        return empty(_("没有正在办理的诉求"), _("新诉求会先出现在这里的最上面。"), "view_kanban")
    columns = "".join(_stage(world, actor, found.area, s) for s in found.stages)
    return (
        f'<div class="board">{_strip(world, found)}<div class="columns">{columns}</div>'
        f"<aside>{_places(world, actor, found)}{_file(actor, found.area)}</aside></div>"
    )


def _file(actor: Actor, area: str) -> str:
    """What the board counts, case by case."""
    if Permission.CASE_EXPORT not in actor.permissions:
        return ""
    query = {"stage_kind": "open", "area": area, "order": "due"}
    note = _("姓名和电话已脱敏，下载会留下记录")
    chip = downloads("cases", (_("下载看板上的诉求"), query), note=note)
    return f'<div class="filters"><span class="rest">{chip}</span></div>'


def _strip(world: World, found: Board) -> str:
    """One figure a stage: how many, how many of them late; a tap leads to it."""
    cells = []
    for s in found.stages:
        late = (
            f'<em class="late">{icon("error")}{esc(_("超期 {n}", n=s.overdue))}</em>'
            if s.overdue
            else ""
        )
        untaken = " untaken" if s.untaken else ""
        to = href("/cases", stage=s.stage, area=found.area, order="due", period="all")
        cells.append(
            f'<a class="cell{untaken}" href="{to}"><span>{esc(stage_name(world, s.stage))}</span>'
            f"<b>{s.n:,}</b>{late}</a>"
        )
    return f'<nav class="strip" aria-label="{esc(_("各环节"))}">{"".join(cells)}</nav>'


def _stage(world: World, actor: Actor, area: str, s: StageCount) -> str:
    untaken = (
        f'<span class="tag amber">{icon("pan_tool")}{esc(_("还没有人接"))}</span>'
        if s.untaken
        else ""
    )
    rest = s.n - len(s.lines)
    to = href("/cases", stage=s.stage, area=area, order="due", period="all")
    more = (
        f'<a class="more" href="{to}">{esc(_("还有 {n} 件，全部查看", n=rest))}'
        f"{icon('chevron_right')}</a>"
        if rest > 0
        else ""
    )
    rows = "".join(_row(world, actor, line) for line in s.lines)
    return (
        f'<section><h2 class="group">{esc(stage_name(world, s.stage))} <span>{s.n:,}</span>'
        f"{untaken}{instruct.mark(actor, area=area, stage=s.stage)}</h2>"
        f'<ol class="rows">{rows}</ol>{more}</section>'
    )


def _row(world: World, actor: Actor, line: CaseLine) -> str:
    rows = dispatching(world, actor, line)
    buttons = ways(rows, line.number, most=2, main=False)
    return (
        f'<li class="row desk"><span class="c due-c">{due_of(world, line)}</span>'
        f"{subject(world, line)}"
        f'<span class="c place">{esc(world.area_path(line.area))}</span>'
        f'<span class="c holder">{esc(world.units.name(line.holder))}</span>'
        f'<span class="c at">{when(line.received_at)}</span>'
        f'<span class="c do">{buttons}</span></li>'
    )


def _places(world: World, actor: Actor, found: Board) -> str:
    """Where it piles up: the areas right below, a tap narrows the board."""
    if not found.places:
        return ""
    most = max(p.n for p in found.places)
    items = "".join(_place(world, actor, found.area, p, most) for p in found.places)
    return f'<h2 class="group">{esc(_("按区域"))}</h2><ol class="places">{items}</ol>'


def _place(world: World, actor: Actor, area: str, place: PlaceCount, most: int) -> str:
    name, own = world.area_name(place.area), place.area == area
    if own:
        name = _("{name}（本级）", name=name)
    late = f'<em class="late">{esc(_("超期 {n}", n=place.overdue))}</em>' if place.overdue else ""
    query = st.query_params.to_dict() | {"area": place.area}
    return (
        f'<li><a href="{href("/desk", **query)}"><span>{esc(name)}</span>{late}<b>{place.n:,}</b>'
        f'<i style="width:{place.n / most:.0%}"></i></a>'
        f"{'' if own else instruct.mark(actor, area=place.area, state='open')}</li>"
    )
