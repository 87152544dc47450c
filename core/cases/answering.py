"""Effects on what was asked 要求: answered, accepted, pressed for, taken back."""

from core.cases.demands import closing, start_demand_clock
from core.cases.step import Step
from core.rules.case import DEMAND_CLOCK, Demand
from core.rules.demands import (
    ACKNOWLEDGED,
    ANSWERED,
    FAILED,
    OPEN,
    PENDING,
    SETTLED,
    URGED,
    WITHDRAWN,
    of,
)


def acknowledge(step: Step) -> None:
    """The asked unit has seen it and sets about it."""
    step.picked.state = ACKNOWLEDGED
    step.touch(step.picked)


def feed_back(step: Step) -> None:
    """The asked unit answers; whoever asked hears of it."""
    demand = step.picked
    demand.state, demand.answer = ANSWERED, step.data["text"]
    demand.answered_at, demand.answered_by = step.at, step.actor.name
    note_late(step, demand)
    _stop(step, demand)
    tell_asker(step, demand, "answered")


def settle(step: Step) -> None:
    """The answer is accepted."""
    end(step, step.picked, SETTLED)


def press(step: Step) -> None:
    """The answer is not good enough: the demand stands again, with a new date, unanswered."""
    demand = step.picked
    kind = step.world.blueprint.demands[demand.kind]
    ends = closing(step, step.data["due"], "due") if step.data.get("due") else None
    demand.state, demand.pressed = OPEN, demand.pressed + 1
    demand.answered_at = demand.ended_at = demand.due_at = None
    if ends or kind.term:
        start_demand_clock(step, demand, kind.term or "", kind.ladder, ends)
    step.touch(demand)
    named = {"demand": kind.label, "text": step.data["text"], "asker": step.actor.name}
    step.tell("pressed", unit=demand.unit, role=demand.role or None, **named)


def urge(step: Step) -> None:
    """There is no answer yet: the unit is told again, and finds it first. Without a new date the
    old one stays; with one, what was late by then stays late."""
    demand = step.picked
    kind = step.world.blueprint.demands[demand.kind]
    if step.data.get("due"):
        ends = closing(step, step.data["due"], "due")
        note_late(step, demand)
        _stop(step, demand)
        start_demand_clock(step, demand, "", kind.ladder, ends)
    demand.data = {**demand.data, URGED: demand.data.get(URGED, 0) + 1}
    step.touch(demand)
    named = {
        "demand": kind.label, "text": step.data.get("text") or demand.text,
        "asker": step.actor.name,
    }  # fmt: skip
    if demand.due_at:
        named["due_at"] = demand.due_at.isoformat()
    step.tell("urged", unit=demand.unit, role=demand.role or None, **named)


def withdraw_demand(step: Step) -> None:
    """The asker takes it back."""
    end(step, step.picked, WITHDRAWN)


def conclude(step: Step) -> None:
    """Minutes or an agreement end every demand of the row's kinds."""
    for demand in of(step.file, step.row.demands, *PENDING):
        end(step, demand, SETTLED)


def keep(step: Step) -> None:
    """The check found the promise kept."""
    step.picked.answer, step.picked.answered_by = step.data.get("note", ""), step.actor.name
    step.picked.answered_at = step.at
    end(step, step.picked, SETTLED)


def break_promise(step: Step) -> None:
    """The check found it broken."""
    step.picked.answer, step.picked.answered_by = step.data["reason"], step.actor.name
    step.picked.answered_at = step.at
    end(step, step.picked, FAILED)


def end(step: Step, demand: Demand, state: str) -> None:
    """The demand ends in `state`; its clock stops."""
    if state in (SETTLED, FAILED, WITHDRAWN) and not demand.answered_at:
        note_late(step, demand)
    demand.state, demand.ended_at = state, step.at
    _stop(step, demand)


def note_late(step: Step, demand: Demand) -> None:
    """Remember for good that the date has passed."""
    demand.late = demand.late or (demand.due_at is not None and step.at > demand.due_at)


def _stop(step: Step, demand: Demand) -> None:
    step.touch(demand)
    step.stop_clocks(DEMAND_CLOCK, demand_id=demand.id)


def tell_asker(step: Step, demand: Demand, template: str) -> None:
    kind = step.world.blueprint.demands[demand.kind]
    named = {
        "demand": kind.label, "text": demand.answer, "asker": step.actor.name,
    }  # fmt: skip
    if demand.asked_by is not None:
        step.tell_person(template, demand.asked_by, **named)
    elif demand.asker_unit:
        step.tell(template, unit=demand.asker_unit, **named)
