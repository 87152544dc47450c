"""System 15 (a) and (b), Baiyin: a leader's line is tracked to the end; a deputy is heard."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.support import county
from tests.support.http import Person, Resident
from tests.support.story import Story

Find = Callable[[str], Person]
HOUSING = "131024-ZJ"


@pytest.fixture
def blueprint() -> str:
    return "baiyin"


def test_the_secretary_writes_one_line_and_the_office_tracks_it(
    story: Story, person: Find, client: TestClient
) -> None:
    step, resident = story.step, Resident(client)
    leader, housing, office = person("leader"), person("housing"), person("supervisor")
    with step("Heating season", "2026-11-16 08:30"):
        resident.hand_in(body="暖气片是凉的，老人冻得受不了", area=county.VILLAGE)
        number = resident.number
    with step("city secretary reads and writes", "2026-11-16 09:00"):
        nobody = leader.act(number, "instruct", 422, text="请速办", to=[])
        assert "to" in nobody["data"]["fields"]
        past = leader.act(number, "instruct", 422, text="请速办", to=[HOUSING], due="2026-11-15")
        assert "due" in str(past["data"])
        leader.act(
            number, "instruct", text="请住建局马上处理，注意冬季供暖", to=[HOUSING],
            due="2026-11-18",
        )  # fmt: skip
        (order,) = leader.case(number)["demands"]
        assert (order["kind"], order["unit"], order["state"]) == ("instruction", HOUSING, "open")
    with step("housing bureau to act at once", "2026-11-16 09:30"):
        assert number in {n["number"] for n in housing.get("/notifications")["notifications"]}
        housing.act(number, "acknowledge")
        housing.act(number, "sign")
        housing.act(number, "feedback", text="已派人上门")
    with step("the leader presses", "2026-11-16 14:00"):
        leader.act(number, "press", text="全小区都要排查", due="2026-11-19")
        (order,) = leader.case(number)["demands"]
        assert (order["state"], order["pressed"]) == ("open", 1)
    with step("the office tracks it to the end", "2026-11-18 16:00"):
        assert office.case(number)["demands"][0]["due_at"] == "2026-11-19T17:30:00+08:00"
        housing.act(number, "feedback", text="全小区 312 户已排查，温度达标")
        housing.act(number, "report", result="阀门已更换")
        person("county").act(number, "reply", text="供暖已恢复")
        leader.act(number, "settle", note="很好")
        (order,) = office.case(number)["demands"]
        assert (order["state"], order["answer"]) == ("settled", "全小区 312 户已排查，温度达标")
    with step("and the resident rates it", "2026-11-18 18:00"):
        assert resident.rate(5)["stage_kind"] == "closed"


def test_a_deputy_sends_an_unsatisfactory_case_straight_back(
    story: Story, person: Find, client: TestClient
) -> None:
    step, resident = story.step, Resident(client)
    deputy, worker, centre = person("deputy"), person("worker"), person("dispatcher")
    with step("a closed complaint about noisy refuse collection", "2026-11-16 09:00"):
        resident.hand_in(body="垃圾车凌晨四点收垃圾，噪声太大", area=county.GRID)
        number = resident.number
        told = deputy.act(number, "review", 403, score=2, suggestion="太吵")
        assert told["code"] == "action.not_now", "not while it is open"
        deputy.act(number, "suggest", text="建议调整收运时间")
    with step("it is handled and closed", "2026-11-17 10:00"):
        worker.act(number, "sign")
        worker.act(number, "report", result="已提醒司机")
        centre.act(number, "reply", text="已提醒司机注意")
        assert resident.rate(4)["stage_kind"] == "closed"
    with step("A deputy, a street cleaner, reviews it", "2026-11-18 10:00"):
        seen = deputy.case(number)
        assert seen["resident"] is None or seen["resident"]["masked"]
        told = deputy.act(number, "review", 422, score=2)
        assert "suggestion" in str(told["data"])
    with step("scores it unsatisfactory with a suggestion", "2026-11-18 10:05"):
        found = deputy.act(number, "review", score=2, suggestion="应当改为早上七点后收运")
    with step("it is reopened under supervision", "2026-11-18 10:05"):
        assert found["stage_kind"] == "open"
        case = centre.case(number)
        assert case["reopened"] == 1
        review = next(d for d in case["demands"] if d["kind"] == "review")
        assert (review["state"], review["unit"]) == ("open", county.GRID)
        assert deputy.act(number, "review", 403, score=5)["code"] == "action.not_now"
    with step("the unit answers to the deputy, and it is solved", "2026-11-20 10:00"):
        centre.act(number, "assign", lead=county.GRID)
        worker.act(number, "sign")
        worker.act(number, "feedback", text="已与环卫公司商定七点后收运")
        worker.act(number, "report", result="收运时间已调整")
        centre.act(number, "reply", text="即日起七点后收运")
        deputy.act(number, "settle")
        assert resident.rate(5)["stage_kind"] == "closed"
    with step("a second review of the new handling is allowed, a third is not", "2026-11-21 10:00"):
        deputy.act(number, "review", score=5)
        assert deputy.act(number, "review", 403, score=4)["code"] == "action.not_now"
