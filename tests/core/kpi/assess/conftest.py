"""The month that the tests look at."""

from collections.abc import Iterator

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.places.people import examine, save_people
from tests.core.kpi.assess.counties import MONTHLY, assessing, at, case, finish
from tests.core.kpi.assess.month import POLICE, TRAFFIC
from tests.support import county


@pytest.fixture
def month(office: Office) -> Iterator[tuple[Office, list[str]]]:
    """Enforcement: 4 cases, 3 answered and closed. Police: 2, both. Traffic: 1, answered."""
    assessing(office, monthly=MONTHLY)
    numbers = [case(office, f"2026-11-{day:02}") for day in (2, 3, 4, 5)]
    for number in numbers[:3]:
        with at("2026-11-06"):
            finish(office, number)
    for day, lead, who in ((3, POLICE, "police"), (4, POLICE, "police"), (5, TRAFFIC, "traffic")):
        number = case(office, f"2026-11-{day:02}", lead=lead)
        numbers.append(number)
        with at("2026-11-06"):
            finish(office, number, by=who)
    with office.work(SYSTEM) as work:
        people = [
            {"username": "chief", "name": "戚某", "roles": ["supervisor"], "unit": None,
             "area": "131024", "password": county.PASSWORD},
            {"username": "policehead", "name": "谢某", "roles": ["head"], "unit": POLICE,
             "area": None, "password": county.PASSWORD},
        ]  # fmt: skip
        save_people(work, [examine(work, p) for p in people], rounds=4)
    with at("2026-12-02"):
        yield office, numbers
