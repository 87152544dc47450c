"""What pages show beside lists: inbox, board, who is calling, what sounds alike, identities."""

from dataclasses import asdict
from typing import Any

from fastapi import Request, Response

from api.body import fields
from api.edge import looking, working
from api.v1 import shapes
from api.v1.docs import json_body
from api.v1.resource import resource
from core.access.desk import Look, Work
from core.blueprint.world import World
from core.cases.alike import alike, caller
from core.cases.detail import unmask
from core.cases.inbox import InboxLine, inbox
from core.cases.queries import board
from core.errors import Invalid, NotFound
from core.words import lazy, pick

router = resource("desk")


def _strings(raw: dict[str, Any], *names: str) -> list[str]:
    found = []
    for name in names:
        value = raw.get(name, "")
        if not isinstance(value, str) or not value.replace("\n", "").isprintable():
            raise Invalid(lazy("{name} 应为文字", name=name), field=name)
        found.append(value[:5000])
    return found


def _body(*names: str) -> dict[str, Any]:
    return json_body({"type": "object", "properties": {n: {"type": "string"} for n in names}})


@router.get("/inbox")
async def mine(request: Request) -> Response:
    """My units' tasks and what they hold, due first."""

    def do(look: Look) -> Any:
        return {"lines": [_inbox(look.world, i) for i in inbox(look)]}

    return await looking(request, do)


def _inbox(world: World, i: InboxLine) -> dict[str, Any]:
    return {
        "case": shapes.line(world, i.case),
        "unit": i.unit,
        "unit_name": world.units.name(i.unit),
        "lead": i.lead,
        "state": i.state,
        "note": i.note,
        "due_at": i.due_at,
        "asked": [shapes.demand(world, d) for d in i.asked],
    }


@router.get("/board")
async def overview(request: Request, area: str = "") -> Response:
    """The dispatcher's board: open cases by stage, the untaken first, and by place."""

    def do(look: Look) -> Any:
        found, world = board(look, area or None), look.world
        stages = world.blueprint.workflow.stages
        return {
            "area": found.area,
            "stages": [
                {
                    "stage": s.stage,
                    "label": pick(stages[s.stage].label),
                    "n": s.n,
                    "overdue": s.overdue,
                    "untaken": s.untaken,
                    "cases": [shapes.line(world, i) for i in s.lines],
                }
                for s in found.stages
            ],
            "places": [asdict(p) | {"name": world.area_name(p.area)} for p in found.places],
        }

    return await looking(request, do)


@router.post("/residents/find", openapi_extra=_body("phone"))
async def find(request: Request) -> Response:
    """Who is calling: by phone number, which stays out of addresses and logs."""
    (phone,) = _strings(await fields(request), "phone")

    def do(look: Look) -> Any:
        found = caller(look, phone)
        if found is None:
            raise NotFound(lazy("没有查到这个号码的诉求"))
        return {
            "id": found.id,
            "name": found.name,
            "earlier": found.earlier,
            "open_cases": [shapes.line(look.world, i) for i in found.open_cases],
        }

    return await looking(request, do)


@router.post("/cases/alike", openapi_extra=_body("text", "area", "category"))
async def similar(request: Request) -> Response:
    """Recent cases nearby that sound like the same matter."""
    text, area, category = _strings(await fields(request), "text", "area", "category")

    def do(look: Look) -> Any:
        found = alike(look, text, area, category)
        return {"cases": [shapes.line(look.world, i) for i in found]}

    return await looking(request, do)


@router.post("/cases/{number}/identity", openapi_extra=_body("purpose"))
async def identity(request: Request, number: str) -> Response:
    """Name and phone in clear, for a stated purpose; the look is kept."""
    (purpose,) = _strings(await fields(request), "purpose")

    def do(work: Work) -> Any:
        found = unmask(work, number, purpose)
        return asdict(found) if found else {}

    return await working(request, do)
