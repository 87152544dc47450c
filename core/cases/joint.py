"""Effects that handle a case together, hold it up, or hurry it."""

from core.cases.demands import addressees, closing, open_demand, start_demand_clock, within_cap
from core.cases.step import Step
from core.errors import Invalid
from core.rules.case import CASE_CLOCK
from core.rules.demands import GRANTED, of
from core.words import _, lazy


def chase(step: Step) -> None:
    """Counted; chased cases stand first in every inbox."""
    step.file.case.chased += 1


def grade(step: Step) -> None:
    """Hard or easy: the deadline table may know other terms for it, and a ladder of its own."""
    case, before = step.file.case, step.terms()
    if case.difficulty == step.data["difficulty"]:
        raise Invalid(_("难易程度没有变化"), field="difficulty")
    case.difficulty = step.data["difficulty"]
    step.retime(before)


def designate(step: Step) -> None:
    """What was just handed out was decided, and may not be returned."""
    for task in step.file.running_tasks():
        task.designated = True
        step.change.tasks[task.id] = task


def pause(step: Step) -> None:
    """All clocks of the case stand still while the resident is waited for, and for nothing else.

    Where the row names a kind, a clock of its own reminds whoever leads that the day has come;
    the case goes on by hand, or by itself once the resident has added something.

    Raises:
        Invalid: the day lies behind, or beyond the kind's cap.
    """
    if step.row.demands:
        _await(step, step.row.demands[0])
    step.pause()


_WAITED = lazy("最多等 {cap}，不能晚于 {day}")


def _await(step: Step, name: str) -> None:
    kind = step.world.blueprint.demands[name]
    ends = closing(step, step.data["until"], "until") if step.data.get("until") else None
    if ends:
        within_cap(step, kind, ends, step.at, _WAITED)
    (unit,) = addressees(step, kind)
    text = step.data["reason"]
    demand = open_demand(step, name, unit, text=text, noted=True, told=False)
    if ends or kind.term:
        start_demand_clock(step, demand, kind.term or "", kind.ladder, ends)


def resume(step: Step) -> None:
    """They go on with what was left."""
    step.resume()


def go_on(step: Step) -> None:
    """What was waited for has come; a shelved case waits for its review all the same."""
    over = {d.id for d in of(step.file, (), GRANTED)}
    shelved = any(c.running and c.demand_id in over for c in step.file.clocks)
    if step.file.paused and not shelved:
        step.resume()


def merge(step: Step) -> None:
    """The case goes on within another one, whose reply will be its own."""
    assert step.linked is not None  # noqa: S101 (`act` has found the other case)
    step.withdraw_tasks()
    step.file.case.parent_id = step.linked.id


def keep_up(step: Step) -> None:
    """The deadline is never before that of the case it was merged into; where that one stands
    still, so does this."""
    ends = step.linked.due_at if step.linked else None
    if ends is None and not step.file.paused:
        step.pause()
    if ends is None:
        return
    if step.file.paused:
        step.resume()
    for clock in step.file.case_clocks():
        if clock.kind == CASE_CLOCK and clock.due_at and clock.due_at < ends:
            step.replace_clock(clock, ends)


def separate(step: Step) -> None:
    """The case goes its own way again."""
    step.file.case.parent_id = None


def split(step: Step) -> None:
    """A part becomes a case of its own: `act` registers it once this line is written."""
