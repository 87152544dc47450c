"""What the database itself shows through a scope, whatever the application asks it for."""

import pytest

from core.access.desk import Office
from db.session import RowScope, connected, reading
from tests.support import county
from tests.support.moments import receive

LO, HI = county.COUNTY, str(int(county.COUNTY) + 1)


def _seen(office: Office, scope: RowScope) -> tuple[int, ...]:
    """Cases, and timeline entries."""
    with connected(office.engine) as line, reading(line, scope) as tx:
        counts = "select (select count(*) from cases), (select count(*) from timeline)"
        return tuple(tx.exec_driver_sql(counts).one())


@pytest.fixture
def holder(office: Office) -> str:
    """The unit that holds the only case."""
    receive(office, "2026-11-16 10:00", category="city/noise")
    with connected(office.engine) as line, reading(line, RowScope(by="all")) as tx:
        return str(tx.exec_driver_sql("select holder from cases").scalar_one())


def test_each_kind_of_scope_opens_what_it_names(office: Office, holder: str) -> None:
    nothing = (0, 0)
    everything = _seen(office, RowScope(by="all"))
    assert everything[0] == 1
    assert _seen(office, RowScope(by="area", lo=LO, hi=HI)) == everything
    assert _seen(office, RowScope(by="area", lo="1309", hi="1310")) == nothing
    assert _seen(office, RowScope(by="unit", units=(holder,))) == everything
    assert _seen(office, RowScope(by="both", units=(holder,))) == everything
    assert _seen(office, RowScope(by="outside", lo=LO, hi=HI)) == everything


def test_an_area_opens_nothing_to_who_sees_only_their_units_cases(
    office: Office, holder: str
) -> None:
    assert _seen(office, RowScope(by="unit", lo=LO, hi=HI, units=("131024-none",))) == (0, 0)


@pytest.mark.parametrize("by", ["none", "", "key", "everything", "areas"])
def test_a_kind_that_is_not_known_opens_nothing(office: Office, holder: str, by: str) -> None:
    assert _seen(office, RowScope(by=by, lo=LO, hi=HI, units=(holder,), person=1)) == (0, 0)
