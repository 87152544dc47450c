"""Who asks for which board, in which language and for which screen."""

from collections.abc import Callable
from dataclasses import dataclass

from anyio.to_thread import run_sync
from starlette.requests import Request

from api.auth import LANGUAGE
from api.caller import Caller, caller_of
from api.edge import AT_ONCE, asking, gate
from core.access.actor import Actor
from core.access.desk import Office
from core.errors import Invalid, NotSignedIn
from core.kpi.board import watcher
from core.open import office
from core.words import LOCALES, lazy, locale, speaking

DATA, DESK, WALL = "", "desk", "wall"
"""Figures for a program; the office page; the wall screen."""


@dataclass(frozen=True, slots=True)
class Variant:
    """In which form a board is sent: all viewers of one form get the same bytes."""

    view: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that may be answered."""

    token: str
    person: int | None
    eyes: Actor
    """See `core.kpi.board.watcher`."""
    variant: Variant


async def asked(request: Request, view: str) -> Asked:
    """Who is asking for what.

    Raises:
        NotSignedIn: no session. NotPermitted: no boards for this role.
        NotFound: an area outside the person's own. Invalid: no such view.
    """
    house = await run_sync(office)
    caller = caller_of(request, house.settings)
    if view not in (DATA, DESK, WALL):
        raise Invalid(lazy("没有这种看板"), field="view")
    if caller.token is None:
        raise NotSignedIn
    return await run_sync(_admit(house, caller, request, view), limiter=gate("door", AT_ONCE))


def chosen_locale(request: Request, caller_locale: str | None) -> str:
    """As the office speaks in this browser, as a program asks for, or empty: the person's."""
    kept = request.cookies.get(LANGUAGE, "")
    if kept in LOCALES:
        return kept
    return (caller_locale or "") if "authorization" in request.headers else ""


def _admit(house: Office, caller: Caller, request: Request, view: str) -> Callable[[], Asked]:
    token, wish = caller.token or "", chosen_locale(request, caller.locale)

    def admit() -> Asked:
        with speaking(house.settings.locale), house.look(asking(caller)) as look:
            eyes = watcher(look.world, look.actor, request.query_params.get("area", ""))
            variant = Variant(view, wish or look.actor.locale or locale())
            return Asked(token=token, person=look.actor.person, eyes=eyes, variant=variant)

    return admit
