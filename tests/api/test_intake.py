"""Handing an appeal in: staff, anybody, twice, too often."""

from collections.abc import Callable
from dataclasses import replace

from starlette.testclient import TestClient

from api.app import make_app
from core import open as house
from core.access.desk import Office
from tests.support import county
from tests.support.http import Person, Resident
from tests.support.together import at_once

Find = Callable[[str], Person]
HEATING = {"body": "小区三号楼的暖气从昨天晚上开始就不热了", "area": county.VILLAGE}


class TestAReceipt:
    def test_says_number_code_stage_holder_deadline_and_why(self, person: Find) -> None:
        found = person("clerk").post("/cases", HEATING | {"inlet": "phone"}, 201)
        assert found["number"].startswith("131024-")
        assert len(found["query_code"]) == 6
        assert found["stage"] == "assigned"
        assert found["stage_label"] == "待签收"
        assert found["holder"] == "131024-ZJ"
        assert found["holder_name"] == "香河县住房和城乡建设局"
        assert found["due_at"].endswith("+08:00")
        assert found["routed_because"] == "因为：类别 供暖，地点 王家摆村（规则“供暖交住建”）"
        assert found["version"] == 2

    def test_speaks_the_callers_language(self, person: Find) -> None:
        english = {"Accept-Language": "fr;q=0.9, en-GB;q=0.8, zh;q=0.1"}
        found = person("clerk").post("/cases", HEATING, 201, headers=english)
        assert found["stage_label"] == "To sign for"

    def test_shows_the_query_code_this_once(self, person: Find) -> None:
        found = person("clerk").post("/cases", HEATING, 201)
        assert found["query_code"] not in str(person("clerk").case(found["number"]))


class TestAnybody:
    def test_may_hand_an_appeal_in_and_follow_it(self, resident: Resident) -> None:
        resident.hand_in(**HEATING)
        assert resident.look()["title"].startswith("小区三号楼")

    def test_comes_by_the_web_unless_they_say_otherwise(
        self, person: Find, resident: Resident
    ) -> None:
        for said, kept in ({}, "web"), ({"inlet": "wechat"}, "wechat"), ({"inlet": "app"}, "app"):
            resident.hand_in(**HEATING, **said)
            assert person("clerk").case(resident.number)["inlet"] == kept

    def test_cannot_pretend_to_be_staff(self, anybody: Person) -> None:
        for inlet in ("phone", "hall", "grid", "box", "import"):
            found = anybody.post("/cases", HEATING | {"inlet": inlet}, 422)
            assert list(found["data"]["fields"]) == ["inlet"]

    def test_reads_nothing(self, anybody: Person) -> None:
        for path in ("/cases", "/me", "/inbox", "/board", "/units", "/notifications", "/kpi"):
            anybody.get(path, 401)

    def test_who_sends_a_dead_token_is_not_taken_for_anybody(self, client: TestClient) -> None:
        Person(client, "dead").post("/cases", HEATING, 401)


class TestTooOften:
    def hand_in(self, client: TestClient, expect: int, **headers: str) -> dict:
        return Person(client).post("/cases", HEATING, expect, headers=headers)

    def test_one_address_is_stopped_for_the_rest_of_the_hour(
        self, office: Office, client: TestClient, person: Find
    ) -> None:
        office.settings = replace(office.settings, anonymous_per_hour=3)
        for _time in range(3):
            self.hand_in(client, 201)
        found = Person(client).call("POST", "/cases", HEATING)
        assert found.status_code == 429
        assert 0 < int(found.headers["retry-after"]) <= 3601
        assert "分钟" in found.json()["message"]
        person("clerk").post("/cases", HEATING, 201)  # staff are not counted

    def test_what_was_refused_or_repeated_is_not_counted(
        self, office: Office, client: TestClient
    ) -> None:
        office.settings = replace(office.settings, anonymous_per_hour=2)
        Person(client).post("/cases", {"body": ""}, 422)
        for _again in range(4):
            self.hand_in(client, 201, **{"Idempotency-Key": "a"})
        self.hand_in(client, 201)
        self.hand_in(client, 429)

    def test_a_forged_address_does_not_help(self, office: Office, client: TestClient) -> None:
        office.settings = replace(office.settings, anonymous_per_hour=1)
        self.hand_in(client, 201, **{"X-Forwarded-For": "10.0.0.1"})
        self.hand_in(client, 429, **{"X-Forwarded-For": "10.0.0.2"})

    def test_a_configured_proxy_is_believed(self, office: Office) -> None:
        office.settings = replace(
            office.settings, anonymous_per_hour=1, trusted_proxies=("10.1.1.1",)
        )
        house.use(office)
        with TestClient(make_app(), client=("10.1.1.1", 1)) as client:
            self.hand_in(client, 201, **{"X-Forwarded-For": "203.0.113.5"})
            self.hand_in(client, 201, **{"X-Forwarded-For": "203.0.113.6"})
            # What stands to the left was written by the caller, not by the proxy.
            self.hand_in(client, 429, **{"X-Forwarded-For": "198.51.100.7, 203.0.113.6"})
            lines = [("X-Forwarded-For", said) for said in ("198.51.100.8", "203.0.113.6")]
            assert client.post("/api/v1/cases", json=HEATING, headers=lines).status_code == 429
        house.use(None)


class TestTheSameAgain:
    def test_gives_the_same_receipt_and_one_case(self, person: Find) -> None:
        clerk, key = person("clerk"), {"Idempotency-Key": "form-1"}
        first = clerk.post("/cases", HEATING, 201, headers=key)
        again = clerk.post("/cases", HEATING, 201, headers=key)
        assert again["number"] == first["number"]
        assert again["repeated"] is True
        assert again["query_code"] == ""  # shown once; whoever repeats a key may be a stranger
        assert len(clerk.get("/cases")["cases"]) == 1

    def test_at_the_same_instant_too(self, person: Find) -> None:
        clerk, key = person("clerk"), {"Idempotency-Key": "form-2"}
        found = at_once(lambda _n: clerk.post("/cases", HEATING, 201, headers=key), range(6))
        assert len({f["number"] for f in found}) == 1
        assert sum(not f["repeated"] for f in found) == 1

    def test_of_what_the_sender_may_not_see_as_well(self, person: Find) -> None:
        """Who takes down an appeal about their own unit does not see it from then on."""
        clerk, key = person("clerk"), {"Idempotency-Key": "form-4"}
        said = HEATING | {"accused": ["131024104-C"]}
        first = clerk.post("/cases", said, 201, headers=key)
        again = clerk.post("/cases", said, 201, headers=key)
        assert (again["number"], again["repeated"]) == (first["number"], True)
        clerk.get(f"/cases/{first['number']}", 404)

    def test_a_key_is_the_senders_own(self, person: Find, anybody: Person) -> None:
        """Whoever guesses it learns nothing, and loses nothing."""
        key, lamp = {"Idempotency-Key": "1"}, HEATING | {"body": "村口的路灯坏了"}
        senders = (anybody, HEATING), (anybody, lamp), (person("clerk"), HEATING)
        senders += (person("county"), HEATING), (person("worker"), lamp)
        found = [who.post("/cases", said, 201, headers=key) for who, said in senders]
        assert len({f["number"] for f in found}) == len(senders)
        assert not any(f["repeated"] for f in found)
        assert [who.post("/cases", said, 201, headers=key)["number"] for who, said in senders] == [
            f["number"] for f in found
        ]

    def test_other_words_under_ones_own_key_are_refused(self, person: Find) -> None:
        clerk, key = person("clerk"), {"Idempotency-Key": "form-3"}
        first = clerk.post("/cases", HEATING, 201, headers=key)
        for other in ({"body": "村口的路灯坏了"}, {"phone": "13800001111"}, {"title": "暖气"}):
            found = clerk.post("/cases", HEATING | other, 422, headers=key)
            assert (found["code"], found["data"]["number"]) == ("key_taken", first["number"])
            assert list(found["data"]["fields"]) == ["Idempotency-Key"]
        again = clerk.post("/cases", HEATING | {"title": " "}, 201, headers=key)
        assert again["repeated"], "it says the same"
        assert len(clerk.get("/cases")["cases"]) == 1

    def test_a_strange_key_is_named(self, person: Find) -> None:
        clerk = person("clerk")
        for key in (" ", "x" * 101, "a b", "钥匙"):
            headers = {b"Idempotency-Key": key.encode()}
            found = clerk.post("/cases", HEATING, 422, headers=headers)
            assert list(found["data"]["fields"]) == ["Idempotency-Key"]
        clerk.post("/cases", HEATING, 201, headers={b"Idempotency-Key": b""})


class TestWhoMayRegister:
    def test_those_who_take_appeals_in_and_nobody_else(self, person: Find) -> None:
        for username in ("clerk", "dispatcher", "county", "worker", "gridhead"):
            person(username).post("/cases", HEATING, 201)
        for username in (
            "police", "supervisor", "leader", "deputy", "analyst", "admin", "auditor",
        ):  # fmt: skip
            found = person(username).post("/cases", HEATING, 403)
            assert found["code"] == "not_permitted"
            assert found["data"]["permission"] == "case:create"
