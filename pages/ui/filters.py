"""What a list is narrowed to: menus of links, so that each choice is an address."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import streamlit as st

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.queries import Answer, CaseFilter
from core.now import local, now
from core.rules.lateness import RUNGS, ladder, words
from core.rules.permissions import Permission
from core.words import _, lazy
from pages.ui import choices
from pages.ui.files import downloads
from pages.ui.markup import esc, href, icon
from pages.ui.scope import area_of, period_of

STATES = {
    "live": lazy("未办结"),
    "open": lazy("正在办"),
    "waiting": lazy("等群众"),
    "closed": lazy("已办结"),
    "overdue": lazy("已超期"),
    **RUNGS,
    "unhappy": lazy("群众不满意"),
    "unanswered": lazy("未答复"),
    "answered": lazy("已答复或办结"),
    "replied": lazy("已答复"),
    "late": lazy("超期才答复"),
}
_ANSWERS: dict[str, Answer] = {
    "unanswered": "none", "answered": "given", "replied": "replied", "late": "late",
}  # fmt: skip
_NAMES = {
    "state": lazy("状态"),
    "stage": lazy("环节"),
    "category": lazy("类别"),
    "urgency": lazy("紧急程度"),
    "inlet": lazy("渠道"),
    "kind": lazy("性质"),
}
_ORDERS = {"newest": lazy("最新来件在前"), "due": lazy("先到期在前")}


def options(world: World) -> dict[str, Mapping[str, str]]:
    """Every menu with its codes and words."""
    blueprint = world.blueprint
    rungs = ladder(blueprint.clock_calendar, now())
    return {
        "state": {k: str(v) for k, v in STATES.items()} | words(rungs.working),
        "stage": choices.labels({k: v.label for k, v in blueprint.workflow.stages.items()}),
        "category": choices.categories(world),
        "urgency": choices.labels(blueprint.urgencies),
        "inlet": choices.labels(blueprint.inlets),
        "kind": choices.labels(blueprint.kinds),
    }


def wanted(actor: Actor, world: World) -> CaseFilter:
    """The filter in the address; what the county does not know is passed over."""
    known = options(world)
    asked = {n: v for n in _NAMES if (v := st.query_params.get(n, "")) in known[n]}
    state = asked.pop("state", "")
    period, area = period_of(), area_of(actor, world)
    unit = st.query_params.get("unit", "")
    closed = state == "closed"
    rungs = ladder(world.blueprint.clock_calendar, now()).spans
    due_since, due_until = rungs.get(state, (None, None))
    return CaseFilter(
        **asked,
        area="" if area == world.root else area,
        unit=unit if unit in world.units.units else "",
        q=st.query_params.get("q", "")[:200],
        stage_kind=state if state in ("live", "open", "waiting", "closed") else "",
        overdue=state == "overdue",
        due_since=due_since,
        due_until=due_until,
        score_max=world.blueprint.rating.satisfied_from - 1 if state == "unhappy" else 0,
        answer=_ANSWERS.get(state, ""),
        order="due" if st.query_params.get("order") == "due" else "newest",
        since=None if closed else period.since,
        until=None if closed else period.until,
        closed_since=period.since if closed else None,
        closed_until=period.until if closed else None,
    )


def _query() -> dict[str, str]:
    return {k: v for k, v in st.query_params.to_dict().items() if k != "cursor"}


def _menu(name: str, words: str, known: Mapping[str, str]) -> str:
    """One menu; a choice that is made is shown in its place and can be taken back."""
    query = _query()
    chosen = query.get(name, "")
    if chosen in known:
        drop = {k: v for k, v in query.items() if k != name}
        return (
            f'<a class="chip on" href="{href("/cases", **drop)}" '
            f'title="{esc(_("取消这个条件"))}">{esc(known[chosen])}{icon("close")}</a>'
        )
    items = "".join(
        f'<a href="{href("/cases", **query | {name: code})}">{esc(label)}</a>'
        for code, label in known.items()
    )
    return (
        f'<details class="menu"><summary class="chip">{esc(words)}{icon("expand_more")}</summary>'
        f'<div class="long">{items}</div></details>'
    )


def bar(actor: Actor, world: World, f: CaseFilter) -> str:
    """The filters, the order and, for those who may, the downloads."""
    menus = "".join(_menu(n, str(_NAMES[n]), known) for n, known in options(world).items())
    unit = ""
    if f.unit:
        drop = {k: v for k, v in _query().items() if k != "unit"}
        unit = (
            f'<a class="chip on" href="{href("/cases", **drop)}">'
            f"{esc(world.units.name(f.unit))}{icon('close')}</a>"
        )
    other = "newest" if f.order == "due" else "due"
    order = (
        f'<a class="chip" href="{href("/cases", **_query() | {"order": other})}">'
        f"{icon('swap_vert')}{esc(_ORDERS[f.order])}</a>"
    )
    rest = f'<span class="rest">{order}{_files(actor, f)}</span>'
    return f'<div class="filters">{menus}{unit}{rest}</div>'


def _files(actor: Actor, f: CaseFilter) -> str:
    if Permission.CASE_EXPORT not in actor.permissions:
        return ""
    return downloads(
        "cases",
        (_("下载这个列表"), address(f)),
        (_("办结导出"), closed(f)),
        note=_("姓名和电话已脱敏，下载会留下记录"),
    )


def closed(f: CaseFilter) -> dict[str, Any]:
    """The same list of what was closed in the period, as the query of `/download/cases.…`.

    What only an open case can be is left out: its stage, that it is late, or unanswered.
    """
    since, until = f.closed_since or f.since, f.closed_until or f.until
    wanted = replace(
        f, stage="", stage_kind="closed", answer="", overdue=False, order="newest",
        due_since=None, due_until=None, since=None, until=None,
        closed_since=since, closed_until=until,
    )  # fmt: skip
    return address(wanted)


def address(f: CaseFilter) -> dict[str, Any]:
    """A filter as the query of `/download/cases.…`."""
    named = ("stage", "stage_kind", "kind", "area", "unit", "category", "inlet", "urgency", "q")
    times = ("since", "until", "closed_since", "closed_until")
    query: dict[str, Any] = {n: getattr(f, n) for n in named}
    query |= {n: _day(getattr(f, n)) for n in times}
    query |= {n: found.isoformat() if (found := getattr(f, n)) else "" for n in _DUE}
    query |= {"overdue": "true" if f.overdue else "", "score_max": f.score_max or ""}
    query["answer"] = f.answer
    return query | {"order": f.order if f.order == "due" else ""}


_DUE = ("due_since", "due_until")


def _day(instant: datetime | None) -> str:
    return local(instant).date().isoformat() if instant else ""
