"""Who calls, from where, in which language: read off the request, before any work is done."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from api.answer import CrossSite
from core.access.address import address
from core.access.sessions import COOKIE
from core.errors import Invalid
from core.settings import Settings
from core.words import lazy

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Caller:
    """What the request itself says; whether the token opens anything is found out later."""

    token: str | None
    address: str
    """Of the network peer; an IPv6 address counts as its /64."""
    locale: str | None
    """Asked for by `Accept-Language`; None: the person's own."""


def caller_of(request: Request, settings: Settings) -> Caller:
    """The caller.

    Raises:
        CrossSite: a cookie session with an unsafe method and no sign of our own pages.
        Invalid: the address holds a NUL, which no text here may.
    """
    if "\x00" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise Invalid(lazy("地址含有无法显示的字符"), code="address")
    headers = request.headers
    scheme, _space, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        found: str | None = token.strip()
    else:
        found = request.cookies.get(COOKIE)
        if found and request.method not in _SAFE_METHODS and not _our_page(request, settings):
            raise CrossSite
    return Caller(found, address_of(request, settings), locale_of(headers.get("accept-language")))


def _our_page(request: Request, settings: Settings) -> bool:
    """Whether one of our pages sent it: no other site can set this header or this origin."""
    headers = request.headers
    if "x-onedoor" in headers:
        return True
    origin = headers.get("origin", "")
    if not origin or origin == "null":
        return False
    ours = {headers.get("host", ""), urlsplit(settings.public_url).netloc}
    return urlsplit(origin).netloc in ours


def address_of(request: Request, settings: Settings) -> str:
    """The caller's network address, as far as it can be believed."""
    peer = request.client.host if request.client else ""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    return address(peer, forwarded, settings.trusted_proxies)


def over_https(request: Request, settings: Settings) -> bool:
    """Whether the browser came by HTTPS, so that its cookies shall not travel otherwise. A proxy
    may say so unproven: who lies spoils only their own cookie."""
    ways = (
        request.url.scheme,
        request.headers.get("x-forwarded-proto", ""),
        urlsplit(settings.public_url).scheme,
    )
    return "https" in ways


def locale_of(header: str | None) -> str | None:
    """The language we speak that is asked for first: `zh_CN`, `en`, or None."""
    wishes: list[tuple[float, str]] = []
    for part in (header or "").split(",")[:10]:
        tag, _semicolon, quality = part.partition(";")
        language = tag.strip().lower().split("-")[0]
        if language in ("zh", "en"):
            try:
                q = float(quality.strip().removeprefix("q=")) if quality else 1.0
            except ValueError:
                q = 0.0
            wishes.append((q, "zh_CN" if language == "zh" else "en"))
    return max(wishes, key=lambda w: w[0])[1] if wishes else None
