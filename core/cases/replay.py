"""History replayed: the county's own table, taken row by row at the times it really happened.

Nothing bypasses the workflow. Each row is taken by a stand-in whom its `who` admits, and
`decide` looks as closely as at anybody. Only two things differ from a working day: nobody
is written to about the past, and rungs that lie behind are marked as fired.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.access.actor import SYSTEM, Actor, resident
from core.blueprint.schema import Blueprint
from core.blueprint.world import World
from core.cases.climb import OVERDUE, REMIND
from core.cases.clocks import date_clock
from core.cases.decide import NotNow, decide
from core.cases.step import Step
from core.errors import Invalid, NotPermitted
from core.ledger.change import Change
from core.rules.case import CLOSED, OPENED, SIGNED, CaseFile, Clock
from core.rules.ladders import Rung, next_fire
from core.rules.workflow import Relation, Transition
from core.words import _, pick

Cast = Callable[[str, str], Actor]
"""Who stands in: (role, unit code) → actor."""

_USUAL = {
    "grid": ("grid_worker", "grid_leader"),
    "centre": ("dispatcher", "clerk"),
    "volunteers": ("handler", "grid_worker"),
}
"""Roles that people of a kind of unit usually have; elsewhere these:"""
_USUALLY = ("handler", "head")

_ANSWERS = frozenset({"record_reply", "resolve_now"})
_FORWARD = _ANSWERS | {"open_tasks", "sign_task", "finish_task", "sum_up", "take"}
"""Effects that bring a case nearer to its answer and that history can supply the data for."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A rung that lay behind when the case was written."""

    county: str
    clock_id: int
    rung: int
    at: datetime


def stand_ins(world: World, name: str) -> Cast:
    """A cast in which everybody is called `name` and works in the unit that is needed."""
    known: dict[tuple[str, str], Actor] = {}

    def cast(role: str, unit: str) -> Actor:
        found = known.get((role, unit))
        if found is None:
            there = world.units.units.get(unit)
            found = known[role, unit] = Actor(
                roles=(role,),
                name=name,
                unit=unit,
                unit_name=world.units.name(unit),
                units=(unit,),
                area=there.area if there else world.root,
            )
        return found

    return cast


class Past:
    """The county while history is replayed in it.

    Args:
        told: notices are left all the same, for whoever writes the stories to use.
    """

    def __init__(self, world: World, cast: Cast, *, told: bool = False) -> None:
        self.world = world
        self.cast = cast
        self.quiet = replace(world, blueprint=_silenced(world.blueprint, told), memo={})
        """The same county, in which no clock rings and nobody is told."""
        self._paths: dict[tuple[str, bool, bool], tuple[Transition, ...]] = {}

    def path(
        self, stage: str, *, closed: bool = False, noted: bool = False
    ) -> tuple[Transition, ...]:
        """The fewest rows from `stage` to the reply, or to a closed stage; empty if none lead.

        Args:
            noted: also rows that ask for a reason, which history gives as a note of its own.
        """
        key = (stage, closed, noted)
        if key not in self._paths:
            self._paths[key] = self._shortest(stage, closed, noted)
        return self._paths[key]

    def _shortest(self, stage: str, closed: bool, noted: bool) -> tuple[Transition, ...]:
        workflow = self.quiet.blueprint.workflow
        todo: deque[tuple[str, tuple[Transition, ...]]] = deque([(stage, ())])
        seen = {stage}
        while todo:
            here, path = todo.popleft()
            for row in workflow.transitions:
                if here not in row.sources or row.target is None:
                    continue
                if not _forward(row, closed, noted):
                    continue
                there = workflow.stages[row.target].kind
                if there == CLOSED if closed else _ANSWERS & {*row.effects}:
                    return (*path, row)
                if row.target not in seen:
                    seen.add(row.target)
                    todo.append((row.target, (*path, row)))
        return ()


def _silenced(blueprint: Blueprint, told: bool) -> Blueprint:
    """Without rungs no clock works out when it would ring, and no row has anybody told."""
    ladders = dict.fromkeys(blueprint.ladders, ())
    if told:
        return blueprint.model_copy(update={"ladders": ladders})
    workflow = blueprint.workflow
    rows = tuple(row.model_copy(update={"notify": ()}) for row in workflow.transitions)
    silent = type(workflow).model_construct(
        steps=workflow.steps, start=workflow.start, stages=workflow.stages, transitions=rows
    )
    return blueprint.model_copy(update={"ladders": ladders, "workflow": silent})


def _forward(row: Transition, closed: bool, noted: bool) -> bool:
    """Whether history can take this row: it leads on and asks for nothing unknown."""
    known = _FORWARD - _ANSWERS if closed else _FORWARD
    asked = [f.type for f in row.fields if f.required]
    return (
        row.once in ("always", "all_done")
        and known.issuperset(row.effects)
        and (not asked or (noted and {"text", "long"}.issuperset(asked)))
        and set(row.who) != {"resident"}
    )


@dataclass(slots=True)
class Story:
    """One case as its history is told."""

    past: Past
    change: Change
    fired: list[Fired] = field(default_factory=list)

    @property
    def file(self) -> CaseFile:
        """The case as it stands now."""
        return self.change.file

    def act(
        self, action: str, data: Mapping[str, Any], at: datetime, unit: str | None = None
    ) -> Step:
        """Take the action's row as somebody who may, from `unit` if given.

        Raises:
            NotNow: nobody may do this now.
            Invalid: a field is missing or wrong.
        """
        workflow = self.past.quiet.blueprint.workflow
        for row in workflow.find(self.file.case.stage, action):
            for actor in self._candidates(row, unit):
                try:
                    return decide(self.past.quiet, actor, self.change, action, data, at)
                except NotNow:
                    continue
        raise NotNow(
            _("按本县流程，处于“{stage}”的诉求不能“{action}”", stage=self.stage, action=action),
            action=action,
        )

    @property
    def stage(self) -> str:
        """The label of the stage in which the case stands."""
        return pick(self.past.world.blueprint.workflow.stages[self.file.case.stage].label)

    def reply(self, text: str, at: datetime, result: str) -> None:
        """Go the shortest way to the reply and give it.

        Args:
            result: what each unit on the way reports.

        Raises:
            Invalid: the county's workflow knows no way from here to a reply.
        """
        path = self.past.path(self.file.case.stage)
        if not path:
            raise Invalid(_("按本县流程，从“{stage}”走不到答复", stage=self.stage))
        for row in path:
            self._take(row, at, text, result)

    def close(self, at: datetime, reason: str) -> None:
        """Go the shortest way to a closed stage.

        Args:
            reason: given where an answered case is closed only with one.

        Raises:
            Invalid: there is none from here.
        """
        case = self.file.case
        path = self.past.path(case.stage, closed=True)
        if not path and case.replied_at:
            path = self.past.path(case.stage, closed=True, noted=True)
        if not path:
            raise Invalid(_("按本县流程，从“{stage}”走不到办结", stage=self.stage))
        for row in path:
            self._take(row, at, reason, reason)

    def assign(self, unit: str, at: datetime, assist: tuple[str, ...] = ()) -> None:
        """Hand the case to `unit` unless it leads already.

        Raises:
            Invalid: unknown or inactive unit, or the workflow lets nobody assign here.
        """
        if any(t.lead and t.unit == unit for t in self.file.running_tasks()):
            return
        stage = self.file.case.stage
        for row in self.past.quiet.blueprint.workflow.transitions:
            if stage in row.sources and "open_tasks" in row.effects:
                self.act(row.id, {"lead": unit, "assist": list(assist)}, at)
                return
        raise Invalid(_("按本县流程，处于“{stage}”的诉求不能交办", stage=self.stage))

    def _take(self, row: Transition, at: datetime, text: str, result: str) -> None:
        if "sign_task" in row.effects:
            for task in [t for t in self.file.tasks if t.state == OPENED]:
                self.act(row.id, {}, at, task.unit)
        elif "finish_task" in row.effects:
            working = [t for t in self.file.tasks if t.state == SIGNED]
            for task in sorted(working, key=lambda t: t.lead):  # the lead speaks last
                self.act(row.id, {"result": result}, at, task.unit)
        elif "open_tasks" in row.effects:
            self.act(row.id, {"lead": self.file.case.holder}, at)
        else:
            asked = {f.id: text for f in row.fields if f.required}
            self.act(row.id, {"text": text} if _ANSWERS & {*row.effects} else asked, at)

    def _candidates(self, row: Transition, unit: str | None) -> Iterator[Actor]:
        """Who may take the row, most likely first: whoever usually does such things there."""
        case, rest = self.file.case, []
        for role, relation in row.who.items():
            if role == "system":
                yield SYSTEM
            elif role == "resident":
                yield resident(case.number, case.code_hash)
            elif place := unit or self._unit(relation, row):
                there = self.past.world.units.units.get(place)
                if role in _USUAL.get(there.kind if there else "", _USUALLY):
                    yield self.past.cast(role, place)
                else:
                    rest.append((role, place))
        for role, place in rest:
            yield self.past.cast(role, place)

    def _unit(self, relation: Relation, row: Transition) -> str | None:
        """Where somebody works who stands in this relation to the case."""
        case = self.file.case
        if relation in ("task", "lead"):
            wanted = (OPENED,) if "sign_task" in row.effects else (OPENED, SIGNED)
            tasks = [t for t in self.file.tasks if t.state in wanted]
            return next((t.unit for t in tasks if t.lead or relation == "task"), None)
        if relation in ("holder", "seen"):
            return case.holder
        if relation == "area":
            centre = self.past.world.units.centre(case.area)
            return centre.code if centre else None
        return None

    def settle(self, until: datetime, *, reminded: bool = False) -> None:
        """Bring the clocks up to `until`: what the county's own rules would have done by then
        is done, at its time (nobody rated: closed); reminders that lie behind count as fired.

        Args:
            reminded: whether somebody really was reminded then: each is a line of the timeline.
        """
        clocks, blueprint = self.file.clocks, self.past.world.blueprint
        for clock in clocks:
            if clock.running and clock.next_fire_at is None:
                date_clock(clock, blueprint)
        while ringing := [
            (c.next_fire_at, c.id, c)
            for c in clocks
            if c.running and c.next_fire_at and c.next_fire_at <= until
        ]:
            at, _id, clock = min(ringing)
            self._fire(clock, at, reminded)

    def _fire(self, clock: Clock, at: datetime, reminded: bool) -> None:
        blueprint = self.past.world.blueprint
        rungs, rung = blueprint.ladders[clock.ladder], clock.next_rung
        self.fired.append(Fired(clock.county, clock.id, rung, at))
        clock.next_rung = rung + 1
        clock.next_fire_at = next_fire(
            rungs, rung + 1, clock.started_at, clock.due_at, clock.term, blueprint.clock_calendar
        )
        action = rungs[rung].do
        if action is None:
            if reminded:
                self._remind(clock, rungs[rung], rung, at)
            return
        try:
            decide(self.past.quiet, SYSTEM, self.change, action, {}, at)
        except NotPermitted:
            return  # the case has gone another way; the sweep passes over it as well
        for fresh in self.file.clocks:
            if fresh.running and fresh.started_at == at:
                date_clock(fresh, blueprint)

    def _remind(self, clock: Clock, rung: Rung, number: int, at: datetime) -> None:
        """The line that the sweep would have left."""
        data = {
            "clock": clock.kind,
            "subject": clock.subject,
            "rung": number,
            "label": rung.label,
            "due_at": clock.due_at.isoformat() if clock.due_at else None,
        }
        step = Step(world=self.past.quiet, actor=SYSTEM, change=self.change, at=at, data=data)
        step.record(OVERDUE if rung.late else REMIND, self.file.case.stage, public=False)
