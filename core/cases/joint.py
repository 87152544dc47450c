"""Effects that handle a case together, hold it up, or hurry it."""

from core.cases.step import Step
from core.errors import Invalid
from core.words import _


def chase(step: Step) -> None:
    """Counted; chased cases stand first in every inbox."""
    step.file.case.chased += 1


def grade(step: Step) -> None:
    """Hard or easy: the deadline table may know a date of its own for it."""
    case = step.file.case
    if case.difficulty == step.data["difficulty"]:
        raise Invalid(_("难易程度没有变化"), field="difficulty")
    case.difficulty = step.data["difficulty"]


def designate(step: Step) -> None:
    """What was just handed out was decided, and may not be returned."""
    for task in step.file.running_tasks():
        task.designated = True
        step.change.tasks[task.id] = task


def pause(step: Step) -> None:
    """All clocks of the case stand still."""
    step.pause()


def resume(step: Step) -> None:
    """They go on with what was left."""
    step.resume()


def go_on(step: Step) -> None:
    """What was waited for has come; a shelved case waits for its review all the same."""
    over = {d.id for d in step.file.demands if d.ended_at is not None}
    shelved = any(c.running and c.demand_id in over for c in step.file.clocks)
    if step.file.paused and not shelved:
        step.resume()


def merge(step: Step) -> None:
    """The case goes on within another one, whose reply will be its own."""
    assert step.linked is not None  # noqa: S101 (`act` has found the other case)
    step.withdraw_tasks()
    step.file.case.parent_id = step.linked.id


def separate(step: Step) -> None:
    """The case goes its own way again."""
    step.file.case.parent_id = None


def split(step: Step) -> None:
    """A part becomes a case of its own: `act` registers it once this line is written."""
