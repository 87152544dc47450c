"""The frame of every page: the bar with the person's pages, and the top line.

The top line says where, when and what, at the same place on every page; the choice is
kept in the address and remembered from page to page.
"""

from collections.abc import Sequence

import streamlit as st

from core.blueprint.world import World
from core.rules.permissions import ROLES
from core.words import _, locale, pick
from pages.registry import PAGES, OfficePage, first_for
from pages.ui import scope
from pages.ui.markup import esc, href, icon
from pages.ui.session import FRAME, IDLE, Known
from pages.ui.taps import taps
from pages.ui.times import clock_words

BACK = "od_back"
"""Where the person last was: title and address."""
_THUMB, _DESK = 4, 8
"""So many pages stand open in the bar of a phone and of a desk; the others go under 更多."""


def house_name(world: World) -> str:
    """What this installation calls itself."""
    return pick(world.blueprint.door.title)


def show(known: Known, page: OfficePage) -> None:
    """Draw the bar and, where the page has one and the person may see it, the top line."""
    top = _top(known, page) if page.nav and page.open_to(known.actor) else ""
    taps(_bar(known, page) + top, key=FRAME)


def _bar(known: Known, page: OfficePage) -> str:
    actor, world = known.actor, known.world
    shown = [p for p in PAGES if p.nav and p.open_to(actor)]
    links = "".join(_link(p, page, _place(i, len(shown))) for i, p in enumerate(shown))
    county = world.area_name(world.root)
    return (
        f'<header class="bar" data-lang="{locale().replace("_", "-")}">'
        f'<a class="brand" href="{href("/" + first_for(actor).url)}">'
        f"{icon('door_open')}<b>{esc(house_name(world))}</b><span>{esc(county)}</span></a>"
        f'<nav class="links" aria-label="{esc(_("主导航"))}">{links}{_rest(shown, page)}</nav>'
        f'<div class="me">{_bell(known.unread, page)}{_menu(known)}</div>'
        f'<button type="button" hidden data-tap="{IDLE}"></button></header>'
    )


def _link(target: OfficePage, page: OfficePage, kind: str = "") -> str:
    here = ' aria-current="page"' if target is page else ""
    return (
        f'<a class="{kind}" href="/{target.url}"{here}>{icon(target.icon)}'
        f"<span>{esc(target.title)}</span></a>"
    )


def _place(index: int, n: int) -> str:
    """Where a page of `n` stands: always in the bar, in a wide one only, or never."""
    if n > _DESK and index >= _DESK - 1:
        return "rare"
    return "wide" if n > _THUMB + 1 and index >= _THUMB else ""


def _rest(shown: Sequence[OfficePage], page: OfficePage) -> str:
    """更多: what the bar has no room for, on a phone or at a desk."""
    if len(shown) <= _THUMB + 1:
        return ""
    places = {p.url: _place(i, len(shown)) for i, p in enumerate(shown)}
    links = "".join(_link(p, page, places[p.url]) for p in shown if places[p.url])
    kind, here = "" if len(shown) > _DESK else " thumb", places.get(page.url, "")
    return (
        f'<details class="menu rest{kind}"><summary class="{here and "holds " + here}">'
        f"{icon('more_horiz')}<span>{esc(_('更多'))}</span></summary><div>{links}</div></details>"
    )


def _bell(unread: int, page: OfficePage) -> str:
    here = ' aria-current="page"' if page.url == "messages" else ""
    said = _("消息，{n} 条未读", n=unread) if unread else _("消息，没有未读")
    count = f"<b>{unread if unread < 100 else '99+'}</b>" if unread else ""
    return (
        f'<a class="bell" href="/messages" title="{esc(said)}" aria-label="{esc(said)}"{here}>'
        f"{icon('notifications')}{count}</a>"
    )


def _menu(known: Known) -> str:
    actor, blueprint = known.actor, known.world.blueprint
    roles = _("、").join(blueprint.role_name(r) for r in actor.roles if r in ROLES)
    place = actor.unit_name or (known.world.area_name(actor.area) if actor.area else "")
    other, word = ("en", "English") if locale() != "en" else ("zh_CN", "中文")
    return (
        f'<details class="menu"><summary><b>{esc(actor.name)}</b>{icon("expand_more")}</summary>'
        f'<div><p><b>{esc(actor.name)}</b><br>{esc(place)}<br><span class="quiet">{esc(roles)}'
        f'</span></p><a data-load href="{href(f"/auth/lang/{other}")}" lang="{other[:2]}">'
        f"{icon('translate')}{word}</a>"
        f'<a href="/password">{icon("key")}{esc(_("修改密码"))}</a>'
        f'<a data-load href="/auth/out">{icon("logout")}{esc(_("退出登录"))}</a></div></details>'
    )


def _top(known: Known, page: OfficePage) -> str:
    where = scope.crumbs(known.actor, known.world) if page.where else _own_place(known)
    when = {"now": _as_of_now, "period": scope.periods, "": str}[page.when]()
    return (
        f'<div class="top"><h1>{esc(page.title)}</h1><div class="where">{where}</div>'
        f'<div class="when">{when}</div></div>'
    )


def _own_place(known: Known) -> str:
    name = known.actor.unit_name
    if not name:
        name = known.world.area_name(known.actor.area or known.world.root)
    return f"<span>{icon('location_city')}{esc(name)}</span>"


def _as_of_now() -> str:
    return f"<span>{icon('schedule')}{esc(_('截至{time}', time=clock_words()))}</span>"


def back() -> str:
    """The way back, for a page that is reached from another: to where the person last was."""
    name, url = st.session_state.get(BACK, (_("诉求列表"), "/cases"))
    label = _("返回{page}", page=name)
    return f'<a class="back" href="{href(url)}">{icon("arrow_back")}{esc(label)}</a>'


def title(text: str) -> None:
    """The name of what is open, in the browser's tab."""
    st.set_page_config(page_title=text)
