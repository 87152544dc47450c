"""System 11, Zanhuang: a call-back finds somebody dissatisfied; the first receiver leads again."""

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
    return "zanhuang"


def test_the_first_receiver_leads_it_to_the_end(
    story: Story, person: Find, client: TestClient
) -> None:
    step, resident, centre = story.step, Resident(client), person("dispatcher")
    housing = person("housing")
    with step("An appeal is handled by its first receiver", "2026-11-16 09:00"):
        resident.hand_in(body="家里暖气不热", area=county.VILLAGE)
        number = resident.number
        housing.act(number, "sign")
    with step("再转办: another unit is brought in later", "2026-11-17 09:00"):
        centre.act(number, "redispatch", lead=HOUSING, assist=["131024104-ZF"])
        housing.act(number, "sign")
        person("enforce").act(number, "sign")
        person("enforce").act(number, "report", result="已协助")
        housing.act(number, "report", result="已调试")
        centre.act(number, "reply", text="暖气已调试")
        assert resident.rate(4)["stage_kind"] == "closed"
    with step("A handled appeal is drawn at random for call-back", "2026-11-19 09:00"):
        person("supervisor").act(number, "draw", text="随机抽取")
        assert [d["kind"] for d in centre.case(number)["demands"]] == ["callback"]
    with step("nobody answers: it is not a valid call-back", "2026-11-19 10:00"):
        found = person("clerk").act(number, "callback", reached=False)
        assert found["stage_kind"] == "closed"
        (drawn,) = centre.case(number)["demands"]
        assert drawn["state"] == "open", "it is tried again"
    with step("the resident is not satisfied", "2026-11-20 10:00"):
        told = person("clerk").act(number, "callback", 422, reached=True)
        assert "score" in str(told["data"])
        found = person("clerk").act(number, "callback", reached=True, score=2, text="又不热了")
    with step("it returns to the same first receiver"):
        assert (found["stage"], found["holder"]) == ("assigned", HOUSING)
        assert centre.case(number)["tasks"][-1]["lead"] is True
    with step("who must lead it to the end", "2026-11-23 10:00"):
        housing.act(number, "sign")
        housing.act(number, "report", result="更换了阀门")
        centre.act(number, "reply", text="阀门已更换，室温 21 度")
        assert resident.rate(5)["stage_kind"] == "closed"
        assert centre.case(number)["reopened"] == 1
