"""`onedoor check` knows demands: each that waits has its clock, none that is over."""

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.kpi.check import check
from tests.core.oversight.test_supervision import do, handled, on


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("update clock set stopped_at = now(), next_fire_at = null where kind = 'demand'", 2),
        ("update demand set state = 'settled', ended_at = now() where kind = 'supervision'", 1),
        ("update demand set state = 'answered' where kind = 'supervision'", 1),
    ],
)
def test_what_does_not_fit_is_found(office: Office, damage: str, expected: int) -> None:
    number = handled(office)
    with on("2026-11-17 09:00"):
        do(office, number, "supervisor", "supervise", text="三日内办结")
        do(office, number, "dispatcher", "shelve", until="2026-12-15", reason="等开春")
    assert check(office) == []
    with office.work(SYSTEM) as work:
        work.tx.execute(text(damage))
    (found,) = check(office)
    assert (found.rule, found.count) == ("demand_clock", expected)


def test_the_review_of_a_shelved_case_is_no_fault(office: Office) -> None:
    number = handled(office)
    with on("2026-11-17 09:00"):
        do(office, number, "dispatcher", "shelve", until="2026-12-15", reason="等开春")
        do(office, number, "county", "grant")
        assert check(office) == []
        do(office, number, "dispatcher", "resume")
    assert check(office) == []
