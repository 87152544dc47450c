"""What an action amounts to: pure, from the case as it stands to the change it makes.

`act` wraps it in a lock and a transaction; the bulk path, the sweep and the tests use
the very same function, so there is no second way to change a case.
"""

from collections.abc import Container, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.checking import satisfied
from core.cases.deciding import moot
from core.cases.effects import EFFECTS, FIELDS
from core.cases.standing import asker, parties_of
from core.cases.step import Step
from core.errors import Invalid, NotPermitted
from core.ledger.change import Change
from core.rules.case import Case, CaseFile, Demand
from core.rules.forms import Field, check
from core.rules.masking import mask_text
from core.rules.may import Asker, allowed, asked, may, why_not
from core.rules.workflow import BY_SCORE, SCORED, STANDING, Transition
from core.words import Text, _, lazy, pick

_NOT_NOW = lazy("诉求现在处于“{stage}”，不能“{action}”")
_NO_SUCH = lazy("没有“{action}”这个操作")


class NotNow(NotPermitted):
    """The action exists, but not in this stage, or not for this person."""

    code = "action.not_now"


def fields_of(world: World, transition: Transition, case: Case | None = None) -> tuple[Field, ...]:
    """What the person must or may fill in for this row: the effects' fields, then its own.

    Args:
        case: tells whether several parties rate; without it their choice is left optional.
    """
    several = None
    if case is not None and "record_rating" in transition.effects:
        several = bool(parties_of(world.blueprint, case))
    key = (fields_of, id(transition), several)
    if key not in world.memo:  # the row is kept as well, so that its id stays its own
        world.memo[key] = transition, _fields(world, transition, several)
    return world.memo[key][1]


def _fields(world: World, transition: Transition, several: bool | None) -> tuple[Field, ...]:
    own = {f.id: f for f in transition.fields}
    result: dict[str, Field] = {}
    scored = SCORED & {*transition.effects}
    for effect in transition.effects:
        if scored and effect in _SAID_BY_SCORE:
            continue  # why it is handled again stands in the rating
        asked = (
            world.blueprint.demands[transition.demands[0]].fields
            if effect == "ask"
            else FIELDS.get(effect, ())
        )
        for field in asked:
            result.setdefault(field.id, own.pop(field.id, field))
    rating = world.blueprint.rating
    if "difficulty" in result:
        grades = {"choices": world.blueprint.difficulties}
        result["difficulty"] = result["difficulty"].model_copy(update=grades)
    if "reasons" in result and "record_rating" in transition.effects:
        result["reasons"] = result["reasons"].model_copy(update={"choices": rating.reasons})
    if "party" in result:
        if rating.parties and several is not False:
            update = {"choices": rating.parties, "required": several is True}
            result["party"] = result["party"].model_copy(update=update)
        else:
            del result["party"]
    return (*result.values(), *own.values())


_SAID_BY_SCORE = ("reopen", "pass_up", "break_promise", "ask")


def form_of(
    world: World, actor: Actor, transition: Transition, file: CaseFile
) -> tuple[Field, ...]:
    """What this person fills in for this row now: where several demands wait, also which."""
    fields = fields_of(world, transition, file.case)
    if STANDING.keys().isdisjoint(transition.effects):
        return fields
    who = asker(world, actor, file.case.area)
    rows = world.blueprint.workflow.find(file.case.stage, transition.id)
    waiting = [d for t in rows if may(t, who, file) for d in asked(t, who, file)]
    if len(waiting) < 2:
        return fields
    kinds = world.blueprint.demands

    def words(d: Demand) -> str:
        said = _("{who}：{text}", who=pick(kinds[d.kind].label), text=mask_text(d.text)[:30])
        return _("{name}（{how}）", name=said, how=world.units.name(d.unit))

    choices = {str(d.id): words(d) for d in waiting}
    which = Field(id="demand", label=WHICH, type="choice", required=True, choices=choices)  # pyright: ignore[reportArgumentType]
    return (which, *fields)


WHICH = "哪一项"
_WHICH = lazy("哪一项")


def begin(file: CaseFile, at: datetime) -> Change:
    """An empty change of `file`; the case as it stood is kept for the figures."""
    return Change(file=file, before=copy(file.case), at=at)


def decide(
    world: World,
    actor: Actor,
    change: Change,
    action: str,
    data: Mapping[str, Any],
    at: datetime,
    *,
    linked: Case | None = None,
    deciders: Mapping[str, Container[str]] | None = None,
) -> Step:
    """Apply `action` to `change.file` and add what it does to `change`.

    Args:
        linked: the other case that the data names, where the action is about two.
        deciders: by unit, the deciding roles that somebody has there; None: not looked at.

    Raises:
        NotNow: the workflow has no such row for this stage and person.
        Invalid: a field is missing or wrong; nothing has been changed then.
    """
    workflow, file = world.blueprint.workflow, change.file
    step = Step(world=world, actor=actor, change=change, at=at, data={})
    rows = workflow.find(file.case.stage, action)
    who = asker(world, actor, file.case.area, at)
    free = [t for t in rows if may(t, who, file)]
    if not free:
        raise _refusal(world, file, action, rows, who)
    fields = form_of(world, actor, free[0], file)
    row, picked = free[0], None
    on_one = bool(STANDING.keys() & {*row.effects})
    if on_one:
        data = dict(data)
        row, picked = _pick(free, who, file, str(data.get("demand", "")))
        if picked is not None:
            data.pop("demand", None)
            fields = fields_of(world, row, file.case)
    step.data = check(fields, data)
    step.files = {f.id: step.data[f.id] for f in fields if f.type == "files" and f.id in step.data}
    row = _by_score(step, free) if row.once in BY_SCORE else row
    step.row, step.linked, step.deciders = row, linked, deciders
    if picked is not None:
        step.picked, step.data = picked, {**step.data, "demand": picked.id, "kind": picked.kind}
    elif on_one:
        raise Invalid(_("没有这一项，或它已经办过了，请刷新后再看"), field="demand")
    from_stage, holder = file.case.stage, file.case.holder
    for effect in row.effects:
        EFFECTS[effect](step)
    target = _target(row, step)
    if target is not None and (target != from_stage or file.case.holder != holder):
        step.enter(target)
    moot(step)
    step.record(action, from_stage, public=row.public)
    _notify(step, row)
    return step


def _pick(
    rows: list[Transition], who: Asker, file: CaseFile, wanted: str
) -> tuple[Transition, Demand | None]:
    """The row and the demand it works on: the only one, or the one that was chosen."""
    waiting = [(t, d) for t in rows for d in asked(t, who, file)]
    if wanted:
        waiting = [(t, d) for t, d in waiting if str(d.id) == wanted]
    return waiting[0] if len(waiting) == 1 else (rows[0], None)


def _by_score(step: Step, rows: list[Transition]) -> Transition:
    """A rating's row follows from its score: `low` below the county's line, else `high`."""
    wanted = "high" if satisfied(step) else "low"
    return next(t for t in rows if t.once == wanted)  # Workflow has seen that both are there


def _target(row: Transition, step: Step) -> str | None:
    file, world = step.file, step.world
    if row.once == "high" and "record_rating" in row.effects:
        parties = parties_of(world.blueprint, file.case)
        return row.target if all(party in file.case.scores for party in parties) else None
    if row.once == "all_done":
        return None if file.running_tasks() else row.target
    if row.once == "lead" and not step.by_lead:
        # whoever gives back the last open part leaves what the others have reported
        return None if file.running_tasks() else world.blueprint.workflow.all_done(file.case.stage)
    return row.target


def _refusal(
    world: World, file: CaseFile, action: str, rows: Sequence[Transition], who: Asker
) -> NotPermitted:
    workflow = world.blueprint.workflow
    label = next((pick(t.label) for t in workflow.transitions if t.id == action), None)
    if label is None:
        return NotNow(Text(_NO_SUCH.message, action=action[:40]), action=action[:40])
    stage = workflow.stages[file.case.stage]
    if rows:
        why = why_not(rows, who, file, world.blueprint.role_name)
        return NotNow(_("不能“{action}”：{why}", action=label, why=str(why)), action=action)
    return NotNow(
        Text(_NOT_NOW.message, stage=pick(stage.label), action=label),
        action=action,
        stage=file.case.stage,
    )


def _notify(step: Step, row: Transition) -> None:
    case, named = step.file.case, {"action": row.id, "label": row.label}
    for audience in row.notify:
        if audience == "tasks":
            for task in step.file.tasks:
                if task.running and task.opened_at == step.at:
                    due = {"due_at": task.due_at.isoformat()} if task.due_at else {}
                    step.tell("task", unit=task.unit, **named, **due)
        elif audience == "holder":
            step.tell("moved", unit=case.holder, **named)
        elif audience == "centre":
            centre = step.world.units.centre(case.area)
            if centre:
                step.tell("moved", unit=centre.code, **named)
        elif audience == "registrar" and case.registered_by is not None:
            step.tell_person("moved", case.registered_by, **named)


def actions(world: World, actor: Actor, file: CaseFile) -> list[Transition]:
    """The rows this person may take now; pages and API draw their buttons from it."""
    return allowed(world.blueprint.workflow, asker(world, actor, file.case.area), file)
