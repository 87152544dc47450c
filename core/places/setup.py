"""An empty database becomes a county: its areas, its configuration, its units."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core.access.audit import audit
from core.access.desk import Work
from core.blueprint.schema import Blueprint
from core.blueprint.store import parse, places_changed, publish, set_fact
from core.blueprint.world import Place
from core.errors import OneDoorError
from core.rules.areas import LEVELS, contains
from core.words import lazy
from db.models import Area, BlueprintVersion, Unit


class AlreadySetUp(OneDoorError):
    """The database holds a county already; nothing is overwritten."""

    status = 409
    code = "already_set_up"
    sentence = lazy("数据库里已经有一个县的配置，没有改动任何内容")


def set_up(work: Work, body: dict[str, Any], areas: Sequence[Place]) -> int:
    """Found the county; returns the version of its configuration.

    Raises:
        AlreadySetUp: something has been published before.
        Invalid: the blueprint has faults, or there are no areas.
    """
    if work.tx.scalar(select(func.count()).select_from(BlueprintVersion)):
        raise AlreadySetUp
    blueprint = parse(body)
    root = min(areas, key=lambda a: LEVELS.index(a.level)) if areas else None
    if root is None:
        raise OneDoorError(lazy("没有区划，请用 --areas 指定区划文件"), code="no_areas")
    served = [a for a in areas if contains(root.code, a.code)]
    if root.level == "province":
        inner = [a for a in areas if a.level != "province"]
        root = min(inner, key=lambda a: LEVELS.index(a.level)) if inner else root
    save_areas(work, areas)
    set_fact(work.tx, "root", {"code": root.code})
    version = publish(work.tx, body, note="init", by=work.actor.person)
    save_units(work, units_of(blueprint, served))
    audit(work, "set_up", blueprint.id, areas=len(areas))
    work.office.forget()
    return version


def save_areas(work: Work, areas: Iterable[Place]) -> int:
    """Add areas, or rename those that exist; returns how many rows there were."""
    rows = [{"code": a.code, "name": a.name, "parent": a.parent, "level": a.level} for a in areas]
    if rows:
        statement = insert(Area)
        changed = {c: statement.excluded[c] for c in ("name", "parent", "level")}
        work.tx.execute(
            statement.on_conflict_do_update(index_elements=["code"], set_=changed), rows
        )
        places_changed(work.tx)
        work.office.forget()
    return len(rows)


def units_of(blueprint: Blueprint, areas: Iterable[Place]) -> list[dict[str, Any]]:
    """The units that the blueprint's templates give to these areas."""
    by_level: dict[str, list[Place]] = {}
    for area in areas:
        by_level.setdefault(area.level, []).append(area)
    return [
        {
            "code": template.code.format(area=area.code, name=area.name, parent=area.parent),
            "name": template.name.format(area=area.code, name=area.name, parent=area.parent),
            "kind": template.kind,
            "area": area.code,
            "parent": template.parent.format(area=area.code, parent=area.parent)
            if template.parent
            else None,
            "duties": list(template.duties),
        }
        for template in blueprint.units
        for area in by_level.get(template.level, ())
    ]


def save_units(work: Work, units: Sequence[dict[str, Any]]) -> int:
    """Add units, or change those that exist; returns how many rows there were."""
    if units:
        statement = insert(Unit)
        changed = {c: statement.excluded[c] for c in units[0] if c != "code"}
        work.tx.execute(
            statement.on_conflict_do_update(index_elements=["code"], set_=changed), list(units)
        )
        places_changed(work.tx)
        work.office.forget()
    return len(units)
