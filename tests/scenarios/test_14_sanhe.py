"""System 14, Tiancheng community (Sanhe): is the signed agreement being kept?"""

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
AGREEMENT = """2026-11-20 付清第一笔赔偿款 3000 元
2026-11-27 修好漏水的阳台
2026-12-04 付清余款 5000 元"""


@pytest.fixture
def blueprint() -> str:
    return "sanhe"


def test_one_promise_broken_and_the_case_is_open_again(
    story: Story, person: Find, client: TestClient, office: Office
) -> None:
    step, resident, centre = story.step, Resident(client), person("dispatcher")
    with step("An agreement", "2026-11-16 09:00"):
        resident.hand_in(body="楼上漏水泡了我家，请调解", area=county.VILLAGE, category="other")
        number = resident.number
        centre.act(number, "accept")
    with step("with three dated promises", "2026-11-16 15:00"):
        told = centre.act(number, "promise", 422, agreement="调解协议", promises="下周付钱")
        assert "第 1 行" in told["message"]
        told = centre.act(
            number, "promise", 422, agreement="调解协议", promises="2026-11-10 已经过去"
        )
        assert "晚于现在" in told["message"]
        centre.act(number, "promise", agreement="双方自愿达成协议", promises=AGREEMENT)
        promises = centre.case(number)["demands"]
        assert [d["due_at"][:10] for d in promises] == ["2026-11-20", "2026-11-27", "2026-12-04"]
        centre.act(number, "answer", text="双方已签订协议")
        assert resident.rate(5)["stage_kind"] == "closed"
    with step("call-backs on those dates", "2026-11-20 17:40"):
        sweep(office, at=datetime(2026, 11, 20, 17, 40, tzinfo=ZONE))
        heard = [n for n in centre.get("/notifications")["notifications"] if n["number"] == number]
        assert any(n["template"] == "overdue" for n in heard)
        told = centre.act(number, "keep", 422, note="已付")
        assert "demand" in str(told["data"]), "three are waiting: which one?"
        centre.act(number, "keep", demand=str(promises[0]["id"]), note="第一笔已付")
    with step("one promise broken", "2026-11-28 09:00"):
        found = centre.act(number, "break", demand=str(promises[1]["id"]), reason="阳台没有修")
    with step("case reopened"):
        assert found["stage_kind"] == "open"
        states = [d["state"] for d in centre.case(number)["demands"]]
        assert states == ["settled", "failed", "open"], "the third still runs"
        assert centre.case(number)["reopened"] == 1
