"""An empty database becomes a county: what it serves, and what it leaves out of a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.store import parse, read_yaml
from core.blueprint.world import Place, World
from core.errors import Invalid
from core.places.importing import import_areas, read_areas
from core.places.setup import AlreadySetUp, root_of, set_up, units_of
from tests.conftest import Databases
from tests.core.places.files import csv_of, real


@pytest.fixture
def empty(databases: Databases) -> Iterator[Office]:
    """A migrated database with nothing in it."""
    name = databases.copy("empty")
    office = databases.office(name)
    yield office
    office.engine.dispose()
    databases.drop(name)


def body(**changed: Any) -> dict[str, Any]:
    return read_yaml("langfang") | changed


def found(office: Office, areas: list[Place], **changed: Any) -> World:
    with office.work(SYSTEM) as work:
        assert set_up(work, body(**changed), areas) == 1
    with office.look(SYSTEM) as look:
        return look.world


class TestRealTrees:
    @pytest.mark.parametrize(
        ("file", "rows", "root", "name"),
        [("langfang.csv", 3755, "131000", "廊坊市"), ("baiyin.csv", 945, "620400", "白银市")],
    )
    def test_a_city_with_its_province_on_top(
        self, empty: Office, file: str, rows: int, root: str, name: str
    ) -> None:
        areas = read_areas(real(file))
        assert len(areas) == rows
        world = found(empty, areas)
        assert world.root == root
        assert len(world.areas) == rows - 1, "all but the province"
        assert world.areas[root] == Place(root, name, None, "prefecture")
        assert world.units.name(f"{root}-C") == f"{name}群众说事中心"
        with empty.work(SYSTEM) as work:
            report = import_areas(work, real(file))
        assert (report.saved, report.unchanged, report.outside) == (0, rows - 1, 1)

    def test_every_area_has_its_templates_units(self, empty: Office) -> None:
        world = found(empty, read_areas(real("langfang.csv")))
        levels = [p.level for p in world.areas.values()]
        assert len(world.units.units) == 1 + 17 * levels.count("county") + 6 * levels.count(
            "township"
        )
        assert {u.area for u in world.units.units.values()} <= set(world.areas)

    def test_a_blueprint_that_names_its_county_serves_only_that(self, empty: Office) -> None:
        world = found(empty, read_areas(real("langfang.csv")), root="131024")
        assert world.root == "131024"
        assert world.areas["131024"] == Place("131024", "香河县", None, "county")
        assert all(code.startswith("131024") for code in world.areas)
        assert sum(p.level == "township" for p in world.areas.values()) == 11
        assert all(u.startswith("131024") for u in world.units.units)
        with empty.work(SYSTEM) as work:
            report = import_areas(work, real("langfang.csv"))
        assert (report.saved, report.outside) == (0, 3755 - len(world.areas))

    def test_a_blueprint_may_serve_one_subdistrict(self, empty: Office) -> None:
        world = found(empty, read_areas(real("langfang.csv")), root="131003005")
        assert world.root == "131003005"
        assert world.areas["131003005"].parent is None
        assert {p.level for p in world.areas.values()} == {"township", "village"}


class TestRoot:
    """Which area is served, where the blueprint does not say."""

    PROVINCE = Place("130000", "河北省", None, "province")
    CITY = Place("131000", "廊坊市", "130000", "prefecture")
    OTHER = Place("130100", "石家庄市", "130000", "prefecture")
    COUNTY = Place("131024", "香河县", "131000", "county")
    NEXT = Place("131023", "永清县", "131000", "county")

    @pytest.mark.parametrize(
        ("areas", "root"),
        [
            ([PROVINCE, CITY, COUNTY], CITY),  # a province with one city is its address
            ([PROVINCE, CITY, OTHER], PROVINCE),  # a province with two is what is served
            ([COUNTY, CITY, NEXT], CITY),  # in any order
            ([COUNTY], COUNTY),
        ],
    )
    def test_the_one_that_holds_the_rest(self, areas: list[Place], root: Place) -> None:
        assert root_of(parse(body()), areas) == root

    def test_two_side_by_side_need_a_word(self) -> None:
        with pytest.raises(Invalid, match="“香河县”和“永清县”不在同一个上级之下"):
            root_of(parse(body()), [self.COUNTY, self.NEXT])
        assert root_of(parse(body(root="131023")), [self.COUNTY, self.NEXT]) == self.NEXT

    def test_a_root_that_the_file_lacks(self) -> None:
        with pytest.raises(Invalid, match="蓝图服务的区划是 131024，区划文件里没有它"):
            root_of(parse(body(root="131024")), [self.NEXT])

    def test_no_areas(self) -> None:
        with pytest.raises(Invalid, match="请用 --areas 指定区划文件"):
            root_of(parse(body()), [])

    @pytest.mark.parametrize("root", ["香河", "13102", "131024104201", 131024])
    def test_a_root_that_is_no_code_is_a_fault_of_the_blueprint(self, root: Any) -> None:
        with pytest.raises(Invalid, match="root"):
            parse(body(root=root))


class TestOnce:
    def test_a_second_founding_changes_nothing(self, office: Office) -> None:
        with pytest.raises(AlreadySetUp), office.work(SYSTEM) as work:
            set_up(work, body(), [TestRoot.COUNTY])

    def test_a_faulty_blueprint_founds_nothing(self, empty: Office) -> None:
        with pytest.raises(Invalid), empty.work(SYSTEM) as work:
            set_up(work, body(defaults={}), [TestRoot.COUNTY])
        assert found(empty, [TestRoot.COUNTY]).root == "131024"


class TestUnitsOfTemplates:
    def test_above_the_root_there_is_no_unit(self) -> None:
        templates = [{"level": "county", "code": "{area}-C", "name": "{name}中心",
                      "kind": "centre", "parent": "{parent}-C"}]  # fmt: skip
        blueprint = parse(body(units=templates))
        root = Place("131024", "香河县", None, "county")
        assert [u["parent"] for u in units_of(blueprint, [root, TestRoot.NEXT])] == [
            None,
            "131000-C",
        ]


class TestReadAreas:
    def test_a_tree_with_holes_founds_no_county(self, tmp_path: Path) -> None:
        text = "代码,名称\n131024,香河县\n131024104201,王家摆村\n13102,错\n131024104,安平镇\n1,错\n"
        with pytest.raises(Invalid) as caught:
            read_areas(csv_of(tmp_path, text, "t.csv"))
        assert caught.value.message.splitlines() == [
            "“t.csv”有 2 行有问题，没有导入：",
            "第 4 行（代码）：“13102”不是有效的区划代码，应为 6、9、12 或 15 位数字，例如 131024",
            "第 6 行（代码）：“1”不是有效的区划代码，应为 6、9、12 或 15 位数字，例如 131024",
        ]

    def test_a_township_without_its_county(self, tmp_path: Path) -> None:
        text = "代码,名称\n131024,香河县\n131023104,某镇\n"
        with pytest.raises(Invalid, match="上级“131023”既不在文件里"):
            read_areas(csv_of(tmp_path, text))
