"""What a resident sees of their own case: stages like a parcel's, the unit, no official's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.access.desk import Look
from core.blueprint.world import World
from core.cases.checking import DEPUTY
from core.cases.decide import actions
from core.cases.detail import Detail, Evidence, Rating, detail
from core.cases.rated import by_rating
from core.rules.case import CLOSED, OPEN, STAGE_CLOCK, WAITING, Case, Demand, Entry
from core.rules.demands import GRANTED, DemandKind, awaited
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
    written: Mapping[int, str]
    """By line: of a rating that somebody of an office wrote down, who."""
    actions: Sequence[Transition]
    """What the resident may do now: rate, add something."""
    waits_until: datetime | None
    """Until when the case waits for the resident, where it does."""
    paused: bool = False
    """Whether its clocks stand still."""
    shelved_until: datetime | None = None
    """When it is looked at again, where it is shelved 挂账."""
    wanted_until: datetime | None = None
    """By when, where it waits for that."""
    wanted: str = ""
    """What the resident is asked to add, where it waits for that."""


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
        Line(e.at, _label(found, e) or labels[e.action], e.actor_unit, words)
        for e in found.timeline
        if e.public and e.action in labels and (words := _words(found, e)) is not None
    ]
    shelf = [d for d in found.file.demands if d.state == GRANTED and "until" in d.data and d.due_at]
    shelf = [d for d in shelf if any(c.demand_id == d.id and c.running for c in found.file.clocks)]
    paused = found.file.paused and stage_of(found).kind == OPEN
    asked = awaited(found.file) if paused else None
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
        ratings=[r for r in found.ratings if r.party != DEPUTY],
        written=by_rating(found),
        actions=actions(world, look.actor, found.file),
        waits_until=next((c.due_at for c in turn if c.running), None),
        paused=paused,
        shelved_until=shelf[-1].due_at if paused and shelf else None,
        wanted_until=asked.due_at if asked and not shelf else None,
        wanted=_wanted(found) if paused and not shelf else "",
    )


def stage_of(found: Detail) -> Stage:
    """Where the case stands."""
    return found.world.blueprint.workflow.stages[found.file.case.stage]


def _wanted(found: Detail) -> str:
    """Why it was paused last: what the resident is asked for."""
    pauses = (e for e in reversed(found.timeline) if "pause" in found.effects(e))
    return str(next((e.data.get("reason", "") for e in pauses), ""))


def _words(found: Detail, entry: Entry) -> str | None:
    """What the resident reads of a line: what was said to them, a new date, why it waits or ends
    here; None where the line does not concern them. Of another person's case nothing is told."""
    stages, effects = found.world.blueprint.workflow.stages, found.effects(entry)
    if "grant" in effects:
        return _granted(found, entry)
    if "merge" in effects:
        return _("与反映同一件事的诉求合并办理，一并答复您")
    if "split" in effects:
        return _("其中一部分另立一件，单独办理；编号和查询码由工作人员告诉您")
    ends = entry.to_stage in stages and stages[entry.to_stage].kind == CLOSED
    told = ends or "pause" in effects
    return str(entry.data.get("text") or (entry.data.get("reason", "") if told else ""))


def ending(found: Detail) -> str:
    """What the resident was told where the case ended without an answer: a written notice too."""
    case = found.file.case
    if case.reply or case.stage_kind != CLOSED:
        return ""
    moves = (e for e in reversed(found.timeline) if e.public and e.from_stage != e.to_stage)
    return next((_words(found, e) or "" for e in moves), "")


def _decision(found: Detail, entry: Entry) -> tuple[Demand, DemandKind] | None:
    """What a line decided."""
    known = {d.id: d for d in found.file.demands}
    demand = known.get(entry.data.get("demand", 0))
    kind = found.world.blueprint.demands.get(demand.kind) if demand else None
    return (demand, kind) if demand is not None and kind is not None else None


def _label(found: Detail, entry: Entry) -> str:
    """What a decision is called towards the resident; empty for other lines."""
    decided = _decision(found, entry) if "grant" in found.effects(entry) else None
    if decided is None:
        return ""
    named = {
        "extend": _("延长期限"),
        "pause": _("挂账"),
        "close": _("办结"),
        "decline": pick(found.world.blueprint.workflow.stages[entry.to_stage].label),
    }
    return next((named[then] for then in decided[1].then if then in named), "")


def _granted(found: Detail, entry: Entry) -> str | None:
    decided = _decision(found, entry)
    if decided is None:
        return None
    demand, kind = decided
    day = date.fromisoformat(demand.data["until"]) if "until" in demand.data else None
    if "extend" in kind.then:
        # an assisting unit's own part: the resident's date is what it was
        return _("答复期限延到 {day}", day=day) if demand.data.get("told") else None
    if "pause" in kind.then:
        return _("暂时办不了，先挂账，{day} 再办", day=day)
    if "decline" in kind.then:
        ground = pick(kind.grounds.get(demand.data.get("grounds", ""), ""))
        return _("{ground}。{reason}", ground=ground, reason=demand.text)
    return demand.text if "close" in kind.then else ""
