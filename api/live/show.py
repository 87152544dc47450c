"""A board in words: as an event of figures for programs, or of HTML for office and wall."""

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from api.answer import encode
from api.live.asked import DATA, WALL, Variant
from core.blueprint.world import World
from core.cases.detail import OWN
from core.errors import OneDoorError
from core.kpi.board import Flow, LiveBoard, Pile
from core.kpi.happened import Happened
from core.now import local, local_day
from core.rules.areas import ancestors, contains
from core.rules.deadlines import describe_left, time_left
from core.rules.ladders import OVERDUE
from core.rules.lateness import words
from core.words import _, lazy, pick, speaking

TAGS = {"zh_CN": "zh-CN", "en": "en"}
ROWS = 8
"""Lines of a list that fit on a wall, large enough to be read from five metres."""
MOST = 60
"""Units or places that the office page names; the menu of areas has them all."""
_FLOWS = {
    "received": lazy("今天受理"),
    "answered": lazy("今天答复"),
    "closed": lazy("今天办结"),
}
_NOSNIFF = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def state(world: World, board: LiveBoard, variant: Variant) -> bytes:
    """The event `board`: the whole state."""
    with speaking(variant.locale):
        values = shown(world, board)
        if variant.view != DATA:
            values = {
                "at": board.at,
                "time": values["time"],
                "html": html(values, wall=variant.view == WALL),
            }
    return _event("board", values, f"id: {board.at.timestamp() * 1000:.0f}\n")


def same(board: LiveBoard) -> bytes:
    """The event `same`: nothing has changed up to this time."""
    return _event("same", {"at": board.at, "time": _clock(board)})


def ended(why: OneDoorError, locale: str) -> bytes:
    """The event `ended`, the last one: why there will be no more."""
    with speaking(locale):
        return _event("ended", {"code": why.code, "message": why.message})


def _event(name: str, data: Any, more: str = "") -> bytes:
    return f"event: {name}\n{more}data: ".encode() + encode(data) + b"\n\n"


def data_of(event: bytes) -> bytes:
    """What an event says, as JSON."""
    return event.split(b"data: ", 1)[1].rstrip()


def once(event: bytes) -> Response:
    """The same as a plain answer."""
    return Response(data_of(event), headers=_NOSNIFF, media_type="application/json")


def _clock(board: LiveBoard) -> str:
    return f"{local(board.at):%m-%d %H:%M:%S}"


def shown(world: World, board: LiveBoard) -> dict[str, Any]:
    """Every figure with its name in the reader's language."""
    late = asdict(board.late) | {"all": board.late.all, "words": words(board.late.working)}
    late["longest_words"] = _longest(world, board)
    return {
        "area": board.area,
        "name": world.area_name(board.area),
        "path": _path(world, board.area),
        "at": board.at,
        "time": _clock(board),
        "day": f"{local_day(board.at)}",
        "open": board.open,
        "waiting": board.waiting,
        "flow": [asdict(f) | {"label": str(_FLOWS[f.what]), "than": _than(f)} for f in board.flow],
        "late": late,
        "stages": [_stage(world, p) for p in board.stages],
        "units": [_pile(p, world.units.name(p.key)) for p in board.units],
        "places": [_place(world, board, p) for p in board.places],
        "events": [_happened(world, board, e) for e in board.events],
    }


def _path(world: World, area: str) -> list[dict[str, str]]:
    """The places around it, from the root of this installation down to itself."""
    codes = (*ancestors(area), area)
    known = [c for c in codes if c in world.areas and contains(world.root, c)]
    return [{"area": c, "name": world.area_name(c)} for c in known or [area]]


def _pile(pile: Pile, label: str) -> dict[str, Any]:
    return asdict(pile) | {"label": label}


def _stage(world: World, pile: Pile) -> dict[str, Any]:
    known = world.blueprint.workflow.stages.get(pile.key)
    label = pick(known.label) if known else pile.key
    return _pile(pile, label) | {"kind": known.kind if known else "open"}


def _place(world: World, board: LiveBoard, pile: Pile) -> dict[str, Any]:
    name = world.area_name(pile.key)
    own = pile.key == board.area
    return _pile(pile, _("{name}（本级）", name=name) if own else name) | {"opens": not own}


def _than(flow: Flow) -> str:
    """「比昨天此时多 3」."""
    step = flow.today - flow.so_far
    if not step:
        return _("和昨天此时一样")
    if step > 0:
        return _("比昨天此时多 {n}", n=f"{step:,}")
    return _("比昨天此时少 {n}", n=f"{-step:,}")


def _longest(world: World, board: LiveBoard) -> str:
    if board.late.longest is None:
        return ""
    left = time_left(board.at, board.late.longest, world.blueprint.clock_calendar)
    return _("最久的{time}", time=describe_left(left))


def _happened(world: World, board: LiveBoard, event: Happened) -> dict[str, Any]:
    here = local(event.at)
    clock = f"{here:%H:%M}"
    fresh = here.date() == local_day(board.at)
    category = world.blueprint.categories.get(event.category)
    return (
        asdict(event)
        | {
            "key": f"{event.number}/{event.seq}",
            "time": clock if fresh else _("昨天 {time}", time=clock),
            "label": _action(world, event.action),
            "late": event.action == OVERDUE,
            "place": world.area_path(event.area[:12]),  # which grid of the village, nobody asks
            "spot": world.area_name(event.area[:12]),
            "category_label": pick(category.label) if category else event.category,
            "unit": world.units.name(event.holder),
        }
    )


def _action(world: World, action: str) -> str:
    rows = (t for t in world.blueprint.workflow.transitions if t.id == action)
    if row := next(rows, None):
        return pick(row.label)
    return str(OWN.get(action) or _("有新进展"))


@cache
def environment() -> Environment:
    """The templates of board and wall; everything is escaped, every word passes `_`."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": _, "link": link, "ROWS": ROWS, "MOST": MOST}
    made.filters["thousands"] = lambda n: f"{n:,}"
    return made


def link(path: str, **query: str) -> str:
    """A local address."""
    return f"{path}?{urlencode(query)}"


def html(values: dict[str, Any], *, wall: bool) -> str:
    """The board as HTML, for the office page or the wall."""
    return environment().get_template("board.html").render(values, wall=wall)
