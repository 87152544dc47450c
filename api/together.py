"""Requests of one caller that wait at the same moment are done in one transaction.

Nobody waits for company: while transactions are under way, the next requests gather. So a
storm's appeals, or a hotline's program that sends fifty at once, cost the database one round
trip a table and not one a case, and a single one goes as fast as ever.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from api.answer import answer, refusal
from api.caller import caller_of
from api.edge import asking, gate, twice
from core.access.actor import Actor
from core.access.desk import Work
from core.errors import OneDoorError
from core.open import office
from core.words import speaking

MOST = 32
"""Requests in one transaction: more gain little and make the first wait."""
AT_ONCE = 2
"""Transactions at the same time in one process, of different callers: while the database writes
one, the next is worked out."""

Do = Callable[[Work, list[Any]], Sequence[Any]]
"""Does all that was asked; gives for each what to answer, or the refusal."""


_Waiting = tuple[Any, asyncio.Future[Response]]


@dataclass(slots=True)
class _Lanes:
    """Who waits, by what they want and who they are; of each event loop its own."""

    waiting: dict[Any, list[_Waiting]] = field(default_factory=dict)
    runs: set[asyncio.Task[None]] = field(default_factory=set)
    """Kept here because a loop holds its tasks only weakly."""


_lanes: RunVar[_Lanes] = RunVar("onedoor_lanes")


async def together(
    request: Request, asked: Any, do: Do, *, status: int = 200, guest: Actor | None = None
) -> Response:
    """Do what was asked in a transaction with whatever else this caller asks just now.

    Where one spoils the transaction for all, each is done in one of its own.
    """
    house = office()
    caller = caller_of(request, house.settings)
    lanes = _lanes.get(None)
    if lanes is None:
        _lanes.set(lanes := _Lanes())

    def run(asked: list[Any]) -> list[Response]:
        with speaking(caller.locale or house.settings.locale):
            return _answers(lambda: house.work(asking(caller, guest)), do, asked, status)

    answered = asyncio.get_running_loop().create_future()
    lane = (do, caller.token, caller.locale)
    waiting = lanes.waiting.get(lane)
    if waiting is None:
        waiting = lanes.waiting[lane] = []
        task = asyncio.create_task(_go(lanes, lane, run))
        lanes.runs.add(task)
        task.add_done_callback(lanes.runs.discard)
    waiting.append((asked, answered))
    return await answered


async def _go(lanes: _Lanes, lane: Any, run: Callable[[list[Any]], list[Response]]) -> None:
    """Take those who wait in the lane through, one transaction after the other: two of the same
    caller would only share the processor, and fewer would gather."""
    waiting, going = lanes.waiting[lane], list[_Waiting]()
    try:
        while waiting:
            async with gate("together", AT_ONCE):
                going, waiting[:MOST] = waiting[:MOST], []
                answers = await run_sync(run, [asked for asked, _answered in going])
            for (_asked, answered), response in zip(going, answers, strict=True):
                if not answered.done():
                    answered.set_result(response)
    except BaseException:  # the server is being stopped
        for _asked, answered in going + waiting:
            answered.cancel()
        raise
    finally:
        del lanes.waiting[lane]


def _answers(
    opening: Callable[[], AbstractContextManager[Work]], do: Do, asked: list[Any], status: int
) -> list[Response]:
    try:
        return twice(lambda: _done(opening, do, asked, status))
    except Exception as error:
        if len(asked) == 1:
            return [refusal(error)]
        return [found for one in asked for found in _answers(opening, do, [one], status)]


def _done(
    opening: Callable[[], AbstractContextManager[Work]], do: Do, asked: list[Any], status: int
) -> list[Response]:
    with opening() as work:
        return [
            refusal(found) if isinstance(found, OneDoorError) else answer(found, status)
            for found in do(work, asked)
        ]
