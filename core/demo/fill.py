"""A year of cases for the demo county, newest first so that the boards live at once."""

import json
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from sqlalchemy import text

from core.access.actor import DOOR, SYSTEM, Actor
from core.access.desk import Look, Office
from core.blueprint.store import get_fact, set_fact
from core.blueprint.world import World
from core.cases.bulk import BATCH, Bulk, draw_numbers, own_ids
from core.cases.crew import hands, spread
from core.cases.intake import begin_case, examine, hash_code, make_number
from core.cases.replay import Cast, Past
from core.demo.chance import When, Where
from core.demo.county import CASES
from core.demo.course import Course
from core.demo.people import GRID, QUERY_CODE, SURNAMES, cast_of
from core.demo.texts import Matter, texts
from core.now import now
from core.places.report import Progress
from core.rules.areas import county_of

_NEWS = timedelta(days=2)
"""Whoever has to do with a case that moved so lately finds a message about it."""
_INLETS = (
    ("grid", "phone", "wechat", "app", "hall", "plate", "web", "visit"),
    tuple(accumulate((24, 21, 16, 12, 12, 6, 7, 2))),
)
"""Where people speak up, with running sums of how often."""
_STANDING = (("safety", 0), ("refuse", 1), ("advice", 0), ("safety", 1), ("advice", 1),
             ("refuse", 0), ("safety", 2), ("boundary", 0))  # fmt: skip
_STANDING_EVERY = 40
"""Among the newest some stand still in the grid of the account `worker`, after so many steps:
whoever signs in there, or in the centre above, has something to do."""
_STAFF = frozenset({"grid", "phone", "hall", "visit"})
"""Inlets at which somebody writes down what it is."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some of the cases, newest first."""

    seed: int
    now: datetime
    age: int
    """How many later cases there are."""
    moments: Sequence[datetime]
    numbers: Sequence[int]
    residents: Sequence[tuple[int, str, str]]


class _Filling:
    """The demo county while it is filled."""

    def __init__(self, office: Office, world: World, cast: Cast, piece: _Piece) -> None:
        self.office, self.world, self.cast = office, world, cast
        self.past, self.lately = Past(world, cast), Past(world, cast, told=True)
        self.rng = Random(piece.seed)  # noqa: S311 (invented cases, the same every time)
        self.now, self.residents = piece.now, piece.residents
        self.where = Where(world)
        self.texts = texts()

    def case(self, at: datetime, running: int, age: int) -> Course:
        """A new case, received at `at`, with its course ahead of it; `age` later ones exist."""
        rng, steps = self.rng, None
        if age and age % _STANDING_EVERY == 0 and age // _STANDING_EVERY <= len(_STANDING):
            name, steps = _STANDING[age // _STANDING_EVERY - 1]
            matter, grid = self.texts.named(name), GRID
        else:
            matter, grid = self.texts.matter(rng, at.month), self.where.draw(rng)
        inlet = self._inlet(matter)
        area = grid if inlet in ("grid", "plate") or rng.random() < 0.6 else grid[:12]
        title, body, where = self.texts.appeal(rng, matter)
        raw: dict[str, Any] = {
            "title": title,
            "body": body,
            "inlet": inlet,
            "area": area,
            "address": f"{self.world.areas[grid[:12]].name}{where}",
        }
        if inlet in _STAFF:
            raw |= matter.what
        if inlet in ("grid", "plate", "app"):
            raw |= self.where.position(rng, area)
        resident = None
        if rng.random() < 0.08:
            raw["anonymous"] = True
        else:
            resident, raw["name"], raw["phone"] = self._one_of(self.residents)
        number = make_number(county_of(area), at, running)
        past = self.lately if self.now - at < 2 * _NEWS else self.past
        change = begin_case(
            past.quiet,
            self._registrar(inlet, grid),
            examine(past.quiet, raw),
            area=area,
            inlet=inlet,
            running=running,
            code_hash=hash_code(self.office.settings.secret_key, number, QUERY_CODE),
            at=at,
            resident_id=resident,
        )
        return Course(past, change, matter, self.texts, rng, self.now, steps)

    def _one_of(self, items: Sequence[Any]) -> Any:
        return items[int(self.rng.random() * len(items))]

    def _inlet(self, matter: Matter) -> str:
        names, weights = matter.inlets if matter.inlets[0] else _INLETS
        return names[bisect(weights, self.rng.random() * weights[-1])]

    def _registrar(self, inlet: str, grid: str) -> Actor:
        match inlet:
            case "grid":
                return self.cast("grid_worker", grid)
            case "hall":
                return self.cast("clerk", f"{grid[:9]}-C")
            case "phone":
                return self.cast("clerk", f"{grid[:6]}-C")
            case "visit":
                return self.cast("grid_leader", f"{grid[:9]}-C")
            case _:
                return DOOR


def fill(
    office: Office,
    n: int = CASES,
    *,
    seed: int = 1,
    progress: Progress | None = None,
    processes: int | None = None,
) -> int:
    """Add `n` invented cases of the last twelve months; returns how many.

    To the same county the same seed tells the same stories, relative to now.

    Args:
        processes: how many work on it; None lets the number of cases decide.
    """
    instant = now()
    with office.look(SYSTEM) as look:
        world = look.world
        had = _count(look)
    seed += had  # who goes on does not begin again
    rng = Random(seed)  # noqa: S311 (invented cases, the same every time)
    residents = _residents(office, world.root[:6], rng, min(max(20, n // 4), 5000))
    when = When(world.blueprint.clock_calendar, instant)
    moments = sorted((when.draw(rng) for _i in range(n)), reverse=True)
    numbers = draw_numbers(office, n)[::-1]
    pieces = (
        _Piece(
            seed + age,
            instant,
            age,
            moments[age : age + BATCH],
            numbers[age : age + BATCH],
            residents,
        )
        for age in range(0, n, BATCH)
    )
    with office.work(SYSTEM) as work:
        set_fact(work.tx, "demo", {"cases": had + n})
    done = 0
    for told in spread(office, _tell, pieces, processes or hands(n)):
        done += told
        if progress:
            progress(done, n)
    return done


def missing(office: Office) -> int:
    """How many cases a demo county that was stopped while it was filled still lacks; 0 where
    there is no demo county."""
    with office.look(SYSTEM) as look:
        fact = get_fact(look.tx, "demo")
        return max(0, fact["cases"] - _count(look)) if fact else 0


def _count(look: Look) -> int:
    return look.tx.scalar(text("select count(*) from cases")) or 0


def _tell(office: Office, bulk: Bulk, piece: _Piece) -> int:
    with office.look(SYSTEM) as look:
        world = own_ids(office, look.world)
        cast = cast_of(look, world)
    this = _Filling(office, world, cast, piece)
    bulk.until = piece.now
    for age, (at, running) in enumerate(zip(piece.moments, piece.numbers, strict=True), piece.age):
        story = this.case(at, running, age).run()
        case = story.file.case
        news = case.closed_at is None and piece.now - story.change.entries[-1].at < _NEWS
        bulk.add(story, told=news)
    return len(piece.moments)


def _residents(office: Office, county: str, rng: Random, n: int) -> list[tuple[int, str, str]]:
    """Invented residents: id, name and a number that begins like no real one here."""
    people = [
        {
            "county": county,
            "id": office.new_id(),
            "name": f"{SURNAMES[int(rng.random() * len(SURNAMES))]}某",
            "phone": f"1990{i:07}",
        }
        for i in range(n)
    ]
    with office.work(SYSTEM) as work:
        known = {"people": json.dumps(people, ensure_ascii=False), "at": now()}
        return [(row.id, row.name, row.phone) for row in work.tx.execute(_RESIDENTS, known)]


_RESIDENTS = text("""
insert into resident (county, id, name, phone, created_at)
select county, id, name, phone, :at
from jsonb_to_recordset(cast(:people as jsonb)) as p(county text, id bigint, name text, phone text)
on conflict (phone, county) do update set name = resident.name
returning id, name, phone""")
