"""The demo county has something to say on every page, also what was asked on cases."""

from collections.abc import Iterator

import pytest

from core.access.desk import Office
from core.demo import fill, found, press
from core.kpi.check import check
from tests.conftest import Databases
from tests.support.moments import rows


@pytest.fixture
def demo(databases: Databases) -> Iterator[Office]:
    """A small demo county; large enough that some things are under way whenever it is made."""
    name = databases.copy("empty")
    office = databases.office(name)
    found(office)
    fill(office, 2000, seed=3, processes=1)
    yield office
    office.engine.dispose()
    databases.drop(name)


def test_leaders_supervisors_and_deputies_have_asked_once(demo: Office) -> None:
    assert press(demo) >= 5
    kinds = {row.kind for row in rows(demo, "select distinct kind from demand")}
    assert {"instruction", "review", "extension"} <= kinds
    assert press(demo) == 0
    assert check(demo) == []
