"""The ladders: rungs fired by one worker, beside a bare UPDATE and INSERT for each.

The database grows under the sweep, so that the time per rung can be seen at a hundredth, a
tenth and all of its cases; the cases that are due lie scattered among the others.
"""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from psycopg import Cursor
from sqlalchemy import create_engine, text

from core.access.actor import SYSTEM
from core.cases.sweep import BATCH, sweep
from core.now import ZONE
from tests.bench.house import Bench
from tests.support import many

BEFORE = datetime(2026, 11, 17, 10, tzinfo=ZONE)
AT = datetime(2026, 11, 18, 10, tzinfo=ZONE)
"""A working day between two passes, no holiday near."""
DUE = 100_000
"""Rungs in the largest pass."""
IDLE = 200


def measure(bench: Bench, cases: int) -> dict[str, Any]:
    """Fire rungs at three sizes of the county; `bench` has no cases yet."""
    world = many.world_of(bench.office)
    models = many.models(world, BEFORE, AT, 3000)
    due = [m for m in models if m.due == 1 and not m.closes]
    quiet = [m for m in models if m.due == 0]
    closing = [m for m in models if m.closes]
    found: dict[str, Any] = {}
    with many.copying(bench.owner, due, quiet) as copier:
        for size in (cases // 100, cases // 10, cases):
            wanted = min(DUE, (size - copier.made) // 2)
            if wanted > 0:
                expected = copier.add(size - copier.made, wanted)
                found |= _stage(bench, expected, last=size == cases)
    with many.copying(bench.owner, closing, quiet) as copier:
        expected = copier.add(min(5000, cases // 10), min(5000, cases // 10))
        clocks, rate = _fire(bench, expected)
        found["rungs that close a case /s"] = round(rate)
    return found | _idle(bench, clocks)


def _stage(bench: Bench, expected: int, *, last: bool) -> dict[str, Any]:
    _settle(bench)
    load = os.getloadavg()[0]
    with _memory() as used:
        cpu, served = time.process_time(), _served(bench)
        clocks, rate = _fire(bench, expected)
        cpu, served = time.process_time() - cpu, _served(bench) - served
    at = f"{clocks:,} open clocks"
    found: dict[str, Any] = {f"{at}: rungs fired": expected, f"{at}: ms per rung": _ms(rate)}
    if last:
        floor = _floor(bench)
        found |= {
            "rungs /s": round(rate),
            "seconds per 100,000 rungs": round(100_000 / rate, 1),
            "CPU s per 100,000, worker · server": " · ".join(
                str(round(n / expected * 100_000, 1)) for n in (cpu, served)
            ),
            "floor: bare UPDATE + INSERT /s": round(floor),
            "memory MB, start · a tenth in · peak": " · ".join(str(m) for m in used),
            "load of the machine, before · after": f"{load:.1f} · {os.getloadavg()[0]:.1f}",
        }
    return found


_PIDS = text("select pid from pg_stat_activity where datname = current_database()")


def _served(bench: Bench) -> float:
    """CPU seconds that the server has spent on our connections so far; 0 where it runs on
    another machine."""
    with bench.office.look(SYSTEM) as look:
        pids = look.tx.scalars(_PIDS).all()
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _ms(rate: float) -> float:
    return round(1000 / rate, 3)


def _fire(bench: Bench, expected: int) -> tuple[int, float]:
    """Sweep; returns the clocks that were running and rungs a second."""
    with bench.office.look(SYSTEM) as look:
        clocks = look.tx.scalar(text("select count(*) from clock where stopped_at is null")) or 0
    start = time.perf_counter()
    report = sweep(bench.office, AT)
    seconds = time.perf_counter() - start
    assert report.fired == expected and not report.failed, report.words()
    return clocks, report.fired / seconds


def _idle(bench: Bench, clocks: int) -> dict[str, Any]:
    times = []
    for _round in range(IDLE):
        start = time.perf_counter()
        report = sweep(bench.office, AT)
        times.append((time.perf_counter() - start) * 1000)
        assert not report.fired
    name = f"idle pass at {clocks:,} open clocks, ms"
    return {name: f"{median(times):.2f}, p95 {sorted(times)[int(IDLE * 0.95)]:.2f}"}


def _settle(bench: Bench) -> None:
    """What autovacuum does within minutes of an import."""
    engine = create_engine(bench.owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as line:
        line.exec_driver_sql("vacuum analyze")
        line.exec_driver_sql("checkpoint")
    engine.dispose()


_SOME = text("select id from floor_clock order by random() limit :n")


def _floor(bench: Bench, rungs: int = 20_000) -> float:
    """One UPDATE by key of a scattered row and one INSERT per rung, as many to a transaction as
    the sweep has, on tables without row security, foreign keys and further indexes."""
    engine = create_engine(bench.owner)
    with engine.begin() as line:
        line.exec_driver_sql("create table floor_clock as select id, next_rung, next_fire_at"
                             " from clock")  # fmt: skip
        line.exec_driver_sql("alter table floor_clock add primary key (id)")
        line.exec_driver_sql("create table floor_line (id bigint primary key, body jsonb)")
        ids = list(line.execute(_SOME, {"n": rungs}).scalars())
    with engine.connect() as line:
        cursor: Cursor[Any] = line.connection.cursor()  # pyright: ignore[reportAssignmentType]
        start = time.perf_counter()
        for first in range(0, len(ids), BATCH):
            batch: Sequence[tuple[int]] = [(i,) for i in ids[first : first + BATCH]]
            cursor.executemany(
                "update floor_clock set next_rung = next_rung + 1, next_fire_at = now()"
                " where id = %s", batch)  # fmt: skip
            cursor.executemany(
                'insert into floor_line values (%s, \'{"rung": 1, "clock": "task"}\')', batch
            )
            line.commit()
        rate = len(ids) / (time.perf_counter() - start)
    engine.dispose()
    return rate


@contextmanager
def _memory() -> Iterator[list[int]]:
    """The process's memory in MB: at the start, when a tenth of the samples is in, at most."""
    ended, samples, used = threading.Event(), [_resident()], list[int]()

    def watch() -> None:
        while not ended.wait(0.05):
            samples.append(_resident())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield used
    finally:
        ended.set()
        thread.join()
        used += [samples[0], samples[len(samples) // 10], max(samples)]


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
