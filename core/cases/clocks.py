"""How a clock gets its deadline and its next rung: at its start, after a pause, in a new year."""

from datetime import datetime

from core.blueprint.schema import Blueprint
from core.rules.calendar import Calendar, UnknownYear
from core.rules.case import Clock
from core.rules.deadlines import Term, carry, due, resume
from core.rules.ladders import DAY, next_fire


def date_clock(clock: Clock, blueprint: Blueprint, calendar: Calendar | None = None) -> None:
    """Work out deadline and next rung; both stay unknown in a year the calendar lacks.

    Args:
        calendar: one that knows more years than the blueprint's own.
    """
    calendar = calendar or blueprint.clock_calendar
    ladder = blueprint.ladders[clock.ladder]
    try:
        if clock.term:
            clock.due_at = due(clock.started_at, Term.parse(clock.term), calendar)
        clock.next_fire_at = next_fire(
            ladder, clock.next_rung, clock.started_at, clock.due_at, clock.term, calendar
        )
    except UnknownYear:
        clock.due_at = clock.next_fire_at = None


def run_on(clock: Clock, at: datetime, blueprint: Blueprint) -> None:
    """A paused clock goes on. It counts as started later by the pause, so that "half the time is
    left" still means half of the time that is allotted.

    In a year that nobody has entered the deadline becomes unknown, and is worked out from that
    start once somebody has; a date that somebody named moves by the days of the pause.
    """
    paused, calendar = clock.paused_at or at, blueprint.clock_calendar
    term, due_at, fires = term_of(clock), clock.due_at, clock.next_fire_at
    clock.paused_at = None
    try:
        if due_at is not None:
            clock.due_at = resume(due_at, paused, at, term, calendar)
        if fires is not None:
            clock.next_fire_at = carry(fires, paused, at, term, calendar)
    except UnknownYear:
        clock.due_at = due_at + (at - paused) if due_at and not clock.term else None
        clock.next_fire_at = fires + (at - paused) if fires and clock.due_at else None
    if due_at is None or due_at > paused:
        clock.started_at += at - paused


def term_of(clock: Clock) -> Term:
    """The clock's term; a date that somebody named counts working days."""
    return Term.parse(clock.term or DAY)
