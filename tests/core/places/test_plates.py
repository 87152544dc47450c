"""Import of QR plates 二维码门牌."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import NotPermitted
from core.places.importing import Report, import_plates
from core.places.plates import plate
from db.models import AuditRow, Plate
from tests.core.places.files import csv_of, everything, xlsx_of
from tests.support import county
from tests.support.county import GRID, VILLAGE

HEADER = "门牌编号,区划,地址,纬度,经度\n"


def load(office: Office, path: Path) -> Report:
    with office.work(SYSTEM) as work:
        return import_plates(work, path)


def rejected(office: Office, tmp_path: Path, *lines: str) -> list[tuple[int, str, str]]:
    report = load(office, csv_of(tmp_path, HEADER + "\n".join(lines)))
    return [(r.row, r.field, r.message) for r in report.rejected]


def row(office: Office, code: str) -> Any:
    with office.look(SYSTEM) as look:
        return look.tx.execute(select(*Plate.__table__.c).filter_by(code=code)).one()


class TestSaving:
    def test_in_a_village_or_a_grid(self, office: Office, tmp_path: Path) -> None:
        rows = [
            ["编号", "村", "地址", "latitude", "lng"],
            ["A-1", "王家摆村", "王家摆村3排12号", 39.75, 117.01],
            ["A-2", int(GRID), "-1层车库门口", None, None],
        ]
        assert load(office, xlsx_of(tmp_path, rows)).rejected[0].message == (
            "地址不能以 = + - @ 开头"
        )
        rows[2][2] = "地下一层"
        assert load(office, xlsx_of(tmp_path, rows)).saved == 1
        first, second = row(office, "A-1"), row(office, "A-2")
        assert (first.area, first.lat, first.lon) == (VILLAGE, 39.75, 117.01)
        assert (second.area, second.lat, second.active) == (GRID, None, True)
        with office.look(SYSTEM) as look:
            assert plate(look, "A-1").address == "王家摆村3排12号"

    def test_again_changes_nothing(self, office: Office, tmp_path: Path) -> None:
        path = csv_of(tmp_path, HEADER + f"A-1,{VILLAGE},某处,39.75,117.01\n")
        load(office, path)
        before = everything(office, Plate, AuditRow)
        again = load(office, path)
        assert (again.saved, again.unchanged) == (0, 1)
        assert everything(office, Plate, AuditRow) == before

    def test_fifty_two_thousand(self, office: Office, tmp_path: Path) -> None:
        lines = "".join(f"P{n:06},{VILLAGE},某路{n}号,39.75,117.01\n" for n in range(52_000))
        told: list[int] = []
        with office.work(SYSTEM) as work:
            path = csv_of(tmp_path, HEADER + lines, "plates.csv.gz")
            report = import_plates(work, path, lambda done, _total: told.append(done))
        assert (report.saved, report.rejected) == (52_000, ())
        assert told == [*range(1000, 52_001, 1000), 52_000]
        with office.look(SYSTEM) as look:
            assert look.tx.scalar(select(func.count()).select_from(Plate)) == 52_000


class TestWrongRows:
    def test_each_says_why(self, office: Office, tmp_path: Path) -> None:
        degrees = "应为 -90 到 90 之间的度数，请看看纬度和经度是否填反了"
        assert rejected(
            office, tmp_path,
            f",{VILLAGE},某处,,",
            f"A 1,{VILLAGE},某处,,",
            f"<script>,{VILLAGE},某处,,",
            f"{'A' * 65},{VILLAGE},某处,,",
            "A1,,某处,,",
            "A2,131024999,某处,,",
            f"A3,{VILLAGE},,,",
            f"A4,{VILLAGE},某处,117.01,39.75",
            f"A5,{VILLAGE},某处,北纬39,117",
            f"A6,{VILLAGE},某处,nan,117",
            f"A7,{VILLAGE},某处,39.75,",
            f"A8,{VILLAGE},某处,39.75,117.01",
            f"A8,{VILLAGE},某处,39.75,117.01",
            f"A9,{VILLAGE},{'某' * 201},,",
        ) == [
            (2, "门牌编号", "门牌编号“”只能用字母、数字和 . _ -，最多 64 位"),
            (3, "门牌编号", "门牌编号“A 1”只能用字母、数字和 . _ -，最多 64 位"),
            (4, "门牌编号", "门牌编号“<script>”只能用字母、数字和 . _ -，最多 64 位"),
            (5, "门牌编号", f"门牌编号“{'A' * 40}”只能用字母、数字和 . _ -，最多 64 位"),
            (6, "区划", "请填写门牌所在的区划"),
            (7, "区划", "没有区划“131024999”"),
            (8, "地址", "请填写地址"),
            (9, "纬度", f"“117.01”{degrees}"),
            (10, "纬度", f"“北纬39”{degrees}"),
            (11, "纬度", f"“nan”{degrees}"),
            (12, "纬度", "纬度和经度要么都填，要么都不填"),
            (14, "门牌编号", "与第 13 行重复"),
            (15, "地址", "地址最多 200 字，现有 201 字"),
        ]  # fmt: skip
        assert row(office, "A8").lat == 39.75

    def test_only_the_administrator(self, office: Office, tmp_path: Path) -> None:
        path = csv_of(tmp_path, HEADER + f"A-1,{VILLAGE},某处,,\n")
        with pytest.raises(NotPermitted), office.work(county.actor(office, "worker")) as work:
            import_plates(work, path)
