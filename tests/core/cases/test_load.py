"""A case is loaded whole; under the lock it is as fresh as its row."""

import threading

from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.act import act
from core.cases.decide import NotNow
from core.cases.load import load, lock_some
from core.errors import OneDoorError
from tests.support import county
from tests.support.moments import receive, rows, timeline


def waits(office: Office) -> bool:
    """Whether some connection waits for a lock."""
    waiting = (
        "select 1 from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )
    return bool(rows(office, waiting))


def test_who_waited_for_another_action_sees_what_it_did(office: Office) -> None:
    """Two officers of a station sign at the same moment: one of them is too late."""
    number = receive(office, "2026-11-16 10:00", category="order/fight")
    police = county.actor(office, "police")
    said: list[OneDoorError] = []

    def second() -> None:
        try:
            with office.work(police) as work:
                act(work, number, "sign")
        except OneDoorError as refusal:
            said.append(refusal)

    other = threading.Thread(target=second)
    with office.work(police) as work:
        act(work, number, "sign")
        other.start()
        while other.is_alive() and not waits(office):
            pass
    other.join()
    assert [type(refusal) for refusal in said] == [NotNow]
    assert [line.action for line in timeline(office, number)].count("sign") == 1


def test_locking_some_leaves_those_that_others_hold(office: Office) -> None:
    numbers = [receive(office, "2026-11-16 10:00") for _ in range(3)]
    ids = [row.id for row in rows(office, "select id from cases order by id")]
    with office.work(SYSTEM) as one, office.work(SYSTEM) as two:
        load(one, numbers[1], lock=True)
        assert [f.case.number for f in lock_some(two, "131024", ids)] == [numbers[0], numbers[2]]
        held = two.tx.scalar(text("select count(*) from cases"))
    assert held == 3
