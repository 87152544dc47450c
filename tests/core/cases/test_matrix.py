"""Every stage, action and role of every shipped blueprint: allowed or refused.

What is expected stands in `tests/core/blueprint/matrix/*.txt`, written by hand. Everybody
is tried in the strongest position there is (their own unit holds and leads the case in
their own area), so that only role and stage can be the reason of a refusal; whoever is
allowed is tried again where the condition of the table does not hold.
"""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from core.access.actor import DOOR, SYSTEM, Actor
from core.blueprint.store import shipped
from core.blueprint.world import World
from core.cases.decide import NotNow, actions, begin, decide, fields_of
from core.rules.case import CLOSED, DONE, OPENED, SIGNED, CaseFile, Task
from core.rules.permissions import ROLES
from tests.support import memory
from tests.support.county import GRID, TOWNSHIP
from tests.support.matrix import CONTRACT, Line, matrix, stages

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
UNITS = {"handler": f"{TOWNSHIP}-PC", "head": f"{TOWNSHIP}-PC", "grid_worker": GRID}
CENTRE, ELSEWHERE = f"{TOWNSHIP}-C", "131024100-C"
PAIRS = [(name, stage) for name in shipped() for stage in stages(name)]


def somebody(found: World, role: str, *, far: bool = False) -> Actor:
    """Somebody with this role, in the case's area or (`far`) in another township."""
    outside = {"system": SYSTEM, "door": DOOR, "resident": memory.RESIDENT}
    if role in outside:
        return outside[role]
    unit = UNITS.get(role, CENTRE)
    return memory.person(found, role, unit, area="131024100" if far else None)


def standing(
    found: World,
    stage: str,
    unit: str,
    state: str | None,
    *,
    lead: bool = True,
    holder: str = "",
    also: str = "",
) -> CaseFile:
    """A case in `stage`, in which `unit` has a task in `state`."""
    change = memory.receive(found, memory.staff(found)["clerk"], AT)
    file, case = change.file, change.file.case
    case.stage, case.stage_kind = stage, found.blueprint.workflow.stages[stage].kind
    case.closed_at = AT if case.stage_kind == CLOSED else None
    case.holder = holder or unit
    case.registered_by = 1
    units = [(unit, lead, state)] if state else []
    units += [(also, not lead, OPENED)] if also else []
    file.tasks = [
        Task(
            county=case.county,
            id=found.new_id(),
            case_id=case.id,
            unit=u,
            lead=leads,
            state=s,
            opened_at=AT,
            opened_by=CENTRE,
        )
        for u, leads, s in units
    ]
    return file


def fit(line: Line | None) -> str | None:
    """The state of a task in which the action finds what it works on."""
    return {"sign": OPENED, "reject_report": DONE}.get(line.action, SIGNED) if line else SIGNED


def act(
    found: World, actor: Actor, file: CaseFile, action: str, *, score: int = 5, **data: Any
) -> str:
    """The stage after the action."""
    rows = [t for t in actions(found, actor, file) if t.id == action]
    for field in fields_of(found, rows[0], file.case) if rows else ():
        if field.required:
            data.setdefault(field.id, memory.fill(field, score=score))
    decide(found, actor, begin(file, AT), action, data, AT)
    return file.case.stage


def all_actions() -> set[str]:
    """Whatever anybody might ask for."""
    own = {a for name in shipped() for _stage, a in matrix(name)}
    return own | set(CONTRACT) | {"create", "delete", ""}


@pytest.mark.parametrize("name", shipped())
def test_the_table_knows_every_stage(name: str) -> None:
    assert stages(name) == tuple(memory.world(name).blueprint.workflow.stages)


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_what_is_not_in_the_table_is_refused_and_changes_nothing(name: str, stage: str) -> None:
    found = memory.world(name)
    for role in ROLES:
        actor = somebody(found, role)
        unit = actor.unit or CENTRE
        for state in (OPENED, SIGNED, DONE):
            file = standing(found, stage, unit, state)
            before = deepcopy(file)
            for action in sorted(all_actions()):
                line = matrix(name).get((stage, action))
                if line is not None and role in line.who:
                    continue
                with pytest.raises(NotNow):
                    decide(found, actor, begin(file, AT), action, {}, AT)
                assert file == before, (stage, action, role)


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_what_is_in_the_table_is_allowed_and_leads_where_it_says(name: str, stage: str) -> None:
    found = memory.world(name)
    for line in [x for x in matrix(name).values() if x.stage == stage]:
        for role in line.who:
            actor = somebody(found, role)
            unit = actor.unit or CENTRE
            for condition, target in line.leads.items():
                file = standing(found, stage, unit, fit(line))
                score = 2 if condition == "low" else 5
                assert act(found, actor, file, line.action, score=score) == (
                    stage if target == "." else target
                ), (stage, line.action, role, condition)


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_a_case_waits_for_the_others_or_for_the_lead(name: str, stage: str) -> None:
    found = memory.world(name)
    for line in [x for x in matrix(name).values() if x.stage == stage]:
        for condition in line.leads.keys() & {"all", "lead"}:
            for role in line.who:
                actor = somebody(found, role)
                # as an assisting unit, while another one still works
                file = standing(
                    found, stage, actor.unit or CENTRE, fit(line), lead=False, also=memory.ASSIST
                )
                assert act(found, actor, file, line.action) == stage, (line.action, condition)


@pytest.mark.parametrize(("name", "stage"), PAIRS)
def test_who_does_not_meet_the_condition_is_refused(name: str, stage: str) -> None:
    found = memory.world(name)
    for line in [x for x in matrix(name).values() if x.stage == stage]:
        for role, relation in line.who.items():
            if relation in ("seen", "own"):
                continue  # row security decides that, see tests/db
            actor = somebody(found, role, far=relation == "area")
            unit, state = actor.unit or CENTRE, fit(line)
            file = {
                "area": lambda u, s: standing(found, stage, u, s),
                "holder": lambda u, s: standing(found, stage, u, s, holder=ELSEWHERE),
                "task": lambda u, s: standing(found, stage, ELSEWHERE, s, holder=u),
                "lead": lambda u, s: standing(found, stage, u, s, lead=False),
            }[relation](unit, state)
            with pytest.raises(NotNow):
                decide(found, actor, begin(file, AT), line.action, {}, AT)
