"""Several processes at once: working history out is pure Python, and a process runs one line
of it at a time. Each opens the house for itself and writes what it has worked out.
"""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

from core.access.desk import Office
from core.cases.bulk import Bulk, without_pauses
from core.settings import Settings
from core.words import locale, set_locale
from db.session import make_engine

P = TypeVar("P")
R = TypeVar("R")
Job = Callable[[Office, Bulk, P], R]
"""Tells one piece and adds its stories to the `Bulk`; a function of a module, so that another
process finds it."""

WORTH_IT = 10_000
"""Cases from which on the second that a process takes to start is well spent."""
_MOST = 4
"""More processes than this only wait for the database."""

_office: Office | None = None


def hands(cases: int | None) -> int:
    """How many processes suit a number of cases (None: unknown, so perhaps many)."""
    if cases is not None and cases < WORTH_IT:
        return 1
    return max(1, min(os.cpu_count() or 1, _MOST))


def spread(office: Office, job: Job[P, R], pieces: Iterable[P], processes: int) -> Iterator[R]:
    """What `job` makes of each piece, in their order; the pieces are drawn as they are needed.

    One process is this one. A failure ends everything; what was written by then stays.
    """
    if processes <= 1:
        with without_pauses(), Bulk(office) as bulk:
            for piece in pieces:
                yield job(office, bulk, piece)
        return
    url = office.engine.url.render_as_string(hide_password=False)
    start = (url, office.settings, locale())
    running: deque[Future[R]] = deque()
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _open, start)
    with _ending_well(), pool as crew:
        try:
            for piece in pieces:
                running.append(crew.submit(_do, job, piece))
                if len(running) > processes:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            for waiting in running:
                waiting.cancel()


@contextmanager
def _ending_well() -> Iterator[None]:
    """SIGTERM ends the work like a failure does, so that no process stays behind."""
    mine = threading.current_thread() is threading.main_thread()
    if not mine or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def stop(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _open(url: str, settings: Settings, speaks: str) -> None:
    global _office
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked for the work
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError):
        os.nice(5)  # whoever works at this machine comes first
    set_locale(speaks)
    _office = Office(make_engine(url, pool=4), settings)


def _end_with_parent() -> None:
    """A parent that was killed could not say that there is nothing more to do."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _do(job: Job[Any, R], piece: Any) -> R:
    assert _office is not None  # noqa: S101 (_open has run in this process)
    with without_pauses(), Bulk(_office) as bulk:
        return job(_office, bulk, piece)
