"""Import of the grids below villages; the workers of each become its unit."""

from collections.abc import Mapping

from core.access.audit import audit
from core.access.desk import Work
from core.blueprint.world import Place
from core.errors import Invalid
from core.places.find import Finder, area_code
from core.places.report import Checking, Progress, Report
from core.places.setup import grow
from core.places.sheets import Source
from core.places.tables import Column, Row, open_table
from core.rules.areas import level
from core.rules.permissions import Permission
from core.words import _

COLUMNS = (
    Column("name", ("名称", "网格名称", "网格"), required=True),
    Column("village", ("村", "所属村", "村（社区）", "社区", "所属社区", "上级", "上级代码",
                       "所属区划", "parent_code", "parent")),
    Column("code", ("代码", "编码", "网格代码", "网格编码")),
)  # fmt: skip
MOST = 999
"""Grids of one village: three digits, counted from 001."""


def import_grids(work: Work, file: Source, progress: Progress | None = None) -> Report:
    """Add grids below villages, or rename them.

    A row names its village by code or by name, or carries the grid's own 15 digits. Without
    them the code is the village's and the next free number from 001; a grid that the village
    has by this name already keeps its code, so that a second import changes nothing.

    Raises:
        NotPermitted: without `places:import`.
        Invalid: not such a table.
    """
    work.actor.require(Permission.PLACES_IMPORT)
    world, find = work.world, Finder(work.world)
    with open_table(file, COLUMNS) as table:
        if not {"code", "village"} & set(table.headers):
            raise Invalid(_("需要“所属村”或“代码”列，才知道网格在哪个村"), field="file")
        checking = Checking(table, COLUMNS, progress)
        rows = list(checking.good(lambda row: _grid(checking, find, row)))
        places = _numbered(checking, rows, world.areas)
        saved, units = grow(work, places)
        if saved.touched or units:
            audit(work, "grids.import", table.name, rows=saved.touched, units=units)
        return checking.report(saved.touched, saved.unchanged, units=units)


def _grid(checking: Checking, find: Finder, row: Row) -> Place:
    """One row by itself; the code is empty where it has to be given out."""
    name = checking.text(row, "name", 60, required=True)
    village = find.area(row["village"], "village", "village") if row["village"] else None
    code = area_code(row["code"], "code") if row["code"] else ""
    if code:
        if level(code) != "grid":
            raise Invalid(_("网格代码应为 15 位，“{code}”不是", code=code), field="code")
        if village and code[:12] != village:
            raise Invalid(
                _("网格代码 {code} 不在村 {village} 之下", code=code, village=village), field="code"
            )
        village = find.area(code[:12], "code", "village")
        checking.once(row, "code", code)
    if not village:
        raise Invalid(_("请填写所属村或网格代码"), field="village")
    checking.once(row, "name", f"{village} {name}")
    return Place(code, name, village, "grid")


def _numbered(
    checking: Checking, rows: list[tuple[Row, Place]], known: Mapping[str, Place]
) -> list[Place]:
    """The grids with their codes; those of villages that are full are rejected."""
    codes = {(p.parent, p.name): c for c, p in known.items() if p.level == "grid"}
    taken = {c for c in known if len(c) == 15} | {p.code for _row, p in rows if p.code}
    last: dict[str, int] = {}
    places: dict[str, Place] = {}
    for row, place in rows:
        village = str(place.parent)
        code = place.code or codes.get((village, place.name), "")
        if not code or (not place.code and code in places):
            number = last.get(village, 0) + 1
            while f"{village}{number:03}" in taken:
                number += 1
            if number > MOST:
                checking.reject(row, Invalid(_("一个村最多 {n} 个网格", n=MOST), field="village"))
                continue
            last[village], code = number, f"{village}{number:03}"
            taken.add(code)
        places[code] = Place(code, place.name, village, "grid")
    return list(places.values())
