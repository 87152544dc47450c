"""System 5, Yuhua 「裕华之家123」: a parcel is missing from the pick-up point."""

from collections.abc import Callable

import pytest

from tests.api.pictures import MP4
from tests.support import county
from tests.support.http import Person
from tests.support.story import Story, minutes

Find = Callable[[str], Person]


@pytest.fixture
def blueprint() -> str:
    return "yuhua"


def test_the_parcel_is_found(story: Story, person: Find) -> None:
    step = story.step
    desk, centre, worker = person("clerk"), person("dispatcher"), person("worker")
    with step("A parcel is missing from the pick-up point", "2026-11-16 10:00"):
        receipt = desk.post(
            "/cases",
            {
                "body": "驿站的快递不见了，显示已签收，可我没有取",
                "area": county.TOWNSHIP,
                "address": "驿站",
                "phone": "13800001111",
                "inlet": "phone",
            },
            201,
        )
        number = receipt["number"]
        assert desk.case(number)["category"] == "lost"
        assert receipt["holder"] == "131024104-C"  # which grid is not known yet
    with step("Dispatched 6 minutes after it came in", "2026-11-16 10:06"):
        centre.act(number, "assign", lead=county.GRID)
        first, *_rest, last = centre.case(number)["timeline"]
        assert minutes(first["at"], last["at"]) == 6
        assert number in {n["number"] for n in worker.get("/notifications")["notifications"]}
    with step("the grid worker goes to the pick-up point", "2026-11-16 10:08"):
        worker.act(number, "sign")
    with step(
        "20 minutes later the grid worker has found on the video that a relative fetched it",
        "2026-11-16 10:26",
    ):
        video = worker.attach(number, "监控.mp4", MP4, "video/mp4")["id"]
        found = worker.act(
            number, "report", result="监控显示由其亲属代取，已电话确认", evidence=[video]
        )
        assert found["stage_label"] == "待答复"
        timeline = centre.case(number)["timeline"]
        at = {e["action"]: e["at"] for e in timeline}
        assert minutes(at["assign"], at["report"]) == 20
    with step("the resident is answered", "2026-11-16 10:30"):
        found = desk.act(number, "reply", text="包裹由您的亲属代取，现在家中")
        assert found["stage_label"] == "待回访"
    with step("called back", "2026-11-16 11:00"):
        assert desk.act(number, "close", 403)["code"] == "action.not_now"
        found = desk.act(number, "callback", score=5, text="找到了，谢谢")
        assert (found["stage_label"], found["stage_kind"]) == ("已回访办结", "closed")
    with step("satisfaction call-back after every case"):
        total = person("county").get("/kpi")["total"]["rates"]["satisfaction"]
        assert (total["numerator"], total["denominator"]) == (1, 1)


def test_who_is_called_back_and_not_satisfied_is_helped_again(story: Story, person: Find) -> None:
    step, desk = story.step, person("clerk")
    with step("left-behind elders are looked after: to the volunteers", "2026-11-16 09:00"):
        receipt = desk.post(
            "/cases",
            {"body": "隔壁的独居老人好几天没有出门", "area": county.TOWNSHIP, "inlet": "care"},
            201,
        )
        number = receipt["number"]
        assert receipt["holder"] == "131024104-ZY"
        assert desk.case(number)["category"] == "care/elder"
    with step("Dispatch to grid workers, departments or volunteer teams", "2026-11-16 09:30"):
        volunteer = person("volunteer")
        volunteer.act(number, "sign")
        volunteer.act(number, "report", result="上门看望，老人感冒，已送药")
        desk.act(number, "reply", text="志愿者已上门看望")
    with step("the call-back finds that it was not enough", "2026-11-17 09:30"):
        found = desk.act(number, "callback", score=2, text="希望每天有人看看")
        assert (found["stage_kind"], found["stage_label"]) == ("open", "待派单")
