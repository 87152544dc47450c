"""Of many workers one leads; when it goes, however it goes, another takes over."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from db.session import make_engine
from jobs.lead import LEASE, PATIENCE, POLL, SILENCE, Lease
from jobs.worker import run_worker
from tests.support.moments import receive, rows
from tests.support.wire import Wire

ROOT = Path(__file__).parents[2]


def eventually(what: Callable[[], object], within: float = 60) -> None:
    """Wait until something holds; the limit only ends a test that has failed."""
    end = time.monotonic() + within
    while not what():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.05)


def leaders(office: Office) -> list[int]:
    """Server processes that hold the lock."""
    found = rows(
        office,
        "select l.pid from pg_locks l join pg_database d on d.oid = l.database"
        " where l.locktype = 'advisory' and l.objsubid = 1 and l.granted"
        " and d.datname = current_database()",
    )
    return [row.pid for row in found]


def waiting(office: Office) -> list[int]:
    """Server processes that have asked for the lock in vain."""
    asked = rows(
        office,
        "select pid from pg_stat_activity where datname = current_database()"
        " and state = 'idle' and query like '%pg_try_advisory_lock%'",
    )
    return [row.pid for row in asked if row.pid not in leaders(office)]


def overdue(office: Office) -> str:
    """A case whose whole ladder has been due for long."""
    return receive(office, "2026-01-05 10:00", body="家里暖气不热")


def fired(office: Office) -> int:
    return len(rows(office, "select 1 from fired"))


def unfolded(office: Office) -> int:
    return len(rows(office, "select 1 from delta"))


@contextmanager
def working(office: Office) -> Iterator[threading.Event]:
    """A worker in a thread of this process."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(office, stop))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


@contextmanager
def another(office: Office) -> Iterator[Office]:
    """The same database as another process opens it."""
    engine = make_engine(office.engine.url.render_as_string(hide_password=False), pool=4)
    yield Office(engine, office.settings)
    engine.dispose()


def test_the_jobs_run_at_once(office: Office) -> None:
    overdue(office)
    with working(office):
        eventually(lambda: fired(office) and not unfolded(office))
    assert fired(office) == 6


def test_a_worker_told_to_stop_lets_go(office: Office) -> None:
    with working(office):
        eventually(lambda: leaders(office))
    assert leaders(office) == []


def test_one_leads_and_the_other_takes_over(office: Office) -> None:
    with another(office) as second, working(office) as stop:
        eventually(lambda: leaders(office))
        first = leaders(office)
        with working(second):
            eventually(lambda: waiting(office))
            assert leaders(office) == first
            stop.set()
            eventually(lambda: leaders(office) not in ([], first))


def test_a_leader_whose_connection_breaks_leads_again(office: Office) -> None:
    with working(office):
        eventually(lambda: leaders(office))
        first = leaders(office)
        with office.work(SYSTEM) as work:  # the application's own role may end its own sessions
            work.tx.execute(text("select pg_terminate_backend(:pid)"), {"pid": first[0]})
        eventually(lambda: leaders(office) not in ([], first))


PROGRAM = """
import sys
from pathlib import Path
from core.access.desk import Office
from core.settings import Settings
from db.session import make_engine
from jobs.worker import main
main(Office(make_engine(sys.argv[1]), Settings(home=Path("/nonexistent"), secret_key="x")))
"""


@pytest.fixture
def program(office: Office) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as a program of its own."""
    url = office.engine.url.render_as_string(hide_password=False)
    running = subprocess.Popen([sys.executable, "-c", PROGRAM, url], cwd=ROOT)
    eventually(lambda: leaders(office))
    yield running
    if running.poll() is None:
        running.kill()
        running.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_program_stops_cleanly(
    office: Office, program: subprocess.Popen[bytes], number: int
) -> None:
    program.send_signal(number)
    assert program.wait(60) == 0
    assert leaders(office) == []


def test_the_times_add_up() -> None:
    """Whatever happens to a leader, another follows within fifteen seconds, and by then the
    first knows that it no longer leads."""
    assert POLL + PATIENCE <= LEASE < SILENCE
    assert SILENCE + POLL + PATIENCE > 15 > SILENCE + 2 * POLL


def test_a_killed_leader_is_followed(office: Office, program: subprocess.Popen[bytes]) -> None:
    first = leaders(office)
    overdue(office)
    with working(office):
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
        eventually(lambda: leaders(office) not in ([], first))
        eventually(lambda: fired(office) == 6)


def test_a_frozen_leader_is_followed_and_wakes_up_as_nobody(
    office: Office, program: subprocess.Popen[bytes]
) -> None:
    first = leaders(office)
    program.send_signal(signal.SIGSTOP)
    overdue(office)
    try:
        with working(office):
            eventually(lambda: leaders(office) not in ([], first))
            second = leaders(office)
            eventually(lambda: fired(office) == 6)
            program.send_signal(signal.SIGCONT)
            eventually(lambda: waiting(office))  # it asks again, like any other
            assert leaders(office) == second
            assert program.poll() is None
    finally:
        program.send_signal(signal.SIGCONT)
    assert fired(office) == 6


def test_a_lease_runs_out_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    lease = Lease()
    assert not lease.is_set()
    later = time.monotonic() + LEASE + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert lease.is_set()
    lease.renew()
    assert not lease.is_set()
    lease.set()
    assert lease.is_set()


@pytest.fixture
def wire(office: Office) -> Iterator[Wire]:
    """A line to the database that can fall silent."""
    with office.engine.connect() as connection:
        info = connection.connection.driver_connection.info  # pyright: ignore
    with Wire(info.host, info.port) as found:
        yield found


@contextmanager
def through(wire: Wire, office: Office) -> Iterator[Office]:
    """The same database over the wire."""
    url = office.engine.url.set(host="127.0.0.1", port=wire.port, query={})
    engine = make_engine(url.render_as_string(hide_password=False), pool=8)
    yield Office(engine, office.settings)
    engine.dispose()


def test_a_leader_cut_off_without_a_word_is_followed_and_comes_back(
    office: Office, wire: Wire
) -> None:
    """The worst a network can do: the line stands, and nothing comes through."""
    with through(wire, office) as far, working(far):
        eventually(lambda: leaders(office))
        first = leaders(office)
        wire.silent = True
        overdue(office)
        with working(office) as stop:
            eventually(lambda: leaders(office) not in ([], first))
            second = leaders(office)
            eventually(lambda: fired(office) == 6)
            wire.heal()
            eventually(lambda: waiting(office))
            assert leaders(office) == second
            stop.set()
            eventually(lambda: leaders(office) not in ([], second))  # it may lead again
    assert fired(office) == 6
