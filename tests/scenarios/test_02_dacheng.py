"""System 2, Langfang tiering (Dacheng): students stranded by a lockdown come home."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.support import county
from tests.support.http import Person, Resident
from tests.support.story import Story

Find = Callable[[str], Person]
Hire = Callable[..., Person]
TRANSPORT, POLICE, HEALTH, EDUCATION = "131024-JT", "131024-GA", "131024-WJ", "131024-JY"


@pytest.fixture
def blueprint() -> str:
    return "dacheng"


@pytest.fixture
def offices(client: TestClient, hire: Hire) -> dict[str, Person]:
    """A handler in each of the county's offices."""
    return {
        unit: hire(f"u{unit[-2:].lower()}", unit) for unit in (TRANSPORT, POLICE, HEALTH, EDUCATION)
    }


def test_one_joint_matter_many_appeals_one_reply(
    story: Story, person: Find, client: TestClient, offices: dict[str, Person]
) -> None:
    step, centre = story.step, person("county")
    parents = [Resident(client) for _ in range(3)]
    with step("A student stranded by an epidemic lockdown, 14 January", "2026-01-14 09:10"):
        parents[0].hand_in(
            body="孩子在外地上学，封控后滞留学校回不来，请帮帮我们", area=county.VILLAGE
        )
    with step("the county centre contacts the parent", "2026-01-14 09:20"):
        centre.act(parents[0].number, "comment", text="已电话联系家长，了解学校和人数")
    with step("finds more students like it", "2026-01-14 10:00"):
        for parent, place in zip(parents[1:], ("131024100201", county.TOWNSHIP), strict=True):
            parent.hand_in(body="我家学生也滞留在同一所学校，什么时候能回家", area=place)
    main = parents[0].number
    with step("opens one joint matter for police, transport and health", "2026-01-14 10:30"):
        centre.act(main, "grade", difficulty="beyond")
        found = centre.act(
            main, "redispatch", lead=TRANSPORT, assist=[POLICE, HEALTH, EDUCATION], note="联办"
        )
        assert found["stage"] == "assigned"
        tasks = centre.case(main)["tasks"]
        tasks = [t for t in tasks if t["state"] == "open"]
        assert [t["unit"] for t in tasks if t["lead"]] == [TRANSPORT]
        assert {t["unit"] for t in tasks if not t["lead"]} == {POLICE, HEALTH, EDUCATION}
    with step("many linked appeals", "2026-01-14 10:40"):
        for parent in parents[1:]:
            found = centre.act(parent.number, "merge", into=main, reason="同一所学校的学生")
            assert found["stage"] == "merged"
        told = centre.act(parents[2].number, "merge", 403, into=main)
        assert told["code"] == "action.not_now", "it is merged already"
    with step("a case cannot be merged into itself, a merged one, or one that is not there"):
        spare = Resident(client)
        spare.hand_in(body="村口路灯不亮", area=county.VILLAGE, category="other")
        for wrong in (spare.number, parents[1].number, "131024-20260101-999999"):
            told = centre.act(spare.number, "merge", 422, into=wrong)
            assert "into" in told["data"]["fields"] or told["data"].get("field") == "into"
    with step("three co-handlers report, then the lead", "2026-01-16 15:00"):
        for unit in (POLICE, HEALTH, EDUCATION, TRANSPORT):
            offices[unit].act(main, "sign")
            found = offices[unit].act(main, "report", result="已办")
        assert found["stage"] == "reported"
    with step("69 students come home by bus; one reply to all", "2026-01-17 18:00"):
        centre.act(main, "reply", text="69 名学生已于今日乘大巴平安到家")
        for parent in parents:
            seen = parent.look()
            assert "69 名学生" in seen["reply"]
            assert seen["replied_at"] is not None
            assert parent.rate(5)["stage_kind"] == "closed"


def test_a_matter_that_was_merged_by_mistake_goes_its_own_way(
    story: Story, person: Find, client: TestClient
) -> None:
    centre = person("county")
    first, second = Resident(client), Resident(client)
    with story.step("two appeals", "2026-01-14 09:00"):
        first.hand_in(body="村里的路坏了", area=county.VILLAGE, category="other")
        second.hand_in(body="村里的桥坏了", area=county.VILLAGE, category="other")
    with story.step("merged by mistake, separated again", "2026-01-14 09:30"):
        centre.act(second.number, "merge", into=first.number)
        assert centre.act(second.number, "separate", reason="不是一件事")["stage"] == "accepted"
        centre.act(first.number, "answer", text="路已安排修")
        assert second.look()["reply"] == ""


def test_a_part_becomes_a_case_of_its_own(story: Story, person: Find, client: TestClient) -> None:
    centre, resident = person("county"), Resident(client)
    with story.step("one appeal about two things", "2026-01-14 09:00"):
        resident.hand_in(body="路坏了，另外邻居欠我工资", area=county.VILLAGE, category="other")
    with story.step("the second one is split off", "2026-01-14 09:30"):
        centre.act(resident.number, "accept")
        done = centre.act(resident.number, "split", body="邻居拖欠工资", category="labour/wages")
        new = done["part"]
        part = centre.get("/cases?category=labour/wages")["cases"]
        assert [c["title"] for c in part] == ["邻居拖欠工资"]
        assert centre.case(resident.number)["stage"] == "accepted"
    with story.step("the resident follows both", "2026-01-14 10:00"):
        assert "编号和查询码由工作人员告诉您" in str(resident.look()["timeline"])
        other = Resident(client)
        other.number, other.code = new["number"], new["query_code"]
        assert other.look()["number"] == new["number"]
        entries = centre.case(resident.number)["timeline"]
        assert new["query_code"] not in str(entries), "the code is told once, and kept nowhere"
