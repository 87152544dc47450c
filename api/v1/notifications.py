"""A person's own messages."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Request, Response

from api.body import fields
from api.edge import looking, working
from api.v1.docs import json_body
from api.v1.resource import resource
from core.access.desk import Look, Work
from core.cases.notices import mark_read, my_notices, unread_count
from core.errors import Invalid
from core.words import lazy

router = resource("notifications", "/notifications")

LARGEST = 2**63 - 1
_IDS = {"type": "array", "items": {"type": "integer"}, "maxItems": 500}
_BODY = {"type": "object", "properties": {"ids": _IDS}}


@router.get("")
async def index(
    request: Request,
    unread: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> Response:
    """Newest first; go on with `before` = the last id. `unread` counts all that are new."""

    def do(look: Look) -> Any:
        found = my_notices(look, unread_only=unread, limit=limit, before=before)
        return {"notifications": [asdict(n) for n in found], "unread": unread_count(look)}

    return await looking(request, do)


@router.post("/read", openapi_extra=json_body(_BODY, required=False))
async def read(request: Request) -> Response:
    """Note as read: `{ids: […]}`, or everything without `ids`."""
    ids = (await fields(request)).get("ids")
    if ids is not None and not (
        isinstance(ids, list)
        and len(ids) <= 500
        and all(type(i) is int and 0 < i <= LARGEST for i in ids)
    ):
        raise Invalid(lazy("ids 应为消息编号的列表，最多 500 个"), field="ids")

    def do(work: Work) -> Any:
        return {"read": mark_read(work, ids), "unread": unread_count(work)}

    return await working(request, do)
