"""`/board`: what the public may know of the last month: sums by place, never a case."""

from starlette.responses import Response
from starlette.routing import Route

from api.door.ask import Ask, page
from core.access.actor import SYSTEM
from core.kpi.pulse import public_figures
from core.rules.areas import contains, level

DAYS = 30


def board(ask: Ask) -> Response:
    """Received, answered and satisfied, by township; a city's by county first."""
    world = ask.world
    area = ask.request.query_params.get("area", "")
    known = area in world.areas and contains(world.root, area)
    if not known or level(area) != "county":  # no deeper: sums of few would tell of persons
        area = world.root
    with ask.office.look(SYSTEM) as look:
        *rows, total = public_figures(look, area, days=DAYS)
    return ask.public(
        "board.html",
        days=DAYS,
        area=area,
        root=world.root,
        total=total,
        rows=rows,
        opens={r.area for r in rows if level(r.area) == "county" and r.area != area},
    )


ROUTES = [Route("/board", page(board))]
