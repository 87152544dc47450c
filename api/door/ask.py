"""The envelope of every page at the door: language, type size, form in; headers, errors out."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.caller import address_of, over_https
from api.door import body, view
from api.edge import gate
from core.access.actor import NOBODY
from core.access.desk import Office
from core.blueprint.world import World
from core.errors import NotPermitted, OneDoorError
from core.open import office
from core.words import LOCALES, lazy, speaking

log = logging.getLogger("onedoor.door")
AT_ONCE = 12
"""Pages made at the same time; fewer than the process has connections."""
YEAR = 365 * 24 * 3600
LANG, LARGE, COOKIES = "door_lang", "door_large", "door"

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PUBLIC = "private, no-cache"
"""For pages without anything personal, and for forms with what their own writer typed: asked for
anew, but kept for the way back, where a browser would otherwise show an error page of its own."""


class Broken(OneDoorError):
    """A defect of ours; it is logged, and the person is told what became of their words."""

    status = 500
    code = "broken"
    sentence = lazy("系统出了点问题，刚才这一步没有办成。请按返回键，稍等一会儿再试一次")


class Strange(NotPermitted):
    """A form that was not on one of our pages."""

    code = "strange_origin"
    sentence = lazy("这个请求不是从本站的页面发出的，没有受理。请从本站重新打开页面")


@dataclass
class Ask:
    """One request, as a page sees it."""

    request: Request
    office: Office
    form: FormData = field(default_factory=FormData)
    cookies: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    """To set with the answer: name → (value, seconds, path)."""

    @cached_property
    def go(self) -> str:
        """Which button of the form was pressed; empty for the main one."""
        return str(self.form.get("go", ""))

    @property
    def switching(self) -> bool:
        """Whether only language or type size is to change."""
        return self.go.startswith(("lang:", "large:"))

    def _switch(self, name: str) -> str:
        button, _, value = self.go.partition(":")
        return value if button == name else self.request.query_params.get(name, "")

    @cached_property
    def locale(self) -> str:
        """As switched now or before, else as the installation speaks."""
        asked = self._switch("lang")
        if asked in LOCALES:
            self.keep(LANG, asked, YEAR)
            return asked
        kept = self.request.cookies.get(LANG, "")
        return kept if kept in LOCALES else self.office.settings.locale

    @cached_property
    def large(self) -> bool:
        """Whether the reader wants large type."""
        asked = self._switch("large")
        if asked in ("0", "1"):
            self.keep(LARGE, asked, YEAR)
            return asked == "1"
        return self.request.cookies.get(LARGE) == "1"

    @cached_property
    def address(self) -> str:
        """Where the request comes from."""
        return address_of(self.request, self.office.settings)

    @cached_property
    def world(self) -> World:
        """The configuration in force."""
        with self.office.look(NOBODY) as look:
            return look.world

    @property
    def keeps_cookies(self) -> bool:
        """Whether this browser has sent any cookie of ours back."""
        return any(name.startswith(COOKIES) for name in self.request.cookies)

    def keep(self, name: str, value: str, seconds: int, path: str = "/") -> None:
        """Let the browser keep a cookie (HttpOnly, never sent from other sites' forms)."""
        self.cookies[name] = (value, seconds, path)

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A rendered template."""
        return HTMLResponse(view.render(self, template, values | {"status": status}), status)

    def public(self, template: str, **values: Any) -> Response:
        """A rendered template without anything personal."""
        return HTMLResponse(view.render(self, template, values), headers={"Cache-Control": PUBLIC})

    def to(self, address: str) -> Response:
        """Go on to another page, with GET."""
        return RedirectResponse(address, 303)


Handler = Callable[[Ask], Response]


def page(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint that answers with `handler`, whatever happens in it."""

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        ask = Ask(request, await run_sync(office))
        if request.method != "POST":
            return await _in_thread(handler, ask)
        try:
            ask.form = await body.read_form(request, ask.office.settings.file_limit)
        except OneDoorError as error:
            return await _in_thread(_refusing(error), ask)
        try:
            return await _in_thread(handler, ask)
        finally:
            await ask.form.close()

    return endpoint


async def _in_thread(handler: Handler, ask: Ask) -> Response:
    """No more of them at once than there are database connections."""
    return await run_sync(_answer, handler, ask, limiter=gate("door", AT_ONCE))


def _refusing(error: OneDoorError) -> Handler:
    def handler(ask: Ask) -> Response:
        raise error

    return handler


def _answer(handler: Handler, ask: Ask) -> Response:
    with speaking(ask.locale):
        try:
            if ask.request.method == "POST":
                _same_origin(ask)
            response = handler(ask)
        except OneDoorError as error:
            response = sorry(ask, error)
        except Exception:
            log.exception("%s %s", ask.request.method, ask.request.url.path)
            response = sorry(ask, Broken())
    return _sealed(ask, response)


def _same_origin(ask: Ask) -> None:
    """Refuse a form from a foreign page; browsers too old to say are believed."""
    headers = ask.request.headers
    if headers.get("sec-fetch-site") in ("same-origin", "none"):
        return
    origin = headers.get("origin", "null")
    ours = {headers.get("host", ""), urlsplit(ask.office.settings.public_url).netloc}
    if origin != "null" and urlsplit(origin).netloc not in ours:
        raise Strange


def sorry(ask: Ask, error: OneDoorError) -> Response:
    """A friendly page that says what happened and where to go on."""
    try:
        return ask.page("sorry.html", status=error.status, sentence=error.message)
    except OneDoorError:  # not even the county's name can be read
        return HTMLResponse(view.bare(ask, error), error.status)


def _sealed(ask: Ask, response: Response) -> Response:
    assert ask.large in (True, False)  # noqa: S101 (reading it keeps the switch)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if "text/html" in response.headers.get("content-type", ""):
        ask.cookies.setdefault(COOKIES, ("1", YEAR, "/"))
    secure = over_https(ask.request, ask.office.settings)
    for name, (value, seconds, path) in ask.cookies.items():
        if name == COOKIES and ask.keeps_cookies:
            continue
        response.set_cookie(
            name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure
        )
    return response
