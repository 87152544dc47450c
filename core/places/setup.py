"""An empty database becomes a county: its areas, its configuration, its units."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from core.access.audit import audit
from core.access.desk import Work
from core.blueprint.schema import Blueprint, UnitTemplate
from core.blueprint.store import parse, places_changed, publish, set_fact
from core.blueprint.world import Place
from core.errors import Invalid, OneDoorError
from core.places.bulk import Saved, save
from core.rules.areas import LEVELS, contains
from core.words import _, lazy
from db.models import Area, BlueprintVersion, Unit


class AlreadySetUp(OneDoorError):
    """The database holds a county already; nothing is overwritten."""

    status = 409
    code = "already_set_up"
    sentence = lazy("数据库里已经有一个县的配置，没有改动任何内容")


def set_up(work: Work, body: dict[str, Any], areas: Sequence[Place]) -> int:
    """Found the county; returns the version of its configuration.

    Only the root and what lies within it are kept: a file may hold the province above or the
    whole city around.

    Raises:
        AlreadySetUp: something has been published before.
        Invalid: the blueprint has faults, or the areas hold no root for it.
    """
    if work.tx.scalar(select(func.count()).select_from(BlueprintVersion)):
        raise AlreadySetUp
    blueprint = parse(body)
    root = root_of(blueprint, areas)
    served = [a for a in areas if contains(root.code, a.code)]
    at = served.index(root)
    served[at] = Place(root.code, root.name, None, root.level)
    save_areas(work, served)
    set_fact(work.tx, "root", {"code": root.code})
    version = publish(work.tx, body, note="init", by=work.actor.person)
    save_units(work, units_of(blueprint, served))
    audit(work, "set_up", blueprint.id, root=root.code, areas=len(served))
    work.office.forget()
    return version


def root_of(blueprint: Blueprint, areas: Sequence[Place]) -> Place:
    """The area that is served: the blueprint's own `root`, or else the one that holds the rest.

    A province with one city in it is only that city's address and is passed over.

    Raises:
        Invalid: no areas, the root is not among them, or several stand side by side.
    """
    if not areas:
        raise Invalid(_("没有区划，请用 --areas 指定区划文件"), code="no_areas")
    if blueprint.root:
        found = next((a for a in areas if a.code == blueprint.root), None)
        if found is None:
            raise Invalid(
                _("蓝图服务的区划是 {code}，区划文件里没有它", code=blueprint.root), code="no_root"
            )
        return found
    top = min(areas, key=lambda a: LEVELS.index(a.level))  # pyright: ignore[reportArgumentType]
    if top.level == "province":
        cities = [a for a in areas if a.parent == top.code]
        top = cities[0] if len(cities) == 1 else top
    above = [a for a in areas if not contains(top.code, a.code) and not contains(a.code, top.code)]
    if above:
        raise Invalid(
            _(
                "文件里“{a}”和“{b}”不在同一个上级之下，请在蓝图里用 root 写明服务哪一个",
                a=top.name,
                b=above[0].name,
            ),
            code="no_root",
        )
    return top


def save_areas(work: Work, areas: Iterable[Place]) -> Saved:
    """Add areas, or rename those that exist."""
    rows = [{"code": a.code, "name": a.name, "parent": a.parent, "level": a.level} for a in areas]
    return _told(work, save(work.tx, Area, rows, key="code"))


def save_units(work: Work, units: Sequence[dict[str, Any]], keep: Sequence[str] = ()) -> Saved:
    """Add units, or change those that exist, except for the columns in `keep`."""
    return _told(work, save(work.tx, Unit, units, key="code", keep=keep))


def _told(work: Work, saved: Saved) -> Saved:
    if saved.touched:
        places_changed(work.tx)
        work.office.forget()
    return saved


def grow(work: Work, places: Sequence[Place]) -> tuple[Saved, int]:
    """Add or rename areas of a county that runs; returns also how many units came with them.

    New areas get the units of the county's templates. A unit that still carries the name its
    template gave it is renamed with its area; what the county has changed stays.
    """
    world = work.world
    new = [p for p in places if p.code not in world.areas]
    old = [p for p in places if p.code in world.areas]
    renamed = [p for p in old if world.areas[p.code].name != p.name]
    known = world.units.units
    units = [u for u in units_of(world.blueprint, new) if u["code"] not in known]
    before = units_of(world.blueprint, [world.areas[p.code] for p in renamed])
    after = units_of(world.blueprint, renamed)
    follow = [
        b
        for a, b in zip(before, after, strict=True)
        if a["code"] in known and known[a["code"]].name == a["name"] != b["name"]
    ]
    saved = save_areas(work, places)
    save_units(work, follow, keep=("kind", "area", "parent", "duties"))
    return saved, save_units(work, units).added


def units_of(blueprint: Blueprint, areas: Iterable[Place]) -> list[dict[str, Any]]:
    """The units that the blueprint's templates give to these areas."""
    by_level: dict[str, list[Place]] = {}
    for area in areas:
        by_level.setdefault(area.level, []).append(area)
    return [
        _filled(template, area)
        for template in blueprint.units
        for area in by_level.get(template.level, ())
    ]


def _filled(template: UnitTemplate, area: Place) -> dict[str, Any]:
    words = {"area": area.code, "name": area.name, "parent": area.parent or ""}
    # What stands right above the root is not served, so no unit is there
    above = template.parent if area.parent or "{parent}" not in (template.parent or "") else None
    return {
        "code": template.code.format(**words),
        "name": template.name.format(**words),
        "kind": template.kind,
        "area": area.code,
        "parent": above.format(**words) if above else None,
        "duties": list(template.duties),
    }
