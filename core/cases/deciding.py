"""Effects that decide what somebody asked for, and what follows: a new date, a task given back,
clocks that stand still. What nobody need decide any more, ends by itself."""

from collections.abc import Callable
from datetime import datetime

from core.cases.answering import end, note_late, tell_asker
from core.cases.demands import closing, start_demand_clock
from core.cases.step import Step
from core.errors import Invalid
from core.rules.case import CASE_CLOCK, RETURNED, Demand, Task
from core.rules.case import OPEN as OPEN_CASE
from core.rules.demands import DECISION, GRANTED, PENDING, REFUSED, SETTLED, WITHDRAWN, of
from core.words import _


def grant(step: Step) -> None:
    """The asked unit agrees; what the kind says follows."""
    demand, follows = step.picked, step.world.blueprint.demands[step.picked.kind].then
    if {"extend", "pause"} & {*follows}:
        _until(step, demand)  # refused before anything changes
    _decided(step, demand, step.data.get("note", ""), GRANTED)
    for then in follows:
        if then in _THEN:
            _THEN[then](step, demand)
    tell_asker(step, demand, "granted")


def refuse(step: Step) -> None:
    """The asked unit does not agree; things stay as they were, and a task that was not to be
    given back is the unit's for good."""
    demand = step.picked
    _decided(step, demand, step.data["reason"], REFUSED)
    kept = _task(step, demand)
    if kept is not None and "return_task" in step.world.blueprint.demands[demand.kind].then:
        kept.designated = True
        step.change.tasks[kept.id] = kept
    tell_asker(step, demand, "refused")


def _decided(step: Step, demand: Demand, words: str, state: str) -> None:
    demand.answer, demand.answered_by, demand.answered_at = words, step.actor.name, step.at
    note_late(step, demand)
    end(step, demand, state)


def moot(step: Step) -> None:
    """What need not be decided or done any more, ends: where no office has to act on the case
    now, or the task that a request was about is no longer with the unit that asked."""
    kinds, answered = step.world.blueprint.demands, step.file.case.stage_kind != OPEN_CASE
    for demand in of(step.file, (), *PENDING):
        kind = kinds.get(demand.kind)
        if kind is None or not (kind.lapses or kind.answer == DECISION):
            continue
        on_task = bool(_ON_TASK & {*kind.then}) and "task" in demand.data
        if answered or (on_task and not _task(step, demand)):
            end(step, demand, SETTLED if kind.lapses else WITHDRAWN)


_ON_TASK = frozenset({"extend", "return_task"})


def _task(step: Step, demand: Demand) -> Task | None:
    wanted = demand.data.get("task")
    return next((t for t in step.file.running_tasks() if t.id == wanted), None)


def _until(step: Step, demand: Demand) -> datetime:
    """The date that was asked for.

    Raises:
        Invalid: it has passed while the request waited.
    """
    try:
        return closing(step, demand.data["until"], "demand")
    except Invalid:
        raise Invalid(
            _("申请的日期 {day} 已经过去，请不同意，由申请单位重新提出", day=demand.data["until"])
        ) from None


def _extend(step: Step, demand: Demand) -> None:
    """The task it was asked for gets the new date, and so does the case, if it ends sooner."""
    until, task = _until(step, demand), _task(step, demand)
    for clock in step.file.case_clocks():
        of_case = clock.kind == CASE_CLOCK and (clock.due_at is None or clock.due_at < until)
        if of_case:
            demand.data = {**demand.data, "told": True}  # the resident reads the new date
        if of_case or (task is not None and clock.task_id == task.id):
            step.replace_clock(clock, until)


def _return(step: Step, demand: Demand) -> None:
    task = _task(step, demand)
    if task is None:
        return
    task.result, step.by_lead = demand.text, task.lead
    step.end_task(task, RETURNED)
    if task.lead:
        step.withdraw_tasks()
        step.hold(step.actor.unit or step.file.case.holder)


def _pause(step: Step, demand: Demand) -> None:
    """All clocks stand still; that of the review date brings them back."""
    ends = _until(step, demand)
    step.pause()
    start_demand_clock(step, demand, "", SHELF, ends)


SHELF = "shelf"
"""The ladder that resumes a shelved case."""


_THEN: dict[str, Callable[[Step, Demand], None]] = {
    "extend": _extend,
    "return_task": _return,
    "pause": _pause,
}
