"""The counties that come with OneDoor: complete, in both languages, with nobody left out."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.blueprint.store import parse, read_yaml, shipped
from core.blueprint.world import Place, World
from core.cases.intake import Appeal, facts_of, route
from core.places.setup import units_of
from core.rules.case import CLOSED
from core.rules.routing import To, first
from tests.support import memory
from tests.support.county import AREAS, COUNTY, GRID, TOWNSHIP, VILLAGE
from tests.support.matrix import CONTRACT

DATA = Path("/work/shared/data")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
OWN = {
    "add", "reject_reply", "callback_missed",  # a resident's addition, Baiyin's and Yuhua's own
    "feedback", "settle", "press", "withdraw",  # on any demand
    "ask_close", "ask_decline", "list", "circulate", "suggest", "draw", "keep", "break", "grade",
    "whistle", "follow", "keep_up", "separate",
    "convene", "agree",  # Raoyang's panel
    "neglect",  # Wei county
}  # fmt: skip
"""Actions for which the contract has no id."""

counties = pytest.mark.parametrize("name", shipped())


def labels(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """(place, label) of everything in a blueprint that people read."""
    if isinstance(value, dict):
        if value and set(value) <= {"zh_CN", "en"}:
            yield place, value
            return
        for key, inner in value.items():
            if key in ("label", "note", "title", "slogan") and isinstance(inner, str):
                yield f"{place}.{key}", inner
            yield from labels(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from labels(inner, f"{place}[{index}]")


def test_these_are_shipped() -> None:
    assert shipped() == [
        "baiyin", "dacheng", "hebei", "langfang", "raoyang", "sanhe", "weixian", "xianghe",
        "xinyuan", "yuhua", "zanhuang",
    ]  # fmt: skip


@counties
def test_every_label_speaks_both_languages(name: str) -> None:
    for place, label in labels(read_yaml(name)):
        assert isinstance(label, dict), f"{place}: only {label!r}"
        assert set(label) == {"zh_CN", "en"}, place
        assert CHINESE.search(label["zh_CN"]) or place.startswith(".urgencies"), place
        assert label["en"].strip() and not CHINESE.search(label["en"]), place


@counties
def test_actions_carry_the_contract_s_ids(name: str) -> None:
    workflow = memory.world(name).blueprint.workflow
    assert {t.id for t in workflow.transitions} <= set(CONTRACT) | OWN


STEPS = {
    "langfang": ["接办", "交办", "处置", "反馈", "回复", "评价"],
    "xianghe": ["信息采集", "案件建立", "任务派遣", "办理处置", "结果反馈", "核实结案"],
    "xinyuan": ["接办", "交办", "处置", "反馈", "办结", "评价"],
    "yuhua": ["受理", "派单", "处置", "反馈", "答复", "回访"],
    "baiyin": ["受理", "转办", "办理", "审核", "回复", "评价"],
    "hebei": ["受理登记", "转办交办", "督办落实", "结果反馈", "群众评价", "办结归档"],
    "zanhuang": ["受理", "转办", "办理", "反馈", "回复", "回访办结"],
}
LIKE_LANGFANG = ("dacheng", "hebei", "raoyang", "sanhe", "weixian", "zanhuang")
"""What these do not say themselves is as in Langfang."""


def own(table: dict[str, Any], name: str) -> Any:
    """What a county's own line says, else Langfang's where it stands on that."""
    return table[name if name in table or name not in LIKE_LANGFANG else "langfang"]


@counties
def test_the_public_steps_are_the_county_s_own(name: str) -> None:
    workflow = memory.world(name).blueprint.workflow
    assert [label["zh_CN"] for label in workflow.steps.values()] == own(STEPS, name)  # pyright: ignore[reportArgumentType]
    assert {s.step for s in workflow.stages.values()} == set(workflow.steps)


@counties
def test_while_a_case_is_open_everybody_in_it_can_speak(name: str) -> None:
    workflow = memory.world(name).blueprint.workflow
    for stage_id, stage in workflow.stages.items():
        if stage.kind == CLOSED:
            continue
        (note,) = workflow.find(stage_id, "comment")
        assert {"handler", "head", "grid_worker", "dispatcher", "clerk"} <= note.who.keys()
        (more,) = workflow.find(stage_id, "add")
        assert more.who == {"resident": "own"}


@counties
def test_exactly_one_usual_step_is_offered(name: str) -> None:
    """The button in front; the two rows of a rating are one button."""
    workflow = memory.world(name).blueprint.workflow
    for stage_id, stage in workflow.stages.items():
        usual = [t for t in workflow.transitions if t.usual and stage_id in t.sources]
        if stage.kind != CLOSED and stage_id != "merged":  # which waits for the other case
            assert usual, stage_id
        by_role = Counter((role, t.id) for t in usual for role in t.who)
        roles = Counter(role for role, _action in by_role)
        # who has a task may sign in `handling` or report, never both for the same task
        assert all(n == 1 for n in roles.values()) or stage_id == "handling", stage_id


@counties
def test_every_unit_stands_once_and_has_its_parent(name: str) -> None:
    units = units_of(memory.world(name).blueprint, AREAS)
    codes = [u["code"] for u in units]
    assert len(set(codes)) == len(codes)
    assert {u["parent"] for u in units if u["parent"]} <= set(codes)
    assert all(u["name"] for u in units)


REAL = [("langfang", "langfang.csv"), ("xianghe", "langfang.csv"), ("baiyin", "baiyin.csv")]


@pytest.mark.parametrize(("name", "file"), REAL)
def test_also_for_the_real_division_tree(name: str, file: str) -> None:
    if not (DATA / file).exists():
        pytest.skip("the real division tree is not on this machine")
    with (DATA / file).open(encoding="utf-8") as rows:
        places = [
            Place(r["code"], r["name"], r["parent_code"] or None, r["level"])
            for r in csv.DictReader(rows)
        ]
    units = units_of(memory.world(name).blueprint, [p for p in places if p.level != "province"])
    codes = {u["code"] for u in units}
    assert len(codes) == len(units)
    assert {u["parent"] for u in units if u["parent"]} <= codes


def world_of(name: str) -> World:
    return memory.world(name)


@counties
@pytest.mark.parametrize("area", [GRID, VILLAGE, TOWNSHIP, COUNTY])
def test_every_category_finds_somebody_in_every_place(name: str, area: str) -> None:
    found = world_of(name)
    for category in found.blueprint.categories:
        values = {"body": "请处理", "category": category, "kind": "help", "urgency": "normal"}
        facts, _because = facts_of(found, Appeal(values=values), area, "phone")
        way = route(found, facts, [])
        assert found.units.is_active(way.unit.code), category
        assert way.because["row"] >= 1


@counties
def test_what_a_row_asks_for_some_unit_of_the_county_is(name: str) -> None:
    found = world_of(name)
    for row in found.blueprint.dispatch:
        for to in (row.to, *row.assist):
            assert found.units.nearest(to, GRID) is not None, row.name
    for ladder in found.blueprint.ladders.values():
        for to in (to for rung in ladder for to in rung.to if isinstance(to, To)):
            assert found.units.nearest(to, GRID) is not None, to
    for kind in found.blueprint.demands.values():
        if isinstance(kind.to, To):
            assert found.units.nearest(kind.to, GRID) is not None, kind.label


SMALL = {
    "langfang": ["lost", "safety"],
    "xianghe": ["lost", "safety", "city/refuse"],
    "xinyuan": ["lost", "safety", "city/noise", "housing/property"],
    "yuhua": ["lost", "safety", "city/noise"],
    "baiyin": ["lost", "safety", "city/noise"],
    "dacheng": ["lost", "safety", "city/refuse", "city/light"],
}


@counties
def test_small_matters_come_to_the_grid_first(name: str) -> None:
    found = world_of(name)
    for category in own(SMALL, name):
        values = {"body": "请处理", "category": category, "kind": "help", "urgency": "normal"}
        facts, _because = facts_of(found, Appeal(values=values), GRID, "phone")
        way = route(found, facts, [])
        assert (way.unit.code, way.row.dispatch) == (GRID, True), category


LADDERS = {
    "langfang": ["安平镇群众说事中心", "香河县群众说事中心", "廊坊市群众说事中心"],
    "xianghe": ["安平镇社会治理中心", "香河县社会治理中心", "廊坊市社会治理中心"],
    "xinyuan": [
        "王家摆村网格长", "安平镇网格指挥中心", "香河县群众说事中心", "廊坊市群众说事中心",
    ],
    "yuhua": ["安平镇综合治理中心", "香河县综合治理中心", "廊坊市综合治理中心"],
    "baiyin": [
        "王家摆村包联干部和民警", "安平镇综治中心", "香河县“码上反映·马上办理”办理中心",
        "廊坊市“码上反映·马上办理”指挥中心",
    ],
}  # fmt: skip


@counties
def test_what_a_grid_cannot_solve_climbs_this_ladder(name: str) -> None:
    assert [u.name for u in world_of(name).units.climb(GRID)] == own(LADDERS, name)


TERMS: list[tuple[str, dict[str, str], str, str | None]] = [
    ("langfang", {"urgency": "critical"}, "24h", "12h"),
    ("langfang", {"urgency": "urgent"}, "3wd", "2wd"),
    ("langfang", {"kind": "question"}, "5wd", "3wd"),
    ("langfang", {}, "15wd", "10wd"),
    ("baiyin", {"category": "order/fight"}, "1h", "30m"),
    ("baiyin", {"urgency": "urgent"}, "3wd", "2wd"),
    ("yuhua", {"category": "care/elder", "urgency": "urgent"}, "1wd", "4h"),
    ("yuhua", {}, "15wd", "10wd"),
    ("hebei", {"category": "labour/wages"}, "10wd", "7wd"),
    ("hebei", {"category": "labour/wages", "urgency": "urgent"}, "2wd", "1wd"),
    ("hebei", {"category": "land"}, "30d", "20d"),
    ("raoyang", {}, "15wd", "10wd"),
]


@pytest.mark.parametrize(("name", "given", "case", "task"), TERMS)
def test_by_when(name: str, given: dict[str, str], case: str, task: str | None) -> None:
    found = world_of(name)
    values = {"body": "请处理", "category": "other", "kind": "help", "urgency": "normal"} | given
    facts, _because = facts_of(found, Appeal(values=values), GRID, "phone")
    row, _match = first(found.blueprint.deadlines, facts) or pytest.fail("no deadline")
    assert (row.case, row.task) == (case, task)


def test_the_whole_is_read_the_same_again() -> None:
    """What is published is the canonical form; reading it back gives the same county."""
    for name in shipped():
        blueprint = parse(read_yaml(name))
        assert parse(blueprint.model_dump(mode="json", by_alias=True)) == blueprint
