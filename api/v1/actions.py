"""What may be done with a case now, and doing it."""

from typing import Any

from fastapi import Request, Response

from api.body import fields
from api.edge import looking, working
from api.v1 import shapes
from api.v1.docs import action, json_body
from api.v1.resource import resource
from core.access.desk import Look, Work
from core.cases.act import act
from core.cases.decide import actions, form_of
from core.cases.load import load
from core.errors import Invalid
from core.rules.permissions import Permission
from core.words import lazy

router = resource("cases")


@router.get("/cases/{number}/actions")
async def index(request: Request, number: str) -> Response:
    """The actions open to you now, the usual one first; `fields` is JSON Schema."""

    def do(look: Look) -> Any:
        look.actor.require(Permission.CASE_READ)
        file = load(look, number)
        world = look.world_of(file.case.config_version)
        rows = actions(world, look.actor, file)
        return shapes.actions(rows, lambda t: form_of(world, look.actor, t, file))

    return await looking(request, do)


@router.post("/cases/{number}/actions/{action}", openapi_extra=json_body(action(), required=False))
async def take(request: Request, number: str, action: str) -> Response:
    """Do it: the action's fields, and `version` (or `If-Match`) as you saw the case."""
    data = await fields(request)
    version = version_of(request, data)

    def do(work: Work) -> Any:
        return shapes.outcome(work.world, act(work, number, action, data, version=version))

    return await working(request, do)


def version_of(request: Request, data: dict[str, Any]) -> int | None:
    """The case's version that the person was looking at; taken out of `data`.

    Raises:
        Invalid: neither a number in the body nor an entity tag in the header.
    """
    given = data.pop("version", None)
    if given is None:
        tag = request.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
        if tag in ("", "*"):
            return None
        given = int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else tag
    if isinstance(given, bool) or not isinstance(given, int):
        raise Invalid(lazy("version 应为整数，即您看到的版本"), field="version")
    return given
