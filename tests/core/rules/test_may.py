"""Who may take a row of the table, and what they are told who may not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.rules.case import DONE, OPENED, SIGNED, Case, CaseFile, Clock, Demand, Task
from core.rules.may import Asker, allowed, may, why_not
from core.rules.workflow import Transition, Workflow
from tests.core.rules.test_workflow import LOOP

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


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


class TestSummingUp:
    """The lead speaks last, as long as that costs it nothing."""

    @pytest.mark.parametrize(
        ("minutes", "other", "waits"),
        [
            (0, 60, True),
            (30, 30, True),
            (31, 30, False),  # they let their time pass
            (89, 600, True),
            (91, 600, False),  # the last tenth of its own
            (89, None, True),  # not dated: its year is not in the calendar
        ],
    )
    def test_until_when_it_waits(self, minutes: int, other: int | None, waits: bool) -> None:
        file = case()
        mine, theirs = task("T-PC", SIGNED), task("X", OPENED, lead=False, number=2)
        mine.due_at = AT + timedelta(minutes=100)
        theirs.due_at = None if other is None else AT + timedelta(minutes=other)
        file.tasks = [mine, theirs]
        who = asker("handler", *MINE)._replace(at=AT + timedelta(minutes=minutes))
        assert may(row("task", "finish_task", "sum_up"), who, file) is not waits
        assert may(row("task", "finish_task"), who, file), "only where the county asks for it"

    @pytest.mark.parametrize("state", [DONE, "returned", "withdrawn"])
    def test_for_nobody_who_is_done(self, state: str) -> None:
        file = case()
        file.tasks = [task("T-PC", SIGNED), task("X", state, lead=False, number=2)]
        assert may(row("task", "finish_task", "sum_up"), asker("handler", *MINE), file)

    def test_assisting_units_wait_for_nobody(self) -> None:
        file = case()
        file.tasks = [task("X", SIGNED), task("T-PC", SIGNED, lead=False, number=2)]
        file.tasks.append(task("Y", OPENED, lead=False, number=3))
        assert may(row("task", "finish_task", "sum_up"), asker("handler", *MINE), file)


def demand(state: str, *, unit: str = "T-PC", by: str = "T-C", **more: Any) -> Demand:
    return Demand(
        county="131024", id=1, case_id=1, kind="chase", state=state, unit=unit, text="",
        opened_at=AT, asker_unit=by, **more,
    )  # fmt: skip


def told(file: CaseFile, *rows: Transition, who: Asker | None = None) -> str:
    """Why a handler of `MINE` may take none of the rows."""
    who = who or asker("handler", *MINE)
    assert not any(may(t, who, file) for t in rows)
    return str(why_not(rows, who, file, str.upper))


def on(relation: str, effect: str) -> Transition:
    return row(relation, effect).model_copy(update={"demands": ("chase",)})


class TestWhyNot:
    """Who may not is told why, and what to do about it."""

    @pytest.mark.parametrize(
        ("effect", "state", "words"),
        [
            ("sign_task", SIGNED, "您单位已经签收，不必再签"),
            ("sign_task", DONE, "您单位现在没有这件诉求的任务"),
            ("finish_task", OPENED, "请先签收"),
            ("finish_task", DONE, "请由交办单位交办"),
            ("rework", SIGNED, "请改派"),
        ],
    )
    def test_by_the_state_of_the_task(self, effect: str, state: str, words: str) -> None:
        file = case()
        file.tasks = [task("T-PC", state)]
        assert words in told(file, row("seen", effect))

    def test_what_was_given_by_decision(self) -> None:
        file = case()
        file.tasks = [task("T-PC", OPENED)]
        file.tasks[0].designated = True
        assert "不能再退回" in told(file, row("task", "return_task"))

    @pytest.mark.parametrize(
        ("relation", "words"),
        [
            ("area", "不在您的辖区"),
            ("holder", "请由承办单位办理"),
            ("task", "您单位现在没有这件诉求的任务"),
            ("lead", "请由主办单位办理"),
            ("registered", "请由登记人办理"),
        ],
    )
    def test_whoever_stands_far_from_it(self, relation: str, words: str) -> None:
        assert words in told(case(), row(relation))

    def test_another_role_by_the_county_s_own_name(self) -> None:
        assert told(case(), row("seen", role="deputy")) == "您的角色不能这样办，请由DEPUTY办理"
        assert told(case(), row("seen", role="system")) == "这一步由系统自动办理"

    @pytest.mark.parametrize(
        ("relation", "effect", "asked", "words"),
        [
            ("asked", "feed_back", demand("settled"), "可能刚刚办完"),
            ("asked", "feed_back", demand("answered"), "您单位已经反馈过"),
            ("asked", "acknowledge", demand("acknowledged"), "请直接反馈"),
            ("asked", "feed_back", demand("open", unit="T-ZF"), "请由被要求的单位办理"),
            ("asked", "feed_back", demand("open", role="head"), "请由HEAD办理"),
            ("asked", "grant", demand("open", unit="T-C", by="T-PC"), "自己不能审批"),
            ("asker", "settle", demand("answered"), "请由提出的人办理"),
            ("asker", "settle", demand("open", by="T-PC"), "请等反馈以后再办"),
            ("seen", "press", demand("open"), "请等反馈以后再办"),
        ],
    )
    def test_by_what_was_asked(self, relation: str, effect: str, asked: Demand, words: str) -> None:
        file = case()
        file.demands = [asked]
        assert words in told(file, on(relation, effect))

    def test_the_clocks(self) -> None:
        file = case()
        assert "没有正在走的时限" in told(file, row("seen", "pause"))
        assert "不必恢复" in told(file, row("seen", "resume"))
        clock = Clock(
            county="131024", id=1, case_id=1, kind="case", subject="T-C", ladder="default",
            term="5wd", started_at=AT, paused_at=AT,
        )  # fmt: skip
        file.clocks = [clock]
        assert "恢复办理以后才能再暂停" in told(file, row("seen", "pause"))

    def test_of_several_rows_the_one_they_come_closest_to(self) -> None:
        file = case()
        file.demands = [demand("answered")]
        rows = row("seen", "feed_back", role="deputy"), on("asked", "feed_back")
        assert "您单位已经反馈过" in told(file, *rows)
