"""Style and script: small, cached for good under an address that changes with them."""

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.blueprint.schema import ACCENT

HERE = Path(__file__).parent
KINDS = {"door.css": "text/css", "door.js": "text/javascript", "door.svg": "image/svg+xml"}
_ENOUGH = 4.5
"""WCAG 2.1 contrast of white on the accent: text must stay readable whatever a county picks."""


def _luminance(red: int, green: int, blue: int) -> float:
    def part(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)


def readable(accent: str) -> str:
    """The accent itself, or as much darker as white text on it needs."""
    parts = [int(accent[i : i + 2], 16) for i in (1, 3, 5)]
    while 1.05 / (_luminance(*parts) + 0.05) < _ENOUGH:
        parts = [int(p * 0.95) for p in parts]
    return "#{:02x}{:02x}{:02x}".format(*parts)


def pale(accent: str) -> str:
    """The accent as a quiet background."""
    parts = [int(accent[i : i + 2], 16) for i in (1, 3, 5)]
    return "#{:02x}{:02x}{:02x}".format(*(255 - (255 - p) // 12 for p in parts))


@lru_cache(64)
def content(name: str, accent: str) -> bytes:
    """The file, with the county's colour in it."""
    text = (HERE / name).read_text(encoding="utf-8")
    return text.replace("$accent", readable(accent)).replace("$pale", pale(accent)).encode()


@lru_cache(64)
def address(name: str, accent: str) -> str:
    """Where the browser finds it; another content has another address."""
    digest = hashlib.sha256(content(name, accent)).hexdigest()[:10]
    return f"/door/{name}?c={accent[1:]}&v={digest}"


async def serve(request: Request) -> Response:
    """A file of `KINDS` in the colour asked for."""
    name, accent = request.path_params["name"], "#" + request.query_params.get("c", "")
    if name not in KINDS:
        return Response(status_code=404)
    if not ACCENT.fullmatch(accent):
        return Response(status_code=404)
    return Response(
        content(name, accent.lower()),
        media_type=KINDS[name],
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        },
    )


ROUTES = [Route("/door/{name}", serve)]
