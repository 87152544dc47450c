"""The worker: of any number that are started one leads and runs the jobs.

Leadership is an advisory lock on a connection of its own. PostgreSQL lets go of it when
that connection ends, however it ends, and another worker takes over within `POLL`. Should
two work at once after all (a leader cut off from the server for a moment), nothing happens
twice: every job may run beside itself.
"""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from core.access.desk import Office
from core.now import now
from jobs import fold, housekeeping, mail, robot, sweep, webhook
from jobs.registry import JOBS, Job

log = logging.getLogger(__name__)

_MODULES = (sweep, mail, webhook, robot, fold, housekeeping)
"""Imported so that their jobs are registered."""

POLL = 3.0
"""Seconds between two tries to lead, and between two looks whether we still do."""
MISFIRE = 300
"""Seconds by which a round may start late: a machine that slept makes up for it once."""

_LEAD = text("select pg_try_advisory_lock(hashtext('onedoor worker'))")
_NOTICE = text("set tcp_keepalives_idle = 3; set tcp_keepalives_interval = 2;"
               " set tcp_keepalives_count = 3")  # fmt: skip
"""The server notices within ten seconds that a leader's machine is gone."""


def run_worker(office: Office, stop: threading.Event) -> None:
    """Lead or wait to lead until `stop` is set; rounds in progress come to their end."""
    while not stop.is_set():
        try:
            with _line(office) as line:
                while not stop.is_set() and not line.scalar(_LEAD):
                    stop.wait(POLL)
                if not stop.is_set():
                    _lead(office, line, stop)
        except SQLAlchemyError as fault:
            log.warning("worker: lost the database: %s", fault)
            stop.wait(1)


@contextmanager
def _line(office: Office) -> Iterator[Connection]:
    """A connection apart from the pool: it lives as long as we lead, and no longer."""
    with office.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
        line.detach()
        line.execute(_NOTICE)
        yield line


def _lead(office: Office, line: Connection, stop: threading.Event) -> None:
    """Run the jobs while the lock is ours."""
    ending = threading.Event()
    scheduler = _scheduler(office, ending)
    scheduler.start()
    log.info("worker: leading, %d jobs", len(JOBS))
    try:
        while not stop.wait(POLL):
            line.execute(text("select 1"))  # raises when the connection, and so the lock, is gone
    finally:
        ending.set()
        scheduler.shutdown(wait=True)
        log.info("worker: no longer leading")


def _scheduler(office: Office, ending: threading.Event) -> BackgroundScheduler:
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of every round skipped
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(JOBS))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE},
        timezone="UTC",
    )
    for each in JOBS.values():
        scheduler.add_job(
            _round,
            "interval",
            (each, office, ending),
            seconds=each.every.total_seconds(),
            name=each.name,
            next_run_time=now(),
        )
    return scheduler


def _round(each: Job, office: Office, ending: threading.Event) -> None:
    """One round of a job. A failed one is logged, and the next comes in its time."""
    if ending.is_set():
        return
    try:
        done = each.run(office, ending)
    except Exception:
        log.exception("job %s failed", each.name)
    else:
        log.debug("job %s: %s", each.name, done)


def main(office: Office) -> None:
    """Work until the terminal or the service manager says to stop."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {s: signal.signal(s, end) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        run_worker(office, stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
