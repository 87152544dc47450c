"""People, units and areas as tables to take away, with the columns that the imports know."""

from dataclasses import asdict

from sqlalchemy import func, select

from core.access.desk import Work
from core.access.taken import MOST, Table, taken
from core.places.directory import PersonFilter, PersonLine, people
from core.places.imports import areas, units
from core.places.imports.areas import LEVEL_LABELS
from core.places.imports.units import KIND_LABELS
from core.rules.areas import contains, validate
from core.rules.masking import mask_email, mask_phone
from core.rules.permissions import Permission
from core.words import _, pick
from db.models import Person, Unit


def people_table(work: Work, f: PersonFilter) -> Table:
    """The accounts that the filter finds; phones and e-mail are masked, and therefore called
    otherwise than an import would call them.

    Raises:
        NotPermitted: without `people:manage`.
        Invalid: too many.
    """
    found = people(work, f, limit=MOST + 1).lines
    head = [
        _("用户名"), _("姓名"), _("角色"), _("单位"), _("单位名称"), _("区划"), _("脱敏电话"),
        _("脱敏邮箱"), _("状态"), _("最近使用"),
    ]  # fmt: skip
    role, name = work.world.blueprint.role_name, work.world.units.name
    rows = [
        (
            p.username, p.name,
            _("、").join(map(role, p.roles)),
            p.unit, name(p.unit) if p.unit else "", p.area, mask_phone(p.phone),
            mask_email(p.email), _state(p), p.seen_at,
        )
        for p in found
    ]  # fmt: skip
    return taken(work, "people.export", head, rows, asdict(f))


def _state(p: PersonLine) -> str:
    if not p.active:
        return _("已停用")
    return _("暂时锁定") if p.locked_until else _("可以登录")


def units_table(work: Work, area: str) -> Table:
    """Every unit within an area, as its import takes it back.

    Raises:
        NotPermitted: without `places:import`.
        Invalid: no such area, or too many.
    """
    work.actor.require(Permission.PLACES_IMPORT)
    world, area = work.world, validate(area or work.world.root)
    duties = world.blueprint.duties
    phones = {code: phone for code, phone in work.tx.execute(select(Unit.code, Unit.phone))}  # noqa: C416 (rows are no pairs to pyright)
    query = select(Person.unit, func.count()).where(Person.active).group_by(Person.unit)
    staff = {unit: n for unit, n in work.tx.execute(query)}  # noqa: C416
    within = [u for u in world.units.units.values() if contains(area, u.area)]
    rows = [
        (
            u.code, u.name, str(KIND_LABELS.get(u.kind, u.kind)), u.area, u.parent,
            _("、").join(pick(duties.get(d, d)) for d in u.duties), phones.get(u.code), u.active,
            u.successor, staff.get(u.code, 0),
        )
        for u in sorted(within, key=lambda u: (u.area, u.code))
    ]  # fmt: skip
    head = [c.label for c in units.COLUMNS if c.id not in ("webhook", "robot")]
    return taken(work, "places.export", [*head, _("人数")], rows, {"area": area})


def areas_table(work: Work, area: str) -> Table:
    """Every place within an area, itself included, as its import takes it back.

    Raises:
        NotPermitted: without `places:import`.
        Invalid: no such area, or too many.
    """
    work.actor.require(Permission.PLACES_IMPORT)
    world, area = work.world, validate(area or work.world.root)
    rows = [
        (p.code, p.name, p.parent, str(LEVEL_LABELS.get(p.level, p.level)))
        for code, p in sorted(world.areas.items())
        if contains(area, code)
    ]
    return taken(work, "places.export", [c.label for c in areas.COLUMNS], rows, {"area": area})
