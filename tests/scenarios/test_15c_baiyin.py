"""System 15 (c), Baiyin 「码上反映·马上办理」: a fight next door, late at night."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert

from core.access.actor import SYSTEM
from core.access.desk import Office
from db.models import Plate
from tests.support import county
from tests.support.http import Person, Resident
from tests.support.story import Story, minutes

POLICE = "131024104-PC"
Find = Callable[[str], Person]


@pytest.fixture
def blueprint() -> str:
    return "baiyin"


@pytest.fixture
def plate(office: Office) -> str:
    """The plate beside the entrance: one a building or 30 households."""
    with office.work(SYSTEM) as work:
        work.tx.execute(
            insert(Plate).values(code="BY000123", area=county.GRID, address="幸福小区三号楼")
        )
    return "BY000123"


def test_the_fight_is_ended_and_the_resident_told(
    story: Story, person: Find, resident: Resident, plate: str
) -> None:
    step = story.step
    police, worker, centre = person("police"), person("worker"), person("dispatcher")
    with step(
        "Late at night a resident scans the plate downstairs about a fight next door",
        "2026-11-21 23:10",  # a Saturday
    ):
        receipt = resident.hand_in(body="隔壁在打架，声音很大，快来人", plate=plate)
        case = centre.case(resident.number)
        assert (case["inlet"], case["plate"], case["area"]) == ("plate", plate, county.GRID)
        assert case["address"] == "幸福小区三号楼"
        assert receipt["stage_label"] == "待签收"
        assert minutes(case["received_at"], receipt["due_at"]) == 60
    number = resident.number

    with step("grid worker and police are told at once", "2026-11-21 23:10"):
        tasks = {t["unit"]: t for t in centre.case(number)["tasks"]}
        assert set(tasks) == {POLICE, county.GRID}
        assert tasks[POLICE]["lead"] is True
        for someone in (police, worker):
            assert number in {n["number"] for n in someone.get("/notifications")["notifications"]}
    with step("grid worker and police come within half an hour", "2026-11-21 23:22"):
        worker.act(number, "sign")
        worker.act(number, "comment", text="已到现场，双方已分开")
    with step("grid worker and police come within half an hour", "2026-11-21 23:30"):
        police.act(number, "sign")
        for task in centre.case(number)["tasks"]:
            assert minutes(task["opened_at"], task["due_at"]) == 30
            assert minutes(task["opened_at"], task["signed_at"]) <= 30
    with step("both report what was done", "2026-11-21 23:38"):
        worker.act(number, "report", result="劝回家中，明日再去走访")
        found = police.act(number, "report", result="已制止，双方接受调解")
        assert found["stage_label"] == "待审核回复"
    with step("he is told within the hour", "2026-11-21 23:55"):
        centre.act(number, "reply", text="民警和网格员已到场制止，现已平息，请放心休息")
        seen = resident.look()
        assert minutes(seen["received_at"], seen["replied_at"]) <= 60
        assert "已平息" in seen["reply"]
    with step("in the morning he rates it", "2026-11-22 08:00"):
        assert resident.rate(5)["stage_kind"] == "closed"
    with step("and it counts as on time"):
        found = person("county").get("/kpi?since=2026-11-01&until=2026-12-01")["total"]["rates"]
        assert (found["on_time"]["numerator"], found["on_time"]["denominator"]) == (1, 1)


def test_a_reply_worded_improperly_is_rejected(
    story: Story, person: Find, resident: Resident, plate: str
) -> None:
    step, centre = story.step, person("dispatcher")
    with step("a case is handled", "2026-11-16 09:00"):
        resident.hand_in(body="楼道里在打架", plate=plate)
        for username in ("worker", "police"):
            person(username).act(resident.number, "sign")
            person(username).act(resident.number, "report", result="已处理")
    with step("replies worded improperly are rejected, before they go out", "2026-11-16 09:20"):
        centre.act(resident.number, "reject_report", reason="请写明到场时间和处理结果")
        person("police").act(resident.number, "sign")
        person("police").act(resident.number, "report", result="9:15 到场，双方已和解")
    with step("replies worded improperly are rejected, and after", "2026-11-16 09:40"):
        centre.act(resident.number, "reply", text="知道了")
        found = person("supervisor").act(resident.number, "reject_reply", reason="没有说明办理结果")
        assert found["stage_label"] == "待审核回复"
        assert resident.look()["replied_at"] is None
    with step("and written again", "2026-11-16 09:50"):
        centre.act(resident.number, "reply", text="9:15 民警到场，双方已和解")
        assert resident.look()["reply"].startswith("9:15")
