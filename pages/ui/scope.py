"""Where and when a page looks: chosen in the top line, kept in the address, remembered."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import streamlit as st

from core.access.actor import Actor
from core.blueprint.world import Place, World
from core.now import local_day, midnight, now
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
    "12m": lazy("近 12 个月"),
    "all": lazy("全部时间"),
}
USUAL, CUSTOM = "30d", "custom"
SINCE, UNTIL = "since", "until"
"""The two days of a period of one's own, the last one included."""


def _remembered(name: str) -> str:
    """From the address, else as last chosen in this session; then it is remembered."""
    value = st.query_params.get(name) or st.session_state.get(f"od_{name}", "")
    st.session_state[f"od_{name}"] = value
    return value


def base_of(actor: Actor, world: World) -> str:
    """The widest area this person may look at."""
    own = actor.scope in (Scope.AREA, Scope.BOTH, Scope.OUTSIDE) and actor.area
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
    return href("/" + st.session_state.get("od_page", ""), **_rest(*changed) | changed)


def _rest(*changed: str) -> dict[str, str]:
    """What the address says beside the choices that are about to change."""
    gone = {"cursor", *changed, *((SINCE, UNTIL) if PERIOD in changed else ())}
    return {k: v for k, v in st.query_params.to_dict().items() if k not in gone}


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


def period_of() -> Period:
    """The chosen period, in the county's days."""
    asked = _remembered(PERIOD)
    chosen = asked if asked in PERIODS else USUAL
    if asked == CUSTOM and (days := _own_days()):
        return Period(CUSTOM, midnight(days[0]), midnight(days[1] + timedelta(days=1)))
    today = local_day(now())
    first = today.replace(day=1)
    match chosen:
        case "7d":
            return Period(chosen, midnight(today - timedelta(days=6)), None)
        case "month":
            return Period(chosen, midnight(first), None)
        case "last_month":
            before = (first - timedelta(days=1)).replace(day=1)
            return Period(chosen, midnight(before), midnight(first))
        case "year":
            return Period(chosen, midnight(today.replace(month=1, day=1)), None)
        case "12m":
            return Period(chosen, midnight(_year_before(today) + timedelta(days=1)), None)
        case "all":
            return Period(chosen, None, None)
    return Period(USUAL, midnight(today - timedelta(days=29)), None)


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def _own_days() -> tuple[date, date] | None:
    """First and last day as chosen; None where they are no days, or in the wrong order."""
    try:
        since, until = (date.fromisoformat(_remembered(name)) for name in (SINCE, UNTIL))
    except ValueError:
        return None
    return (since, until) if date(2000, 1, 1) <= since <= until < date(2100, 1, 1) else None


def period_words(period: Period) -> str:
    """「近 30 天」「2026-03-01 至 2026-03-15」."""
    if period.id != CUSTOM or not period.since or not period.until:
        return str(PERIODS[period.id])
    last = local_day(period.until) - timedelta(days=1)
    return _("{since} 至 {until}", since=local_day(period.since), until=last)


def period_query() -> dict[str, str]:
    """The chosen period, for a link to another page."""
    chosen = period_of().id
    own = {SINCE: _remembered(SINCE), UNTIL: _remembered(UNTIL)} if chosen == CUSTOM else {}
    return {PERIOD: chosen, **own}


def download_period() -> dict[str, str]:
    """The chosen period as [since, until) in days, for what leaves the house."""
    period = period_of()
    ends = {SINCE: period.since, UNTIL: period.until}
    return {name: f"{local_day(at)}" for name, at in ends.items() if at}


def _own_period(period: Period) -> str:
    """Two days to fill in."""
    today = local_day(now())
    since = local_day(period.since) if period.since else today
    until = local_day(period.until) - timedelta(days=1) if period.until else today
    kept = "".join(
        f'<input type="hidden" name="{esc(k)}" value="{esc(v)}">'
        for k, v in (_rest(PERIOD) | {PERIOD: CUSTOM}).items()
    )
    return (
        f'<form class="own" action="/{st.session_state.get("od_page", "")}">{kept}'
        f'<label>{esc(_("从"))}<input type="date" name="{SINCE}" value="{since}" required></label>'
        f'<label>{esc(_("到"))}<input type="date" name="{UNTIL}" value="{until}" required></label>'
        f'<button class="btn">{esc(_("看这段时间"))}</button></form>'
    )


def periods() -> str:
    """The menu of periods."""
    period = period_of()
    chosen = period.id
    items = "".join(
        f'<a href="{_with(period=p)}"{" aria-current=true" if p == chosen else ""}>{esc(words)}</a>'
        for p, words in PERIODS.items()
    )
    return (
        f'{icon("calendar_month")}<details class="menu"><summary><b>{esc(period_words(period))}</b>'
        f"{icon('expand_more')}</summary><div>{items}{_own_period(period)}</div></details>"
    )
