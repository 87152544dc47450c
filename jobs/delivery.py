"""Delivers what waits in the outbox, by whatever way: claim, send, record.

A way is a small adapter (`mail`, `webhook`, `robot`) that knows how to hand over one letter and
says what became of it. Here stands what all share: who takes which lane, what is tried again
and when, what is given up.

A lane is one address (for e-mail, a county: all go through one server). Its messages go one
after the other, and its first failure ends it for this round; so a silent server holds up
nobody but itself, one thread for one deadline. At most `PER_HOST` threads speak to one host,
and at most half of them to addresses that failed last time.
"""

import logging
import threading
from collections import Counter
from contextlib import AbstractContextManager
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from core.access.desk import Office
from core.now import now
from core.words import Text, lazy
from jobs.letters import Away, Later, Letter, Never
from jobs.mailbag import BATCH, Lane, Mailbag

log = logging.getLogger(__name__)

PER_HOST = 4
"""Connections to one host at a time."""
SLICE = 5
"""Batches of a lane before the others have their turn again."""
SERVER_WAIT = timedelta(minutes=2)
"""Until the next try when the mail server itself is away; that costs a message no attempt."""


@dataclass(slots=True)
class Delivery:
    """What one round did."""

    sent: int = 0
    later: int = 0
    """Put off: the other side asked to come again, or is away."""
    dead: int = 0
    """Given up; `message.fault` keeps the reason."""


class Sender(Protocol):
    """Hands over one letter."""

    def send(self, letter: Letter) -> None:
        """Returns when it has arrived.

        Raises:
            Never, Later, Away: it has not.
        """
        ...


class Way(Protocol):
    """How letters of one kind leave the house."""

    name: str
    threads: int

    def sender(self) -> AbstractContextManager[Sender]:
        """What one thread sends with."""
        ...


def deliver(office: Office, way: Way, stop: threading.Event | None = None) -> Delivery:
    """Send everything that is due by one way; returns when nothing is left or `stop` is set."""
    stop, done, bag = stop or threading.Event(), Delivery(), Mailbag(office, way.name)
    while not stop.is_set() and (lanes := bag.lanes()):
        before, round_ = replace(done), _Pass(bag, way, lanes, stop, done)
        round_.go()
        if round_.cut_off or done == before:  # or another worker has claimed what is left
            break
    return done


class _Pass:
    """Several threads over the lanes there were at the start."""

    def __init__(
        self, bag: Mailbag, way: Way, lanes: list[Lane], stop: threading.Event, done: Delivery
    ) -> None:
        self.bag, self.way, self.stop, self.done = bag, way, stop, done
        self.waiting = lanes
        self.busy: Counter[str] = Counter()
        self.ailing = 0
        self.turn = threading.Condition()
        self.cut_off = False
        """The one server of all lanes is away."""
        self.broken: BaseException | None = None

    def go(self) -> None:
        n = min(self.way.threads, len(self.waiting))
        if n == 1:
            self._work()
        else:
            threads = [  # each in a context like ours: language, and a clock that was moved
                threading.Thread(target=copy_context().run, args=(self._thread,)) for _n in range(n)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if self.broken:
            raise self.broken

    def _thread(self) -> None:
        try:
            self._work()
        except BaseException as error:  # handed on to whoever started the round
            with self.turn:
                self.broken = error
                self.waiting.clear()
                self.turn.notify_all()

    def _work(self) -> None:
        with self.way.sender() as sender:
            while lane := self._next():
                try:
                    self._lane(lane, sender)
                finally:
                    self._leave(lane)

    def _next(self) -> Lane | None:
        """The first lane that may be worked on now; waits while there is one but none may."""
        with self.turn:
            while self.waiting and not self.stop.is_set():
                for lane in self.waiting:
                    full = self.busy[lane.host] >= PER_HOST
                    if full or (lane.faults and self.ailing >= max(1, self.way.threads // 2)):
                        continue
                    self.waiting.remove(lane)
                    self.busy[lane.host] += 1
                    self.ailing += bool(lane.faults)
                    return lane
                self.turn.wait(1)
            return None

    def _leave(self, lane: Lane) -> None:
        with self.turn:
            self.busy[lane.host] -= 1
            self.ailing -= bool(lane.faults)
            self.turn.notify_all()

    def _count(self, **more: int) -> None:
        with self.turn:
            for name, n in more.items():
                setattr(self.done, name, getattr(self.done, name) + n)

    def _lane(self, lane: Lane, sender: Sender) -> None:
        """A few batches of one lane; its first failure that is not a message's own ends it."""
        for _batch in range(SLICE):
            letters = self.bag.claim(lane)
            for index, letter in enumerate(letters):
                if self.stop.is_set():
                    self._count(later=self.bag.release(letters[index:], now(), ""))
                    return
                try:
                    if self._send(lane, letter, sender):
                        lane = replace(lane, faults=0)
                except Away as away:
                    self._away(lane, letters[index:], away)
                    return
            if len(letters) < BATCH:
                return

    def _send(self, lane: Lane, letter: Letter, sender: Sender) -> bool:
        try:
            if not (letter.to and letter.active):
                raise Never(_nobody(letter))
            sender.send(letter)
        except (Never, Later) as refusal:
            never = isinstance(refusal, Never)
            dead = self.bag.failed(letter, refusal.said, never=never, after=None)
            self._count(dead=int(dead), later=int(not dead))
            return False
        self.bag.sent(letter, recovered=lane.faults > 0)
        self._count(sent=1)
        return True

    def _away(self, lane: Lane, letters: list[Letter], away: Away) -> None:
        """Nothing more to this address for a while; what was claimed is given back."""
        first = letters[0]
        if not away.well:
            log.warning("%s: %s is away: %s", lane.way, lane.host or lane.county, away)
        if first.address_id is None:
            pause, self.cut_off = SERVER_WAIT, True
        else:
            pause, old = self.bag.rest(lane, first, away)
            self._count(dead=old)
        if away.tried:
            dead = self.bag.failed(first, away.said, never=False, after=away.after)
            self._count(dead=int(dead), later=int(not dead))
            letters = letters[1:]
        self._count(later=self.bag.release(letters, now() + pause, away.said))


def _nobody(letter: Letter) -> Text:
    if letter.way == "email":
        return lazy("收件人的账号已停用，或没有邮箱")
    if letter.unit:
        return lazy("单位已停用，或没有填写这种地址")
    return lazy("收件人的账号已停用，或没有填写这种地址")
