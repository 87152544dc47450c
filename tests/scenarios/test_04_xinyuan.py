"""System 4, Xinyuan 「新源红驿站」: Aunt Liu's loose air-conditioner cages."""

from collections.abc import Callable

import pytest

from tests.api.pictures import photo
from tests.support import county
from tests.support.http import Person, Resident
from tests.support.story import Story

LEADER, SAFETY = "131024104201-WZ", "131024104-AJ"
Find = Callable[[str], Person]


@pytest.fixture
def blueprint() -> str:
    return "xinyuan"


def test_the_cages_are_removed(story: Story, person: Find, resident: Resident) -> None:
    step = story.step
    worker, leader, safety = person("worker"), person("netleader"), person("safety")
    with step("Aunt Liu reports loose air-conditioner cages", "2026-11-16 09:00"):
        receipt = resident.hand_in(
            body="三号楼外墙的空调外机护笼松动了，有安全隐患，怕掉下来砸到人",
            area=county.GRID,
            name="刘某",
            phone="13800001111",
            inlet="wechat",
        )
        assert receipt["routed_because"].startswith("因为：")
    number = resident.number

    with step("Grid worker notified", "2026-11-16 09:01"):
        (told,) = worker.get("/notifications")["notifications"]
        assert told["number"] == number
        (line,) = worker.get("/inbox")["lines"]
        assert line["case"]["number"] == number
    with step("inspects on site with photos", "2026-11-16 10:00"):
        worker.act(number, "sign")
        site = worker.attach(number, "护笼松动.jpg", photo(1200, 900, turned=True))["id"]
    with step("passes up to the grid leader", "2026-11-16 10:10"):
        found = worker.act(number, "escalate", reason="需要专业人员拆除", evidence=[site])
        assert (found["holder"], found["stage_label"]) == (LEADER, "待派单")
        assert worker.case(number)["timeline"][-1]["data"]["evidence"] == [site]
        assert number in {n["number"] for n in leader.get("/notifications")["notifications"]}
    with step("who brings in the safety office", "2026-11-16 10:30"):
        leader.act(number, "assign", lead=LEADER, assist=[SAFETY], note="请安监办一起到场")
        assert number in {n["number"] for n in safety.get("/notifications")["notifications"]}
    with step("cages removed", "2026-11-16 15:00"):
        for someone in (leader, safety):
            someone.act(number, "sign")
        safety.act(number, "report", result="已拆除松动护笼 6 个")
        found = leader.act(number, "report", result="拆除完毕，现场已清理")
        assert found["stage_label"] == "待办结"

    with step("办结: the command centre closes it with an answer", "2026-11-16 16:00"):
        found = person("dispatcher").act(number, "close", text="松动的护笼已全部拆除")
        assert found["stage_kind"] == "closed"
    with step("评价: rated afterwards", "2026-11-17 09:00"):
        seen = resident.look()
        assert [s["label"] for s in seen["steps"]] == [
            "接办", "交办", "处置", "反馈", "办结", "评价",
        ]  # fmt: skip
        assert resident.rate(5)["stage_label"] == "已评价"
        assert resident.look()["score"] == 5
