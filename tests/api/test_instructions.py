"""Leaders and deputies over HTTP: the briefing, instructions, what is looked at again."""

from collections.abc import Callable

import pytest

from tests.support.http import Person

Sign = Callable[[str], Person]
HOUSING = "131024-ZJ"
APPEAL = {
    "body": "三号楼暖气不热，家里有老人和孩子",
    "category": "housing/heating",
    "area": "131024104201",
    "phone": "13812345678",
    "name": "张某某",
    "address": "王家摆村三号楼501室",
}


@pytest.fixture
def number(person: Sign) -> str:
    """A case that the housing bureau has."""
    return person("clerk").post("/cases", APPEAL, 201)["number"]


class TestInstructions:
    def test_from_the_leader_to_the_unit_and_back(self, person: Sign, number: str) -> None:
        leader, housing = person("leader"), person("housing")
        given = leader.post(
            "/instructions",
            {"cases": [number], "text": "立即处理", "to": [HOUSING], "due": "2026-11-18"},
            201,
        )
        assert given["cases"] == [number]
        assert "acknowledge" in housing.actions(number)
        housing.act(number, "acknowledge")
        housing.act(number, "feedback", text="已恢复供暖")
        (found,) = leader.get("/instructions", params={"mine": True})["instructions"]
        assert (found["state"], found["parts"][0]["answer"]) == ("answered", "已恢复供暖")
        done = leader.post(f"/instructions/{found['id']}/settle")
        assert (done["done"], done["instruction"]["state"]) == (1, "settled")

    def test_on_a_class_of_appeals(self, person: Sign, number: str) -> None:
        leader = person("leader")
        given = leader.post(
            "/instructions",
            {"category": "housing", "area": "131024", "text": "排查", "to": [HOUSING]},
            201,
        )
        (matter,) = given["cases"]
        (found,) = leader.get("/instructions")["instructions"]
        assert found["about"] == {"area": "131024", "category": "housing"}
        assert found["subject"] == "香河县 · 城乡建设"
        assert [c["number"] for c in leader.get("/cases")["cases"]] == [number]
        assert person("housing").case(matter)["demands"][0]["state"] == "open"

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"to": []}, "to"),
            ({"to": ["没有"]}, "to"),
            ({"due": "2026-11-01"}, "due"),
            ({"area": "110000"}, "area"),
            ({"category": "没有"}, "category"),
            ({"cases": ["131024-20261116-999999"], "category": None}, "cases"),
            ({"cases": "全部", "category": None}, "cases"),
            ({"cases": []}, "cases"),
            ({"category": None}, "cases"),
            ({"strange": 1}, "strange"),
        ],
    )
    def test_each_fault_names_its_field(
        self, person: Sign, number: str, wrong: dict[str, object], field: str
    ) -> None:
        body = {"text": "排查", "to": [HOUSING], "category": "housing", **wrong}
        refused = person("leader").post("/instructions", body, 422)
        assert field in refused["data"]["fields"], refused

    def test_only_leaders_instruct_and_only_the_offices_track(
        self, person: Sign, number: str
    ) -> None:
        body = {"text": "排查", "to": [HOUSING], "cases": [number]}
        for by in ("supervisor", "dispatcher", "housing", "deputy"):
            assert person(by).post("/instructions", body, 403)["code"] == "not_permitted"
        for by in ("housing", "deputy", "analyst"):
            person(by).get("/instructions", 403)
        person("supervisor").get("/instructions")
        person("supervisor").get("/instructions", 404, params={"area": "110000"})
        person("supervisor").get("/instructions", 422, params={"state": "没有"})
        person("supervisor").get("/instructions/77", 404)

    def test_nothing_to_settle_yet(self, person: Sign, number: str) -> None:
        leader = person("leader")
        leader.post("/instructions", {"text": "快办", "to": [HOUSING], "cases": [number]}, 201)
        (found,) = leader.get("/instructions")["instructions"]
        leader.post(f"/instructions/{found['id']}/settle", {}, 422)
        leader.post(f"/instructions/{found['id']}/nonsense", {}, 422)


class TestBriefing:
    def test_three_lists_with_numbers(self, person: Sign, number: str) -> None:
        for _n in range(3):
            person("clerk").post("/cases", APPEAL, 201)
        leader = person("leader")
        body = {"text": "立即处理", "to": [HOUSING], "cases": [number]}
        leader.post("/instructions", body, 201)
        found = leader.get("/briefing", params={"since": "2026-11-10"})
        assert found["received"] == 4
        assert found["hot"][0]["said"] == "供暖：4 件，上期没有"
        assert found["hot"][0]["about"]["category"] == "housing/heating"
        assert found["instructions"][0]["said"].startswith("“立即处理”")

    def test_only_for_leaders(self, person: Sign) -> None:
        for by in ("supervisor", "deputy", "housing"):
            person(by).get("/briefing", 403)


class TestDeputies:
    def test_a_low_score_returns_the_case_and_the_unit_answers(self, person: Sign) -> None:
        clerk, deputy = person("clerk"), person("deputy")
        number = clerk.post("/cases", APPEAL | {"category": "other"}, 201)["number"]
        person("dispatcher").act(number, "answer", text="已处理")
        clerk.act(number, "rate", score=5)
        found = deputy.get("/deputy")
        assert [c["number"] for c in found["closed"]] == [number]
        deputy.act(number, "review", score=2, suggestion="没有解决")
        assert deputy.act(number, "review", 403, score=2, suggestion="再来")
        found = deputy.get("/deputy")
        assert found["closed"] == []
        assert [c["number"] for c in found["open"]] == [number]
        assert found["sent_back"][0]["came"].startswith("已退回重办")
        assert found["duty"] == {
            "reads": 0, "suggestions": 0, "reviews": 1, "low": 1, "answered": 0,
        }  # fmt: skip

    def test_reading_a_case_goes_into_their_own_record_once_a_day(
        self, person: Sign, number: str
    ) -> None:
        deputy = person("deputy")
        for _again in range(2):
            deputy.case(number)
        deputy.case("131024-20261116-999999", 404)
        person("leader").case(number)
        assert deputy.get("/deputy")["duty"]["reads"] == 1

    def test_nothing_says_who_spoke(self, person: Sign, number: str) -> None:
        deputy = person("deputy")
        for path in (f"/cases/{number}", "/cases", "/deputy"):
            text = deputy.call("GET", path).text
            assert number in text
            assert "501" not in text.replace(number, "")
            assert "138" not in text.replace(number, "").replace("138****", "")
        assert deputy.case(number)["resident"] is None

    def test_what_is_not_theirs_does_not_exist(self, person: Sign) -> None:
        secret = person("clerk").post("/cases", APPEAL | {"confidential": True}, 201)["number"]
        person("deputy").case(secret, 404)
        person("deputy").get("/deputy", 404, params={"area": "110000"})
        person("leader").get("/deputy", 403)
