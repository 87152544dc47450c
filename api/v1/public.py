"""The resident's side: number and query code open one case. Guessing is slowed down."""

from typing import Any

from fastapi import Request, Response

from api.body import fields, uploads
from api.caller import address_of
from api.edge import residing
from api.v1 import shapes
from api.v1.actions import version_of
from api.v1.docs import action, json_body, multipart
from api.v1.files import UPLOADS_AT_ONCE, hand_out, keep
from api.v1.resource import resource
from core.access import limits
from core.access.desk import Work
from core.cases.act import act
from core.cases.files import open_file
from core.cases.public import public_view
from core.open import office

router = resource("public", "/public/cases/{number}")


def _code(request: Request, code: str) -> str:
    """The query code; the header `X-Query-Code` keeps it out of the logs on the way."""
    return request.headers.get("x-query-code", "") or code


@router.get("")
async def show(request: Request, number: str, code: str = "") -> Response:
    """Where the case stands, like a parcel; no names of officials."""
    return await residing(
        request, number, _code(request, code), lambda work: shapes.public(public_view(work))
    )


@router.post("/rating", openapi_extra=json_body(action()))
async def rate(request: Request, number: str, code: str = "") -> Response:
    """Rate: `{score: 1..5, reasons[], text}`; a low score opens the case again."""
    return await _act(request, number, code, "rate")


@router.post("/actions/{action}", openapi_extra=json_body(action(), required=False))
async def take(request: Request, number: str, action: str, code: str = "") -> Response:
    """What the resident may do now: add something, rate."""
    return await _act(request, number, code, action)


async def _act(request: Request, number: str, code: str, action: str) -> Response:
    data = await fields(request)
    code = str(data.pop("code", "") or _code(request, code))
    version = version_of(request, data)

    def do(work: Work) -> Any:
        return shapes.outcome(work.world, act(work, number, action, data, version=version))

    return await residing(request, number, code, do)


@router.post("/files", status_code=201, openapi_extra=multipart())
async def add(request: Request, number: str, code: str = "") -> Response:
    """Attach photos to one's own case, until it is closed."""
    sent = await uploads(request)
    address = address_of(request, office().settings)

    def do(work: Work) -> Any:
        from_there = limits.photos(work.settings), address
        if limits.room(work, from_there)[from_there] < len(sent):  # before any of it is on disk
            raise limits.too_many()
        kept = keep(work, number, sent, f"/api/v1/public/cases/{number}/files")
        limits.count(work, *[from_there] * len(sent))
        return kept

    return await residing(
        request,
        number,
        _code(request, code),
        do,
        status=201,
        at="upload",
        most=UPLOADS_AT_ONCE,
    )


@router.get("/files/{file_id}")
async def file(request: Request, number: str, file_id: int, code: str = "") -> Response:
    """A file that the resident handed in."""
    return await residing(
        request,
        number,
        _code(request, code),
        lambda work: hand_out(*open_file(work, file_id)),
    )
