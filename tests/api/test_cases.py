"""Lists and one case: filters, pages, and what stays invisible."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from core.access.actor import DOOR
from core.access.desk import Office
from core.cases.take_in import take_in
from core.now import moved_to, now
from tests.support import county
from tests.support.http import Person, Resident

Find = Callable[[str], Person]
ELSEWHERE = "131024100201"
NOWHERE = "131024-20260101-999999"


def register(office: Office, by: str = "clerk", **more: object) -> str:
    """A case taken in past HTTP, for tests that are about something else."""
    values = {"body": "小区门口的路灯坏了", "area": county.VILLAGE} | more
    with office.work(county.actor(office, by)) as work:
        return take_in(work, values).outcome.number


class TestAList:
    def test_is_narrowed_by_each_filter(self, office: Office, person: Find) -> None:
        start = now()
        with moved_to(start - timedelta(days=40)):
            old = register(office, body="请问社保卡怎么补办", inlet="hall")
        heat = register(office, body="三号楼暖气不热", area=county.GRID, inlet="phone")
        lamp = register(office, area=ELSEWHERE, by="county", urgency="urgent")
        chief = person("county")
        day = (start - timedelta(days=1)).date().isoformat()
        for query, expected in (
            ({}, {old, heat, lamp}),
            ({"stage": "assigned"}, {old, heat, lamp}),
            ({"stage": "closed"}, set()),
            ({"stage_kind": "live"}, {old, heat, lamp}),
            ({"stage_kind": "closed"}, set()),
            ({"kind": "question"}, {old}),
            ({"area": county.TOWNSHIP}, {old, heat}),
            ({"area": county.GRID}, {heat}),
            ({"unit": "131024-ZJ"}, {heat}),
            ({"category": "housing"}, {heat}),
            ({"category": "housing/heating"}, {heat}),
            ({"inlet": "hall"}, {old}),
            ({"urgency": "urgent"}, {heat, lamp}),
            ({"q": "暖气"}, {heat}),
            ({"q": "路灯"}, {lamp}),
            ({"q": heat}, {heat}),
            ({"q": heat.replace("-", "")}, {heat}),
            ({"q": heat[-6:]}, {heat}),
            ({"q": heat[:15]}, {heat, lamp}),
            ({"q": "没有这样的词"}, set()),
            ({"overdue": "true"}, {old}),
            ({"since": day}, {heat, lamp}),
            ({"until": day}, {old}),
            ({"since": (start - timedelta(days=41)).isoformat(), "until": day}, {old}),
            ({"closed_since": day}, set()),
            ({"score_max": "5"}, set()),
        ):
            found = chief.get("/cases", params=query)
            assert {c["number"] for c in found["cases"]} == expected, query

    def test_comes_in_pages_that_neither_repeat_nor_skip(
        self, office: Office, person: Find
    ) -> None:
        made = [register(office) for _n in range(7)]
        clerk = person("clerk")
        for order, expected in (("newest", made[::-1]), ("due", made)):
            seen, cursor = [], ""
            while True:
                query = {"order": order, "limit": "3", "cursor": cursor}
                page = clerk.get("/cases", params=query)
                assert len(page["cases"]) <= 3
                seen += [c["number"] for c in page["cases"]]
                cursor = page["cursor"]
                if cursor is None:
                    break
            assert seen == expected

    def test_gives_codes_for_programs_and_words_for_people(
        self, office: Office, person: Find
    ) -> None:
        register(office, body="三号楼暖气不热")
        (line,) = person("clerk").get("/cases")["cases"]
        assert (line["category"], line["category_label"]) == ("housing/heating", "供暖")
        assert (line["stage"], line["stage_label"]) == ("assigned", "待签收")
        assert (line["area"], line["area_name"]) == (county.VILLAGE, "王家摆村")
        english = {"Accept-Language": "en"}
        (line,) = person("clerk").get("/cases", headers=english)["cases"]
        assert line["category_label"] == "Heating"


class TestOneCase:
    def test_has_everything_around_it(self, office: Office, person: Find) -> None:
        number = register(
            office, body="我家在三号楼，电话13812345678", name="张三丰", phone="13800001111",
            on_behalf="李大爷", category="housing/heating", form={"indoor": 12},
        )  # fmt: skip
        case = person("dispatcher").case(number)
        assert "138****5678" in case["body"]
        assert case["resident"] == {"name": "张**", "phone": "138****1111", "masked": True}
        assert case["on_behalf"] == "李**"
        assert case["form"] == {"indoor": 12}
        assert [t["unit"] for t in case["tasks"]] == ["131024-ZJ"]
        assert {c["kind"] for c in case["clocks"]} >= {"case", "task"}
        assert [e["action"] for e in case["timeline"]] == ["create", "assign"]
        assert [e["label"] for e in case["timeline"]] == ["登记", "交办"]
        assert (case["files"], case["ratings"]) == ([], [])
        assert "因为" in case["routed_because"]
        for secret in ("code_hash", "last_hash", "idempotency_key", "13800001111", "张三丰"):
            assert secret not in str(case)

    def test_carries_its_version_as_entity_tag(self, office: Office, person: Find) -> None:
        number = register(office)
        found = person("clerk").call("GET", f"/cases/{number}")
        assert found.headers["etag"] == f'"{found.json()["version"]}"'
        assert found.headers["cache-control"] == "no-store"

    def test_shows_identities_for_a_stated_purpose(self, office: Office, person: Find) -> None:
        number = register(office, name="张三丰", phone="13800001111")
        path = f"/cases/{number}/identity"
        assert person("clerk").post(path, {"purpose": " "}, 422)["data"]["fields"]["purpose"]
        found = person("clerk").post(path, {"purpose": "电话回访核实情况"})
        assert (found["name"], found["phone"]) == ("张三丰", "13800001111")
        person("leader").post(path, {"purpose": "看看"}, 403)
        person("other").post(path, {"purpose": "看看"}, 404)


class TestWhatOneMayNotSee:
    """What one may not see is "not found"; nothing tells it from what does not exist."""

    def test_is_not_found_in_any_way(self, office: Office, person: Find) -> None:
        number = register(office)
        for username in ("other", "housing", "land", "traffic"):
            outsider = person(username)
            for method, path, body in (
                ("GET", f"/cases/{number}", None),
                ("GET", f"/cases/{number}/actions", None),
                ("POST", f"/cases/{number}/actions/accept", {}),
                ("POST", f"/cases/{number}/actions/comment", {"text": "x"}),
            ):
                found = outsider.call(method, path, body)
                missing = outsider.call(method, path.replace(number, NOWHERE), body)
                assert found.status_code == missing.status_code == 404, (username, path)
                assert found.json()["message"] == missing.json()["message"]
                assert found.json()["code"] == missing.json()["code"]
            outsider.attach(number, "a.jpg", b"x", expect=404)
            assert outsider.get("/cases")["cases"] == []
            assert outsider.get("/cases", params={"q": number})["cases"] == []

    def test_ends_at_the_persons_own_area(self, office: Office, person: Find) -> None:
        here, there = register(office), register(office, area=ELSEWHERE, by="county")
        numbers = lambda who: {c["number"] for c in person(who).get("/cases")["cases"]}  # noqa: E731
        assert numbers("dispatcher") == {here}
        assert numbers("other") == {there}
        assert numbers("county") == numbers("supervisor") == {here, there}
        assert numbers("deputy") == {here, there}

    def test_includes_all_cases_for_those_who_only_run_the_machine(
        self, office: Office, person: Find
    ) -> None:
        number = register(office)
        for username in ("admin", "auditor"):
            person(username).get("/cases", 403)
            person(username).case(number, 403)
            person(username).act(number, "comment", 403, text="x")


class TestAnAccusation:
    """Petition Regulations 2022, art. 30: it never reaches the accused unit."""

    ACCUSED = "131024104-ZF"

    @pytest.fixture
    def number(self, office: Office) -> str:
        with office.work(DOOR) as work:
            appeal = {
                "body": "投诉综合行政执法队乱罚款",
                "area": county.VILLAGE,
                "accused": [self.ACCUSED],
            }
            return take_in(work, appeal, inlet="web").outcome.number

    def test_is_invisible_to_everybody_in_it(self, number: str, person: Find) -> None:
        for username in ("enforce", "enforcehead"):
            accused = person(username)
            accused.case(number, 404)
            accused.act(number, "sign", 404)
            accused.get(f"/cases/{number}/actions", 404)
            assert accused.get("/cases")["cases"] == []
            assert accused.get("/inbox")["lines"] == []
            assert accused.get("/notifications")["notifications"] == []
        assert person("county").case(number)["accused"] == [self.ACCUSED]

    def test_cannot_be_given_to_it(self, number: str, person: Find) -> None:
        chief = person("county")
        if "accept" in chief.actions(number):
            chief.act(number, "accept")
        action = "redispatch" if "redispatch" in chief.actions(number) else "assign"
        found = chief.act(number, action, 422, lead=self.ACCUSED)
        assert list(found["data"]["fields"]) == ["lead"]
        found = chief.act(number, action, 422, lead="131024104-PC", assist=[self.ACCUSED])
        assert list(found["data"]["fields"]) == ["assist"]

    def test_of_the_township_centre_goes_above_it(self, office: Office, person: Find) -> None:
        centre = "131024104-C"
        with office.work(DOOR) as work:
            appeal = {"body": "镇中心推诿扯皮", "area": county.VILLAGE, "accused": [centre]}
            found = take_in(work, appeal, inlet="web").outcome
        assert found.holder != centre
        for username in ("clerk", "dispatcher", "gridhead"):
            person(username).case(found.number, 404)
            assert person(username).get("/notifications")["notifications"] == []
        person("county").case(found.number)


class TestWhatListsShow:
    def test_no_house_and_no_number(self, office: Office, person: Find) -> None:
        number = register(
            office, body="三号楼暖气不热", title="请回电13812345678",
            address="安平镇某小区3号楼501", phone="13900001111",
        )  # fmt: skip
        clerk, handler = person("clerk"), person("housing")
        lists = [
            clerk.get("/cases")["cases"],
            clerk.post("/residents/find", {"phone": "13900001111"})["open_cases"],
            clerk.post("/cases/alike", {"text": "暖气不热", "area": county.VILLAGE})["cases"],
            [line["case"] for line in handler.get("/inbox")["lines"]],
            [c for s in person("dispatcher").get("/board")["stages"] for c in s["cases"]],
        ]
        for (line,) in lists:
            assert line["number"] == number
            assert (line["title"], line["address"]) == ("请回电138****5678", "安平镇***")
        assert handler.case(number)["address"] == "安平镇某小区3号楼501", "who goes there knows"


class TestConfidence:
    """Who asks for confidence is known to whoever took the words down, and to nobody else."""

    def test_hides_who_spoke(self, office: Office, person: Find) -> None:
        number = register(
            office, name="张三丰", phone="13800001111", on_behalf="李大爷", confidential=True
        )
        for username in ("dispatcher", "county", "supervisor", "leader"):
            case = person(username).case(number)
            assert case["resident"] == {"name": "保密", "phone": "", "masked": True}
            assert case["on_behalf"] == ""
        found = person("dispatcher").post(f"/cases/{number}/identity", {"purpose": "核实"}, 403)
        assert "保密" in found["message"]
        clear = person("clerk").post(f"/cases/{number}/identity", {"purpose": "核实情况"})
        assert clear["name"] == "张三丰"

    def test_of_who_came_alone_is_kept_by_intake_staff(
        self, person: Find, resident: Resident
    ) -> None:
        resident.hand_in(
            body="三号楼暖气不热", area=county.VILLAGE, name="张三丰", phone="13800001111",
            confidential=True,
        )  # fmt: skip
        assert person("clerk").case(resident.number)["resident"]["name"] == "张**"
        assert person("housing").case(resident.number)["resident"]["name"] == "保密"
        path = f"/cases/{resident.number}/identity"
        person("housing").post(path, {"purpose": "上门维修"}, 403)
        person("clerk").post(path, {"purpose": "电话核实"})


class TestBesideTheList:
    def test_the_inbox_holds_what_is_mine(self, office: Office, person: Find) -> None:
        number = register(office, body="三号楼暖气不热")
        (line,) = person("housing").get("/inbox")["lines"]
        assert (line["case"]["number"], line["state"], line["lead"]) == (number, "open", True)
        assert person("land").get("/inbox")["lines"] == []

    def test_the_board_counts_by_stage_and_place(self, office: Office, person: Find) -> None:
        register(office, body="三号楼暖气不热")
        board = person("dispatcher").get("/board")
        assert [(s["stage"], s["n"], s["untaken"]) for s in board["stages"]] == [("assigned", 1, 1)]
        assert [(p["area"], p["n"]) for p in board["places"]] == [(county.VILLAGE, 1)]
        person("police").get("/board", 403)

    def test_a_caller_is_known_by_phone(self, office: Office, person: Find) -> None:
        number = register(office, name="张三丰", phone="13800001111")
        found = person("clerk").post("/residents/find", {"phone": "138 0000 1111"})
        assert found["name"] == "张**"
        assert [c["number"] for c in found["open_cases"]] == [number]
        person("clerk").post("/residents/find", {"phone": "13900000000"}, 404)
        person("clerk").post("/residents/find", {"phone": ["1"]}, 422)
        person("police").post("/residents/find", {"phone": "13800001111"}, 403)

    def test_the_same_matter_is_found(self, office: Office, person: Find) -> None:
        number = register(office, body="小区三号楼暖气不热")
        asked = {"text": "三号楼的暖气又不热了", "area": county.VILLAGE}
        found = person("clerk").post("/cases/alike", asked)
        assert [c["number"] for c in found["cases"]] == [number]


def test_nobody_reads_another_ones_session_in_the_answer(
    client: TestClient, office: Office, person: Find
) -> None:
    """Answers follow the token, not the order of requests."""
    register(office)
    for _round in range(3):
        assert len(person("dispatcher").get("/cases")["cases"]) == 1
        assert person("other").get("/cases")["cases"] == []
        assert client.get("/api/v1/cases").status_code == 401
