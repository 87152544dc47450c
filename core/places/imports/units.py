"""Import of units 单位 with those below them."""

from collections.abc import Mapping
from typing import Any

from core.access.audit import audit
from core.access.desk import Work
from core.blueprint.schema import Blueprint
from core.errors import Invalid
from core.places.find import Finder
from core.places.imports import ways
from core.places.report import Checking, Progress, Report
from core.places.setup import save_units
from core.places.sheets import Source
from core.places.tables import Column, Row, open_table
from core.rules.permissions import Permission
from core.rules.units import UNIT_KINDS
from core.words import Text, _, lazy

COLUMNS = (
    Column("code", ("代码", "编码", "单位代码", "单位编码"), required=True),
    Column("name", ("名称", "单位名称", "单位"), required=True),
    Column("kind", ("类型", "类别", "单位类型", "性质"), required=True),
    Column("area", ("区划", "区划代码", "所在区划", "辖区", "所属区划"), required=True),
    Column("parent", ("上级", "上级单位", "上级代码", "主管单位", "parent_code")),
    Column("duties", ("职责", "职能", "职责范围", "duty")),
    Column("phone", ("电话", "联系电话", "值班电话")),
    Column("active", ("启用", "状态", "是否启用")),
    Column("successor", ("并入单位", "并入", "合并到", "撤并到")),
    *ways.COLUMNS,
)
KIND_LABELS: dict[str, Text] = {
    "centre": lazy("中心"),
    "department": lazy("部门"),
    "station": lazy("站所"),
    "grid": lazy("网格"),
    "volunteers": lazy("志愿队伍"),
    "office": lazy("办公室"),
}
_KINDS = {
    **{kind: kind for kind in UNIT_KINDS},
    **{label.message: kind for kind, label in KIND_LABELS.items()},
    "群众说事中心": "centre", "分中心": "centre", "县直部门": "department", "委办局": "department",
    "站": "station", "所": "station", "队": "station", "志愿者": "volunteers",
    "志愿服务队": "volunteers", "center": "centre",
}  # fmt: skip
_YES = {"", "1", "是", "启用", "true", "yes", "y", "active"}
_NO = {"0", "否", "停用", "false", "no", "n", "inactive"}
_CODE_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")


def import_units(work: Work, file: Source, progress: Progress | None = None) -> Report:
    """Add units, or change those whose code exists; columns that the table lacks stay.

    A parent may stand anywhere in the table, or exist already.

    Raises:
        NotPermitted: without `places:import`.
        Invalid: not such a table.
    """
    work.actor.require(Permission.PLACES_IMPORT)
    find, duties = Finder(work.world), duty_names(work.world.blueprint)
    with open_table(file, COLUMNS) as table:
        checking, reach = Checking(table, COLUMNS, progress), ways.Ways(work, table)
        rows = list(checking.good(lambda row: _unit(checking, find, duties, reach, row)))
        units = [unit for _row, unit in _hung(checking, rows, find)]
        saved = save_units(work, units)
        changed = reach.save("unit", {u["code"] for u in units})
        if saved.touched:
            audit(work, "units.import", table.name, rows=saved.touched)
        return checking.report(saved.touched, saved.unchanged, addresses=changed)


def duty_names(blueprint: Blueprint) -> dict[str, str]:
    """Every way to say a duty: its code, and its labels in all languages."""
    names = {code: code for code in blueprint.duties}
    for code, label in blueprint.duties.items():
        for text in (label,) if isinstance(label, str) else label.values():
            names.setdefault(text.casefold(), code)
    return names


def split_list(text: str) -> list[str]:
    """「公安、司法」 or "police;justice": the words of a cell with several."""
    for mark in "，、；;|/\n":
        text = text.replace(mark, ",")
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _unit(
    checking: Checking, find: Finder, duties: dict[str, str], reach: ways.Ways, row: Row
) -> dict[str, Any]:
    code = checking.text(row, "code", 64, required=True)
    if not set(code) <= _CODE_LETTERS:
        raise Invalid(_("单位代码只能用字母、数字和 . _ -"), field="code")
    unit: dict[str, Any] = {
        "code": checking.once(row, "code", code),
        "name": checking.text(row, "name", 60, required=True),
        "kind": _KINDS.get(row["kind"].casefold()),
        "area": find.area(row["area"], "area") if row["area"] else None,
    }
    if unit["kind"] is None:
        labels = _("、").join(str(label) for label in KIND_LABELS.values())
        raise Invalid(_("单位类型应为：{labels}", labels=labels), field="kind")
    if unit["area"] is None:
        raise Invalid(_("请填写单位所在的区划"), field="area")
    has = checking.table.headers
    if "parent" in has:
        unit["parent"] = row["parent"] or None
    if "duties" in has:
        words = split_list(row["duties"])
        unknown = [w for w in words if w.casefold() not in duties]
        if unknown:
            raise Invalid(_("没有职责“{duty}”", duty=_("、").join(unknown)[:60]), field="duties")
        unit["duties"] = list(dict.fromkeys(duties[w.casefold()] for w in words))
    if "phone" in has:
        unit["phone"] = checking.text(row, "phone", 40)
    if "active" in has:
        said = row["active"].casefold()
        if said not in _YES | _NO:
            raise Invalid(_("启用一列请填“是”或“否”"), field="active")
        unit["active"] = said in _YES
    if "successor" in has:
        unit["successor"] = row["successor"] or None
    known = find.world.units.units.get(code)
    gone = unit.get("successor", known.successor if known else None)
    if gone and unit.get("active", known is None or known.active):
        raise Invalid(_("已并入其他单位的，启用一列请填“否”"), field="active")
    reach.read(row, code)
    return unit


def _hung(
    checking: Checking, rows: list[tuple[Row, dict[str, Any]]], find: Finder
) -> list[tuple[Row, dict[str, Any]]]:
    """The units whose parents exist and do not run in a circle; the others are rejected. So are
    those whose successors do not."""
    circle = _("上级单位不存在，或几个单位互为上级")
    left = _standing(checking, find, _named(checking, rows, find, "parent"), "parent", circle)
    circle = _("并入的单位不存在，或几个单位互相并入")
    return _standing(checking, find, _named(checking, left, find, "successor"), "successor", circle)


def _standing(
    checking: Checking,
    find: Finder,
    left: list[tuple[Row, dict[str, Any]]],
    field: str,
    said: str,
) -> list[tuple[Row, dict[str, Any]]]:
    """The rows whose `field` leads to a unit, and never back to themselves."""
    before: dict[str, str | None] = {
        u.code: getattr(u, field) for u in find.world.units.units.values()
    }
    while True:  # leaving one out may leave another without its parent
        leads = before | {u["code"]: u.get(field, before.get(u["code"])) for _r, u in left}
        wrong = [(row, unit) for row, unit in left if _lost(unit["code"], leads)]
        if not wrong:
            return left
        for row, _u in wrong:
            checking.reject(row, Invalid(said, field=field))
        gone = {row.number for row, _u in wrong}
        left = [pair for pair in left if pair[0].number not in gone]


def _named(
    checking: Checking, rows: list[tuple[Row, dict[str, Any]]], find: Finder, field: str
) -> list[tuple[Row, dict[str, Any]]]:
    """Units given by name become codes: of this table first, then of the units there are."""
    codes = {unit["code"] for _r, unit in rows}
    names: dict[str, list[str]] = {}
    for _r, unit in rows:
        names.setdefault(unit["name"], []).append(unit["code"])
    good = []
    for row, unit in rows:
        meant = unit.get(field)
        try:
            if meant and meant not in codes:
                same = names.get(meant, [])
                unit[field] = same[0] if len(same) == 1 else find.unit(meant, field)
            good.append((row, unit))
        except Invalid as fault:
            checking.reject(row, fault)
    return good


def _lost(code: str, leads: Mapping[str, str | None]) -> bool:
    """Whether a unit's parent or successor is nowhere, or the way on from it comes back to it."""
    at = leads[code]
    if at and at not in leads:
        return True
    seen: set[str] = set()
    while at and at not in seen:
        if at == code:
            return True
        seen.add(at)
        at = leads.get(at)
    return False
