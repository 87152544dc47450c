"""The worker: of any number that are started one leads (`jobs.lead`) and runs the jobs.

Should two work at once after all (a leader cut off from the server for a moment), nothing
happens twice: every job may run beside itself.
"""

import logging
import signal
import threading
from contextlib import suppress
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from core.access.desk import Office
from core.now import now
from jobs import callbacks, fold, housekeeping, mail, robot, sweep, webhook
from jobs.lead import POLL, Lease, Line, line_of
from jobs.registry import JOBS, Job

log = logging.getLogger(__name__)

_MODULES = (sweep, mail, webhook, robot, fold, callbacks, housekeeping)
"""Imported so that their jobs are registered."""

MISFIRE = 300
"""Seconds by which a round may start late: a machine that slept makes up for it once."""


def run_worker(office: Office, stop: threading.Event) -> None:
    """Lead or wait to lead until `stop` is set; rounds in progress come to their end."""
    while not stop.is_set():
        try:
            with line_of(office) as line:
                while not stop.is_set() and not line.try_to_lead():
                    stop.wait(POLL)
                if not stop.is_set():
                    _lead(office, line, stop)
        except SQLAlchemyError as fault:
            log.warning("worker: lost the database: %s", fault)
            stop.wait(1)


def _lead(office: Office, line: Line, stop: threading.Event) -> None:
    """Run the jobs while the lock is ours."""
    lease = Lease()
    scheduler = _scheduler(office, lease)
    scheduler.start()
    log.info("worker: leading, %d jobs", len(JOBS))
    try:
        while not stop.wait(POLL):
            line.still_leads()  # raises when the connection, and so the lock, is gone
            lease.renew()
    finally:
        lease.set()
        # A job that hangs on a dead connection must not keep us from leading again.
        scheduler.shutdown(wait=stop.is_set())
        log.info("worker: no longer leading")
    with suppress(SQLAlchemyError):
        line.let_go()


def _scheduler(office: Office, lease: Lease) -> BackgroundScheduler:
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
            (each, office, lease),
            seconds=each.every.total_seconds(),
            name=each.name,
            next_run_time=now(),
        )
    return scheduler


def _round(each: Job, office: Office, lease: Lease) -> None:
    """One round of a job. A failed one is logged, and the next comes in its time."""
    if lease.is_set():
        return
    try:
        done = each.run(office, lease)
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
