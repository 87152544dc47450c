"""System 3, Xianghe 「社会治理信息系统」: two families of Wangjiabai dispute land."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.api.pictures import photo
from tests.support import county
from tests.support.http import Person, Resident
from tests.support.story import Story

LAND_OFFICE = "131024104-ZR"
Find = Callable[[str], Person]


@pytest.fixture
def blueprint() -> str:
    return "xianghe"


def collected(story: Story, person: Find, client: TestClient) -> Resident:
    """The dispute as the grid worker notes it; number and code go to the family."""
    with story.step("Wangjiabai village: two families dispute land", "2026-11-16 09:00"):
        receipt = person("worker").post(
            "/cases",
            {
                "body": "王家摆村两户人家因地界闹矛盾，都说界石被对方挪了",
                "area": county.GRID,
                "category": "land/dispute",
                "kind": "dispute",
                "inlet": "grid",
                "phone": "13800001111",
                "name": "张某",
                "form": {"other_party": "李某一家"},
            },
            201,
        )
        assert receipt["holder"] == county.GRID
        assert receipt["stage_label"] == "待立案"
    return Resident(client, receipt["number"], receipt["query_code"])


def test_the_dispute_is_solved_verified_and_rated_by_both(
    story: Story, person: Find, client: TestClient
) -> None:
    step = story.step
    family = collected(story, person, client)
    worker, centre, number = person("worker"), person("dispatcher"), family.number

    with step("Grid worker mediates", "2026-11-16 15:00"):
        worker.act(number, "comment", text="第一次上门调解，双方各执一词")
    with step("fails", "2026-11-17 16:00"):
        worker.act(number, "comment", text="第二次调解未成，需要看土地登记")
        assert worker.case(number)["holder"] == county.GRID
    with step("escalates to the system", "2026-11-17 16:30"):
        picture = worker.attach(number, "界石.jpg", photo())["id"]
        found = worker.act(
            number, "escalate", reason="两次调解未成，涉及土地登记", evidence=[picture]
        )
        assert (found["holder"], found["stage_label"]) == ("131024104-C", "待派遣")
        told = centre.get("/notifications")["notifications"]
        assert number in {n["number"] for n in told}
    with step("the township centre routes it to the land office", "2026-11-18 09:00"):
        found = centre.act(number, "assign", lead=LAND_OFFICE, note="请核对土地登记")
        assert found["holder_name"] == "安平镇自然资源所"

    office = person("landstation")
    with step("Progress is looked up like a parcel", "2026-11-18 09:30"):
        steps = family.look()["steps"]
        assert [s["label"] for s in steps] == [
            "信息采集", "案件建立", "任务派遣", "办理处置", "结果反馈", "核实结案",
        ]  # fmt: skip
        assert [s["label"] for s in steps if s["state"] == "present"] == ["任务派遣"]
    with step("solved", "2026-11-20 10:00"):
        office.act(number, "sign")
        office.act(number, "report", result="按登记重新埋设界石，双方签字认可")
    with step("verify and close: nothing is closed before it is verified", "2026-11-20 11:00"):
        assert "verify" not in office.actions(number)
        family.rate(5, 403, party="applicant")
        found = centre.act(number, "verify", text="经核实界石已按登记埋设，双方无异议")
        assert (found["stage_label"], found["stage_kind"]) == ("已核实，待评价", "waiting")

    with step("both families rate: the one that spoke up", "2026-11-20 19:00"):
        found = family.rate(5, 422)
        assert list(found["data"]["fields"]) == ["party"]
        seen = family.rate(5, party="applicant", reasons=["solved"])
        assert seen["stage_kind"] == "waiting"  # half of the truth is not enough
        family.rate(4, 422, party="applicant")
    with step("both families rate: the other, through the grid worker", "2026-11-21 10:00"):
        found = worker.act(number, "rate", score=4, party="other", text="说得公道")
        assert (found["stage_label"], found["stage_kind"]) == ("已结案", "closed")
        ratings = centre.case(number)["ratings"]
        assert [(r["party"], r["score"]) for r in ratings] == [("applicant", 5), ("other", 4)]
        assert [r["written_down"] for r in ratings] == ["", "代群众评价，由王家摆第一网格登记"]


def test_one_dissatisfied_family_is_enough(story: Story, person: Find, client: TestClient) -> None:
    step = story.step
    family = collected(story, person, client)
    worker, centre, number = person("worker"), person("dispatcher"), family.number
    with step("solved on the doorstep 「上门解题」", "2026-11-16 15:00"):
        worker.act(number, "answer", text="当场量了地界，双方当面说好")
    with step("one family is satisfied, the other is not", "2026-11-17 15:00"):
        family.rate(5, party="applicant")
        found = worker.act(number, "rate", score=1, party="other", text="量错了")
        assert (found["stage_kind"], found["stage_label"]) == ("open", "待派遣")
        assert centre.case(number)["reopened"] == 1
