"""What the passing of time does to one case: pure, like `decide`.

All rungs that are due fire in the order of their moments, each once and each with a line
in the timeline, also those that were missed while no worker ran. Of several missed rungs
of one clock a person hears only of the highest that is addressed to them: one message
saying "overdue" instead of three saying "half", "a tenth" and "overdue".
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.access.actor import SYSTEM
from core.blueprint.world import World
from core.cases.clocks import date_clock, show
from core.cases.decide import begin, decide
from core.cases.staff import Staff
from core.cases.step import Step
from core.errors import OneDoorError
from core.ledger.change import Change, Notice
from core.ledger.rungs import Fired
from core.rules.calendar import Calendar, UnknownYear
from core.rules.case import DEMAND_CLOCK, STAGE_CLOCK, CaseFile, Clock
from core.rules.deadlines import Term
from core.rules.ladders import DATED, DAY, GROUPED, LAPSE, OVERDUE, REMIND, Rung, next_fire
from core.words import pick

AGAIN = timedelta(hours=1)
"""How long a rung waits that falls in the present year while nobody has entered this year."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A rung with the people it means, as of when it fired, and what they are told."""

    fired: Fired
    rung: Rung
    people: list[int]
    group: str | None
    """The unit whose own addresses hear of it too, where all who work in it are meant."""
    data: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Climb:
    """What became of one case in a pass; `ledger` writes it."""

    change: Change
    fired: list[Fired] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    """`ladder/label` of each rung, for the report."""
    dated: int = 0
    acted: int = 0
    refused: list[str] = field(default_factory=list)
    """Actions that a rung asked for and the workflow did not allow."""

    @property
    def plain(self) -> bool:
        """Whether nothing but rungs happened to the case."""
        return not (self.dated or self.acted)

    @property
    def empty(self) -> bool:
        """Whether there was nothing to do after all."""
        return not self.change.clocks


def climb(
    world: World,
    calendar: Calendar,
    staff: Staff,
    file: CaseFile,
    at: datetime,
    *,
    whole: bool = True,
) -> Climb:
    """Fire what is due at `at` and date what can be dated.

    Args:
        world: the configuration that the case began with.
        calendar: the county's present one: it may know more years than the case's own.
        file: the case, locked; it is changed.
        whole: whether everything of it was read; without, only reminders fire (`cases.due`).
    """
    before = begin(file, at) if whole else Change(file=file, before=file.case, at=at)
    result = Climb(change=before)
    for clock in file.clocks:
        if clock.running and clock.due_at is None:
            _date(result, world, calendar, clock)
    while (clock := _first_due(result.change.file, at)) is not None:
        _fire(result, world, calendar, staff, clock)
    _tell(result)
    return result


def _first_due(file: CaseFile, at: datetime) -> Clock | None:
    """The running clock whose next rung is due longest."""
    due = [k for k in file.clocks if k.running and k.next_fire_at and k.next_fire_at <= at]
    return min(due, key=lambda k: (k.next_fire_at, k.id), default=None)


def _record(world: World, change: Change, action: str, data: dict[str, Any]) -> None:
    step = Step(world=world, actor=SYSTEM, change=change, at=change.at, data=data)
    step.record(action, change.file.case.stage, public=False)


def _date(result: Climb, world: World, calendar: Calendar, clock: Clock) -> None:
    date_clock(clock, world.blueprint, calendar)
    if clock.due_at is None:
        return
    result.change.clocks[clock.id] = clock
    show(clock, result.change)
    result.dated += 1
    data = {"clock": clock.kind, "due_at": _iso(clock)}
    _record(world, result.change, DATED, data)


def _fire(result: Climb, world: World, calendar: Calendar, staff: Staff, clock: Clock) -> None:
    change, at = result.change, result.change.at
    change.clocks[clock.id] = clock
    ladder = world.blueprint.ladders[clock.ladder]
    if clock.due_at is None or clock.next_rung >= len(ladder):
        clock.next_fire_at = None
        return
    rung, term = ladder[clock.next_rung], Term.parse(clock.term or DAY)
    try:
        moment = rung.fires_at(clock.started_at, clock.due_at, term, calendar)
    except UnknownYear:
        moment = at + AGAIN
    if moment > at:  # it was only time to look at the calendar again
        clock.next_fire_at = moment
        return
    fired = Fired(clock.id, clock.next_rung)
    clock.next_rung += 1
    clock.next_fire_at = next_fire(
        ladder, clock.next_rung, clock.started_at, clock.due_at, clock.term, calendar
    )
    result.fired.append(fired)
    result.labels.append(f"{clock.ladder}/{pick(rung.label)}")
    result.heard.append(_heard(world, staff, change.file, clock, rung, fired))
    _note(result, world, clock, rung, fired)


def _heard(
    world: World, staff: Staff, file: CaseFile, clock: Clock, rung: Rung, fired: Fired
) -> Heard:
    case = file.case
    unit = world.units.heir(case.holder if clock.kind == STAGE_CLOCK else clock.subject)
    people = dict.fromkeys(p for to in rung.to for p in staff.who(to, unit, case))
    data = {"title": case.title, "label": rung.label, "clock": clock.kind, "due_at": _iso(clock)}
    if clock.kind == DEMAND_CLOCK:
        demand = next(d for d in file.demands if d.id == clock.demand_id)
        if "asker" in rung.to and demand.asked_by in staff.unit_of:
            people[demand.asked_by] = None
        kind = world.blueprint.demands.get(demand.kind)
        data["demand"] = kind.label if kind else demand.kind
        if rung.remind:
            del data["due_at"]  # nothing has to be finished by that day
    if clock.kind == STAGE_CLOCK:
        data["stage"] = world.blueprint.workflow.stages[clock.subject].label
    else:
        data["unit"] = world.units.name(unit)
    everybody = "handler" in rung.to and not GROUPED.isdisjoint(rung.by)
    return Heard(fired, rung, list(people), unit if everybody else None, data)


def _iso(clock: Clock) -> str | None:
    return clock.due_at.isoformat() if clock.due_at else None


def _note(result: Climb, world: World, clock: Clock, rung: Rung, fired: Fired) -> None:
    """The line in the timeline, and the action that the rung asks for."""
    data: dict[str, Any] = {
        "clock": clock.kind,
        "subject": clock.subject,
        "rung": fired.rung,
        "label": rung.label,
        "due_at": _iso(clock),
    }
    action = (OVERDUE if rung.to else LAPSE) if rung.late else REMIND
    if rung.do is None:
        _record(world, result.change, action, data)
        return
    trial = deepcopy(result.change)
    _record(world, trial, action, dict(data))
    try:
        decide(world, SYSTEM, trial, rung.do, {}, trial.at)
    except OneDoorError as refusal:
        # The case has gone another way than the ladder's author thought: said, not stuck on.
        result.refused.append(rung.do)
        data["refused"] = {"action": rung.do, "code": refusal.code, "message": refusal.message}
        _record(world, result.change, action, data)
    else:
        result.acted += 1
        result.change = trial


def _tell(result: Climb) -> None:
    """The notices, highest rung first: nobody hears twice of one clock in one pass."""
    told: set[tuple[int, int | str]] = set()
    for heard in reversed(result.heard):
        clock = heard.fired.clock_id
        meant = (*heard.people, *((heard.group,) if heard.group else ()))
        new = [who for who in meant if (clock, who) not in told]
        told.update((clock, who) for who in new)
        group = next((who for who in new if isinstance(who, str)), None)
        people = [who for who in new if isinstance(who, int)]
        for person in people or ([None] if group else []):
            result.change.notices.append(
                Notice(
                    template=OVERDUE if heard.rung.late else REMIND,
                    key=f"clock:{clock}:{heard.fired.rung}",
                    person=person,
                    group=group,
                    by=heard.rung.by,
                    data=heard.data,
                )
            )
            group = None  # once is enough
