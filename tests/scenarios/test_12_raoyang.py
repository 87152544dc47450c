"""System 12, Raoyang 「枫桥e饶」: a hard family-property dispute goes to a panel of three."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from core.access.desk import Office
from core.cases.sweep import sweep
from tests.support import county
from tests.support.http import Person, Resident
from tests.support.story import Story

Find = Callable[[str], Person]
Hire = Callable[..., Person]


@pytest.fixture
def blueprint() -> str:
    return "raoyang"


def test_a_panel_of_three_brings_an_agreement(
    story: Story, person: Find, client: TestClient, hire: Hire, office: Office
) -> None:
    step, resident, centre = story.step, Resident(client), person("dispatcher")
    with step("A hard family-property dispute", "2026-11-16 09:00"):
        resident.hand_in(
            body="兄弟三人因分家析产闹矛盾，多次调解不成", area=county.VILLAGE, category="other"
        )
        number = resident.number
    with step("small and medium settled at once; this one graded hard", "2026-11-16 09:30"):
        centre.act(number, "accept")
        told = centre.act(number, "grade", 422, difficulty="impossible")
        assert "difficulty" in str(told["data"])
        centre.act(number, "grade", difficulty="hard")
        graded = centre.case(number)
        assert graded["difficulty"] == "hard"
        assert graded["due_at"][:10] == "2026-12-14", "20 working days from receipt, not 15"
    with step("panel of three convened, with its own deadline", "2026-11-16 10:00"):
        lawyer, counsellor, mediator = (
            hire(name, f"131024-{unit}")
            for name, unit in (("lawyer", "LS"), ("counsellor", "XL"), ("mediator", "TW"))
        )
        lawyer.get(f"/cases/{number}", 404)
        found = centre.act(
            number, "convene", text="请会诊分家析产纠纷", members="刘律师、马咨询师、白调解员",
            to=["131024-LS", "131024-XL", "131024-TW"], due="2026-11-27",
        )  # fmt: skip
        assert found["stage_label"] == "专家会诊"
        panel = centre.case(number)["demands"]
        assert [d["unit"] for d in panel] == ["131024-LS", "131024-XL", "131024-TW"]
        assert {d["due_at"] for d in panel} == {"2026-11-27T17:30:00+08:00"}
        assert panel[0]["data"]["members"] == "刘律师、马咨询师、白调解员"
        for member in (lawyer, counsellor, mediator):
            (told,) = member.get("/notifications")["notifications"]
            assert told["subject"].startswith("专家会诊：兄弟三人")
    with step("every member gives an opinion of their own", "2026-11-24 10:00"):
        lawyer.act(number, "acknowledge")
        lawyer.act(number, "feedback", text="遗产依法均分，长子尽赡养义务可以多分")
        counsellor.act(number, "feedback", text="三人情绪已平复，可以面谈")
        mediator.act(number, "agree", 403, minutes="成员不能代召集单位结束会诊")
    with step("who has not answered by the deadline is late", "2026-11-28 09:00"):
        assert sweep(office).by_rung["demand/到期未反馈"] == 1
        mediator.act(number, "feedback", text="三方同意按份分配")
        said = [e for e in centre.case(number)["timeline"] if e["action"] == "feedback"]
        assert [e["data"]["text"][:4] for e in said] == ["遗产依法", "三人情绪", "三方同意"]
    with step("agreement signed", "2026-11-28 15:00"):
        found = centre.act(number, "agree", minutes="三方签订调解协议，房屋归长子，补偿其余二人")
        assert found["stage"] == "reported"
        centre.act(number, "reply", text="经会诊达成协议")
        assert resident.rate(5)["stage_kind"] == "closed"
    with step("then call-back done", "2026-12-02 10:00"):
        person("supervisor").act(number, "draw", text="协议回访")
        person("clerk").act(number, "callback", reached=True, score=5, text="已按协议分配")
        demands = {d["kind"]: d["state"] for d in centre.case(number)["demands"]}
        assert demands == {"panel": "settled", "callback": "settled"}
