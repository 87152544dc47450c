"""Reading blueprints: what one inherits, and every fault at once with its place."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from core.blueprint.store import parse, read_yaml
from core.errors import Invalid, NotFound
from core.words import speaking

LANGFANG = read_yaml("langfang")


def faults(body: Any) -> list[str]:
    """The sentences with which a blueprint is refused."""
    with pytest.raises(Invalid) as refused:
        parse(body)
    assert refused.value.code == "blueprint"
    for fault in refused.value.data["faults"]:
        assert fault in refused.value.message
    return refused.value.data["faults"]


def body(*path: Any, to: Any = None) -> dict[str, Any]:
    """Langfang with one thing different; without `to` it is taken away."""
    found = deepcopy(LANGFANG)
    at: Any = found
    for key in path[:-1]:
        at = at[key]
    if to is None:
        del at[path[-1]]
    else:
        at[path[-1]] = to
    return found


NOT_A_TERM = "“3 weeks”不是有效的期限，请写成 3wd（3 个工作日）"
HOLES = "只能用 {area}、{name}、{parent}"
FAULTS: list[tuple[dict[str, Any], str]] = [
    # terms, wherever they stand
    (body("deadlines", 2, "case", to="3 weeks"), f"deadlines[2].case：{NOT_A_TERM}"),
    (body("deadlines", 0, "task", to="3 weeks"), f"deadlines[0].task：{NOT_A_TERM}"),
    (body("dispatch", 1, "deadline", to="3 weeks"), f"dispatch[1].deadline：{NOT_A_TERM}"),
    (
        body("workflow", "stages", "received", "term", to="3 weeks"),
        f"workflow.stages.received.term：{NOT_A_TERM}",
    ),
    (
        body("ladders", "default", 2, "after", to="3 weeks"),
        f"ladders.default[2].after：{NOT_A_TERM}",
    ),
    # one section by itself
    (body("kinds"), "kinds：缺少这一项"),
    (body("dispatch", to=[]), "dispatch：至少要有 1 项"),
    (body("colour", to="red"), "colour：没有这一项设置"),
    (body("door", "title", to=7), "door.title：应为文字，或按语言列出的文字"),
    (body("categories", to=["housing"]), "categories：应为一组“名称: 内容”"),
    (body("dispatch", 0, "when", to={"words": "火"}), "dispatch[0].when.words：应为列表"),
    (body("dispatch", 0, "dispatch", to="maybe"), "dispatch[0].dispatch：应为 true 或 false"),
    (body("rating", "satisfied_from", to=9), "rating.satisfied_from：不能大于 5"),
    (body("ladders", "default", 0, "left", to=1.5), "ladders.default[0].left：应小于 1"),
    (
        body("ladders", "default", 0, "after", to="due"),
        "ladders.default[0]：阶梯的一级要么写 left（剩余时间的比例），要么写 after，只能写一个",
    ),
    (
        body("calendar", to={2027: {"holidays": ["元旦"]}}),
        "calendar[2027].holidays[0]：应为日期，如 2026-10-01",
    ),
    # sections that do not fit each other
    (body("dispatch", 0, "when", "category", to=["x"]), "dispatch[0].when.category：没有“x”"),
    (body("dispatch", 0, "when", "area", to=["镇"]), "dispatch[0].when.area：“镇”不是有效的"),
    (body("dispatch", 0, "when", "stage", to=["soon"]), "dispatch[0].when.stage：没有“soon”"),
    (body("dispatch", 0, "to", to={"duty": "cooking"}), "dispatch[0].to.duty：没有“cooking”"),
    (body("dispatch", 0, "assist", to=[{"kind": "x"}]), "dispatch[0].assist[0].kind：没有“x”"),
    (body("dispatch", -1), "dispatch：最后一行必须不带条件，兜住其余所有诉求"),
    (body("deadlines", 0, "when", to={}), "deadlines[0]：不带条件的行只能放在最后"),
    (body("triage", 2, "category", to="cooking"), "triage[2].category：没有“cooking”"),
    (body("triage", 0, "when", "inlet", to=["pigeon"]), "triage[0].when.inlet：没有“pigeon”"),
    (body("deadlines", 0, "when", "urgency", to=["soon"]), "deadlines[0].when.urgency：没有“soon”"),
    (body("rating", "parties_when", to={"kind": ["war"]}), "rating.parties_when.kind：没有“war”"),
    (body("defaults", "kind", to="war"), "defaults.kind：没有“war”"),
    (body("categories", "housing"), "categories.housing/heating：没有“housing”"),
    (body("units", 1, "duties", to=["cooking"]), "units[1].duties：没有“cooking”"),
    (body("units", 1, "code", to="{x}-C"), f"units[1].code：“{{x}}-C”里{HOLES}"),
    (body("units", 1, "name", to="{area.upper}"), f"units[1].name：“{{area.upper}}”里{HOLES}"),
    (body("units", 1, "parent", to="{area"), f"units[1].parent：“{{area”里{HOLES}"),
    (body("roles", to={"king": "国王"}), "roles：没有“king”"),
    (body("roles", to={"system": "系统"}), "roles：没有“system”"),
    (body("ladders", "default"), "ladders：没有“default”"),
    (body("ladders", "rating"), "workflow.stages.replied.ladder：没有“rating”"),
    (
        body("ladders", "rating", 0, "do", to="archive"),
        "ladders.rating[0].do：在阶段“replied”里，系统（system）不能做“archive”",
    ),
    (body("ladders", "default", 2, "do", to="dance"), "ladders.default[2].do：没有“dance”"),
    (body("kpis", "response", "numerator", to={"x": 1}), "kpis.response.numerator：没有“x”"),
    (
        body("categories", "other", "fields", to=[{"id": "x", "label": "选", "type": "choice"}]),
        "categories.other.fields[0]：选择项没有 choices",
    ),
    (body("hours", to={"opens": "18:00", "closes": "09:00"}), "closes：下班时间必须晚于上班时间"),
    (
        body("workflow", "transitions", 1, "who", to={"dispatcher": "area"}),
        "dispatch[0].dispatch：流程没有让系统（system）在起始阶段交办（assign）",
    ),
    # the workflow's own
    (body("workflow", "start", to="begin"), "workflow：start：没有阶段“begin”"),
]  # fmt: skip


@pytest.mark.parametrize(("faulty", "sentence"), FAULTS, ids=[s for _b, s in FAULTS])
def test_a_fault_is_said_with_its_place(faulty: dict[str, Any], sentence: str) -> None:
    assert any(fault.startswith(sentence) for fault in faults(faulty)), faults(faulty)


def test_every_fault_is_said_at_once() -> None:
    faulty = body("deadlines", 2, "case", to="3 weeks")
    faulty["deadlines"][0]["when"]["urgency"] = ["soon"]
    faulty["workflow"]["stages"]["received"]["term"] = "tomorrow"
    faulty["dispatch"][0]["to"]["duty"] = "cooking"
    faulty["defaults"]["kind"] = "war"
    faulty["colour"] = "red"
    places = {fault.split("：")[0] for fault in faults(faulty)}
    assert places == {
        "deadlines[2].case", "deadlines[0].when.urgency", "workflow.stages.received.term",
        "dispatch[0].to.duty", "defaults.kind", "colour",
    }  # fmt: skip


@pytest.mark.parametrize("nothing", [None, [], "langfang", 7])
def test_something_else_than_a_blueprint(nothing: Any) -> None:
    assert faults(nothing)


def test_places_are_the_same_in_english() -> None:
    with speaking("en"):
        assert faults(body("deadlines", 2, "case", to="3 weeks"))[0].startswith("deadlines[2].case")


class TestExtends:
    def read(self, folder: Path, text: str) -> dict[str, Any]:
        file = folder / "mine.yaml"
        file.write_text(text, encoding="utf-8")
        return read_yaml(str(file))

    def test_entries_are_added_changed_and_taken_out(self, tmp_path: Path) -> None:
        found = self.read(
            tmp_path,
            "extends: common\n"
            "inlets: {phone: 民情热线, lamp: 路灯杆, box: null}\n"
            "rating: {satisfied_from: 4}\n",
        )
        assert (found["inlets"]["phone"], found["inlets"]["lamp"]) == ("民情热线", "路灯杆")
        assert "box" not in found["inlets"] and "web" in found["inlets"]
        assert found["rating"]["satisfied_from"] == 4
        assert "solved" in found["rating"]["reasons"]
        assert "extends" not in found

    def test_a_list_replaces_or_stands_before(self, tmp_path: Path) -> None:
        found = self.read(
            tmp_path,
            "extends: common\n"
            "deadlines: [{case: 5d}]\n"
            "+dispatch: [{when: {category: [lost]}, to: {kind: centre}}]\n",
        )
        assert found["deadlines"] == [{"case": "5d"}]
        assert found["dispatch"][0]["when"] == {"category": ["lost"]}
        assert found["dispatch"][1:] == read_yaml("langfang")["dispatch"]

    def test_a_plus_before_something_that_is_no_list_is_a_fault(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, "extends: langfang\n+door: {phone: '110'}\n")
        assert faults(found) == ["+door：没有这一项设置"]

    def test_a_county_may_stand_on_another_one(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, "extends: xianghe\nid: dachang\n")
        assert parse(found).id == "dachang"
        assert parse(found).workflow == parse(read_yaml("xianghe")).workflow

    def test_the_shipped_ones_are_not_changed_by_it(self, tmp_path: Path) -> None:
        before = deepcopy(read_yaml("langfang"))
        self.read(tmp_path, "extends: langfang\n+dispatch: [{to: {kind: grid}}]\n")
        assert read_yaml("langfang") == before

    def test_an_unknown_base_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(Invalid, match="atlantis"):
            self.read(tmp_path, "extends: atlantis\n")


class TestReading:
    def test_an_unknown_name_lists_the_known(self) -> None:
        with pytest.raises(NotFound, match="baiyin、dacheng"):
            read_yaml("atlantis")

    @pytest.mark.parametrize(
        "content", [b"a: [1", b"\xff\xfe\x00", b"- a\n- b\n", b"", b"just words"]
    )
    def test_what_is_no_blueprint_is_refused_by_name(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "mine.yaml"
        file.write_bytes(content)
        with pytest.raises(Invalid, match=r"mine\.yaml"):
            read_yaml(str(file))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("a: 1\nb: c: d\n", "第 2 行第 5 列：这里不该有冒号"),
            ("a:\n\tb: 1\n", "第 2 行第 1 列：缩进要用空格，不能用制表符"),
            ("- a\nb: 1\n", "第 2 行第 1 列：缩进与上面各行不一致"),
            ("a: {b: 1\n", "第 2 行第 1 列：方括号或花括号没有成对"),
            ('a: "b\n', "第 2 行第 1 列：引号没有成对"),
            ("a: 1\nb\n", "第 3 行第 1 列：这一项缺少冒号"),
            ("a: *b\n", "第 1 行第 4 列：用 \\* 引用了没有定义的名称"),
            ("a: @b\n", "第 1 行第 4 列：不能以这个符号开头"),
            ("a: !!set x\n", "第 1 行第 4 列：写法不对"),
            ("a: \x01\n", "含有不能用的字符"),
        ],
    )
    def test_broken_yaml_is_refused_with_place_and_cause(
        self, tmp_path: Path, text: str, said: str
    ) -> None:
        file = tmp_path / "mine.yaml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(Invalid, match=f"“mine.yaml”不是有效的 YAML：{said}"):
            read_yaml(str(file))

    def test_a_folder_is_no_blueprint(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound):
            read_yaml(str(tmp_path))
