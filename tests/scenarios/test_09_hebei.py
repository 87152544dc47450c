"""System 9, Hebei 「网上枫桥」: unit and deadline out of a table; an unclear duty is designated."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.support import county
from tests.support.http import Person, Resident
from tests.support.story import Story

Find = Callable[[str], Person]
LABOUR, LAND, HOUSING = "131024-RS", "131024-ZR", "131024-ZJ"


@pytest.fixture
def blueprint() -> str:
    return "hebei"


@pytest.mark.parametrize(
    ("body", "urgency", "unit", "due"),
    [  # received on Monday 2026-11-16 at 09:00
        ("工地拖欠工资三个月", "normal", LABOUR, "2026-11-30T17:30"),  # 10 working days: Monday
        ("工地拖欠工资三个月", "urgent", LABOUR, "2026-11-18T17:30"),  # 2 working days: Wednesday
        ("暖气温度上不去", "normal", HOUSING, "2026-11-23T17:30"),  # 5 working days: Monday
        ("暖气温度上不去", "urgent", HOUSING, "2026-11-17T17:30"),  # 1 working day: Tuesday
        ("村里的土地被占用", "normal", LAND, "2026-12-16T17:30"),  # 30 days: Wednesday
        ("村里的土地被占用", "urgent", LAND, "2026-11-30T17:30"),  # 10 working days: Monday
    ],
)
def test_three_categories_two_urgencies(
    story: Story, person: Find, client: TestClient, body: str, urgency: str, unit: str, due: str
) -> None:
    with story.step("the deadline and the unit come out of the table", "2026-11-16 09:00"):
        receipt = person("county").post(
            "/cases",
            {"body": body, "urgency": urgency, "area": county.VILLAGE, "inlet": "phone"},
            201,
        )
        assert receipt["holder"] == unit
        found = person("county").case(receipt["number"])
        assert found["due_at"] == f"{due}:00+08:00"


def test_unclear_duty_goes_to_consultation(story: Story, person: Find, client: TestClient) -> None:
    step, centre, resident = story.step, person("county"), Resident(client)
    land, housing = person("land"), person("housing")
    with step("one case with unclear duty", "2026-11-16 09:00"):
        resident.hand_in(body="小区外的排水沟塌了，没人管", area="131024", category="other")
        number = resident.number
    with step("goes to consultation", "2026-11-16 10:00"):
        told = centre.act(number, "consult", 422, to=["131024-XX"], text="请研究")
        assert "to" in str(told["data"])
        found = centre.act(number, "consult", to=[LAND, HOUSING], text="请研究由谁负责")
        assert found["stage_label"] == "会商审定"
        assert number in {n["number"] for n in land.get("/notifications")["notifications"]}
        land.act(number, "feedback", text="红线外，不属自然资源")
    with step("and comes back with a designated unit", "2026-11-18 16:00"):
        centre.act(number, "designate", minutes="会商认定由住建局负责", lead=HOUSING, assist=[LAND])
        case = centre.case(number)
        assert case["holder"] == HOUSING
        assert {d["state"] for d in case["demands"]} == {"settled"}
    with step("that may not return it", "2026-11-19 09:00"):
        housing.act(number, "sign")
        assert "object" not in housing.actions(number)
        told = housing.act(number, "object", 403, reason="不是我们的")
        assert told["code"] == "action.not_now"
    with step("and has to solve it", "2026-11-20 09:00"):
        land.act(number, "sign")
        land.act(number, "report", result="已配合")
        housing.act(number, "report", result="已修复")
        centre.act(number, "reply", text="排水沟已修复")
    with step("dissatisfied: handled one level higher", "2026-11-21 09:00"):
        found = resident.rate(1, text="修得不好")
        assert found["stage_label"] == "待交办"
        assert centre.case(number)["reopened"] == 1


@pytest.mark.parametrize("asked", ["rating", "call-back"])
def test_dissatisfied_is_handled_one_level_higher(
    story: Story, person: Find, client: TestClient, asked: str
) -> None:
    resident, township = Resident(client), person("dispatcher")
    with story.step("the township answers", "2026-11-16 09:00"):
        resident.hand_in(body="路灯杆歪了", area=county.VILLAGE, category="other")
        number = resident.number
        township.act(number, "answer", text="已扶正")
        assert township.case(number)["holder"] == "131024104-C"
    if asked == "rating":
        with story.step("the resident says no", "2026-11-17 09:00"):
            resident.rate(1, text="还是歪的")
    else:
        with story.step("the resident says no when rung up", "2026-11-17 09:00"):
            resident.rate(5)
            person("clerk").act(number, "callback", reached=True, score=1, text="还是歪的")
    with story.step("so the county has it", "2026-11-17 10:00"):
        found = person("county").case(number)
        assert (found["holder"], found["reopened"]) == ("131024-C", 1)


def test_an_objection_is_decided_by_whoever_assigned(
    story: Story, person: Find, client: TestClient
) -> None:
    step, centre, resident = story.step, person("county"), Resident(client)
    land = person("land")
    with step("a wrong transfer", "2026-11-16 09:00"):
        resident.hand_in(body="村里的土地被占用", area=county.VILLAGE)
        number = resident.number
        assert centre.case(number)["holder"] == LAND
    with step("is objected to within 5 working days", "2026-11-20 16:00"):
        land.act(number, "object", reason="属于农业农村局")
        assert centre.case(number)["stage"] == "assigned", "it stays until it is decided"
        told = land.act(number, "object", 422, reason="再说一次")
        assert "等待" in told["message"]
    with step("and granted: it is back to be assigned", "2026-11-20 17:00"):
        found = person("dispatcher").act(number, "grant")
        assert found["stage_label"] == "待交办"
        assert [d["state"] for d in centre.case(number)["demands"]] == ["granted"]


def test_whose_objection_is_refused_may_not_return_it(
    story: Story, person: Find, client: TestClient
) -> None:
    step, resident, land = story.step, Resident(client), person("land")
    with step("an objection", "2026-11-16 09:00"):
        resident.hand_in(body="村里的土地被占用", area=county.VILLAGE)
        land.act(resident.number, "object", reason="属于农业农村局")
    with step("refused, with the reason", "2026-11-17 09:00"):
        person("dispatcher").act(resident.number, "refuse", reason="地类为建设用地，由你局办理")
    with step("is decided for good", "2026-11-17 10:00"):
        assert "object" not in land.actions(resident.number)
        land.act(resident.number, "object", 403, reason="不是我们的")
        land.act(resident.number, "sign")


def test_an_objection_comes_too_late(story: Story, person: Find, client: TestClient) -> None:
    resident = Resident(client)
    with story.step("a transfer", "2026-11-16 09:00"):
        resident.hand_in(body="村里的土地被占用", area=county.VILLAGE)
    with story.step("objected to after 6 working days", "2026-11-24 09:00"):
        told = person("land").act(resident.number, "object", 422, reason="不是我们的")
        assert "5 个工作日" in told["message"]
