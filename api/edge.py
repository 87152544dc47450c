"""Where HTTP meets the core: one request, one thread, one transaction, one answer.

A route says what to do with an open `Look` or `Work`; finding out who asks, speaking
their language, trying again after a collision and wording a refusal happen here.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response

from api.answer import answer, refusal
from api.caller import Caller, caller_of
from core.access.actor import Actor
from core.access.desk import Asks, Look, Office, Work
from core.access.sessions import who
from core.cases.admit import admit, key_holder
from core.errors import Collided, NotSignedIn
from core.open import office
from core.words import set_locale, speaking

T = TypeVar("T")
_TAKEN = "23505"
"""A unique key that somebody else has taken meanwhile."""
AT_ONCE = 6
"""Requests worked on at the same time by one process; fewer than it has connections."""

_gates: RunVar[dict[str, CapacityLimiter]] = RunVar("onedoor_gates")


def gate(name: str, most: int) -> CapacityLimiter:
    """What work of a kind waits at; each event loop has its own, as anyio wants it."""
    gates = _gates.get({})
    if name not in gates:
        gates[name] = CapacityLimiter(most)
        _gates.set(gates)
    return gates[name]


async def in_thread(
    request: Request,
    work: Callable[[Office, Caller], Response],
    *,
    at: str = "",
    most: int = AT_ONCE,
) -> Response:
    """Run `work` in a thread, in the caller's language; errors become answers there."""
    house = office()
    caller = caller_of(request, house.settings)

    def run() -> Response:
        with speaking(caller.locale or house.settings.locale):
            try:
                return twice(lambda: work(house, caller))
            except Exception as error:
                return refusal(error)

    return await run_sync(run, limiter=gate(at, most))


def twice(attempt: Callable[[], T]) -> T:
    """Once more after a collision with somebody else."""
    try:
        return attempt()
    except (Collided, IntegrityError) as error:
        if not isinstance(error, Collided) and getattr(error.orig, "sqlstate", None) != _TAKEN:
            raise
        return attempt()


def asking(caller: Caller, guest: Actor | None = None) -> Asks:
    """Finds whoever the token stands for; `guest` if there is no token.

    Raises:
        NotSignedIn: no token where one is needed, or one that opens nothing.
    """

    def find(look: Look) -> Actor:
        if caller.token is None:
            if guest is None:
                raise NotSignedIn
            return guest
        actor = who(look, caller.token)
        if caller.locale is None:
            set_locale(actor.locale)
        return actor

    return find


async def looking(
    request: Request, do: Callable[[Look], Any], *, guest: Actor | None = None
) -> Response:
    """Answer a question in a read-only transaction."""
    return await _inside(request, Office.look, do, 200, guest)


async def working(
    request: Request,
    do: Callable[[Work], Any],
    *,
    status: int = 200,
    guest: Actor | None = None,
    at: str = "",
    most: int = AT_ONCE,
) -> Response:
    """Do something in a transaction that commits if it ends well."""
    return await _inside(request, Office.work, do, status, guest, at=at, most=most)


async def _inside(
    request: Request,
    opening: Callable[[Office, Asks], AbstractContextManager[Any]],
    do: Callable[[Any], Any],
    status: int,
    guest: Actor | None,
    *,
    at: str = "",
    most: int = AT_ONCE,
) -> Response:
    def run(house: Office, caller: Caller) -> Response:
        with opening(house, asking(caller, guest)) as look:
            found = do(look)
            return found if isinstance(found, Response) else answer(found, status)

    return await in_thread(request, run, at=at, most=most)


async def residing(
    request: Request,
    number: str,
    code: str,
    do: Callable[[Work], Any],
    *,
    status: int = 200,
    at: str = "",
    most: int = AT_ONCE,
) -> Response:
    """Do something as the resident who holds number and query code."""

    def run(house: Office, caller: Caller) -> Response:
        with house.work(key_holder(house.settings, number, code)) as work:
            refused = admit(work, number, code, caller.address)
            if refused is None:
                found = do(work)
                return found if isinstance(found, Response) else answer(found, status)
        return refusal(refused)

    return await in_thread(request, run, at=at, most=most)
