"""System 1, Langfang 「群众说事、干部解题」: leek traders' stalls block a road."""

from collections.abc import Callable

from tests.api.pictures import photo
from tests.support import county
from tests.support.http import Person, Resident
from tests.support.story import Story

TRAFFIC, ENFORCE = "131024104-JJ", "131024104-ZF"
Find = Callable[[str], Person]


def test_the_stalls_are_cleared_and_the_resident_rates(
    story: Story, person: Find, resident: Resident
) -> None:
    step = story.step
    with step("A resident photographs leek traders' stalls blocking a road", "2026-11-16 08:10"):
        picture = photo(1600, 1200, turned=True)
    with step("and sends it from a phone", "2026-11-16 08:12"):
        receipt = resident.hand_in(
            body="集市路口卖韭菜的摊贩占了半条路，车都过不去，请来管管",
            area=county.TOWNSHIP,
            phone="13800001111",
            lat=39.61,
            lon=117.02,
            inlet="app",
        )
        resident.send_photo("占道.jpg", picture)
        assert receipt["stage_label"] == "待接办"
        assert receipt["holder_name"] == "安平镇群众说事中心"

    centre, number = person("dispatcher"), resident.number
    with step("accept 接办", "2026-11-16 08:20"):
        assert centre.case(number)["category_label"] == "占道经营"
        assert [f["name"] for f in centre.case(number)["files"]] == ["占道.jpg"]
        assert centre.act(number, "accept")["stage_label"] == "待交办"
    with step(
        "The township centre assigns traffic police and the enforcement brigade jointly",
        "2026-11-16 08:25",
    ):
        centre.act(number, "assign", lead=TRAFFIC, assist=[ENFORCE], note="联合清理路口")
        for username in ("traffic", "enforce"):
            (line,) = person(username).get("/inbox")["lines"]
            assert line["case"]["number"] == number
            (told,) = person(username).get("/notifications")["notifications"]
            assert told["number"] == number
        tasks = centre.case(number)["tasks"]
        assert [(t["unit"], t["lead"]) for t in tasks] == [(TRAFFIC, True), (ENFORCE, False)]
        assert all(t["due_at"] for t in tasks)

    with step("Whole process public: a resident can query it at any time", "2026-11-16 08:30"):
        now = {s["label"]: s["state"] for s in resident.look()["steps"]}
        assert now == {
            "接办": "passed", "交办": "present", "处置": "ahead",
            "反馈": "ahead", "回复": "ahead", "评价": "ahead",
        }  # fmt: skip

    with step("both report back (handle 处置)", "2026-11-16 08:50"):
        for username in ("traffic", "enforce"):
            person(username).act(number, "sign")
    with step("both report back (report 反馈): one alone is not enough", "2026-11-16 10:00"):
        after = person("traffic").attach(number, "路口畅通.jpg", photo())["id"]
        refused = person("traffic").act(number, "report", 403, result="已疏导交通")
        assert "由您单位汇总反馈" in refused["message"]
        found = person("enforce").act(number, "report", result="已劝离摊贩，指定了摆摊地点")
        assert found["stage_label"] == "处置中"
    with step("both report back; the road clears", "2026-11-16 10:30"):
        result = "已疏导交通，执法队已劝离摊贩"
        found = person("traffic").act(number, "report", result=result, evidence=[after])
        assert found["stage_label"] == "待回复"

    with step("the resident is told", "2026-11-16 11:00"):
        centre.act(number, "reply", text="摊点已清理，路口恢复畅通，感谢您的反映")
        seen = resident.look()
        assert seen["reply"].startswith("摊点已清理")
        assert "traffic" not in str(seen)
    with step("and rates it", "2026-11-16 12:00"):
        resident.rate(5, reasons=["solved", "fast"])
        seen = resident.look()
        assert (seen["stage_label"], seen["score"]) == ("已办结", 5)
        assert {s["state"] for s in seen["steps"]} == {"passed"}

    with step("response, closure and satisfaction rates enter the yearly assessment"):
        rates = person("county").get("/kpi?since=2026-11-01&until=2026-12-01")["total"]["rates"]
        for name in ("response", "closure", "on_time", "satisfaction"):
            assert (rates[name]["numerator"], rates[name]["denominator"]) == (1, 1), name


def test_who_is_not_satisfied_is_heard_again(
    story: Story, person: Find, resident: Resident
) -> None:
    step, centre = story.step, person("dispatcher")
    with step("Intake by app, WeChat account, hotline", "2026-11-16 08:00"):
        resident.hand_in(body="路口摊贩占道", area=county.TOWNSHIP, inlet="wechat")
    with step("a wrong dispatch comes back with its reason", "2026-11-16 09:00"):
        centre.act(resident.number, "assign", lead="131024104-PC")
        police = person("police")
        police.act(resident.number, "object", 422)
        found = police.act(resident.number, "object", reason="占道经营由综合执法队负责")
        assert (found["stage_label"], found["holder"]) == ("待交办", "131024104-C")
    with step("and is assigned anew, handled and answered", "2026-11-16 10:00"):
        centre.act(resident.number, "assign", lead=ENFORCE)
        person("enforce").act(resident.number, "sign")
        person("enforce").act(resident.number, "report", result="已劝离")
        centre.act(resident.number, "reply", text="已劝离摊贩")
    with step("rate 评价: two of five opens it again", "2026-11-17 10:00"):
        seen = resident.rate(2, reasons=["unsolved"], text="今天又摆上了")
        assert (seen["stage_kind"], seen["stage_label"]) == ("open", "待交办")
        case = centre.case(resident.number)
        assert (case["reopened"], case["holder"], case["replied_at"]) == (1, "131024104-C", None)
        assert "reopen" not in centre.actions(resident.number)
        assert "assign" in centre.actions(resident.number)
