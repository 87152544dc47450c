"""`/board`: what the public may know of the last month: sums by place, never a case."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response
from starlette.routing import Route

from api.door.ask import Ask, page
from core.access.actor import SYSTEM
from core.blueprint.world import World
from core.kpi.figures import FigureQuery, Figures, figures
from core.now import local_day, now
from core.rules.areas import contains, level

DAYS = 30
_BELOW = {"prefecture": "county", "county": "township", "township": "village"}


@dataclass(frozen=True, slots=True)
class Sum:
    """One place's sums; rates only where there is something to divide by."""

    code: str
    name: str
    received: int
    answered: int
    rated: int
    satisfied: int
    opens: bool = False
    """Whether there are places inside to look at."""


def board(ask: Ask) -> Response:
    """Received, answered and satisfied of the last thirty days."""
    world = ask.world
    asked = ask.request.query_params.get("area", "")
    area = asked if asked in world.areas and contains(world.root, asked) else world.root
    if level(area) != "county":
        area = world.root
    today = local_day(now())
    since, until = today - timedelta(days=DAYS - 1), today + timedelta(days=1)
    query = FigureQuery(area=area, since=since, until=until, by="area")
    with ask.office.look(SYSTEM) as look:
        report = figures(look, query)
    found = {row.key: row for row in report.rows}
    inside = [
        code
        for code, place in world.areas.items()
        if place.level == _BELOW.get(level(area)) and contains(area, code)
    ]
    rows = [_sum(world, code, found.get(code)) for code in inside]
    return ask.public(
        "board.html",
        area=area,
        name=world.area_name(area),
        root=world.root,
        total=_sum(world, area, report.total),
        rows=sorted(rows, key=lambda r: (-r.received, r.code)),
        since=since,
        today=today,
    )


def _sum(world: World, code: str, row: Figures | None) -> Sum:
    counts = row.counts if row else {}
    deeper = level(code) == "county" and code != world.root
    return Sum(
        code,
        world.area_name(code),
        *(counts.get(m, 0) for m in ("received", "answered", "rated")),
        counts.get("satisfied", 0) + counts.get("basically", 0),
        deeper,
    )


ROUTES = [Route("/board", page(board))]
