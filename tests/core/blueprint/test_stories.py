"""The five stories of this stage, told by the shipped blueprints alone. In memory.

Each step carries the words of the story; `tests/scenarios` tells the same over HTTP.
"""

from datetime import UTC, datetime, timedelta

from core.rules.case import SIGNED
from tests.support.county import COUNTY, GRID, TOWNSHIP, VILLAGE
from tests.support.memory import Loop, person

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 15, 10, tzinfo=UTC)
"""Ten past eleven at night, on a Saturday."""
CENTRE, POLICE, TRAFFIC = f"{TOWNSHIP}-C", f"{TOWNSHIP}-PC", f"{TOWNSHIP}-JJ"
MINUTES = timedelta(minutes=1)


def test_1_langfang_leek_traders_block_a_road() -> None:
    # A resident photographs the stalls and sends it from a phone.
    loop = Loop(
        "langfang", MONDAY, by="resident", inlet="app", area=VILLAGE,
        category="city/stalls", kind="complaint", body="韭菜摊贩占道经营，车过不去",
    )  # fmt: skip
    assert (loop.case.stage, loop.case.holder) == ("received", CENTRE)
    # The township centre assigns traffic police and the enforcement brigade jointly.
    loop.people["traffic"] = person(loop.found, "handler", TRAFFIC, number=20)
    loop.do("dispatcher", "assign", lead=TRAFFIC, assist=[f"{TOWNSHIP}-ZF"])
    # Both report back; the road clears.
    for who in ("enforce", "traffic"):
        loop.do(who, "sign")
        stage = loop.do(who, "report", result="摊位已搬到市场内")
    assert stage == "reported"
    # The resident is told and rates it.
    loop.do("dispatcher", "reply", text="交警和执法队已清理，道路畅通")
    assert loop.do("resident", "rate", score=5, reasons=["solved"]) == "closed"


def test_3_xianghe_two_families_dispute_land() -> None:
    # The grid worker collects it and mediates.
    loop = Loop(
        "xianghe", MONDAY, by="worker", inlet="grid", category="land/dispute", kind="dispute",
        body="两家因宅基地边界发生纠纷",
    )  # fmt: skip
    assert (loop.case.stage, loop.case.holder) == ("collected", GRID)
    # Mediation fails; it is escalated to the system.
    assert loop.do("worker", "escalate", reason="调解未成，双方各执一词") == "registered"
    assert loop.case.holder == CENTRE
    # The township centre routes it to the land office.
    land = f"{TOWNSHIP}-ZR"
    loop.people["land"] = person(loop.found, "handler", land, number=20)
    loop.do("dispatcher", "assign", lead=land)
    loop.do("land", "sign")
    # Solved, and verified before it is closed.
    assert loop.do("land", "report", result="现场测量，重新立界") == "reported"
    assert "close" not in loop.can("dispatcher")
    assert loop.do("dispatcher", "verify", text="已按证载面积重新立界") == "verified"
    # Both families rate.
    loop.do("resident", "rate", score=5, party="applicant")
    assert loop.do("worker", "rate", score=4, party="other") == "closed"


def test_4_xinyuan_loose_air_conditioner_cages() -> None:
    # Aunt Liu reports loose cages; the grid worker is notified.
    loop = Loop("xinyuan", MONDAY, by="resident", category="safety", body="空调外机架松动")
    assert (GRID, "task") in loop.told
    # The grid worker inspects on site and passes up to the grid leader.
    loop.do("worker", "sign")
    loop.do("worker", "escalate", reason="螺栓锈断，随时会掉")
    assert loop.case.holder == f"{VILLAGE}-WZ"
    # Who brings in the safety office; the cages are removed.
    safety = f"{TOWNSHIP}-AJ"
    loop.people["safety"] = person(loop.found, "handler", safety, number=20)
    loop.do("gridhead", "assign", lead=safety)
    loop.do("safety", "sign")
    loop.do("safety", "report", result="外机架已拆除")
    # Closed, then rated.
    assert loop.do("dispatcher", "close", text="松动的外机架已全部拆除") == "closed"
    assert loop.do("resident", "rate", score=5) == "rated"


def test_5_yuhua_a_parcel_is_missing() -> None:
    loop = Loop("yuhua", MONDAY, by="resident", category="lost", body="驿站的快递不见了")
    # Dispatched at once to the grid worker.
    assert (loop.case.stage, loop.case.holder) == ("assigned", GRID)
    loop.do("worker", "sign", later=6 * MINUTES)
    # Twenty minutes later found on the video: a relative fetched it.
    loop.do("worker", "report", later=20 * MINUTES, result="查看监控，是亲戚代取")
    loop.do("dispatcher", "reply", later=5 * MINUTES, text="快递由您的亲戚代取，已核实")
    # Called back.
    assert loop.do("clerk", "callback", later=5 * MINUTES, score=5) == "closed"
    assert loop.at - MONDAY == 36 * MINUTES


def test_15c_baiyin_a_fight_next_door() -> None:
    # Late at night a resident scans the plate downstairs about a fight next door.
    loop = Loop(
        "baiyin", NIGHT, by="resident", inlet="plate", category="order/fight", kind="help",
        urgency="critical", body="隔壁打架，听见有人喊救命",
    )  # fmt: skip
    assert {t.unit: t.due_at for t in loop.file.tasks} == {
        POLICE: NIGHT + 30 * MINUTES, GRID: NIGHT + 30 * MINUTES,
    }  # fmt: skip
    assert loop.case.due_at == NIGHT + 60 * MINUTES
    assert {(POLICE, "task"), (GRID, "task")} <= loop.told
    # Grid worker and police come within half an hour.
    loop.do("police", "sign", later=8 * MINUTES)
    loop.do("worker", "sign", later=4 * MINUTES)
    assert all(t.state == SIGNED for t in loop.file.tasks)
    loop.do("worker", "report", later=15 * MINUTES, result="已劝开，无人受伤")
    loop.do("police", "report", later=5 * MINUTES, result="夫妻争吵，已调解")
    # He is told within the hour.
    assert loop.do("county", "reply", later=5 * MINUTES, text="民警和网格员已到场处理") == "replied"
    assert loop.at - NIGHT < timedelta(hours=1)
    assert not loop.case.late


def test_15_baiyin_a_reply_worded_improperly_is_rejected() -> None:
    loop = Loop("baiyin", MONDAY, category="housing/heating", kind="complaint")
    assert loop.case.holder == f"{COUNTY}-ZJ"
    loop.do("housing", "sign")
    loop.do("housing", "report", result="不归我们管")
    assert loop.do("county", "reject_report", reason="用语不规范，请说明办理措施") == "assigned"
    loop.do("housing", "sign")
    loop.do("housing", "report", result="已协调供热公司上门排查")
    assert loop.do("county", "reply", text="供热公司已上门，室温恢复到 20 度") == "replied"
