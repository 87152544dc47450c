"""A county of its own for a benchmark: a fresh database with many cases in it."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import URL

from core.access.desk import Office
from core.settings import settings
from db.migrate import app_password, app_url, migrate, owner_url
from db.session import make_engine

TOP = Path(__file__).parents[2]
PROCESSES = os.cpu_count() or 1
"""Of the interface under test, and of the floor beside it: one a core."""


@dataclass(frozen=True)
class Bench:
    """What the benchmarks work on."""

    office: Office
    owner: URL
    cases: int


def _admin(server: URL, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def filled(cases: int) -> Iterator[Bench]:
    """The demo county with `cases` cases, on the installation's server, dropped afterwards."""
    from core.demo import fill, found
    from core.kpi.fold import fold

    config, server, name = settings(), None, f"bench_{secrets.token_hex(4)}"
    if config.database_url:
        base = owner_url(config.database_url)
    else:
        from db import embedded

        server = embedded.start(config.home)
        base = owner_url(server.url)
    _admin(base, f"create database {name}")
    owner = base.set(database=name)
    try:
        migrate(owner, config.app_role, app_password(config.secret_key, config.app_role))
        office = Office(make_engine(app_url(owner, config.secret_key, config.app_role)), config)
        found(office)
        if cases:
            fill(office, cases)
            fold(office)  # as the worker of a running house does every 20 seconds
        _admin(owner, "vacuum analyze")
        yield Bench(office, owner, cases)
        office.engine.dispose()
    finally:
        _admin(base, f"drop database {name} with (force)")
        if server:
            server.stop()


@contextmanager
def serving(
    app: str, environment: dict[str, str], *, factory: bool = False, processes: int = 1
) -> Iterator[int]:
    """`uvicorn app` on a free port of loopback; several processes as `onedoor api` has them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--log-level", "error"]
    command += ["--workers", str(processes)]
    process = subprocess.Popen(
        command + (["--factory"] if factory else []), cwd=TOP, env=os.environ | environment
    )
    try:
        for _attempt in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)
