"""A mapping is data: what may stand in it, and what is said where it is wrong."""

from pathlib import Path

import pytest

from core.cases.mapping import CaseMapping, mended, read_mapping, shipped
from core.errors import Invalid, NotFound

LEAST = {"source": "old", "received_at": "time", "fields": {"body": "text"}}


def refused(**change: object) -> str:
    with pytest.raises(ValueError, match=r".") as fault:
        CaseMapping.model_validate(LEAST | change)
    return str(fault.value)


def test_the_least_that_a_mapping_says() -> None:
    line = CaseMapping.model_validate(LEAST).read({"time": "2026-11-02", "text": "路灯不亮"}, "7")
    assert (line.ref, line.raw) == ("7", {"body": "路灯不亮"})
    assert line.received_at.isoformat() == "2026-11-01T16:00:00+00:00"  # midnight in Beijing


def test_every_shipped_mapping_is_sound() -> None:
    assert "appeals" in shipped()
    assert all(read_mapping(name).source for name in shipped())


def test_the_columns_that_a_file_must_have() -> None:
    assert read_mapping("appeals").columns == [
        "msg_id", "created_at", "reply", "replied_at", "title", "body",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fields": {"title": "t"}}, "fields 里必须有 body"),
        ({"fields": {"body": "t", "colour": "c"}}, "没有字段“colour”"),
        ({"fields": {"body": {"column": "t", "value": "x"}}}, "要写且只能写一个"),
        ({"fields": {"body": {"find": ["t"]}}}, "find 和 patterns 要一起写"),
        ({"fields": {"body": {"find": ["t"], "patterns": {"(": "x"}}}}, "正则表达式有误"),
        ({"zone": "Mars/Olympus"}, "没有时区“Mars/Olympus”"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
        ({"source": "two words"}, "String should match pattern"),
    ],
)
def test_a_fault_is_named(change: dict[str, object], words: str) -> None:
    assert words in refused(**change)


def test_a_file_with_faults_lists_them_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("source: old\nfields: {body: {find: [a]}}\n", encoding="utf-8")
    with pytest.raises(Invalid) as fault:
        read_mapping(path)
    assert "映射“mine.yaml”有 2 处需要改正" in fault.value.message
    assert "received_at：缺少这一项" in fault.value.message
    assert "fields.body：" in fault.value.message


def test_not_yaml_and_not_there(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("a: [", encoding="utf-8")
    with pytest.raises(Invalid, match="不是有效的 YAML"):
        read_mapping(path)
    with pytest.raises(NotFound, match=r"没有映射“other\.yaml”"):
        read_mapping(tmp_path / "other.yaml")


class TestValues:
    def read(self, cell: str, **source: object) -> object:
        fields = {"body": "text", "on_behalf": {"column": "cell", **source}}
        plan = CaseMapping.model_validate(LEAST | {"fields": fields})
        row = {"time": "2026-11-02", "text": "内容", "cell": cell}
        return plan.read(row, "1").raw.get("on_behalf")

    def test_a_column_as_it_stands(self) -> None:
        assert self.read("张某") == "张某"

    def test_an_empty_cell_is_left_out_or_takes_the_default(self) -> None:
        assert self.read("") is None
        assert self.read("", default="邻居") == "邻居"

    def test_a_table_of_values(self) -> None:
        assert self.read("甲", map={"甲": "张某"}) == "张某"
        assert self.read("乙", map={"甲": "张某"}, default="邻居") == "邻居"
        with pytest.raises(Invalid, match="映射表里没有“乙”这个值"):
            self.read("乙", map={"甲": "张某"})

    @pytest.mark.parametrize(("cell", "meant"), [("是", True), ("N", False), ("√", True)])
    def test_yes_and_no(self, cell: str, meant: bool) -> None:
        plan = CaseMapping.model_validate(LEAST | {"fields": {"body": "text", "anonymous": "cell"}})
        row = {"time": "2026-11-02", "text": "内容", "cell": cell}
        assert plan.read(row, "1").raw["anonymous"] is meant
        with pytest.raises(Invalid, match="既不是“是”也不是“否”"):
            plan.read(row | {"cell": "也许"}, "1")

    def test_several_units_in_one_cell(self) -> None:
        plan = CaseMapping.model_validate(LEAST | {"fields": {"body": "text", "accused": "cell"}})
        row = {"time": "2026-11-02", "text": "内容", "cell": "131024-ZJ、131024-CG"}
        assert plan.read(row, "1").raw["accused"] == ["131024-ZJ", "131024-CG"]

    def test_a_categorys_own_fields(self) -> None:
        plan = CaseMapping.model_validate(
            LEAST | {"fields": {"body": "text", "form.indoor": "cell"}}
        )
        row = {"time": "2026-11-02", "text": "内容", "cell": "12"}
        assert plan.read(row, "1").raw["form"] == {"indoor": "12"}

    def test_the_leftmost_place_in_the_first_text_that_names_one(self) -> None:
        fields = {
            "body": "text",
            "area": {"find": ["title", "text"], "patterns": {"(北|上)街": "1", "南街": "2"}},
        }
        plan = CaseMapping.model_validate(LEAST | {"fields": fields})
        row = {"time": "2026-11-02", "title": "南街到北街", "text": "北街"}
        assert plan.read(row, "1").raw["area"] == "2"
        assert plan.read(row | {"title": ""}, "1").raw["area"] == "1"
        assert "area" not in plan.read(row | {"title": "", "text": "别处"}, "1").raw


@pytest.mark.parametrize(
    ("text", "lines", "mended_"),
    [
        (" 暖气\x00不热 ", False, "暖气不热"),
        ("第一\r\n第二\t三", False, "第一 第二 三"),
        ("第一\r\n第二\t三", True, "第一\n第二\t三"),
        ("\u3000全角空格开头", True, "全角空格开头"),
        ("零宽\u200b不动，表情😀也不动", False, "零宽\u200b不动，表情😀也不动"),
        ("私用\ue000未定\U000e0fff", False, "私用未定"),
    ],
)
def test_old_text_is_mended(text: str, lines: bool, mended_: str) -> None:
    assert mended(text, lines=lines) == mended_


def test_every_fault_is_worded_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "source: a b\ntimes: x\nfields: {body: {colum: x}, title: 7}\n", encoding="utf-8"
    )
    with pytest.raises(Invalid) as fault:
        read_mapping(path)
    assert fault.value.message.splitlines() == [
        "映射“own.yaml”有 5 处需要改正：",
        "source：写法不对，应符合 ^[A-Za-z0-9_./-]{1,64}$",
        "times：应为列表",
        "received_at：缺少这一项",
        "fields.body.colum：没有这一项设置",
        "fields.title：应为一组“名称: 内容”",
    ]
