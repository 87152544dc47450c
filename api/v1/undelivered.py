"""Messages that did not arrive: seen, sent again or put aside by the administrator."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Request, Response

from api.body import fields
from api.edge import looking, working
from api.v1.docs import json_body
from api.v1.resource import resource
from core.access.desk import Look, Work
from core.cases.undelivered import DeadFilter, discard, send_again, undelivered
from core.errors import Invalid
from core.rules.ladders import OUTSIDE
from core.words import lazy

router = resource("undelivered", "/undelivered")

LARGEST = 2**63 - 1
_IDS = {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 500}
_BODY = {"type": "object", "properties": {"ids": _IDS}, "required": ["ids"]}


@router.get("")
async def index(
    request: Request,
    way: str = "",
    q: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Newest first; `way` is email, webhook or robot. Addresses are masked."""
    if way and way not in OUTSIDE:
        raise Invalid(lazy("way 应为 email、webhook 或 robot"), field="way")

    def do(look: Look) -> Any:
        found = undelivered(look, DeadFilter(way=way, q=q), limit=limit, cursor=cursor)
        lines = [asdict(line) for line in found.lines]
        return {"messages": lines, "total": found.total, "cursor": found.cursor}

    return await looking(request, do)


@router.post("/again", openapi_extra=json_body(_BODY))
async def again(request: Request) -> Response:
    """Try these once more, at once: `{ids: […]}`. Others than dead letters are passed over."""
    return await _with(request, send_again)


@router.post("/discard", openapi_extra=json_body(_BODY))
async def put_aside(request: Request) -> Response:
    """Put these aside for good: `{ids: […]}`."""
    return await _with(request, discard)


async def _with(request: Request, command: Callable[[Work, Sequence[int]], int]) -> Response:
    ids = (await fields(request)).get("ids")
    if not (
        isinstance(ids, list)
        and 0 < len(ids) <= 500
        and all(type(i) is int and 0 < i <= LARGEST for i in ids)
    ):
        raise Invalid(lazy("ids 应为消息编号的列表，最多 500 个"), field="ids")

    def do(work: Work) -> Any:
        return {"done": command(work, ids)}

    return await working(request, do)
