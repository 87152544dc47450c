"""What holds for every case at every moment, whoever did what to it."""

from collections import Counter
from datetime import datetime
from typing import Any

from core.blueprint.world import World
from core.ledger.chain import entry_hash
from core.rules.calendar import Calendar, UnknownYear, wall_clock
from core.rules.case import (
    CASE_CLOCK,
    CLOSED,
    DEMAND_CLOCK,
    OPEN,
    STAGE_CLOCK,
    TASK_CLOCK,
    CaseFile,
    Clock,
    Entry,
)
from core.rules.deadlines import Term

WAITING, ANSWERED, GRANTED = ("open", "acknowledged"), "answered", "granted"


def sound(file: CaseFile, found: World) -> None:
    """The case, its tasks, its clocks and its demands fit together."""
    case_is_sound(file, found)
    clocks_are_sound(file, found)
    demands_are_sound(file, found)


def case_is_sound(file: CaseFile, found: World) -> None:
    """Somebody has it, nobody accused has, and it is closed or it is not."""
    case, tasks = file.case, file.running_tasks()
    assert case.stage_kind == found.blueprint.workflow.stages[case.stage].kind
    assert (case.closed_at is not None) == (case.stage_kind == CLOSED)
    assert case.holder in found.units.units, "nobody holds it"
    parts = {case.holder, *(t.unit for t in file.tasks), *(d.unit for d in file.demands)}
    assert parts <= set(case.units)
    assert len(set(case.units)) == len(case.units)
    assert not parts & set(case.accused)
    assert not tasks or case.stage_kind != CLOSED, "a closed case has a task"
    assert sum(t.lead for t in tasks) <= 1, "two units lead"
    assert len({t.unit for t in tasks}) == len(tasks), "a unit has two tasks"
    assert all((t.done_at is not None) == (t.state in ("done", "returned")) for t in file.tasks)
    assert case.score is None or 1 <= case.score <= 5
    assert case.reply == "" or case.replied_at or case.reopened, "a reply without its time"


def clocks_are_sound(file: CaseFile, found: World) -> None:
    """The case's own clocks; while it stands still it has no deadline."""
    case, own = file.case, file.case_clocks()
    running = [c for c in own if c.running]
    by_kind = Counter(c.kind for c in own)
    if case.stage_kind == CLOSED:
        assert not own, "a closed case has a clock"
    else:
        assert own, "an open case has no clock"
    if case.stage_kind == OPEN:
        assert by_kind[CASE_CLOCK] or by_kind[STAGE_CLOCK], "only tasks keep the case going"
    else:
        assert not file.paused, "nobody could let it go on"
    if file.paused:
        assert not any(c.kind == CASE_CLOCK for c in running), "it stands still, its clock runs"
    assert by_kind[CASE_CLOCK] <= 1
    assert by_kind[STAGE_CLOCK] <= 1
    for clock in own:
        if clock.kind == STAGE_CLOCK:
            assert clock.subject == case.stage
        if clock.kind == CASE_CLOCK:
            assert clock.subject == case.holder
            assert case.due_at == (clock.due_at if clock.running else None)
    tasks = {t.id: t for t in file.running_tasks()}
    timed = [c for c in own if c.kind == TASK_CLOCK]
    assert sorted(c.task_id or 0 for c in timed) == sorted(tasks)
    for clock in timed:
        shown = tasks[clock.task_id or 0].due_at
        assert shown == (clock.due_at if clock.running else None)


def demands_are_sound(file: CaseFile, found: World) -> None:
    """What waits for an answer by a date is timed once; what has ended is not timed at all."""
    clocks: dict[int | None, list[Clock]] = {}
    for clock in file.clocks:
        if clock.kind == DEMAND_CLOCK and clock.stopped_at is None:
            clocks.setdefault(clock.demand_id, []).append(clock)
    for demand in file.demands:
        kind = found.blueprint.demands[demand.kind]
        timed = clocks.pop(demand.id, [])
        pending = demand.state in (*WAITING, ANSWERED)
        assert pending == (demand.ended_at is None), demand
        if demand.state in WAITING and (kind.term or demand.due_at):
            (clock,) = timed
            assert clock.due_at == demand.due_at
            assert clock.subject == demand.unit
        elif demand.state == GRANTED and "pause" in kind.then:
            assert len(timed) <= 1
            assert not timed or file.paused, "it is no longer shelved, and will be resumed"
        elif kind.answer == "note" and kind.term:
            assert len(timed) <= 1
            assert not timed or file.paused, "the resident is waited for no longer"
        else:
            assert not timed, demand
        if kind.answer == "decision":
            assert not pending or file.case.stage_kind == OPEN, "nobody need decide this"
    assert not clocks, "a clock of no demand"


def latest(file: CaseFile, cap: str, calendar: Calendar) -> datetime | None:
    """The last instant to which the case's own term may be extended."""
    by_rule = [c for c in file.clocks if c.kind == CASE_CLOCK and c.term]
    if not by_rule or by_rule[-1].due_at is None:
        return None
    days, base = Term.parse(cap).elapsed(), wall_clock(by_rule[-1].due_at)
    try:
        return calendar.end(base.date(), days.days, working=False)
    except UnknownYear:
        return calendar.closing((base + days).date())


def extended(before: CaseFile, after: CaseFile, found: World) -> None:
    """A granted extension gives time, never takes any, and keeps below its cap."""
    cap = found.blueprint.demands["extension"].cap
    assert cap is not None
    limit, was, ends = latest(before, cap, found.blueprint.clock_calendar), before.case, after.case
    if was.due_at and ends.due_at:
        assert ends.due_at >= was.due_at
    if limit and ends.due_at and ends.due_at != was.due_at:
        assert ends.due_at <= limit, "beyond the cap"


def chained(case: Any, entries: list[Entry]) -> None:
    """The timeline is whole: numbered, chained, and it ends where the case stands."""
    last, stage = "", ""
    for number, entry in enumerate(entries, 1):
        assert entry.seq == number
        assert entry.from_stage == stage
        assert entry.hash == entry_hash(last, entry)
        last, stage = entry.hash, entry.to_stage
    assert (case.version, case.last_hash, case.stage) == (len(entries), last, stage)
    assert case.chased == sum(e.action == "chase" for e in entries), "a chase is not counted"
