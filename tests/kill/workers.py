"""Three workers as processes of their own, and whoever kills them."""

import multiprocessing
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from sqlalchemy import text
from sqlalchemy.engine import URL

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.settings import Settings
from db.session import make_engine
from jobs.worker import main

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.kill.workers"])  # a worker starts in no time

SWEEPING = 0.8
"""Share of the kills over which the sweep is spread; the rest meet the deliveries."""
PACE = 1500.0
"""Rungs a second, about."""
WAKING = 0.4
"""Seconds until a new leader has begun to sweep, about."""


def work(url: str, settings: Settings, log: str) -> None:
    """A worker's whole life."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, sys.stderr.fileno())
    main(Office(make_engine(url, pool=16), settings))


_LEADER = text("""
select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and a.datname = current_database()
  and a.application_name like 'worker-%'""")
_BUSY = text("""
select count(*) from pg_stat_activity
where application_name = :name and datname = current_database() and xact_start is not null""")
_LEFT = text("""
select count(*) from clock
where next_fire_at <= now() and stopped_at is null and paused_at is null""")
_UNSENT = text("select count(*) from message where sent_at is null and try_at <= now()")


@dataclass(slots=True)
class Deaths:
    """Whom it struck."""

    leaders: int = 0
    others: int = 0
    in_transaction: int = 0
    """With a transaction open."""
    sweeping: int = 0
    """Leaders, while rungs were due."""


@dataclass(slots=True)
class Crew:
    """The workers."""

    office: Office
    log: Path
    size: int = 3
    started: int = 0
    alive: dict[str, BaseProcess] = field(default_factory=dict)
    deaths: Deaths = field(default_factory=Deaths)

    def fill_up(self) -> None:
        """Start as many as are missing."""
        while len(self.alive) < self.size:
            self.started += 1
            name = f"worker-{self.started}"
            url: URL = self.office.engine.url.update_query_dict({"application_name": name})
            process = _FORKS.Process(
                target=work,
                args=(url.render_as_string(hide_password=False), self.office.settings,
                      str(self.log)),
            )  # fmt: skip
            process.start()
            self.alive[name] = process

    def _ask(self, question: object, **values: object) -> object:
        with self.office.look(SYSTEM) as look:
            return look.tx.scalar(question, values)  # pyright: ignore

    def leader(self) -> str | None:
        """The worker that leads now."""
        name = self._ask(_LEADER)
        return str(name) if name in self.alive else None

    def left(self) -> int:
        """Clocks with a rung due."""
        return int(str(self._ask(_LEFT)))

    def unsent(self) -> int:
        """Messages that somebody should be sending."""
        return int(str(self._ask(_UNSENT)))

    def kill(self, times: int, rng: Random) -> None:
        """Kill at random moments, mostly the leader, and start another each time."""
        self.fill_up()
        for n in range(times):
            while (leader := self.leader()) is None:
                time.sleep(0.02)
            left = self.left()
            share = left / max(1.0, SWEEPING * times - n) / PACE
            time.sleep(rng.uniform(0, WAKING + 2 * share))
            others = sorted(set(self.alive) - {leader})
            victim = leader if rng.random() < 0.85 else rng.choice(others)
            self._strike(victim, leads=victim == leader, sweeping=left > 0)
            self.fill_up()

    def _strike(self, name: str, *, leads: bool, sweeping: bool) -> None:
        busy = bool(self._ask(_BUSY, name=name))
        process = self.alive.pop(name)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        self.deaths.leaders += leads
        self.deaths.others += not leads
        self.deaths.sweeping += leads and sweeping
        self.deaths.in_transaction += busy

    def finish(self) -> None:
        """Let the living do what is left to do."""
        while self.left() or self.unsent():
            assert all(p.is_alive() for p in self.alive.values()), "a worker died by itself"
            time.sleep(0.5)

    def stop(self) -> list[int | None]:
        """Tell all to stop; returns their exit codes."""
        for process in self.alive.values():
            process.terminate()
        for process in self.alive.values():
            process.join()
        codes = [p.exitcode for p in self.alive.values()]
        self.alive.clear()
        return codes
