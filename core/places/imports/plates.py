"""Import of QR plates 二维码门牌: tens of thousands of rows in one file."""

import re
from itertools import islice
from typing import Any

from core.access.audit import audit
from core.access.desk import Work
from core.errors import Invalid
from core.places.bulk import BATCH, Saved, save
from core.places.find import Finder
from core.places.report import Checking, Progress, Report
from core.places.sheets import Source
from core.places.tables import Column, Row, open_table
from core.rules.permissions import Permission
from core.words import _
from db.models import Plate

COLUMNS = (
    Column("code", ("门牌编号", "编号", "代码", "编码", "门牌号", "二维码编号"), required=True),
    Column("area", ("区划", "区划代码", "所属区划", "村", "网格", "网格代码"), required=True),
    Column("address", ("地址", "详细地址", "门牌地址"), required=True),
    Column("lat", ("纬度", "latitude")),
    Column("lon", ("经度", "longitude", "lng")),
)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""Stands in the address that the plate's QR code holds."""


def import_plates(work: Work, file: Source, progress: Progress | None = None) -> Report:
    """Add plates, or change those whose code exists.

    Raises:
        NotPermitted: without `places:import`.
        Invalid: not such a table.
    """
    work.actor.require(Permission.PLACES_IMPORT)
    find, saved = Finder(work.world), Saved()
    with open_table(file, COLUMNS) as table:
        checking = Checking(table, COLUMNS, progress)
        plates = (p for _r, p in checking.good(lambda row: _plate(checking, find, row)))
        while batch := list(islice(plates, BATCH)):
            saved += save(work.tx, Plate, batch, key="code")
        if saved.touched:
            audit(work, "plates.import", table.name, rows=saved.touched)
        return checking.report(saved.touched, saved.unchanged)


def _plate(checking: Checking, find: Finder, row: Row) -> dict[str, Any]:
    code = row["code"]
    if not _CODE.fullmatch(code):
        raise Invalid(
            _("门牌编号“{code}”只能用字母、数字和 . _ -，最多 64 位", code=code[:40]), field="code"
        )
    if not row["area"]:
        raise Invalid(_("请填写门牌所在的区划"), field="area")
    plate: dict[str, Any] = {
        "code": checking.once(row, "code", code),
        "area": find.area(row["area"], "area"),
        "address": checking.text(row, "address", 200, required=True),
    }
    if {"lat", "lon"} <= set(checking.table.headers):
        plate |= {"lat": _degrees(row, "lat", 90), "lon": _degrees(row, "lon", 180)}
        if (plate["lat"] is None) != (plate["lon"] is None):
            raise Invalid(_("纬度和经度要么都填，要么都不填"), field="lat")
    return plate


def _degrees(row: Row, column: str, most: int) -> float | None:
    text = row[column]
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:  # also where it is no number at all
        raise Invalid(
            _(
                "“{text}”应为 -{most} 到 {most} 之间的度数，请看看纬度和经度是否填反了",
                text=text[:20],
                most=most,
            ),
            field=column,
        )
    return value
