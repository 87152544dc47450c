"""Import of grids: below villages, with given or given-out codes, each a unit."""

from pathlib import Path

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import Invalid, NotPermitted
from core.places.importing import Report, import_areas, import_grids
from db.models import Area, AuditRow, Unit
from tests.core.places.files import csv_of, everything, real, xlsx_of
from tests.support import county
from tests.support.county import VILLAGE


def load(office: Office, path: Path) -> Report:
    with office.work(SYSTEM) as work:
        return import_grids(work, path)


def names(office: Office, village: str = VILLAGE) -> dict[str, str]:
    with office.look(SYSTEM) as look:
        areas = look.world.areas
    return {c[-3:]: p.name for c, p in areas.items() if p.parent == village}


def rejected(office: Office, tmp_path: Path, text: str) -> list[tuple[int, str, str]]:
    return [(r.row, r.field, r.message) for r in load(office, csv_of(tmp_path, text)).rejected]


class TestCodes:
    def test_the_next_free_number_is_given_out(self, office: Office, tmp_path: Path) -> None:
        text = f"网格名称,所属村\n东片网格,{VILLAGE}\n西片网格,{VILLAGE}\n"
        assert load(office, csv_of(tmp_path, text)).saved == 2
        assert names(office) == {"001": "王家摆第一网格", "002": "东片网格", "003": "西片网格"}

    def test_given_codes_are_kept_and_never_given_out(self, office: Office, tmp_path: Path) -> None:
        text = f"名称,村,代码\n甲,{VILLAGE},\n乙,{VILLAGE},{VILLAGE}002\n丙,,{VILLAGE}009\n"
        assert load(office, csv_of(tmp_path, text)).saved == 3
        assert names(office) == {"001": "王家摆第一网格", "002": "乙", "003": "甲", "009": "丙"}

    def test_again_changes_nothing_though_the_file_has_no_codes(
        self, office: Office, tmp_path: Path
    ) -> None:
        path = csv_of(tmp_path, f"网格,上级\n东片,{VILLAGE}\n西片,{VILLAGE}\n")
        load(office, path)
        before = everything(office, Area, Unit, AuditRow)
        again = load(office, path)
        assert (again.saved, again.unchanged, again.units) == (0, 2, 0)
        assert everything(office, Area, Unit, AuditRow) == before

    def test_a_given_code_renames(self, office: Office, tmp_path: Path) -> None:
        report = load(office, csv_of(tmp_path, f"名称,代码\n河东网格,{VILLAGE}001\n"))
        assert (report.saved, report.units) == (1, 0)
        assert names(office) == {"001": "河东网格"}
        with office.look(SYSTEM) as look:
            assert look.world.units.name(f"{VILLAGE}001") == "河东网格", "and so is its unit"

    def test_a_village_holds_999(self, office: Office, tmp_path: Path) -> None:
        lines = "".join(f"第{n}网格,{VILLAGE}\n" for n in range(1000))
        report = load(office, csv_of(tmp_path, "名称,村\n" + lines))
        assert report.saved == 998, "one was there before"
        assert [(r.row, r.message) for r in report.rejected] == [
            (1000, "一个村最多 999 个网格"), (1001, "一个村最多 999 个网格")
        ]  # fmt: skip


class TestUnits:
    def test_each_grid_is_a_unit_with_the_same_code(self, office: Office, tmp_path: Path) -> None:
        assert load(office, csv_of(tmp_path, f"名称,村\n东片网格,{VILLAGE}\n")).units == 1
        with office.look(SYSTEM) as look:
            unit = look.world.units.units[f"{VILLAGE}002"]
        assert (unit.name, unit.kind, unit.area) == ("东片网格", "grid", f"{VILLAGE}002")


class TestVillageByName:
    @pytest.mark.parametrize(
        "village", ["王家摆村", "安平镇王家摆村", "香河县安平镇王家摆村", "安平镇 / 王家摆村"]
    )
    def test_alone_or_with_what_is_above(
        self, office: Office, tmp_path: Path, village: str
    ) -> None:
        assert load(office, xlsx_of(tmp_path, [["名称", "村"], ["东片", village]])).saved == 1
        assert names(office)["002"] == "东片"

    def test_a_name_that_several_have(self, office: Office, tmp_path: Path) -> None:
        with office.work(SYSTEM) as work:
            import_areas(work, csv_of(tmp_path, "代码,名称\n131024100202,王家摆村民委员会\n"))
        assert rejected(office, tmp_path, "名称,村\n东片,王家摆村\n") == [
            (2, "村", "有 2 个“王家摆村”，请改填代码")
        ]
        assert load(office, csv_of(tmp_path, "名称,村\n东片,淑阳镇王家摆村\n")).saved == 1
        assert names(office, "131024100202") == {"001": "东片"}

    def test_every_real_village_is_found_by_its_full_name(self, office: Office) -> None:
        from core.places.find import Finder

        with office.work(SYSTEM) as work:
            import_areas(work, real("langfang.csv"))
        with office.look(SYSTEM) as look:
            find, world = Finder(look.world), look.world
        villages = [p for p in world.areas.values() if p.level == "village"]
        lost = []
        for village in villages:
            above = [world.areas[village.code[:6]].name, world.areas[village.code[:9]].name]
            try:
                assert find.area("".join(above) + village.name, "village") == village.code
            except Invalid:
                lost.append(village.name)
        assert lost == []


class TestWrongRows:
    def test_each_says_why(self, office: Office, tmp_path: Path) -> None:
        text = (
            "名称,村,代码\n"
            f",{VILLAGE},\n"
            "甲,,\n"
            "乙,131024104,\n"
            "丙,131024104999,\n"
            "丁,无此村,\n"
            f"戊,{VILLAGE},131024100201002\n"
            f"己,{VILLAGE},131024\n"
            f"庚,{VILLAGE},\n"
            f"庚,{VILLAGE},\n"
            "辛,,131024999999001\n"
            f"=1+1,{VILLAGE},\n"
        )
        assert rejected(office, tmp_path, text) == [
            (2, "名称", "请填写名称"),
            (3, "村", "请填写所属村或网格代码"),
            (4, "村", "“安平镇”（131024104）不是这一级的区划"),
            (5, "村", "没有区划“131024104999”"),
            (6, "村", "没有“无此村”"),
            (7, "代码", "网格代码 131024100201002 不在村 131024104201 之下"),
            (8, "代码", "网格代码应为 15 位，“131024”不是"),
            (10, "名称", "与第 9 行重复"),
            (11, "代码", "没有区划“131024999999”"),
            (12, "名称", "名称不能以 = + - @ 开头"),
        ]
        assert names(office)["002"] == "庚"

    def test_a_table_that_says_nowhere_which_village(self, office: Office, tmp_path: Path) -> None:
        with pytest.raises(Invalid, match="需要“所属村”或“代码”列"):
            load(office, csv_of(tmp_path, "名称\n甲\n"))

    def test_only_the_administrator(self, office: Office, tmp_path: Path) -> None:
        path = csv_of(tmp_path, f"名称,村\n甲,{VILLAGE}\n")
        with pytest.raises(NotPermitted), office.work(county.actor(office, "clerk")) as work:
            import_grids(work, path)
