"""Every stage, action and role of every shipped blueprint: allowed or refused.

What is expected stands in `tests/core/blueprint/matrix/*.txt`, written by hand. Everybody
is tried in the strongest position there is: their own unit holds and leads the case in their
own area, and demands of every kind are addressed to it and were asked by themselves, so that
only role, stage and kind of demand can be the reason of a refusal. Whoever is allowed is tried
again where the condition of the table does not hold.
"""

from collections.abc import Iterator
from copy import copy, deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from core.access.actor import DOOR, SYSTEM, Actor
from core.blueprint.store import shipped
from core.blueprint.world import World
from core.cases.decide import NotNow, actions, begin, decide, fields_of
from core.errors import Invalid
from core.now import moved_to
from core.rules.case import CLOSED, DONE, MATTER, OPENED, SIGNED, CaseFile, Demand, Task
from core.rules.demands import NOTE, PENDING, STATES
from core.rules.permissions import ROLES
from tests.support import memory
from tests.support.county import GRID, TOWNSHIP
from tests.support.matrix import CONTRACT, Line, finds, lines, matrix, stages

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
UNITS = {"handler": f"{TOWNSHIP}-PC", "head": f"{TOWNSHIP}-PC", "grid_worker": GRID}
CENTRE, ELSEWHERE = f"{TOWNSHIP}-C", "131024100-C"
NOBODY = 99
DECISIONS = ("grant", "refuse")
PAIRS = [(name, stage) for name in shipped() for stage in stages(name)]


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    with moved_to(AT):
        yield


def somebody(found: World, role: str, *, far: bool = False) -> Actor:
    """Somebody with this role, in the case's area or (`far`) in another township."""
    outside = {"system": SYSTEM, "door": DOOR, "resident": memory.RESIDENT}
    if role in outside:
        return outside[role]
    unit = UNITS.get(role, CENTRE)
    return memory.person(found, role, unit, area="131024100" if far else None)


def standing(found: World, stage: str, *tasks: tuple[str, bool, str], holder: str = "") -> CaseFile:
    """A case in `stage`, held by the first of the units that have `tasks` (unit, lead, state)."""
    given = received(found.blueprint.id)
    file = CaseFile(case=copy(given.case), clocks=[copy(c) for c in given.clocks])
    case = file.case
    case.stage, case.stage_kind = stage, found.blueprint.workflow.stages[stage].kind
    case.closed_at = AT if case.stage_kind == CLOSED else None
    case.holder = holder or tasks[0][0]
    case.registered_by = 1
    file.tasks = [
        Task(
            county=case.county,
            id=found.new_id(),
            case_id=case.id,
            unit=unit,
            lead=lead,
            state=state,
            opened_at=AT,
            opened_by=CENTRE,
        )
        for unit, lead, state in tasks
    ]
    return file


@cache
def received(name: str) -> CaseFile:
    """An appeal that has just come in."""
    found = memory.world(name)
    return memory.receive(found, memory.staff(found)["clerk"], AT).file


def asked(
    found: World, file: CaseFile, actor: Actor, kind: str, state: str, action: str = ""
) -> Demand:
    """A demand on the actor's own unit that the actor has asked; somebody else, where `action`
    decides on it."""
    own = action not in DECISIONS
    case, made = file.case, found.blueprint.demands[kind]
    # the head of a grid is its leader
    role = "grid_leader" if made.role and actor.roles == ("grid_leader",) else made.role
    due = (case.due_at or AT) + timedelta(days=5)
    return Demand(
        county=case.county,
        id=found.new_id(),
        case_id=case.id,
        kind=kind,
        state=state,
        unit=actor.unit or CENTRE,
        text="请尽快办理",
        due_at=AT - timedelta(hours=1),
        opened_at=AT - timedelta(days=1),
        role=role,
        asked_by=actor.person if own else NOBODY,
        asker_unit=(actor.unit or "") if own else memory.ASSIST,
        data={"until": f"{due:%Y-%m-%d}", "task": next((t.id for t in file.tasks), None)},
    )


def fit(line: Line) -> str:
    """The state of a task in which the action finds what it works on."""
    return {"sign": OPENED, "reject_report": DONE}.get(line.action, SIGNED)


def positions(line: Line) -> Iterator[tuple[str, str]]:
    """(kind, state) of the demand that the line needs; one empty pair where it needs none."""
    states = finds(line.action)
    for kind in line.kinds or ("",):
        for state in states[: len(states) if kind == line.kinds[:1] else 1]:
            yield kind, state if kind else ""


def strongest(
    found: World,
    actor: Actor,
    line: Line,
    kind: str = "",
    state: str = "",
    *,
    unit: str = "",
    lead: bool = True,
    holder: str = "",
    also: str = "",
) -> CaseFile:
    """The position in which nothing but the line can refuse the action."""
    tasks = [(unit or actor.unit or CENTRE, lead, fit(line))]
    tasks += [(also, not lead, OPENED)] if also else []
    file = standing(found, line.stage, *tasks, holder=holder)
    if kind:
        file.demands = [asked(found, file, actor, kind, state, line.action)]
        relation = line.who.get(actor.roles[0])
        if relation == "late":
            file.demands[0].unit = ELSEWHERE
        if relation == "stand_in":
            file.demands[0].asked_by = memory.LEFT
    if line.action == "resume":
        pause(file)
    return file


def pause(file: CaseFile) -> None:
    """The case's clocks stand still."""
    for clock in file.clocks:
        clock.paused_at = AT


def act(
    found: World, actor: Actor, file: CaseFile, action: str, *, score: int = 5, **data: Any
) -> str:
    """The stage after the action."""
    day = ((file.case.due_at or AT) + timedelta(days=5)).date()
    kinds = {d.kind for d in file.demands}
    rows = [
        t
        for t in found.blueprint.workflow.find(file.case.stage, action)
        if not kinds or not t.demands or kinds & {*t.demands}
    ]
    rows.sort(key=lambda t: all(d.state not in t.standing for d in file.demands))
    for field in fields_of(found, rows[0], file.case) if rows else ():
        if field.required or field.id in ("score", "suggestion"):
            data.setdefault(field.id, memory.fill(field, score=score, day=day))
    other = copy(file.case)
    other.id = found.new_id()
    decide(found, actor, begin(file, AT), action, data, AT, linked=other)
    return file.case.stage


def all_actions() -> set[str]:
    """Whatever anybody might ask for."""
    own = {a for name in shipped() for _stage, a in matrix(name)}
    return own | set(CONTRACT) | {"create", "delete", ""}


@pytest.mark.parametrize("name", shipped())
def test_the_table_knows_every_stage(name: str) -> None:
    flow = memory.world(name).blueprint.workflow
    assert stages(name) == {stage: s.kind for stage, s in flow.stages.items()}


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_what_is_not_in_the_table_is_refused_and_changes_nothing(name: str, stage: str) -> None:
    found = memory.world(name)
    ways = [(action, matrix(name).get((stage, action), ())) for action in sorted(all_actions())]
    waiting = [k for k, made in found.blueprint.demands.items() if made.answer != NOTE]
    for role in ROLES:
        actor = somebody(found, role)
        mine = [(a, [x for x in several if role in x.who]) for a, several in ways]
        unit = actor.unit or CENTRE
        file = standing(found, stage, *((unit, True, state) for state in (OPENED, SIGNED, DONE)))
        everything = [asked(found, file, actor, k, s) for k in waiting for s in PENDING]
        before = deepcopy((file, everything))
        for action, free in mine:
            if any(not line.kinds for line in free):
                continue
            kinds = {k for line in free for k in line.kinds}
            file.demands = [d for d in everything if d.kind not in kinds]
            with pytest.raises(NotNow):
                decide(found, actor, begin(file, AT), action, {}, AT)
        file.demands = []
        assert (file, everything) == before, (stage, role)


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_what_stands_still_goes_on_only_by_the_table(name: str, stage: str) -> None:
    found = memory.world(name)
    (line,) = matrix(name).get((stage, "resume"), (Line(stage, "resume", {}, {}),))
    for role in {*ROLES} - {*line.who}:
        actor = somebody(found, role)
        with pytest.raises(NotNow):
            decide(found, actor, begin(strongest(found, actor, line), AT), "resume", {}, AT)


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_what_is_in_the_table_is_allowed_and_leads_where_it_says(name: str, stage: str) -> None:
    found = memory.world(name)
    for line in lines(name, stage):
        for role in line.who:
            actor = somebody(found, role)
            for condition, target in line.leads.items():
                for kind, state in positions(line):
                    file = strongest(found, actor, line, kind, state)
                    score = 2 if condition == "low" else 5
                    assert act(found, actor, file, line.action, score=score) == (
                        stage if target == "." else target
                    ), (stage, line.action, role, condition, kind, state)


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_a_case_waits_for_the_others_or_for_the_lead(name: str, stage: str) -> None:
    found = memory.world(name)
    for line in lines(name, stage):
        for condition in line.leads.keys() & {"all", "lead"}:
            for role in line.who:
                actor = somebody(found, role)
                for kind, state in positions(line):
                    # as an assisting unit, while another one still works
                    file = strongest(
                        found, actor, line, kind, state, lead=False, also=memory.ASSIST
                    )
                    assert act(found, actor, file, line.action) == stage, (line.action, condition)


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_who_does_not_meet_the_condition_is_refused(name: str, stage: str) -> None:
    found = memory.world(name)
    for line in lines(name, stage):
        for role, relation in line.who.items():
            if relation in ("seen", "own"):
                continue  # row security decides that, see tests/db
            actor = somebody(found, role, far=relation in ("area", "stand_in"))
            unit = actor.unit or CENTRE
            held: dict[str, Any] = {
                "holder": {"holder": ELSEWHERE},
                "task": {"unit": ELSEWHERE, "holder": unit},
                "lead": {"lead": False},
            }.get(relation, {})
            file = strongest(found, actor, line, **held)
            file.demands = [
                asked(found, file, actor, k, s, line.action)
                for k in line.kinds
                for s in finds(line.action)
            ]
            for demand in file.demands:
                if relation in ("asked", "late"):
                    demand.unit, demand.due_at = ELSEWHERE, AT + timedelta(hours=1)
                if relation == "asker":
                    demand.asked_by, demand.asker_unit = NOBODY, ELSEWHERE
                if relation == "stand_in":
                    demand.asked_by = memory.LEFT
            with pytest.raises(NotNow):
                decide(found, actor, begin(file, AT), line.action, {}, AT)


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_a_demand_is_worked_on_only_while_it_waits_for_that(name: str, stage: str) -> None:
    found = memory.world(name)
    for line in lines(name, stage):
        for role in line.who if line.kinds else ():
            actor = somebody(found, role)
            file = strongest(found, actor, line)
            others = [s for s in STATES if s not in finds(line.action)]
            file.demands = [
                asked(found, file, actor, k, s, line.action) for k in line.kinds for s in others
            ]
            with pytest.raises(NotNow):
                decide(found, actor, begin(file, AT), line.action, {}, AT)


@pytest.mark.parametrize("name", shipped())
def test_a_demand_for_one_role_is_no_demand_for_the_others(name: str) -> None:
    """Who decides on time is the head of the unit, not whoever works there."""
    found = memory.world(name)
    for line in lines(name):
        for role in line.who:
            for kind in line.kinds if line.who[role] == "asked" else ():
                actor = somebody(found, role)
                file = strongest(found, actor, line, kind, finds(line.action)[0])
                file.demands[0].role, file.demands[0].due_at = "analyst", None
                with pytest.raises(NotNow):
                    decide(found, actor, begin(file, AT), line.action, {}, AT)


@pytest.mark.parametrize("name", shipped())
def test_nobody_decides_their_own_request(name: str) -> None:
    """Neither who asked it, nor a colleague where it had to go to another unit."""
    found = memory.world(name)
    decided = {(x.action, x.kinds, r): x for x in lines(name) for r in x.who if x.kinds}
    for (action, kinds, role), line in decided.items():
        if action not in DECISIONS:
            continue
        actor = somebody(found, role)
        for kind in kinds:
            mine = strongest(found, actor, line, kind, "open")
            mine.demands[0].asked_by = actor.person
            ours = strongest(found, actor, line, kind, "open")
            ours.demands[0].unit, ours.demands[0].asker_unit = ELSEWHERE, actor.unit or ""
            for file in (mine, ours):
                with pytest.raises(NotNow):
                    decide(found, actor, begin(file, AT), action, {}, AT)


@pytest.mark.parametrize("name", shipped())
def test_a_case_stands_still_once_and_goes_on_once(name: str) -> None:
    found = memory.world(name)
    for line in lines(name):
        for role in line.who if line.action in ("pause", "resume") else ():
            actor = somebody(found, role)
            file = standing(found, line.stage, (actor.unit or CENTRE, True, SIGNED))
            if line.action == "pause":
                pause(file)
            with pytest.raises(NotNow):
                decide(found, actor, begin(file, AT), line.action, {}, AT)


@pytest.mark.parametrize("name", shipped())
def test_a_deputy_reviews_a_handling_once(name: str) -> None:
    found = memory.world(name)
    deputy = somebody(found, "deputy")
    other = memory.person(found, "deputy", None, TOWNSHIP, number=2)
    for stage in [s for s, kind in stages(name).items() if kind == CLOSED]:
        file = standing(found, stage, (CENTRE, True, DONE))
        assert act(found, deputy, file, "review", score=5) == stage
        with pytest.raises(NotNow):
            decide(found, deputy, begin(file, AT), "review", {}, AT)
        assert act(found, other, file, "review", score=5) == stage
        # closed anew, it is another handling
        file.case.closed_at = AT + timedelta(days=3)
        assert "review" in {t.id for t in actions(found, deputy, file)}


@pytest.mark.parametrize("name", shipped())
def test_what_was_given_by_decision_is_not_returned(name: str) -> None:
    found = memory.world(name)
    for line in lines(name):
        for role in line.who if line.action == "object" else ():
            actor = somebody(found, role)
            file = strongest(found, actor, line)
            file.tasks[0].designated = True
            with pytest.raises(NotNow):
                decide(found, actor, begin(file, AT), line.action, {}, AT)


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_a_leaders_own_matter_is_only_answered(name: str, stage: str) -> None:
    """No resident spoke: there is nobody to reply to, to rate or to call back."""
    found = memory.world(name)
    only = {"instruct", "acknowledge", "feedback", "settle", "press", "withdraw"}
    for line in lines(name, stage):
        for role in line.who if line.action not in only | {"talk", "circulate"} else ():
            actor = somebody(found, role)
            for kind, state in positions(line):
                file = strongest(found, actor, line, kind, state)
                file.case.source = MATTER
                with pytest.raises(NotNow):
                    decide(found, actor, begin(file, AT), line.action, {}, AT)


def test_a_wrong_word_is_not_a_refusal() -> None:
    """`Invalid` says what to correct: the person may, and knows it."""
    found = memory.world("langfang")
    actor = somebody(found, "leader")
    file = standing(found, "handling", (CENTRE, True, SIGNED))
    with pytest.raises(Invalid):
        decide(found, actor, begin(file, AT), "instruct", {}, AT)
