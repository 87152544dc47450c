"""Request bodies, never more of them than is worth reading."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, NoReturn

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from core.cases.files import TooLarge, too_large
from core.errors import Invalid
from core.open import office
from core.words import lazy

LONGEST = 256 * 1024
"""Bytes of a JSON body: ten times the longest appeal."""
_ENVELOPE = 64 * 1024
"""What multipart adds around a file."""


def _declared(request: Request) -> int:
    length = request.headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0


async def _bounded(request: Request, most: int, error: Invalid) -> AsyncGenerator[bytes, None]:
    if _declared(request) > most:
        raise error
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > most:
            raise error
        yield chunk


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


async def fields(request: Request) -> dict[str, Any]:
    """The JSON object of the body; an empty body is an empty object.

    Raises:
        Invalid: not JSON, not an object, or too long.
    """
    error = TooLarge(lazy("内容太长，请删减后再提交"), code="body.too_large")
    raw = b"".join([c async for c in _bounded(request, LONGEST, error)])
    if not raw.strip():
        return {}
    try:
        found = json.loads(raw, parse_constant=_constant)
    except (ValueError, RecursionError) as fault:
        raise Invalid(lazy("内容不是有效的 JSON"), code="json") from fault
    if not isinstance(found, dict):
        raise Invalid(lazy("内容应为 JSON 对象，如 {}"), code="json")
    return found


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent."""

    name: str
    data: bytes


async def uploads(request: Request, most: int = 5) -> list[Upload]:
    """The files of a multipart body (parts with a file name), read to their limit.

    Raises:
        Invalid: no file, too many, too large, or not multipart.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid(
            lazy("请用 multipart/form-data 上传，文件放在 file 字段"),
            field="file",
            code="multipart",
        )
    settings = office().settings
    limit = most * settings.file_limit + _ENVELOPE
    parser = MultiPartParser(
        request.headers,
        _bounded(request, limit, too_large(settings)),
        max_files=most,
        max_fields=20,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, HTTPException, KeyError, ValueError) as fault:
        raise Invalid(
            lazy("上传的内容不完整，或一次超过 {n} 个文件，请重新选择", n=most),
            field="file",
            code="multipart",
        ) from fault
    found = []
    try:
        for _key, part in form.multi_items():
            if isinstance(part, str) or part.filename is None:
                continue
            name = part.filename or "file"
            if (part.size or 0) > settings.file_limit:
                raise too_large(settings, name)
            found.append(Upload(name, await part.read()))
    finally:
        await form.close()
    if not found:
        raise Invalid(lazy("没有收到文件，请选择后再传"), field="file", code="file.missing")
    return found
