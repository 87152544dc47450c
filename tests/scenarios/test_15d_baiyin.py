"""System 15, Baiyin: the seven-level duty chain, up to the city secretary."""

from collections.abc import Callable
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from core.access.desk import Office
from core.cases.sweep import sweep
from core.now import ZONE
from tests.support import county
from tests.support.http import Person, Resident
from tests.support.story import Story

Find = Callable[[str], Person]
CHAIN = [  # the unit's own deadline, the earlier one: Wednesday 2026-11-18, close of business
    ("2026-11-18 17:40", "131024104-ZFWY", "township political-legal member"),
    ("2026-11-19 17:40", "131024104-DZ", "township heads"),
    ("2026-11-20 17:40", "131024104-BB", "county leader in charge of the township"),
    ("2026-11-23 17:40", "131024-ZFSJ", "county political-legal secretary"),
    ("2026-11-25 17:40", "131024-XZ", "county heads"),
    ("2026-12-02 17:40", "131000-SJ", "city secretary"),
]


@pytest.fixture
def blueprint() -> str:
    return "baiyin"


def test_each_link_hears_once_and_in_its_turn(
    story: Story,
    person: Find,
    client: TestClient,
    office: Office,
    hire: Callable[..., Person],
) -> None:
    resident = Resident(client)
    links = [hire(f"link{n}", unit, role="leader") for n, (_at, unit, _who) in enumerate(CHAIN, 2)]

    def heard(who: Person) -> int:
        found = who.get("/notifications")["notifications"]
        keys = [n for n in found if n["number"] == resident.number and n["template"] == "overdue"]
        return len(keys)

    with story.step("village official or police first", "2026-11-16 09:00"):
        resident.hand_in(body="楼上下水管爆管，水流到楼道", area=county.VILLAGE, category="safety")
        case = person("county").case(resident.number)
        assert case["due_at"] == "2026-11-19T17:30:00+08:00"
        assert case["tasks"][0]["due_at"] == "2026-11-18T17:30:00+08:00"
    before = [0] * len(CHAIN)
    for n, (at, _unit, who) in enumerate(CHAIN):
        with story.step(f"then the {who}", at):
            instant = datetime.fromisoformat(at).replace(tzinfo=ZONE)
            sweep(office, at=instant)
            sweep(office, at=instant)
            now = [heard(link) for link in links]
            assert now[n] > before[n], f"{who} is told"
            assert now[n + 1 :] == [0] * (len(CHAIN) - n - 1), f"nobody above the {who} yet"
            before = now
    with story.step("each of them once for the case and at most once for the task"):
        assert all(1 <= n <= 2 for n in before), before
