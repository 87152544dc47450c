"""Values become JSON, and whatever goes wrong becomes a sentence: the one error mapping."""

import json
import logging
import secrets
from datetime import date, datetime
from typing import Any

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, OperationalError, TimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.errors import Invalid, NotFound, NotPermitted, NotSignedIn, OneDoorError, TooMany
from core.now import local
from core.words import Text, _, lazy

log = logging.getLogger("onedoor.api")

_SAFE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""No proxy and no browser keeps an answer about a case."""


def _plain(value: Any) -> Any:
    """Times as the county's clock shows them, with their offset (RFC 3339); the rest as text."""
    if isinstance(value, datetime):
        return local(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(type(value).__name__)


_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=_plain, allow_nan=False
).encode


def encode(value: Any) -> bytes:
    """JSON in UTF-8; half characters that somebody sent come back as question marks."""
    return _encode(value).encode("utf-8", "replace")


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON response."""
    body = b"" if status == 204 else encode(value)
    kind = None if status == 204 else "application/json"
    return Response(body, status, {**_SAFE, **(headers or {})}, media_type=kind)


def refusal(error: Exception) -> Response:
    """What somebody is told when it did not work; a defect gets a number and goes to the log."""
    known = _known(error)
    if known is None:
        fault = secrets.token_hex(4)
        log.error("fault %s", fault, exc_info=error)
        known = OneDoorError(
            lazy(
                "系统出了问题，没有保存任何内容。请稍后再试；如仍不行，请告诉管理员编号 {id}",
                id=fault,
            ),
            code="fault",
            id=fault,
        )
        known.status = 500
    headers = {}
    if isinstance(known, TooMany) and "seconds" in known.data:
        headers["Retry-After"] = str(known.data["seconds"])
    if isinstance(known, NotSignedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="onedoor"'
    data = dict(known.data)
    if "fields" in data:
        data["fields"] = {k: str(v) for k, v in data["fields"].items()}
    body = {"code": known.code, "message": known.message, "data": data}
    return answer(body, known.status, headers)


class Busy(OneDoorError):
    """More requests at once than the database has connections for."""

    status = 503
    code = "busy"
    sentence = lazy("现在访问的人太多，请稍后再试")


class Unreachable(OneDoorError):
    """The database does not answer just now."""

    status = 503
    code = "unreachable"
    sentence = lazy("数据库暂时连不上，没有保存任何内容。请过一会儿再试")


class WrongMethod(OneDoorError):
    """The address exists, for another method."""

    status = 405
    code = "method"
    sentence = lazy("这个地址不支持这种请求方法")


def _known(error: Exception) -> OneDoorError | None:
    match error:
        case OneDoorError():
            return error
        case RequestValidationError():
            return _faulty(error)
        case HTTPException(status_code=404):
            return NotFound(lazy("没有这个地址"), code="no_such_address")
        case HTTPException(status_code=405):
            return WrongMethod()
        case HTTPException(status_code=status) if status < 500:
            found = OneDoorError(lazy("请求格式不对"), code="request")
            found.status = status
            return found
        case DataError():  # a number or text that PostgreSQL cannot hold
            log.warning("refused by the database: %s", error.orig)
            return Invalid(lazy("有内容超出了系统能接受的范围"), code="out_of_range")
        case TimeoutError():
            return Busy()
        case OperationalError():  # restarting, or gone; the pool has noticed and connects anew
            log.error("the database cannot be reached: %s", error.orig)
            return Unreachable()
    return None


_WRONG = {
    "missing": lazy("请填写{name}"),
    "int_parsing": lazy("{name}应为整数"),
    "int_from_float": lazy("{name}应为整数"),
    "bool_parsing": lazy("{name}应为 true 或 false"),
    "greater_than_equal": lazy("{name}太小"),
    "less_than_equal": lazy("{name}太大"),
    "string_too_long": lazy("{name}太长"),
}
_ELSE = lazy("{name}的格式不对")


def _faulty(error: RequestValidationError) -> Invalid:
    fields: dict[str, str | Text] = {}
    for fault in error.errors():
        name = str(fault["loc"][-1])[:64]
        fields[name] = _(_WRONG.get(fault["type"], _ELSE).message, name=name)
    return Invalid.of(fields)


class CrossSite(NotPermitted):
    """A browser's session was used from another site, or without saying from where."""

    code = "cross_site"
    sentence = lazy(
        "请求没有来自本站页面，已拒绝。程序请使用 Authorization 头，页面请带 X-OneDoor 头"
    )
