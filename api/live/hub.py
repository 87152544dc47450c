"""One computation of a board for all who watch it; nobody watching, nothing computed.

Per process one task asks every two seconds whether anything has happened, and where
(`core.kpi.stir`); a board it concerns is made anew once and its bytes go to every viewer.
"""

import asyncio
import logging
import signal
import time
from collections import Counter
from dataclasses import replace

from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync

from api.edge import gate
from api.live import show
from api.live.asked import Asked, Variant
from api.live.viewers import AT_LATEST, REFRESH, Channel, Viewer, ended
from core.access.actor import SYSTEM, Actor
from core.blueprint.world import World
from core.errors import TooMany
from core.kpi.board import LiveBoard, board
from core.kpi.stir import Stir, snapshot, stir, stirred
from core.open import office
from core.rules.areas import contains
from core.words import lazy

log = logging.getLogger("onedoor.live")

TICK = 0.5
LOOK_EVERY = 2.0
"""Seconds between two questions whether anything has happened, and at least between two
computations of one board."""
CHECK_EVERY = 5.0
"""Seconds between two looks at the viewers' sessions."""
SHARE = 0.15
"""Of one core, for all boards of this process, before they are made less often."""
KEPT = 10.0
"""Seconds for which a board that nobody watches is kept for the next page."""
THREADS = 2


class Hub:
    """The boards of this process; lives on one event loop."""

    def __init__(self, *, per_person: int = 16, most: int = 1000) -> None:
        self.per_person, self.most = per_person, most
        self.channels: dict[Actor, Channel] = {}
        self.computed = 0
        """How many boards have been computed since the process began."""
        self._task: asyncio.Task[None] | None = None
        self._snapshot = ""
        self._stir: Stir = {}
        self._looked = self._checked = 0.0

    @property
    def viewers(self) -> list[Viewer]:
        """Everybody who watches."""
        return [v for c in self.channels.values() for v in c.viewers]

    @property
    def idle(self) -> bool:
        """Nobody watches, and nothing is under way."""
        return not self.viewers and (self._task is None or self._task.done())

    async def state(self, asked: Asked) -> bytes:
        """The present state, once: at most two seconds old, or what others are watching."""
        instant = time.monotonic()
        for key, idle in list(self.channels.items()):
            if not idle.viewers and not idle.lock.locked() and instant - idle.at > KEPT:
                del self.channels[key]
        channel = self.channels.setdefault(asked.eyes, Channel(asked.eyes))
        async with channel.lock:
            kept = REFRESH if channel.viewers and not channel.stale else LOOK_EVERY
            if channel.board is None or instant - channel.at > kept:
                await self._compute(channel, asked.variant)
            elif asked.variant not in channel.said:
                channel.said |= await run_sync(_words, channel, {asked.variant})
            return channel.said[asked.variant]

    def join(self, asked: Asked) -> Viewer:
        """Watch; `state` comes first and `leave` in any case.

        Raises:
            TooMany: this person, or this process, has enough open streams.
        """
        open_ones = Counter(v.asked.person for v in self.viewers)
        if open_ones[asked.person] >= self.per_person:
            raise TooMany(
                lazy(
                    "您同时打开的实时看板太多（最多 {n} 个），请先关掉一些再打开",
                    n=self.per_person,
                ),
                seconds=30,
            )
        if open_ones.total() >= self.most:
            raise TooMany(lazy("同时看实时看板的人太多，请过半分钟再试"), seconds=30)
        viewer, idle = Viewer(asked), self._task is None or self._task.done()
        self.channels.setdefault(asked.eyes, Channel(asked.eyes)).viewers.add(viewer)
        if idle:
            self._snapshot, self._stir = "", {}
            self._task = asyncio.create_task(self._run())
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """The stream has ended."""
        if channel := self.channels.get(viewer.asked.eyes):
            channel.viewers.discard(viewer)

    async def _run(self) -> None:
        while viewers := self.viewers:
            if _stopping():
                for viewer in viewers:
                    viewer.close()
                return
            try:
                await self._round()
            except Exception:
                log.exception("the live boards could not be brought up to date")
            await asyncio.sleep(TICK)

    async def _round(self) -> None:
        instant = time.monotonic()
        if instant - self._looked >= LOOK_EVERY:
            self._looked = instant
            await self._look()
        if instant - self._checked >= CHECK_EVERY:
            self._checked = instant
            await self._check()
        watched = [c for c in self.channels.values() if c.viewers]
        interval = min(AT_LATEST, max(LOOK_EVERY, sum(c.cost for c in watched) / SHARE))
        due = [c for c in watched if c.due(time.monotonic(), interval)]
        await asyncio.gather(*(self._renew(c) for c in due))

    async def _look(self) -> None:
        """Mark the boards that something has happened to."""
        now_, found = await run_sync(_look, self._snapshot, limiter=gate("live", THREADS))
        if found is None:
            return
        areas, self._snapshot, self._stir = stirred(self._stir, found), now_, found
        for channel in self.channels.values():
            channel.perhaps = True
            own = channel.eyes.area or ""
            channel.stale = channel.stale or any(contains(own, area) for area in areas)

    async def _check(self) -> None:
        """End the streams of those who may no longer watch."""
        viewers = self.viewers
        found = await run_sync(ended, [v.asked for v in viewers], limiter=gate("live", THREADS))
        for viewer, why in zip(viewers, found, strict=True):
            if why is not None:
                viewer.close(show.ended(why, viewer.asked.variant.locale))

    async def _renew(self, channel: Channel) -> None:
        async with channel.lock:
            await self._compute(channel)

    async def _compute(self, channel: Channel, *more: Variant) -> None:
        """Make the board anew, once, and hand it to everybody who watches."""
        before, began = channel.board, time.monotonic()
        channel.stale = channel.perhaps = False
        wanted = {*more, *(v.asked.variant for v in channel.viewers)}
        try:
            channel.board, channel.world = await run_sync(
                _board, channel.eyes, limiter=gate("live", THREADS)
            )
            channel.said = await run_sync(_words, channel, wanted)
        except BaseException:
            channel.stale = True
            raise
        finally:
            channel.at = time.monotonic()
        self.computed += 1
        channel.cost = channel.at - began
        unchanged = before is not None and replace(before, at=channel.board.at) == channel.board
        same = show.same(channel.board) if unchanged else None
        for viewer in channel.viewers:
            if not viewer.closed and (state := channel.said.get(viewer.asked.variant)):
                viewer.offer(state, same)


def _board(eyes: Actor) -> tuple[LiveBoard, World]:
    with office().look(eyes) as look:
        return board(look, eyes.area or ""), look.world


def _words(channel: Channel, wanted: set[Variant]) -> dict[Variant, bytes]:
    assert channel.world is not None and channel.board is not None  # noqa: S101
    return {v: show.state(channel.world, channel.board, v) for v in wanted}


def _look(before: str) -> tuple[str, Stir | None]:
    with office().look(SYSTEM) as look:
        found = snapshot(look)
        return found, stir(look) if found != before else None


def _stopping() -> bool:
    """Whether the server has been told to stop: it waits for open streams, so they must end."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return bool(getattr(server, "should_exit", False))


_hubs: RunVar[Hub] = RunVar("onedoor_live")


def hub() -> Hub:
    """The hub of this process, or rather of its event loop."""
    try:
        return _hubs.get()
    except LookupError:
        made = Hub()
        _hubs.set(made)
        return made
