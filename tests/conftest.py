"""A real PostgreSQL for every test: one server and one template of each county a worker.

A test works on a county of its own or on one that is put back afterwards; it cannot tell.

`ONEDOOR_TEST_DATABASE_URL` names another server (as its owner); otherwise the embedded one.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import URL

from core.access.desk import Office
from core.settings import Settings
from db.migrate import app_password, app_url, migrate, owner_url
from db.session import make_engine
from tests.support import county
from tests.support.restore import KEEP, RESTORE

SECRET = "only for tests"
ROLE = "onedoor_app"
_BROWSERS = Path(__file__).parent / "e2e"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts servers and browsers comes first, so that no worker is left with it at the
    end; a file's tests stay with one worker (`--dist=loadfile`), which makes what they share once.
    """
    items.sort(key=lambda item: not item.path.is_relative_to(_BROWSERS))


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """The owner's URL of a running server, shared by all workers of the run."""
    url = os.environ.get("ONEDOOR_TEST_DATABASE_URL")
    if url:
        yield owner_url(url)
        return
    from db import embedded

    home = _server_home()
    running = embedded.start(home, durable=False)
    yield owner_url(running.url)
    running.stop()
    shutil.rmtree(home, ignore_errors=True)


def _server_home() -> Path:
    """A folder of this worker's own that the database server's user can reach."""
    home = Path("/var/tmp") / f"onedoor-test-{os.getpid()}"  # noqa: S108 (pid makes it ours)
    home.mkdir(mode=0o755, exist_ok=True)
    return home


def _run(server: URL, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


class Databases:
    """Makes databases on the server, each a copy of a template that is built once."""

    def __init__(self, server: URL, worker: str, home: Path) -> None:
        self.server, self.worker, self.home = server, worker, home
        self.templates: dict[str, str] = {}
        self.lent: dict[str, str] = {}
        self.made = 0

    def settings(self, **more: object) -> Settings:
        """Settings of a test installation."""
        return Settings(home=self.home, secret_key=SECRET, app_role=ROLE, **more)  # pyright: ignore[reportArgumentType]

    def office(self, name: str) -> Office:
        """The application's handle on a database."""
        url = app_url(self.server.set(database=name), SECRET, ROLE)
        return Office(make_engine(url, pool=8), self.settings())

    def template(self, kind: str) -> str:
        """A migrated database; `kind` is `empty` or a blueprint's name."""
        if kind not in self.templates:
            name = f"template_{kind}_{self.worker}".replace("-", "_")
            base = "template1" if kind == "empty" else self.template("empty")
            self._create(name, base)
            if kind == "empty":
                migrate(self.server.set(database=name), ROLE, app_password(SECRET, ROLE))
            else:
                office = self.office(name)
                try:
                    county.found(office, kind)
                finally:
                    office.engine.dispose()
            self.templates[kind] = name
        return self.templates[kind]

    def copy(self, kind: str) -> str:
        """A fresh database with what the template holds."""
        self.made += 1
        name = f"test_{self.worker}_{self.made}".replace("-", "_")
        self._create(name, self.template(kind))
        return name

    def _create(self, name: str, template: str) -> None:
        _run(
            self.server,
            f"drop database if exists {name} with (force)",
            f"create database {name} template {template}",
        )

    def lend(self, kind: str) -> str:
        """A database with what the template holds, to be given back: the same each time."""
        if kind not in self.lent:
            self.lent[kind] = self.copy(kind)
            _run(self.server.set(database=self.lent[kind]), KEEP)
        return self.lent[kind]

    def take_back(self, kind: str) -> None:
        """Make the lent database what it was."""
        _run(self.server.set(database=self.lent[kind]), RESTORE)

    def drop(self, name: str) -> None:
        """Throw a database away."""
        _run(self.server, f"drop database if exists {name} with (force)")


@pytest.fixture(scope="session")
def databases(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The worker's databases."""
    worker = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    made = Databases(server, worker, tmp_path_factory.mktemp("home"))
    yield made
    for name in (*made.templates.values(), *made.lent.values()):
        made.drop(name)


@pytest.fixture
def blueprint() -> str:
    """Which county the `office` holds; override in a module or by indirect parameters."""
    return "langfang"


@pytest.fixture
def office(databases: Databases, blueprint: str) -> Iterator[Office]:
    """A small county (`tests.support.county`) that nobody else works on."""
    office = databases.office(databases.lend(blueprint))
    yield office
    office.engine.dispose()
    databases.take_back(blueprint)
