"""System 13, Wei county 「民情通办」: reminders at set points, level by level, each once."""

import json
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from core.access.desk import Office
from core.cases.sweep import sweep
from core.now import ZONE
from tests.support import county
from tests.support.http import Person, Resident
from tests.support.story import Story

Find = Callable[[str], Person]
Hire = Callable[..., Person]


@pytest.fixture
def blueprint() -> str:
    return "weixian"


def test_a_case_runs_down(
    story: Story, person: Find, client: TestClient, office: Office, hire: Hire
) -> None:
    from datetime import datetime

    step, resident = story.step, Resident(client)
    head = hire("zjhead", "131024-ZJ", role="head")

    def fired(at: str) -> int:
        instant = datetime.fromisoformat(at).replace(tzinfo=ZONE)
        first = sweep(office, at=instant).fired
        assert sweep(office, at=instant).fired == 0, "each exactly once"
        return first

    def heard(who: Person) -> list[str]:
        found = who.get("/notifications")["notifications"]
        return [n["template"] for n in found if n["number"] == resident.number]

    with step("A case runs down", "2026-11-16 09:00"):  # Monday; urgent: 3 and 2 working days
        resident.hand_in(body="家里暖气不热", area=county.VILLAGE)
        case = person("county").case(resident.number)
        assert case["due_at"] == "2026-11-19T17:30:00+08:00"
        assert case["tasks"][0]["due_at"] == "2026-11-18T17:30:00+08:00"
    handler, leader = person("housing"), person("leader")
    with step("reminders at set points before the deadline to the handler", "2026-11-17 14:00"):
        assert fired("2026-11-17 14:00") == 1, "half of the task's two days"
        assert heard(handler).count("remind") == 1
        assert heard(head).count("remind") == 0
    with step("then to the head of unit", "2026-11-18 10:00"):
        assert fired("2026-11-18 10:00") == 2, "30 % of the task, half of the case"
        assert heard(head).count("remind") == 1
        assert heard(leader) == []
    with step("then to the county leader", "2026-11-18 15:00"):
        assert fired("2026-11-18 15:00") == 1, "10 % of the task"
        assert heard(leader).count("remind") == 1
    with step("overdue, level by level", "2026-11-18 18:00"):
        assert fired("2026-11-18 18:00") == 2, "the task's end, 30 % of the case"
        for someone in (handler, head, leader):
            assert heard(someone).count("overdue") == 1
    with step("neglect recorded", "2026-11-20 18:00"):
        fired("2026-11-20 18:00")
        demands = person("supervisor").case(resident.number)["demands"]
        assert [d["label"] for d in demands] == ["失职记录"] * 2, "of the task and of the case"
        assert {d["unit"] for d in demands} == {"131024-ZJ"}


def test_the_command_line_sweeps_at_a_given_time(office: Office) -> None:
    from core.open import use
    from onedoor import app

    use(office)
    done = CliRunner().invoke(
        app, ["sweep", "--at", "2026-11-16T09:00:00+08:00", "--dry-run", "--json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["fired"] == 0
