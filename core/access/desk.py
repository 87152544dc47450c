"""Where work is done: one open transaction, with who is asking and what stands around.

`Office` is the process's one handle on the database. Edges (routes, pages, jobs, the
command line) open a `Look` or a `Work`; everything in `core` takes one and never commits.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from core.access.actor import NOBODY, SYSTEM, Actor
from core.access.held import Held
from core.blueprint.store import load_left, load_places, load_units, load_version
from core.blueprint.world import World
from core.errors import Collided, OneDoorError
from core.settings import Settings
from core.words import lazy
from db.session import Read, Write, collided, connected, look_through, reading, writing

T = TypeVar("T")


class NotSetUp(OneDoorError):
    """The database holds no county yet."""

    status = 503
    code = "not_set_up"
    sentence = lazy("数据库里还没有县的配置，请先运行 onedoor init 或 onedoor run")


@dataclass(slots=True)
class Look:
    """A read-only transaction seen with the actor's eyes."""

    tx: Read
    actor: Actor
    office: "Office"

    @property
    def world(self) -> World:
        """The configuration in force."""
        return self.office.world(self.tx)

    def world_of(self, version: int) -> World:
        """The configuration that a case began with, with today's units."""
        return self.office.world(self.tx, version)

    @property
    def settings(self) -> Settings:
        """How this installation runs."""
        return self.office.settings

    def become(self, actor: Actor) -> None:
        """Go on as `actor`: the edge has found out who is asking."""
        if actor.row_scope != self.actor.row_scope:
            look_through(self.tx, actor.row_scope)
        self.actor = actor

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[None]:
        """As `actor` for a while: what follows by itself is nobody's right or wrong."""
        before = self.actor
        self.become(actor)
        try:
            yield
        finally:
            with suppress(DBAPIError):  # a transaction that failed sees nothing any more
                self.become(before)
            self.actor = before

    def shared(self, key: Hashable, life: timedelta, make: Callable[[], T]) -> T:
        """What takes long, worked out once for all who ask (`Held`): as of this process's last
        commit, of others' commits at most `life` ago."""
        return self.office.held.get((key, self.office.commits), life, make)


@dataclass(slots=True)
class Work(Look):
    """A transaction that commits when its block ends well."""

    tx: Write

    def shared(self, key: Hashable, life: timedelta, make: Callable[[], T]) -> T:
        """Worked out anew: what it has just written is in nobody else's value."""
        return make()


Asks = Callable[[Look], Actor]
"""Finds out who asks, as nobody, before the transaction begins: an edge hands it the token.
That saves the round trips of beginning as nobody and becoming somebody."""


class Office:
    """The process's handle on the county's database, with what seldom changes kept at hand."""

    CHECK_EVERY = 1.0
    """Seconds after which another process's publication or import is noticed at the latest."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.settings = settings
        self.held = Held()
        self.commits = 0
        """Of this process: whoever has just written something is shown it."""
        self._lock = threading.RLock()
        self._ids = iter(range(0))
        self._worlds: dict[int, World] = {}
        self._stamp: tuple[int, int] | None = None
        self._root = ""
        self._checked = 0.0

    @contextmanager
    def look(self, actor: Actor | Asks) -> Iterator[Look]:
        """Open a read-only transaction for `actor`, or for whom it finds (see `Asks`)."""
        with connected(self.engine) as line:
            who = self._who(line, actor)
            with reading(line, who.row_scope) as tx:
                yield Look(tx, who, self)

    @contextmanager
    def work(self, actor: Actor | Asks) -> Iterator[Work]:
        """Open a transaction for `actor`, or for whom it finds; it commits when the block ends
        well.

        Raises:
            Collided: another transaction was in the way; nothing was written.
        """
        try:
            with connected(self.engine) as line:
                who = self._who(line, actor)
                with writing(line, who.row_scope) as tx:
                    yield Work(tx, who, self)
                self.commits += 1
        except DBAPIError as fault:
            if collided(fault):
                raise Collided from fault
            raise

    def _who(self, line: Read, actor: Actor | Asks) -> Actor:
        return actor if isinstance(actor, Actor) else actor(Look(line, NOBODY, self))

    def new_id(self) -> int:
        """A fresh id; the database is asked once per thousand."""
        with self._lock:
            found = next(self._ids, None)
            if found is None:
                with connected(self.engine) as line, writing(line, SYSTEM.row_scope) as tx:
                    start = tx.scalar(text("select nextval('ids')"))
                self._ids = iter(range(int(start or 0), int(start or 0) + 1000))
                found = next(self._ids)
            return found

    def forget(self) -> None:
        """Look again at once: this process has just published or imported something."""
        with self._lock:
            self._checked = 0.0
            self._stamp = None
            self._worlds.clear()
            self.held = Held()

    def world(self, tx: Read, version: int | None = None) -> World:
        """The configuration in force (or a case's own), as of at most a second ago.

        Raises:
            NotSetUp: nothing has been published yet.
        """
        with self._lock:
            if time.monotonic() - self._checked > self.CHECK_EVERY:
                self._refresh(tx)
            assert self._stamp is not None  # noqa: S101 (_refresh has set it)
            wanted = version or self._stamp[0]
            if wanted not in self._worlds:
                self._worlds[wanted] = self._load(tx, wanted)
            return self._worlds[wanted]

    def _refresh(self, tx: Read) -> None:
        row = tx.execute(
            text(
                "select (select max(version) from blueprint),"
                " coalesce((select (value->>'n')::int from fact where name = 'places'), 0),"
                " (select value->>'code' from fact where name = 'root')"
            )
        ).one()
        if row[0] is None or row[2] is None:
            raise NotSetUp
        if (row[0], row[1]) != self._stamp:
            self._worlds.clear()
            self._stamp, self._root = (row[0], row[1]), row[2]
        self._checked = time.monotonic()

    def _load(self, tx: Read, version: int) -> World:
        return World(
            blueprint=load_version(tx, version),
            version=version,
            units=load_units(tx),
            areas=load_places(tx),
            root=self._root,
            new_id=self.new_id,
            left=load_left(tx),
        )
