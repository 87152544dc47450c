"""Where and when a page looks: chosen in the top line, kept in the address, remembered."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import streamlit as st

from core.access.actor import Actor
from core.blueprint.world import Place, World
from core.now import ZONE, local_day, now
from core.rules.areas import ancestors, contains
from core.rules.permissions import Scope
from core.words import Text, _, lazy
from pages.ui.markup import esc, href, icon

AREA, PERIOD = "area", "period"
PERIODS: dict[str, Text] = {
    "7d": lazy("近 7 天"),
    "30d": lazy("近 30 天"),
    "month": lazy("本月"),
    "last_month": lazy("上月"),
    "year": lazy("今年"),
    "all": lazy("全部时间"),
}
USUAL = "30d"


def _remembered(name: str) -> str:
    """From the address, else as last chosen in this session; then it is remembered."""
    value = st.query_params.get(name) or st.session_state.get(f"od_{name}", "")
    st.session_state[f"od_{name}"] = value
    return value


def base_of(actor: Actor, world: World) -> str:
    """The widest area this person may look at."""
    own = actor.scope in (Scope.AREA, Scope.BOTH) and actor.area
    return own or world.root


def area_of(actor: Actor, world: World) -> str:
    """The area the page looks at; a strange or foreign one in the address is passed over."""
    base, asked = base_of(actor, world), _remembered(AREA)
    return asked if asked in world.areas and contains(base, asked) else base


def below(world: World, area: str) -> list[Place]:
    """The areas right below one, in the order of their codes."""
    inner = world.memo.get("below")
    if inner is None:
        inner = {}
        for place in world.areas.values():
            if place.parent:
                inner.setdefault(place.parent, []).append(place)
        world.memo["below"] = inner
    return inner.get(area, [])


def _with(**changed: str) -> str:
    """The same page with another choice; what hangs on the old one is dropped."""
    query = {k: v for k, v in st.query_params.to_dict().items() if k != "cursor"} | changed
    return href("/" + st.session_state.get("od_page", ""), **query)


def crumbs(actor: Actor, world: World) -> str:
    """「香河县 › 安平镇 ▾」: up by a tap on a name, down by the menu."""
    base, area = base_of(actor, world), area_of(actor, world)
    path = [c for c in (*ancestors(area), area) if c in world.areas and contains(base, c)] or [area]
    names = [f'<a href="{_with(area=c)}">{esc(world.area_name(c))}</a>' for c in path[:-1]]
    here, inner = esc(world.area_name(area)), below(world, area)
    if inner:
        items = "".join(f'<a href="{_with(area=p.code)}">{esc(p.name)}</a>' for p in inner)
        names.append(
            f'<details class="menu"><summary><b>{here}</b>{icon("expand_more")}</summary>'
            f'<div class="long">{items}</div></details>'
        )
    else:
        names.append(f"<b>{here}</b>")
    sep = f'<span class="sep">{icon("chevron_right")}</span>'
    return f'<nav aria-label="{esc(_("所在区域"))}">{icon("location_on")}{sep.join(names)}</nav>'


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time: [since, until), either end open."""

    id: str
    since: datetime | None
    until: datetime | None


def _midnight(day: "datetime | object") -> datetime:
    return datetime.combine(day, time(), ZONE)  # pyright: ignore[reportArgumentType]


def period_of() -> Period:
    """The chosen period, in the county's days."""
    asked = _remembered(PERIOD)
    chosen = asked if asked in PERIODS else USUAL
    today = local_day(now())
    first = today.replace(day=1)
    match chosen:
        case "7d":
            return Period(chosen, _midnight(today - timedelta(days=6)), None)
        case "month":
            return Period(chosen, _midnight(first), None)
        case "last_month":
            before = (first - timedelta(days=1)).replace(day=1)
            return Period(chosen, _midnight(before), _midnight(first))
        case "year":
            return Period(chosen, _midnight(today.replace(month=1, day=1)), None)
        case "all":
            return Period(chosen, None, None)
    return Period(USUAL, _midnight(today - timedelta(days=29)), None)


def periods() -> str:
    """The menu of periods."""
    chosen = period_of().id
    items = "".join(
        f'<a href="{_with(period=p)}"{" aria-current=true" if p == chosen else ""}>{esc(words)}</a>'
        for p, words in PERIODS.items()
    )
    return (
        f'{icon("calendar_month")}<details class="menu"><summary><b>{esc(PERIODS[chosen])}</b>'
        f"{icon('expand_more')}</summary><div>{items}</div></details>"
    )
