"""What must have happened, worked out beforehand from the rules; and whether it has, once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Look, Office
from core.blueprint.world import World
from core.cases.due import look_due
from core.cases.staff import Staff
from core.kpi.check import check
from core.rules.case import STAGE_CLOCK, CaseFile, Clock
from core.rules.ladders import Rung, next_fire
from jobs.letters import Letter
from jobs.mail import message_id
from tests.kill.sinks import Sinks

_K = TypeVar("_K")
Line = tuple[int, str, str, int]
"""A line of a timeline: case, kind and subject of the clock, rung."""
Message = tuple[str, int, str, str]
"""Key, person (0: a unit's own address), unit, way."""


@dataclass(slots=True)
class Expected:
    """What the ladders ask for."""

    rungs: set[tuple[int, int]] = field(default_factory=set)
    """(clock, rung)"""
    lines: Counter[Line] = field(default_factory=Counter)
    messages: set[Message] = field(default_factory=set)


_CASES = text("""
select county, array_agg(distinct case_id) as ids from clock
where next_fire_at <= :at and stopped_at is null and paused_at is null group by 1""")


def expect(office: Office, at: datetime) -> Expected:
    """Everything that has to happen by `at`, from the rules and the people alone."""
    found = Expected()
    with office.look(SYSTEM) as look:
        staff, emails, hooks = Staff.now(look), _emails(look), _hooks(look)
        rows = look.tx.execute(_CASES, {"at": at}).all()
        for county, ids in rows:
            for file in look_due(look, county, ids):
                world = look.world_of(file.case.config_version)
                for clock in file.clocks:
                    due = list(_due(world, clock, at))
                    found.rungs.update((clock.id, n) for n, _rung in due)
                    for n, _rung in due:
                        found.lines[file.case.id, clock.kind, clock.subject, n] += 1
                    found.messages.update(_messages(file, clock, due, staff, emails, hooks))
    return found


def _due(world: World, clock: Clock, at: datetime) -> Iterator[tuple[int, Rung]]:
    """The clock's rungs that have to fire by then, lowest first."""
    ladder, calendar = world.blueprint.ladders[clock.ladder], world.blueprint.clock_calendar
    n, fires = clock.next_rung, clock.next_fire_at
    while clock.running and fires is not None and fires <= at:
        yield n, ladder[n]
        n += 1
        fires = next_fire(ladder, n, clock.started_at, clock.due_at, clock.term, calendar)


def _messages(
    file: CaseFile,
    clock: Clock,
    due: list[tuple[int, Rung]],
    staff: Staff,
    emails: set[int],
    hooks: set[str],
) -> Iterator[Message]:
    """Everybody hears of the highest rung that is addressed to them."""
    heard: set[int | str] = set()
    unit = file.case.holder if clock.kind == STAGE_CLOCK else clock.subject
    for n, rung in reversed(due):
        key = f"clock:{clock.id}:{n}"
        people = {p for to in rung.to for p in staff.who(to, unit, file.case)}
        for person in people - heard:
            yield key, person, "", "app"
            if person in emails and "email" in rung.by:
                yield key, person, "", "email"
        if "handler" in rung.to and "webhook" in rung.by and unit in hooks - heard:
            yield key, 0, unit, "webhook"
            people.add(unit)  # pyright: ignore[reportArgumentType]
        heard |= people


def _emails(look: Look) -> set[int]:
    return set(look.tx.scalars(text("select id from person where active and email <> ''")))


def _hooks(look: Look) -> set[str]:
    return set(look.tx.scalars(text("select unit from address where way = 'webhook'")))


@dataclass(slots=True)
class Verdict:
    """What has happened."""

    faults: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)

    def same(self, what: str, expected: set[_K], found: Counter[_K]) -> None:
        """Each expected thing is there exactly once, and nothing else."""
        self.figures[what] = sum(found.values())
        for name, wrong in (
            ("missing", expected - set(found)),
            ("unexpected", set(found) - expected),
            ("twice", {k for k, n in found.items() if n > 1}),
        ):
            if wrong:
                self.faults.append(
                    f"{what}: {len(wrong)} {name}, e.g. {sorted(map(str, wrong))[0]}"
                )

    def at_least_once(self, what: str, expected: set[str], found: Counter[str]) -> None:
        """Each expected thing has arrived, maybe more than once, and nothing else."""
        self.figures |= {
            f"{what} expected": len(expected),
            f"{what} received": sum(found.values()),
            f"{what} received more than once": sum(n > 1 for n in found.values()),
        }
        for name, wrong in (("missing", expected - set(found)), ("unknown", set(found) - expected)):
            if wrong:
                self.faults.append(f"{what}: {len(wrong)} {name}, e.g. {min(wrong)}")


_FIRED = text("select clock_id, rung from fired where at >= :since")
_LINES = text("""
select case_id, data->>'clock', data->>'subject', (data->>'rung')::int from timeline
where data ? 'rung' and at >= :since""")
_OUTBOX = text("""
select county, id, key, way, person_id, unit, number, template, data, created_at, sent_at
from message""")


def prove(office: Office, expected: Expected, sinks: Sinks, since: datetime) -> Verdict:
    """Compare; `since` is when the killing began."""
    verdict = Verdict()
    with office.look(SYSTEM) as look:
        fired: Counter[Any] = Counter(
            tuple(row) for row in look.tx.execute(_FIRED, {"since": since})
        )
        lines: Counter[Any] = Counter(
            tuple(row) for row in look.tx.execute(_LINES, {"since": since})
        )
        rows = look.tx.execute(_OUTBOX).all()
    verdict.same("rungs fired", expected.rungs, fired)
    verdict.same("timeline lines", set(expected.lines), lines)
    told = Counter((r.key, r.person_id, r.unit, r.way) for r in rows if r.key.startswith("clock:"))
    for way in ("app", "email", "webhook"):
        verdict.same(
            f"messages written, {way}",
            {m for m in expected.messages if m[3] == way},
            Counter({m: n for m, n in told.items() if m[3] == way}),
        )
    letters = [_letter(row) for row in rows if row.way != "app"]
    mails = {message_id(office.settings, letter) for letter in letters if letter.way == "email"}
    posts = {letter.idempotency_key for letter in letters if letter.way == "webhook"}
    verdict.at_least_once("e-mails", mails, sinks.mails)
    verdict.at_least_once("webhooks", posts, sinks.posts)
    if changed := [key for key, bodies in sinks.bodies.items() if len(bodies) > 1]:
        verdict.faults.append(f"webhooks: {len(changed)} keys came with different contents")
    if unsent := sum(row.sent_at is None for row in rows):
        verdict.faults.append(f"messages: {unsent} not recorded as sent")
    verdict.faults += [f"onedoor check: {finding}" for finding in check(office)]
    return verdict


def _letter(row: object) -> Letter:
    """The message as the worker would send it, as far as its keys go."""
    known = {f.name: getattr(row, f.name, "") for f in fields(Letter)}
    return Letter(**known)  # pyright: ignore[reportArgumentType]
