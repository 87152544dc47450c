"""The workflow as a table: what makes it a loop, and who may take a row."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from core.rules.case import DONE, OPENED, SIGNED, Case, CaseFile, Task
from core.rules.workflow import Asker, Transition, Workflow, allowed, may

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
LOOP: dict[str, Any] = {
    "start": "received",
    "steps": {"accept": "接办", "rate": "评价"},
    "stages": {
        "received": {"label": "待接办", "kind": "open", "step": "accept", "term": "1wd"},
        "handling": {"label": "处置中", "kind": "open"},
        "replied": {"label": "待评价", "kind": "waiting", "term": "7d"},
        "closed": {"label": "已办结", "kind": "closed", "step": "rate"},
    },
    "transitions": [
        {"id": "assign", "label": "交办", "from": ["received"], "to": "handling",
         "who": {"dispatcher": "area"}, "effects": ["open_tasks"]},
        {"id": "report", "label": "反馈", "from": ["handling"], "to": "replied",
         "once": "all_done", "who": {"handler": "task"}, "effects": ["finish_task"], "usual": True},
        {"id": "comment", "label": "补充", "from": ["handling"], "who": {"handler": "seen"}},
        {"id": "rate", "label": "评价", "from": ["replied"], "to": "received", "once": "low",
         "who": {"resident": "own"}, "effects": ["record_rating", "reopen"]},
        {"id": "rate", "label": "评价", "from": ["replied"], "to": "closed", "once": "high",
         "who": {"resident": "own"}, "effects": ["record_rating"]},
    ],
}  # fmt: skip


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """The loop with one thing different; `...` as the last step appends."""
    body = deepcopy(LOOP)
    at = body
    for key in path[:-1]:
        at = at[key]
    if path[-1] is ...:
        at.append(to)
    elif to is None:
        del at[path[-1]]
    else:
        at[path[-1]] = to
    return body


ROW = {"id": "more", "label": "其他", "from": ["handling"], "to": "closed", "who": {}}
FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown start", changed("start", to="begin"), "start：没有阶段“begin”"),
    (
        "an unknown target",
        changed("transitions", 0, "to", to="nowhere"),
        "操作 assign：没有阶段“nowhere”",
    ),
    (
        "an unknown source",
        changed("transitions", 0, "from", to=["nowhere"]),
        "操作 assign：没有阶段“nowhere”",
    ),
    (
        "an unknown public step",
        changed("stages", "received", "step", to="begin"),
        "阶段 received：没有步骤“begin”",
    ),
    (
        "an unknown role",
        changed("transitions", 0, "who", to={"boss": "area"}),
        "操作 assign：没有角色“boss”",
    ),
    (
        "a second row for one tap",
        changed("transitions", ..., to=ROW | {"id": "assign", "from": ["received"]}),
        "操作 assign：在阶段“received”里出现了两次",
    ),
    (
        "staff with a resident's right",
        changed("transitions", 0, "who", to={"dispatcher": "own"}),
        "操作 assign：群众只能办自己的诉求，用且只用 own",
    ),
    (
        "a resident with staff's right",
        changed("transitions", 0, "who", to={"resident": "area"}),
        "操作 assign：群众只能办自己的诉求，用且只用 own",
    ),
    (
        "a low score without a high one",
        changed("transitions", 4, to=None),
        "操作 rate：low 和 high 两行必须成对，都记录评分，阶段和人员也相同",
    ),
    (
        "a bad rating that only some may give",
        changed("transitions", 4, "who", to={"resident": "own", "clerk": "area"}),
        "操作 rate：low 和 high 两行必须成对，都记录评分，阶段和人员也相同",
    ),
    (
        "a score that nobody records",
        changed("transitions", 4, "effects", to=[]),
        "操作 rate：low 和 high 两行必须成对，都记录评分，阶段和人员也相同",
    ),
    (
        "a stage nobody reaches",
        changed("stages", "island", to={"label": "孤岛", "kind": "closed"}),
        "这些阶段走不到：island",
    ),
    (
        "a stage nobody leaves",
        changed("transitions", 1, to=ROW | {"to": None}),
        "阶段 handling：从这里走不到办结",
    ),
    (
        "a circle without an end",
        changed("transitions", 4, "to", to="received"),
        "阶段 received：从这里走不到办结",
    ),
    (
        "waiting without an end",
        changed("stages", "replied", "term", to=None),
        "阶段 replied：等待群众的阶段必须写 term",
    ),
    (
        "a term that is none",
        changed("stages", "received", "term", to="soon"),
        "“soon”不是有效的期限",
    ),
    (
        "an effect that does not exist",
        changed("transitions", 0, "effects", to=["explode"]),
        "Input should be",
    ),
    (
        "a key that does not exist",
        changed("transitions", 0, "colour", to="red"),
        "Extra inputs are not permitted",
    ),
]


def test_a_loop_is_a_loop() -> None:
    assert Workflow.model_validate(LOOP).start == "received"


@pytest.mark.parametrize(("body", "words"), [x[1:] for x in FAULTS], ids=[x[0] for x in FAULTS])
def test_refused_in_words_that_name_the_place(body: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Workflow.model_validate(body)
    assert words in str(refused.value)


def test_every_fault_is_said_at_once() -> None:
    body = changed("transitions", 0, "who", to={"boss": "area", "king": "area"})
    body["start"] = "begin"
    with pytest.raises(ValidationError) as refused:
        Workflow.model_validate(body)
    for word in ("begin", "boss", "king"):
        assert f"“{word}”" in str(refused.value)


def case(stage: str = "handling", holder: str = "T-C") -> CaseFile:
    """A case of area 131024104, registered by person 7."""
    return CaseFile(
        case=Case(
            county="131024", id=1, number="131024-20261123-000001", code_hash="", title="", body="",
            category="other", kind="help", inlet="phone", urgency="normal", area="131024104",
            stage=stage, stage_kind="open", holder=holder, config_version=1, received_at=AT,
            registered_by=7,
        )
    )  # fmt: skip


def task(unit: str, state: str, *, lead: bool = True, number: int = 1) -> Task:
    return Task(
        county="131024", id=number, case_id=1, unit=unit, lead=lead, state=state, opened_at=AT
    )


def asker(role: str, *units: str, in_area: bool = False, person: int | None = 1) -> Asker:
    return Asker(roles=(role,), person=person, units=units, in_area=in_area)


def row(relation: str, *effects: str, role: str = "handler") -> Transition:
    return Transition.model_validate(
        {"id": "x", "label": "x", "from": ["handling"], "who": {role: relation}, "effects": effects}
    )


MINE = ("T-PC", "G")
"""The person's own unit and one below it."""


class TestRelation:
    def test_seen_is_whoever_sees_the_case(self) -> None:
        assert may(row("seen"), asker("handler"), case())

    def test_area(self) -> None:
        assert may(row("area"), asker("handler", in_area=True), case())
        assert not may(row("area"), asker("handler", *MINE), case())

    @pytest.mark.parametrize(("holder", "wanted"), [("T-PC", True), ("G", True), ("T-C", False)])
    def test_holder(self, holder: str, wanted: bool) -> None:
        assert may(row("holder"), asker("handler", *MINE), case(holder=holder)) is wanted

    @pytest.mark.parametrize(
        ("unit", "state", "lead", "task_", "lead_"),
        [
            ("T-PC", OPENED, True, True, True),
            ("G", SIGNED, True, True, True),
            ("T-PC", SIGNED, False, True, False),
            ("T-PC", DONE, True, False, False),
            ("T-C", SIGNED, True, False, False),
        ],
    )
    def test_task_and_lead(
        self, unit: str, state: str, lead: bool, task_: bool, lead_: bool
    ) -> None:
        file = case()
        file.tasks = [task(unit, state, lead=lead)]
        assert may(row("task"), asker("handler", *MINE), file) is task_
        assert may(row("lead"), asker("handler", *MINE), file) is lead_

    def test_own_is_for_residents_alone(self) -> None:
        assert may(row("own", role="resident"), asker("resident", person=None), case())
        assert not may(row("own"), asker("handler", *MINE, in_area=True), case())

    def test_registered(self) -> None:
        assert may(row("registered"), asker("handler", person=7), case())
        assert not may(row("registered"), asker("handler", person=1), case())
        assert not may(row("registered"), asker("handler", person=None), case())

    def test_one_of_several_roles_is_enough(self) -> None:
        both = Asker(roles=("analyst", "handler"), person=1, units=(), in_area=False)
        assert may(row("seen"), both, case())

    def test_another_stage_is_another_matter(self) -> None:
        assert not may(row("seen"), asker("handler"), case("closed"))


class TestPossible:
    """An action is only offered where it finds what it works on."""

    @pytest.mark.parametrize(
        ("effect", "states"),
        [
            ("sign_task", {OPENED}),
            ("finish_task", {SIGNED}),
            ("return_task", {OPENED, SIGNED}),
            ("rework", {DONE}),
        ],
    )
    def test_the_state_of_the_task(self, effect: str, states: set[str]) -> None:
        for state in (OPENED, SIGNED, DONE, "returned", "withdrawn"):
            file = case()
            file.tasks = [task("T-PC", state)]
            assert may(row("seen", effect), asker("handler", *MINE), file) is (state in states)

    def test_a_lead_that_works_again_has_nothing_to_rework(self) -> None:
        file = case()
        file.tasks = [task("T-PC", DONE), task("T-PC", OPENED, number=2)]
        assert not may(row("seen", "rework"), asker("handler", *MINE), file)

    def test_the_own_unit_comes_before_those_below(self) -> None:
        file = case()
        file.tasks = [task("T-PC", OPENED), task("G", OPENED, lead=False, number=2)]
        assert file.task_of(MINE, OPENED) is file.tasks[0]
        assert file.task_of(("G", "T-PC"), OPENED) is file.tasks[1]

    def test_the_newest_of_a_unit_s_tasks_counts(self) -> None:
        file = case()
        file.tasks = [task("T-PC", DONE), task("T-PC", DONE, number=2)]
        assert file.task_of(MINE, DONE) is file.tasks[1]


def test_what_is_allowed_begins_with_the_usual_and_names_each_action_once() -> None:
    workflow = Workflow.model_validate(LOOP)
    file = case()
    file.tasks = [task("T-PC", SIGNED)]
    assert [t.id for t in allowed(workflow, asker("handler", *MINE), file)] == ["report", "comment"]
    file.case.stage = "replied"
    assert [t.id for t in allowed(workflow, asker("resident"), file)] == ["rate"]


def test_where_everybody_s_report_leads() -> None:
    workflow = Workflow.model_validate(LOOP)
    assert workflow.all_done("handling") == "replied"
    assert workflow.all_done("received") is None
