"""Workers die, rungs do not: the run of `python -m tests.kill`, smaller."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from core import demo
from core.access.desk import Office
from tests.conftest import Databases
from tests.kill.run import run


@pytest.fixture
def empty(databases: Databases) -> Iterator[tuple[Office, URL]]:
    """The demo county without cases, and its database as the owner reaches it."""
    name = databases.copy("empty")
    office = databases.office(name)
    demo.found(office)
    yield office, databases.server.set(database=name)
    office.engine.dispose()
    databases.drop(name)


def test_nothing_is_missed_and_nothing_happens_twice(
    empty: tuple[Office, URL], tmp_path: Path
) -> None:
    office, owner = empty
    done = run(office, owner, kills=12, rungs=600, seed=7, log=tmp_path / "workers.log")
    assert done.verdict.faults == []
    assert done.verdict.figures["rungs fired"] > 500
    assert done.verdict.figures["e-mails received"] > 50
    assert done.verdict.figures["webhooks received"] > 50
    assert done.exits == [0, 0, 0]
    assert (done.deaths.leaders + done.deaths.others, done.started) == (12, 15)
