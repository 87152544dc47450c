"""What a resident sees of their own case: stages like a parcel's, the unit, no official's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.access.desk import Look
from core.blueprint.world import World
from core.cases.decide import actions
from core.cases.detail import Evidence, Rating, detail
from core.rules.case import CLOSED, STAGE_CLOCK, WAITING, Case, Entry
from core.rules.workflow import Stage, Transition
from core.words import _, pick

PASSED, PRESENT, AHEAD = "passed", "present", "ahead"


@dataclass(frozen=True, slots=True)
class StepView:
    """One of the public steps of the loop."""

    id: str
    label: str
    state: str
    at: datetime | None
    """When the case came to it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A public line of the history."""

    at: datetime
    label: str
    unit: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicView:
    """The resident's page."""

    case: Case
    world: World
    stage_label: str
    steps: Sequence[StepView]
    unit: str
    lines: Sequence[Line]
    files: Sequence[Evidence]
    ratings: Sequence[Rating]
    actions: Sequence[Transition]
    """What the resident may do now: rate, add something."""
    waits_until: datetime | None
    """Until when the case waits for the resident, where it does."""


def public_view(look: Look) -> PublicView:
    """The case of the resident who asks (`actor.resident`).

    Raises:
        NotFound: number and code do not belong together.
    """
    found = detail(look, look.actor.number)
    case, world = found.file.case, found.world
    workflow = world.blueprint.workflow
    labels = {"create": _("已收到")} | {t.id: pick(t.label) for t in workflow.transitions}
    lines = [
        Line(e.at, labels.get(e.action, ""), e.actor_unit, _words(e, workflow.stages))
        for e in found.timeline
        if e.public and e.action in labels
    ]
    reached: dict[str, datetime] = {}
    for entry in found.timeline:
        step = workflow.stages[entry.to_stage].step if entry.to_stage else ""
        if step and entry.from_stage != entry.to_stage:
            reached[step] = entry.at
    stage = workflow.stages[case.stage]
    order = list(workflow.steps)
    here = order.index(stage.step) if stage.step in order else 0
    steps = [
        StepView(
            step,
            pick(label),
            PASSED
            if index < here or (index == here and case.stage_kind == "closed")
            else PRESENT
            if index == here
            else AHEAD,
            reached.get(step),
        )
        for index, (step, label) in enumerate(workflow.steps.items())
    ]
    turn = [c for c in found.file.clocks if c.kind == STAGE_CLOCK and stage.kind == WAITING]
    return PublicView(
        case=case,
        world=world,
        stage_label=pick(stage.label),
        steps=steps,
        unit=world.units.name(case.holder),
        lines=lines,
        files=[f for f in found.files if f.by_resident],
        ratings=found.ratings,
        actions=actions(world, look.actor, found.file),
        waits_until=next((c.due_at for c in turn if c.running), None),
    )


def _words(entry: Entry, stages: Mapping[str, Stage]) -> str:
    """What the resident reads of a line: what was said to them, or why the case ends here."""
    ends = entry.to_stage in stages and stages[entry.to_stage].kind == CLOSED
    return str(entry.data.get("text") or (entry.data.get("reason", "") if ends else ""))
