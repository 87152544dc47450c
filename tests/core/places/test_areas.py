"""Import of the division tree: the real ones whole, wrong rows one by one."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import Invalid, NotPermitted
from core.places.importing import Report, import_areas
from core.places.setup import save_units
from db.models import Area, AuditRow, Unit
from tests.core.places.files import csv_of, everything, real, xlsx_of
from tests.support import county

HEADER = "代码,名称,上级,级别\n"


def load(office: Office, path: Path) -> Report:
    with office.work(SYSTEM) as work:
        return import_areas(work, path)


def rejected(office: Office, tmp_path: Path, *lines: str) -> list[tuple[int, str, str]]:
    report = load(office, csv_of(tmp_path, HEADER + "\n".join(lines)))
    assert report.rows == report.saved + report.unchanged + report.outside + len(report.rejected)
    return [(r.row, r.field, r.message) for r in report.rejected]


class TestRealTree:
    def test_langfang_grows_from_a_small_county_to_the_whole_city(self, office: Office) -> None:
        report = load(office, real("langfang.csv"))
        assert (report.rows, len(report.rejected)) == (3755, 0)
        assert report.outside == 1, "the province above is not served"
        with office.look(SYSTEM) as look:
            world = look.world
            real_ones = [p for p in world.areas.values() if p.level != "grid"]
            assert len(real_ones) == 3754
            assert world.units.name("131081-C") == "霸州市群众说事中心"
            assert world.areas["131024"].parent == "131000"
            assert world.areas["131000"].parent is None

    def test_again_changes_nothing(self, office: Office) -> None:
        load(office, real("langfang.csv"))
        before = everything(office, Area, Unit, AuditRow)
        again = load(office, real("langfang.csv"))
        assert (again.saved, again.unchanged, again.units) == (0, 3754, 0)
        assert everything(office, Area, Unit, AuditRow) == before

    def test_another_city_is_refused_whole(self, office: Office) -> None:
        before = everything(office, Area)
        with pytest.raises(Invalid, match="没有“廊坊市”（131000）范围内的区划"):
            load(office, real("baiyin.csv"))
        assert everything(office, Area) == before


class TestGrowth:
    def test_a_new_township_comes_with_the_units_of_the_templates(
        self, office: Office, tmp_path: Path
    ) -> None:
        report = load(office, csv_of(tmp_path, HEADER + "131024102,渠口镇,131024,township\n"))
        assert (report.saved, report.units) == (1, 6)
        with office.look(SYSTEM) as look:
            assert look.world.areas["131024102"].name == "渠口镇"
            assert look.world.units.name("131024102-PC") == "渠口镇派出所"

    def test_a_renamed_area_renames_the_units_that_still_carry_its_name(
        self, office: Office, tmp_path: Path
    ) -> None:
        with office.work(SYSTEM) as work:
            own = {"code": "131024104-PC", "name": "安平中心派出所", "kind": "station",
                   "area": "131024104", "parent": None, "duties": ["police"]}  # fmt: skip
            save_units(work, [own])
        report = load(office, csv_of(tmp_path, "code,name\n131024104,安平街道\n"))
        assert (report.saved, report.units) == (1, 0)
        with office.look(SYSTEM) as look:
            units = look.world.units
            assert units.name("131024104-C") == "安平街道群众说事中心"
            assert units.name("131024104-PC") == "安平中心派出所", "the county's own name stays"

    def test_rows_may_stand_in_any_order(self, office: Office, tmp_path: Path) -> None:
        lines = "131024102201,渠口村,131024102,village\n131024102,渠口镇,131024,township\n"
        assert load(office, csv_of(tmp_path, HEADER + lines)).saved == 2

    def test_only_code_and_name_are_needed(self, office: Office, tmp_path: Path) -> None:
        assert load(office, csv_of(tmp_path, "编码,区划名称\n131024102,渠口镇\n")).saved == 1
        with office.look(SYSTEM) as look:
            place = look.world.areas["131024102"]
        assert (place.parent, place.level) == ("131024", "township")

    def test_an_xlsx_with_numbers_for_codes(self, office: Office, tmp_path: Path) -> None:
        rows = [["代码", "名称", "上级"], [131024102, "渠口镇", 131024.0]]
        assert load(office, xlsx_of(tmp_path, rows)).saved == 1

    def test_codes_padded_with_zeros_as_the_statistics_bureau_writes_them(
        self, office: Office, tmp_path: Path
    ) -> None:
        line = "131024102000,渠口镇,131024000000,乡镇\n"
        assert load(office, csv_of(tmp_path, HEADER + line)).saved == 1
        with office.look(SYSTEM) as look:
            assert look.world.areas["131024102"].parent == "131024"

    def test_the_county_next_door_is_counted_not_saved(
        self, office: Office, tmp_path: Path
    ) -> None:
        lines = "131024102,渠口镇,,\n110101,东城区,,\n130000,河北省,,\n"
        report = load(office, csv_of(tmp_path, HEADER + lines))
        assert (report.saved, report.outside, report.rejected) == (1, 2, ())
        assert (
            report.sentence == "共 3 行，保存 1 行；2 行不在本地范围内，未导入；同时建立 6 个单位"
        )


class TestWrongRows:
    """Each is left out with its row, its column and a sentence; the others are saved."""

    def test_wrong_codes(self, office: Office, tmp_path: Path) -> None:
        assert rejected(
            office, tmp_path,
            "13102,短,,", "1310241O4,字母,,", "131024102,渠口镇,,", ",无,,", "1.31024E+11,长,,",
        ) == [
            (2, "代码", "“13102”不是有效的区划代码，应为 6、9、12 或 15 位数字，例如 131024"),
            (3, "代码", "“1310241O4”不是有效的区划代码，应为 6、9、12 或 15 位数字，例如 131024"),
            (5, "代码", "“”不是有效的区划代码，应为 6、9、12 或 15 位数字，例如 131024"),
            (6, "代码",
             "“1.31024E+11”是表格软件把长代码改成的科学计数，请把该列设为文本后重新填写"),
        ]  # fmt: skip
        with office.look(SYSTEM) as look:
            assert "131024102" in look.world.areas, "the good row between them is saved"

    def test_wrong_parents(self, office: Office, tmp_path: Path) -> None:
        assert rejected(
            office, tmp_path,
            "131024102,渠口镇,131000,", "131024103201,甲村,131024103,", "131024108,钳屯镇,131023,",
        ) == [
            (2, "上级", "上级“131000”与代码 131024102 不符，应为 131024"),
            (3, "上级", "上级“131024103”既不在文件里，也不在已有区划中"),
            (4, "上级", "上级“131023”与代码 131024108 不符，应为 131024"),
        ]  # fmt: skip

    def test_what_hangs_on_a_wrong_row_is_wrong_as_well(
        self, office: Office, tmp_path: Path
    ) -> None:
        lines = ("131024102,,131024,", "131024102201,渠口村,131024102,")
        assert [r[0] for r in rejected(office, tmp_path, *lines)] == [2, 3]

    def test_a_level_that_does_not_agree(self, office: Office, tmp_path: Path) -> None:
        assert rejected(office, tmp_path, "131024102,渠口镇,131024,village") == [
            (2, "级别", "级别“village”与代码 131024102 不符，这个代码的级别是“乡级”")
        ]

    def test_the_same_code_twice(self, office: Office, tmp_path: Path) -> None:
        lines = ("131024102,渠口镇,131024,", "131024102,渠口乡,131024,")
        assert rejected(office, tmp_path, *lines) == [(3, "代码", "与第 2 行重复")]

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            ("=HYPERLINK(1)", "名称不能以 = + - @ 开头"),
            ("＠某村", "名称不能以 = + - @ 开头"),
            ("渠口\x07镇", "名称含有无法显示的字符（U+0007），请删去"),
            ("渠口\x00镇", "名称含有无法显示的字符（U+0000），请删去"),
            ("长" * 61, "名称最多 60 字，现有 61 字"),
            (" ", "请填写名称"),
        ],
    )
    def test_names(self, office: Office, tmp_path: Path, name: str, sentence: str) -> None:
        assert rejected(office, tmp_path, f"131024102,{name},131024,") == [(2, "名称", sentence)]

    def test_an_emoji_is_a_character_like_others(self, office: Office, tmp_path: Path) -> None:
        assert rejected(office, tmp_path, "131024102,渠口镇🌾,131024,") == []


class TestWho:
    def test_only_the_administrator(self, office: Office, tmp_path: Path) -> None:
        path = csv_of(tmp_path, "代码,名称\n131024102,渠口镇\n")
        dispatcher, admin = county.actor(office, "dispatcher"), county.actor(office, "admin")
        with pytest.raises(NotPermitted, match="只有系统管理员"), office.work(dispatcher) as work:
            import_areas(work, path)
        with office.work(admin) as work:
            assert import_areas(work, path).saved == 1
        with office.look(SYSTEM) as look:
            line = look.tx.execute(
                select(AuditRow.name, AuditRow.subject, AuditRow.data)
                .where(AuditRow.what == "areas.import")
            ).one()  # fmt: skip
        assert line == ("杨某", "table.csv", {"rows": 1, "units": 6})


def test_the_bar_is_told_how_far_it_is(office: Office) -> None:
    told: list[tuple[int, int | None]] = []
    with office.work(SYSTEM) as work:
        import_areas(work, real("langfang.csv"), lambda done, total: told.append((done, total)))
    assert told == [(1000, 3755), (2000, 3755), (3000, 3755), (3755, 3755)]
