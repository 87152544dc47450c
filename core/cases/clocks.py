"""How a clock gets its deadline and its next rung: at its start, after a pause, in a new year."""

from contextlib import suppress
from datetime import datetime, timedelta

from core.blueprint.schema import Blueprint
from core.ledger.change import Change
from core.rules.calendar import Calendar, UnknownYear, wall_clock
from core.rules.case import CASE_CLOCK, STAGE_CLOCK, Clock
from core.rules.deadlines import WORKING_DAYS, Term, carry, due, resume
from core.rules.ladders import DAY, next_fire


def date_clock(clock: Clock, blueprint: Blueprint, calendar: Calendar | None = None) -> None:
    """Work out deadline (unless it stands already) and next rung; both stay unknown in a year
    the calendar lacks.

    Args:
        calendar: one that knows more years than the blueprint's own.
    """
    calendar = calendar or blueprint.clock_calendar
    ladder = blueprint.ladders[clock.ladder]
    try:
        if clock.term and clock.due_at is None:  # after a pause it is another than the term says
            clock.due_at = due(clock.started_at, Term.parse(clock.term), calendar)
        clock.next_fire_at = next_fire(
            ladder, clock.next_rung, clock.started_at, clock.due_at, clock.term, calendar
        )
    except UnknownYear:
        clock.due_at = clock.next_fire_at = None


def show(clock: Clock, change: Change) -> None:
    """Case, task and demand show the deadline of their clock; none while it stands still."""
    file, ends = change.file, None if clock.paused_at else clock.due_at
    if clock.kind == CASE_CLOCK:
        file.case.due_at = ends
    elif clock.kind == STAGE_CLOCK:
        file.case.stage_due_at = ends
    for task in file.tasks:
        if task.id == clock.task_id:
            task.due_at = ends
            change.tasks[task.id] = task
    for demand in file.demands:
        if demand.id == clock.demand_id:
            demand.due_at = ends
            change.demands[demand.id] = demand


def run_on(clock: Clock, at: datetime, blueprint: Blueprint) -> None:
    """A paused clock goes on. It counts as started later, by as much of the term's own time as
    the pause took (office time where the term is in working days): what had been used stays
    used, so that "half the time is left" still means half of the time that is allotted.

    In a year that nobody has entered the deadline becomes unknown, and is worked out once somebody
    has, from a start by which nobody loses a day; a date that somebody named moves by the pause.
    """
    paused, calendar = clock.paused_at or at, blueprint.clock_calendar
    term, due_at, fires = term_of(clock), clock.due_at, clock.next_fire_at
    clock.paused_at = None
    past = due_at is not None and due_at <= paused  # a pause does not heal
    try:
        moved = _later(clock, paused, at, calendar)
        started = clock.started_at if past else moved
        if due_at is not None:
            clock.due_at = resume(due_at, paused, at, term, calendar)
        if fires is not None:
            clock.next_fire_at = carry(fires, paused, at, term, calendar)
    except UnknownYear:
        started = clock.started_at if past else _blindly(clock, paused, at, calendar)
        moved = due_at + (at - paused) if due_at and not clock.term else None
        clock.due_at = due_at if past else moved
        clock.next_fire_at = fires + (at - paused) if fires and clock.due_at else None
    clock.started_at = started


def _later(clock: Clock, paused: datetime, at: datetime, calendar: Calendar) -> datetime:
    """The start that leaves as much of the term used at `at` as was used at `paused`."""
    term, started, undated = term_of(clock), clock.started_at, clock.due_at is None
    if term.unit != WORKING_DAYS:
        return started + (at - paused)
    later = calendar.add_working_time(started, calendar.working_time_between(paused, at))
    day = wall_clock(later).date()
    if undated and later == calendar.closing(day):  # its days will be counted: this one is used
        return calendar.opening(calendar.next_working_day(day))
    return later


def _blindly(clock: Clock, paused: datetime, at: datetime, calendar: Calendar) -> datetime:
    """The start where the calendar lacks a year of the pause: of working days, as many days back
    as were used up, which holds as few working days as that or fewer."""
    if term_of(clock).unit == WORKING_DAYS:
        with suppress(UnknownYear):
            used = calendar.working_time_between(clock.started_at, paused)
            return at - timedelta(days=used // calendar.day_length)
    return clock.started_at + (at - paused)


def term_of(clock: Clock) -> Term:
    """The clock's term; a date that somebody named counts working days."""
    return Term.parse(clock.term or DAY)
