"""Leadership: of any number of workers one leads, by an advisory lock on a connection apart.

PostgreSQL lets go of the lock when that connection ends. It ends with the process, with the
machine (keepalives) and, since a leader has to ask it something every `POLL`, also when the
process is frozen or cut off without a word (`idle_session_timeout`). Another worker asks for
the lock every `POLL`, so it leads at most `SILENCE + POLL` after the last word of the other.

A leader that wakes up again cannot know what happened meanwhile. Its `Lease` has run out
before the server let go of the lock, and jobs look at it before each thing they do. What was
under way is either undone by the server or does no harm: everything that must happen once has
a key of its own.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, TextClause, text

from core.access.desk import Office

POLL = 2.0
"""Seconds between two tries to lead, and between two looks whether we still do."""
LEASE = 7.0
"""Seconds that a look is good for."""
SILENCE = 9.0
"""Seconds after which the server takes the lock from a leader that says nothing."""
PATIENCE = 5.0
"""Seconds that an answer may take."""

_LEAD = text("select pg_try_advisory_lock(hashtext('onedoor worker'))")
_LET_GO = text("select pg_advisory_unlock(hashtext('onedoor worker'))")
_STILL = text("select 1")
_NOTICE = (
    f"set idle_session_timeout = {int(SILENCE * 1000)}; set tcp_keepalives_idle = 3;"
    " set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3;"
    f" set tcp_user_timeout = {int(SILENCE * 1000)}"
)


class Lease(threading.Event):
    """Set when we are to stop, or when it is too long ago that we knew we lead."""

    def __init__(self) -> None:
        super().__init__()
        self.renew()

    def renew(self) -> None:
        """We have just seen that we lead."""
        self._until = time.monotonic() + LEASE  # it goes on while a process is frozen

    def is_set(self) -> bool:
        """Whether to stop."""
        return super().is_set() or time.monotonic() > self._until


@contextmanager
def line_of(office: Office) -> Iterator["Line"]:
    """A connection apart from the pool: it lives as long as we lead, and no longer."""
    with office.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        line = Line(connection)
        line.prepare()
        yield line


class Line:
    """The connection on which the lock is held.

    Raises:
        SQLAlchemyError: from each method, when the connection (and so the lock) is gone, or
            says nothing for `PATIENCE`.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def prepare(self) -> None:
        """Have the server notice when we fall silent."""
        with self._within():
            self._connection.exec_driver_sql(_NOTICE)

    def try_to_lead(self) -> bool:
        """Take the lock if nobody has it."""
        return bool(self._ask(_LEAD))

    def still_leads(self) -> None:
        """Tell the server that we live."""
        self._ask(_STILL)

    def let_go(self) -> None:
        """Give the lock back."""
        self._ask(_LET_GO)

    def _ask(self, question: TextClause) -> Any:
        with self._within():
            return self._connection.scalar(question)

    @contextmanager
    def _within(self) -> Iterator[None]:
        watch = threading.Timer(PATIENCE, self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _cut(self) -> None:
        """End the connection from outside, so that whoever waits for an answer gets an error."""
        with suppress(Exception):
            driver: Any = self._connection.connection.driver_connection
            with socket.socket(fileno=os.dup(driver.fileno())) as ours:
                ours.shutdown(socket.SHUT_RDWR)
