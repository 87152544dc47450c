"""Who watches which board, what waits for them, and whether they still may."""

import asyncio
from dataclasses import dataclass, field

from api.live.asked import WALL, Asked, Variant
from core.access.actor import NOBODY, Actor
from core.access.desk import Look
from core.access.sessions import who
from core.blueprint.world import World
from core.errors import NotSignedIn, OneDoorError
from core.kpi.board import LiveBoard, watcher
from core.open import office
from core.words import lazy

AT_LATEST = 6.0
"""Seconds in which a change shows whatever the load; ten are promised."""
REFRESH = 60.0
"""Seconds after which a board is made anew though nothing happened: deadlines pass by
themselves, and the time on the wall shows that it lives."""


@dataclass(eq=False, slots=True)
class Viewer:
    """One open stream. Only the latest state waits for it: a slow one skips the others."""

    asked: Asked
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    pending: bytes | None = None
    closed: bool = False

    def offer(self, state: bytes, same: bytes | None = None) -> None:
        """Hand the latest state over; `same` suffices for one who has the rest already."""
        self.pending = same if same is not None and self.pending is None else state
        self.wake.set()

    def close(self, last: bytes | None = None) -> None:
        """End the stream, with a last word."""
        self.pending, self.closed = last, True
        self.wake.set()


@dataclass(eq=False, slots=True)
class Channel:
    """A board with those who watch it."""

    eyes: Actor
    viewers: set[Viewer] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    board: LiveBoard | None = None
    world: World | None = None
    said: dict[Variant, bytes] = field(default_factory=dict)
    """The state in each form that somebody has asked for."""
    at: float = 0.0
    """When it was last computed, on the monotonic clock."""
    cost: float = 0.0
    """Seconds that took."""
    stale: bool = False
    perhaps: bool = False
    """Something was written, but not to a case just now: an import, a moved clock."""

    def due(self, instant: float, interval: float) -> bool:
        """Whether to compute it now."""
        age = instant - self.at
        return age >= (interval if self.stale else AT_LATEST if self.perhaps else REFRESH)


def ended(asked: list[Asked]) -> list[OneDoorError | None]:
    """Why each may no longer watch; None for those who may.

    A wall keeps its session in use as long as it hangs there; a page at a desk does not.
    """
    known = dict[str, Actor | OneDoorError]()
    walls = {a.token for a in asked if a.variant.view == WALL}

    def find(look: Look) -> Actor:
        for token in {a.token for a in asked}:
            try:
                known[token] = who(look, token, using=token in walls)
            except NotSignedIn as refusal:
                known[token] = refusal
        return NOBODY

    with office().look(find) as look:
        world = look.world
    return [_refused(world, known[a.token], a) for a in asked]


def _refused(world: World, who: Actor | OneDoorError, asked: Asked) -> OneDoorError | None:
    if isinstance(who, OneDoorError):
        return who
    try:
        eyes = watcher(world, who, asked.eyes.area or "")
    except OneDoorError as refusal:
        return refusal
    return None if eyes == asked.eyes else NotSignedIn(lazy("您的单位或辖区有变动，请重新打开看板"))
