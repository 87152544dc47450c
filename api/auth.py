"""The session routes of the browser: in by a one-time ticket, out, and the language.

A cookie set while a page is open is not seen by its socket, so the sign-in form hands a
ticket to a route, which sets the cookie and sends the browser back where it wanted to go.
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route

from api.caller import over_https
from core.access.actor import NOBODY
from core.access.sessions import COOKIE, redeem, sign_out
from core.errors import NotSignedIn
from core.open import office
from core.words import LOCALES

LANGUAGE = "onedoor_lang"
_YEAR = 365 * 24 * 3600


def _local(address: str) -> str:
    """An address inside this server, or the front door: nobody is sent elsewhere."""
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    plain = address.isprintable() and "\\" not in address
    return address if inside and plain and not (parts.scheme or parts.netloc) else "/"


def _go(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})


def ticket(request: Request) -> RedirectResponse:
    """Exchange the ticket for the HttpOnly cookie; a stale one leads to the sign-in form."""
    answer = _go(_local(request.query_params.get("next", "/")))
    house = office()
    try:
        with house.work(NOBODY) as work:
            opened = redeem(work, request.path_params["ticket"])
    except NotSignedIn:
        return answer
    answer.set_cookie(
        COOKIE,
        opened.token,
        httponly=True,
        samesite="lax",
        secure=over_https(request, house.settings),
        path="/",
    )
    return answer


def out(request: Request) -> RedirectResponse:
    """End the session on the server and forget the cookie; another site's link does neither."""
    answer = _go("/")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return answer
    if token := request.cookies.get(COOKIE):
        with office().work(NOBODY) as work:
            sign_out(work, token)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return answer


def language(request: Request) -> RedirectResponse:
    """Speak the chosen language in this browser."""
    answer = _go(_local(request.query_params.get("next", "/")))
    if (chosen := request.path_params["locale"]) in LOCALES:
        answer.set_cookie(LANGUAGE, chosen, max_age=_YEAR, samesite="lax", path="/")
    return answer


def routes() -> list[BaseRoute]:
    """`/auth/…`."""
    return [
        Route("/auth/ticket/{ticket}", ticket),
        Route("/auth/out", out, methods=["GET", "POST"]),
        Route("/auth/lang/{locale}", language),
    ]
