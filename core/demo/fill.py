"""A year of cases for the demo county, newest first so that the boards live at once."""

import json
from bisect import bisect
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from sqlalchemy import text

from core.access.actor import DOOR, SYSTEM, Actor
from core.access.desk import Office
from core.blueprint.store import set_fact
from core.blueprint.world import World
from core.cases.bulk import Bulk, draw_numbers, own_ids, without_pauses
from core.cases.intake import begin_case, examine, hash_code, make_number
from core.cases.replay import Cast, Past
from core.demo.county import places
from core.demo.course import Course
from core.demo.people import GRID, QUERY_CODE, TOWNSHIP, cast_of
from core.demo.texts import Matter, texts
from core.now import ZONE, local_day, now
from core.places.report import Progress
from core.rules.areas import county_of
from core.rules.calendar import Calendar, UnknownYear

CASES = 20_000
_DAYS = 365
_NEWS = timedelta(days=2)
"""Whoever has to do with a case that moved so lately finds a message about it."""
_HOURS = (2, 1, 1, 1, 1, 3, 8, 22, 60, 85, 90, 70, 40, 45, 70, 80, 75, 62, 48, 40, 34, 24, 12, 5)
"""How many speak up in each hour of the day."""
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


class _When:
    """When people speak up: seasons come with the matters, here are weekdays and hours."""

    def __init__(self, calendar: Calendar, until: datetime) -> None:
        self.until = until
        today = local_day(until)
        self.days = [today - timedelta(days=n) for n in range(_DAYS)]
        self.weights = list(accumulate(self._weight(calendar, day) for day in self.days))
        self.hours = list(accumulate(_HOURS))

    def _weight(self, calendar: Calendar, day: date) -> float:
        try:
            works = calendar.is_working_day(day)
        except UnknownYear:
            works = day.weekday() < 5
        busy = (1.15, 1.0, 1.0, 0.95, 1.0, 0.7, 0.6)[day.weekday()] if works else 0.55
        # The heating of a county starts on 15 November, and the telephones ring.
        return busy * (1.8 if (day.month, day.day) in ((11, 15), (11, 16), (11, 17)) else 1.0)

    def draw(self, rng: Random) -> datetime:
        """One moment of the last year, aware."""
        day = self.days[bisect(self.weights, rng.random() * self.weights[-1])]
        hour = bisect(self.hours, rng.random() * self.hours[-1])
        second = int(rng.random() * 3600)
        at = datetime(day.year, day.month, day.day, hour, second // 60, second % 60, tzinfo=ZONE)
        return at if at <= self.until else at - timedelta(days=1)


class _Where:
    """Where it happens: townships by size; the demo's own grid has its share."""

    def __init__(self, world: World) -> None:
        layout = places()["townships"]
        self.at = {code: township["at"] for code, township in layout.items()}
        grids: dict[str, list[str]] = {}
        for code, place in world.areas.items():
            if place.level == "grid":
                grids.setdefault(code[:9], []).append(code)
        self.grids: list[str] = []
        weights: list[float] = []
        for township, codes in grids.items():
            share = layout.get(township, {"weight": 5})["weight"] / len(codes)
            self.grids += codes
            weights += [share * (6 if code == GRID else 1) for code in codes]
        self.weights = list(accumulate(weights))

    def draw(self, rng: Random) -> str:
        """A grid."""
        return self.grids[bisect(self.weights, rng.random() * self.weights[-1])]

    def position(self, rng: Random, area: str) -> dict[str, float]:
        """A point near the middle of the area's township."""
        lat, lon = self.at.get(area[:9], self.at[TOWNSHIP])
        return {
            "lat": round(lat + (rng.random() - 0.5) * 0.04, 5),
            "lon": round(lon + (rng.random() - 0.5) * 0.05, 5),
        }


class _Filling:
    """The demo county while it is filled."""

    def __init__(self, office: Office, world: World, cast: Cast, seed: int) -> None:
        self.office, self.world, self.cast = office, world, cast
        self.past, self.lately = Past(world, cast), Past(world, cast, told=True)
        self.rng = Random(seed)  # noqa: S311 (invented cases, the same every time)
        self.now = now()
        self.when = _When(world.blueprint.clock_calendar, self.now)
        self.where = _Where(world)
        self.texts = texts()
        self.residents: list[tuple[int, str, str]] = []

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

    def _one_of(self, items: list[Any]) -> Any:
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


def fill(office: Office, n: int = CASES, *, seed: int = 1, progress: Progress | None = None) -> int:
    """Add `n` invented cases of the last twelve months; returns how many.

    The same seed tells the same stories, relative to now.
    """
    with office.look(SYSTEM) as look:
        world = own_ids(office, look.world)
        cast = cast_of(look, world)
    this = _Filling(office, world, cast, seed)
    this.residents = _residents(office, world.root[:6], this.rng, max(20, n // 4))
    moments = sorted((this.when.draw(this.rng) for _i in range(n)), reverse=True)
    numbers = draw_numbers(office, n)
    with without_pauses(), Bulk(office) as bulk:
        for age, (at, running) in enumerate(zip(moments, reversed(numbers), strict=True)):
            story = this.case(at, running, age).run()
            case = story.file.case
            news = case.closed_at is None and this.now - story.change.entries[-1].at < _NEWS
            bulk.add(story, told=news)
            if progress and age % 500 == 0:
                progress(age, n)
    with office.work(SYSTEM) as work:
        set_fact(work.tx, "demo", {"cases": n})
    return bulk.written


_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"


def _residents(office: Office, county: str, rng: Random, n: int) -> list[tuple[int, str, str]]:
    """Invented residents: id, name and a number that begins like no real one here."""
    people = [
        {
            "county": county,
            "id": office.new_id(),
            "name": f"{_SURNAMES[int(rng.random() * len(_SURNAMES))]}某",
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
on conflict (county, phone) do update set name = resident.name
returning id, name, phone""")
