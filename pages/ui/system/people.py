"""People with accounts as a list: who they are, what they may, where they work, how it stands."""

from collections.abc import Mapping

import streamlit as st

from core.blueprint.world import World
from core.places.directory import People, PersonFilter, PersonLine
from core.rules.permissions import STAFF_ROLES
from core.rules.units import GRID
from core.words import _, lazy
from pages.ui.choices import areas_in
from pages.ui.files import list_file
from pages.ui.markup import empty, esc, href, icon, tag
from pages.ui.system.parts import menu
from pages.ui.times import exact, when

PAGE = 50
STATES = {
    "active": lazy("可以登录"),
    "locked": lazy("暂时锁定"),
    "disabled": lazy("已停用"),
}
_PATH = "/people"


def role_names(world: World) -> dict[str, str]:
    """The roles of staff, by the county's own names where it has some."""
    return {r: world.blueprint.role_name(r) for r in STAFF_ROLES}


def unit_names(world: World) -> dict[str, str]:
    """All units; grids with the village around them, for many villages have a first grid."""
    found = world.memo.get("unit_names")
    if found is None:
        units = [u for u in world.units.units.values() if u.active]
        units.sort(key=lambda u: (u.kind == GRID, u.area, u.code))
        found = world.memo["unit_names"] = {
            u.code: world.area_path(u.area) if u.kind == GRID else u.name for u in units
        }
    return found


def area_names(world: World) -> dict[str, str]:
    """All areas, worded from their township down."""
    found = world.memo.get("area_names")
    if found is None:
        found = world.memo["area_names"] = areas_in(world, world.root)
    return found


def wanted(world: World) -> PersonFilter:
    """The filter in the address; what does not exist is passed over."""
    asked = st.query_params
    role, unit, state = asked.get("role", ""), asked.get("unit", ""), asked.get("state", "")
    return PersonFilter(
        q=asked.get("q", "").strip()[:64],
        role=role if role in STAFF_ROLES else "",
        unit=unit if unit in world.units.units else "",
        state=state if state in STATES else "",  # pyright: ignore[reportArgumentType]
    )


def _unit_into_address() -> None:
    st.query_params.pop("cursor", None)
    if unit := st.session_state.get("od_people_unit"):
        st.query_params["unit"] = unit
    else:
        st.query_params.pop("unit", None)


def unit_filter(world: World) -> None:
    """One unit out of hundreds, by its name."""
    known = unit_names(world)
    chosen = st.query_params.get("unit")
    st.session_state["od_people_unit"] = chosen if chosen in known else None
    st.selectbox(
        _("按单位查找"), list(known), key="od_people_unit", format_func=known.get, index=None,
        placeholder=_("单位，可输入名称"), filter_mode="contains", label_visibility="collapsed",
        on_change=_unit_into_address,
    )  # fmt: skip


def _query(**changed: str) -> dict[str, str]:
    return {k: v for k, v in st.query_params.to_dict().items() if k != "cursor"} | changed


def _menu(name: str, words: str, options: Mapping[str, str]) -> str:
    chosen = st.query_params.get(name, "")
    chosen = chosen if chosen in options else ""
    return menu(name, words, options, chosen, lambda v: href(_PATH, **_query(**{name: v})))


def bar(world: World) -> str:
    """The filters, the list as a file, and the button for somebody new."""
    menus = _menu("role", _("角色"), role_names(world)) + _menu(
        "state", _("状态"), {k: str(v) for k, v in STATES.items()}
    )
    file = list_file("people", "q", "role", "unit", "state")
    new = (
        f'<button type="button" class="btn main" data-tap="add:">{icon("person_add")}'
        f"{esc(_('新增人员'))}</button>"
    )
    return f'<div class="filters">{menus}<span class="rest">{file}{new}</span></div>'


def people_list(world: World, found: People, f: PersonFilter) -> str:
    """A page of the list with its count and the ways on."""
    if not found.lines and st.query_params.get("cursor"):
        first = f'<a class="btn" href="{href(_PATH, **_query())}">{esc(_("回到第一页"))}</a>'
        return empty(_("后面没有人了"), symbol="group") + f'<nav class="pages">{first}</nav>'
    if not found.lines:
        if f == PersonFilter():
            return empty(_("还没有人员"), _("逐个新增，或在“导入”里一次导入一张表。"), "group_off")
        return empty(
            _("没有符合条件的人员"), _("换个名字，或取消上面的条件再看看。"), "person_search"
        )
    roles = role_names(world)
    rows = "".join(_row(world, roles, p) for p in found.lines)
    ways = []
    if st.query_params.get("cursor"):
        ways.append(f'<a class="btn" href="{href(_PATH, **_query())}">{esc(_("回到第一页"))}</a>')
    if found.after:
        on = href(_PATH, **_query(cursor=found.after))
        ways.append(f'<a class="btn" href="{on}">{esc(_("下一页"))}</a>')
    head = "".join(
        f"<span>{esc(h)}</span>"
        for h in (_("姓名"), _("角色"), _("单位和区划"), _("联系方式"), _("状态"))
    )
    said = _("共 {n} 人", n=f"{found.total:,}")
    return (
        f'<p class="count">{esc(said)}</p>'
        f'<ol class="rows people"><li class="head" aria-hidden="true">{head}</li>{rows}</ol>'
        f'<nav class="pages">{"".join(ways)}</nav>'
    )


def _row(world: World, roles: Mapping[str, str], p: PersonLine) -> str:
    tags = "".join(tag(roles.get(r, r)) for r in p.roles)
    contact = "　".join(esc(v) for v in (p.phone, p.email) if v)
    place = where(world, p)
    # On a phone an empty cell would be an empty line
    no_place, no_contact = "" if place else " none", "" if contact else " none"
    kind = "" if p.active else " off"
    return (
        f'<li class="row{kind}"><a class="case" href="#" role="button" '
        f'data-tap="edit:{esc(p.username)}"><b>{esc(p.name)}</b>'
        f'<span class="no">{esc(p.username)}</span></a>'
        f'<span class="c roles">{tags}</span>'
        f'<span class="c place{no_place}">{esc(place or "—")}</span>'
        f'<span class="c contact{no_contact}">{contact or "—"}</span>'
        f'<span class="c state-c">{_state(p)}</span></li>'
    )


def where(world: World, p: PersonLine) -> str:
    """Unit and area, as far as each is given."""
    unit = unit_names(world).get(p.unit, world.units.name(p.unit)) if p.unit else ""
    area = world.area_path(p.area) if p.area else ""
    return " · ".join(x for x in (unit, area) if x)


def _state(p: PersonLine) -> str:
    if not p.active:
        return tag(_("已停用"), "", "block")
    if p.locked_until:
        return tag(_("锁定到 {time}", time=exact(p.locked_until)[-5:]), "amber", "lock_clock")
    if p.seen_at:
        return f'<span class="quiet">{icon("login")} {when(p.seen_at)}</span>'
    return f'<span class="quiet">{esc(_("未登录"))}</span>'
