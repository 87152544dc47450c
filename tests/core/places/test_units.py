"""Import of units with those below them."""

from pathlib import Path
from typing import Any

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import NotPermitted
from core.places.importing import Report, import_units
from db.models import AuditRow, Unit
from tests.core.places.files import csv_of, everything, xlsx_of
from tests.support import county

HEADER = "代码,名称,类型,区划,上级单位,职责\n"


def load(office: Office, path: Path) -> Report:
    with office.work(SYSTEM) as work:
        return import_units(work, path)


def unit(office: Office, code: str) -> Any:
    with office.look(SYSTEM) as look:
        return look.world.units.units[code]


def rejected(office: Office, tmp_path: Path, *lines: str) -> list[tuple[int, str, str]]:
    report = load(office, csv_of(tmp_path, HEADER + "\n".join(lines)))
    assert report.rows == report.saved + report.unchanged + len(report.rejected)
    return [(r.row, r.field, r.message) for r in report.rejected]


class TestSaving:
    def test_a_department_with_a_station_below_it(self, office: Office, tmp_path: Path) -> None:
        rows = [
            ["代码", "名称", "类型", "区划", "上级单位", "职责"],
            # the part stands before the whole, and calls it by its name
            ["131024-RL-1", "热力一站", "站所", "安平镇", "香河县热力公司", ""],
            ["131024-RL", "香河县热力公司", "部门", 131024, "131024-C", "utilities；housing"],
        ]
        assert load(office, xlsx_of(tmp_path, rows)).saved == 2
        station, company = unit(office, "131024-RL-1"), unit(office, "131024-RL")
        assert station.parent == "131024-RL"
        assert (station.kind, station.area) == ("station", "131024104")
        assert company.parent == "131024-C"
        assert (company.kind, company.duties) == ("department", ("utilities", "housing"))

    def test_duties_by_the_countys_own_labels(self, office: Office, tmp_path: Path) -> None:
        with office.look(SYSTEM) as look:
            label = look.world.blueprint.duties["police"]
        said = label if isinstance(label, str) else label["zh_CN"]
        line = f"131024-X,某队,department,131024,,{said}\n"
        assert load(office, csv_of(tmp_path, HEADER + line)).saved == 1
        assert unit(office, "131024-X").duties == ("police",)

    def test_again_changes_nothing(self, office: Office, tmp_path: Path) -> None:
        path = csv_of(tmp_path, HEADER + "131024-X,某局,部门,131024,131024-C,police|land\n")
        load(office, path)
        before = everything(office, Unit, AuditRow)
        again = load(office, path)
        assert (again.saved, again.unchanged) == (0, 1)
        assert everything(office, Unit, AuditRow) == before

    def test_columns_that_the_table_lacks_stay_as_they_are(
        self, office: Office, tmp_path: Path
    ) -> None:
        before = unit(office, "131024104-PC")
        text = "code,name,kind,area,phone\n131024104-PC,安平派出所,station,131024104,0316-8310110\n"
        assert load(office, csv_of(tmp_path, text)).saved == 1
        after = unit(office, "131024104-PC")
        assert (after.name, after.duties, after.parent) == (
            "安平派出所", before.duties, before.parent
        )  # fmt: skip

    def test_a_unit_out_of_use_keeps_its_name_and_gets_nothing(
        self, office: Office, tmp_path: Path
    ) -> None:
        text = "代码,名称,类型,区划,启用\n131024104-PC,安平派出所,站所,131024104,否\n"
        load(office, csv_of(tmp_path, text))
        with office.look(SYSTEM) as look:
            assert look.world.units.name("131024104-PC") == "安平派出所"
            assert not look.world.units.is_active("131024104-PC")


class TestWrongRows:
    def test_each_says_why(self, office: Office, tmp_path: Path) -> None:
        assert rejected(
            office, tmp_path,
            ",无代码,部门,131024,,",
            "某局,汉字代码,部门,131024,,",
            "A1,,部门,131024,,",
            "A2,无类型,,131024,,",
            "A3,怪类型,公司,131024,,",
            "A4,无区划,部门,,,",
            "A5,错区划,部门,131099,,",
            "A6,错上级,部门,131024,ZZ,",
            "A7,好,部门,131024,,",
            "A7,重复,部门,131024,,",
            "=A8,公式,部门,131024,,",
            "A9,=cmd|' /C calc'!A0,部门,131024,,",
            "B1,错职责,部门,131024,,公安、天文",
        ) == [
            (2, "代码", "请填写代码"),
            (3, "代码", "单位代码只能用字母、数字和 . _ -"),
            (4, "名称", "请填写名称"),
            (5, "类型", "单位类型应为：中心、部门、站所、网格、志愿队伍、办公室"),
            (6, "类型", "单位类型应为：中心、部门、站所、网格、志愿队伍、办公室"),
            (7, "区划", "请填写单位所在的区划"),
            (8, "区划", "没有区划“131099”"),
            (9, "上级单位", "没有“ZZ”"),
            (11, "代码", "与第 10 行重复"),
            (12, "代码", "代码不能以 = + - @ 开头"),
            (13, "名称", "名称不能以 = + - @ 开头"),
            (14, "职责", "没有职责“天文”"),
        ]  # fmt: skip
        assert unit(office, "A7").name == "好"

    def test_units_that_stand_above_each_other(self, office: Office, tmp_path: Path) -> None:
        sentence = "上级单位不存在，或几个单位互为上级"
        assert rejected(
            office, tmp_path,
            "A,甲,部门,131024,B,", "B,乙,部门,131024,A,", "C,丙,部门,131024,C,",
            "D,丁,部门,131024,131024-C,",
        ) == [(n, "上级单位", sentence) for n in (2, 3, 4)]  # fmt: skip

    def test_a_unit_put_below_its_own_part(self, office: Office, tmp_path: Path) -> None:
        load(office, csv_of(tmp_path, HEADER + "A,甲,部门,131024,,\nB,乙,站所,131024,A,\n"))
        faults = rejected(office, tmp_path, "A,甲,部门,131024,B,")
        assert [f[0] for f in faults] == [2]
        assert unit(office, "A").parent is None

    def test_what_hangs_on_a_wrong_row_is_wrong_as_well(
        self, office: Office, tmp_path: Path
    ) -> None:
        faults = rejected(
            office, tmp_path,
            "A,甲,部门,131099,,", "B,乙,站所,131024,A,", "C,丙,站所,131024,B,",
        )  # fmt: skip
        assert [f[0] for f in faults] == [2, 3, 4]

    def test_only_the_administrator(self, office: Office, tmp_path: Path) -> None:
        path = csv_of(tmp_path, HEADER + "A,甲,部门,131024,,\n")
        with pytest.raises(NotPermitted), office.work(county.actor(office, "leader")) as work:
            import_units(work, path)
