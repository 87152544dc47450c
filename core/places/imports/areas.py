"""Import of the division tree, and of anything that has a code in it."""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.access.audit import audit
from core.access.desk import Work
from core.blueprint.world import Place
from core.errors import Invalid
from core.places.find import area_code
from core.places.report import Checking, Progress, Report
from core.places.setup import grow
from core.places.sheets import Source
from core.places.tables import Column, Row, open_table
from core.rules.areas import LEVELS, ancestors, contains, level
from core.rules.permissions import Permission
from core.words import Text, _, lazy

COLUMNS = (
    Column("code", ("代码", "编码", "区划代码", "行政区划代码", "统计用区划代码"), required=True),
    Column("name", ("名称", "区划名称", "行政区划名称"), required=True),
    Column("parent_code", ("上级", "上级代码", "上级区划", "parent")),
    Column("level", ("级别", "层级", "区划级别")),
)
_LEVEL_NAMES = {
    "province": ("省", "省级", "1"),
    "prefecture": ("市", "地级", "地市", "市级", "地级市", "2"),
    "county": ("县", "县级", "区县", "县区", "3"),
    "township": ("乡", "镇", "乡级", "乡镇", "街道", "乡镇街道", "4"),
    "village": ("村", "村级", "社区", "村社区", "5"),
    "grid": ("网格", "6"),
}
LEVEL_LABELS: dict[str, Text] = {
    "province": lazy("省级"),
    "prefecture": lazy("地级"),
    "county": lazy("县级"),
    "township": lazy("乡级"),
    "village": lazy("村级"),
    "grid": lazy("网格"),
}
_LEVELS = {n: lv for lv, names in _LEVEL_NAMES.items() for n in (lv, *names)}


def import_areas(work: Work, file: Source, progress: Progress | None = None) -> Report:
    """Add areas of the tree that this installation serves, or rename them.

    New areas get the units of the county's templates. What lies outside (the province above,
    the county next door) is counted and left out.

    Raises:
        NotPermitted: without `places:import`.
        Invalid: not such a table, or nothing in it lies within the place served.
    """
    work.actor.require(Permission.PLACES_IMPORT)
    world = work.world
    with open_table(file, COLUMNS) as table:
        checking = Checking(table, COLUMNS, progress)
        rows = list(checking.good(lambda row: _place(checking, row)))
        inside = [(row, p) for row, p in rows if contains(world.root, p.code)]
        outside = len(rows) - len(inside)
        if outside and not inside and not checking.rejected:
            raise Invalid(
                _("文件里没有“{name}”（{code}）范围内的区划",
                  name=world.area_name(world.root), code=world.root),
                field="file",
            )  # fmt: skip
        places = _tree(checking, inside, world.areas, tops={world.root})
        saved, units = grow(work, places)
        if saved.touched or units:
            audit(work, "areas.import", table.name, rows=saved.touched, units=units)
        return checking.report(saved.touched, saved.unchanged, outside=outside, units=units)


def read_areas(file: Source, progress: Progress | None = None) -> list[Place]:
    """The tree in a file, checked by itself: what `setup.set_up` founds a county on.

    Its outermost places need nothing above them.

    Raises:
        Invalid: not such a table, or a row is wrong: no county is founded on a tree with holes.
    """
    with open_table(file, COLUMNS) as table:
        checking = Checking(table, COLUMNS, progress)
        rows = list(checking.good(lambda row: _place(checking, row)))
        outermost = min((LEVELS.index(level(p.code)) for _, p in rows), default=0)
        tops = {p.code for _, p in rows if LEVELS.index(level(p.code)) == outermost}
        places = _tree(checking, rows, {}, tops)
        report = checking.report(len(places), 0)
        if report.rejected:
            raise _not_a_tree(report, table.name)
        return places


def _not_a_tree(report: Report, name: str) -> Invalid:
    lines = [
        _("第 {n} 行（{field}）：{why}", n=r.row, field=r.field, why=r.message)
        for r in report.rejected[:5]
    ]
    return Invalid(
        _("“{name}”有 {n} 行有问题，没有导入：\n{lines}",
          name=name, n=len(report.rejected), lines="\n".join(lines)),
        field="file",
        rejected=len(report.rejected),
    )  # fmt: skip


def _place(checking: Checking, row: Row) -> Place:
    """One row by itself; `parent` is what it says, to be checked against the tree."""
    code = checking.once(row, "code", area_code(row["code"], "code"))
    name = checking.text(row, "name", 60, required=True)
    depth = level(code)
    said = row["level"]
    if said and _LEVELS.get(said.casefold()) != depth:
        raise Invalid(
            _(
                "级别“{said}”与代码 {code} 不符，这个代码的级别是“{level}”",
                said=said[:20],
                code=code,
                level=LEVEL_LABELS[depth],
            ),
            field="level",
        )
    parent = row["parent_code"]
    return Place(code, name, area_code(parent, "parent_code") if parent else None, depth)


def _tree(
    checking: Checking,
    rows: Iterable[tuple[Row, Place]],
    known: Mapping[str, Place],
    tops: set[str],
) -> list[Place]:
    """The places whose parent exists, outermost first; the others are rejected."""
    good: dict[str, Place] = {}
    everything = ChainMap(good, dict(known))
    for row, place in sorted(rows, key=lambda r: LEVELS.index(level(r[1].code))):
        if place.code in tops:
            good[place.code] = replace(place, parent=None)
            continue
        try:
            good[place.code] = replace(place, parent=_parent(place, everything))
        except Invalid as fault:
            checking.reject(row, fault)
    return list(good.values())


def _parent(place: Place, known: Mapping[str, Place]) -> str:
    """The one place right above: the code says which; six digits may skip a level (469001)."""
    above = ancestors(place.code)
    nearest = next((a for a in reversed(above) if a in known), None)
    right = place.code[:-3] if len(place.code) > 6 else nearest
    said = place.parent
    if said and right and said != right:
        raise Invalid(
            _("上级“{said}”与代码 {code} 不符，应为 {right}",
              said=said, code=place.code, right=right),
            field="parent_code",
        )  # fmt: skip
    if right is None or right not in known:
        raise Invalid(
            _("上级“{parent}”既不在文件里，也不在已有区划中",
              parent=said or right or place.code[:2] + "0000"),
            field="parent_code",
        )  # fmt: skip
    return right
