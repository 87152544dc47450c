"""Figures, messages, the county's words, and what whoever runs the machine asks."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from api.app import make_app
from core import open as house
from core.access.desk import Office
from tests.api.test_cases import register
from tests.conftest import Databases
from tests.support import county
from tests.support.http import Person, Resident

Find = Callable[[str], Person]


class TestFigures:
    def test_come_with_numerator_and_denominator(self, person: Find, resident: Resident) -> None:
        for score in (5, 2):
            resident.hand_in(body="请问社保卡怎么补办", area=county.TOWNSHIP, category="other")
            person("dispatcher").act(resident.number, "answer", text="带身份证来")
            resident.rate(score)
        resident.hand_in(body="路口摊贩占道", area=county.VILLAGE)
        found = person("county").get("/kpi")["total"]
        assert found["counts"]["received"] == 3
        closure = found["rates"]["closure"]
        assert (closure["numerator"], closure["denominator"]) == (1, 3)
        assert closure["value"] == pytest.approx(1 / 3)
        assert closure["label"] == "办结率"

    def test_are_split_and_narrowed(self, office: Office, person: Find) -> None:
        register(office, inlet="phone")
        register(office, inlet="hall", area="131024100201", by="county")
        chief = person("county")
        rows = {r["key"]: r for r in chief.get("/kpi?by=inlet")["rows"]}
        assert {k: r["counts"]["received"] for k, r in rows.items()} == {"phone": 1, "hall": 1}
        assert rows["hall"]["label"] == "群众说事室"
        one = chief.get("/kpi?by=area&area=131024100")
        assert one["total"]["counts"]["received"] == 1
        for by in ("", "area", "unit", "category", "inlet", "month", "day"):
            chief.get("/kpi", params={"by": by})
        assert chief.get("/kpi?until=2020-01-01")["total"]["counts"].get("received", 0) == 0

    def test_end_where_ones_rights_end(self, person: Find) -> None:
        person("dispatcher").get("/kpi?area=131024100", 403)
        person("worker").get("/kpi", 403)
        for query in (
            "by=colour",
            "since=yesterday",
            "area=1",
            "since=2026-02-01&until=2026-01-01",
        ):
            person("county").get(f"/kpi?{query}", 422)


class TestMessages:
    def test_are_ones_own_and_can_be_read(self, office: Office, person: Find) -> None:
        number = register(office, body="三号楼暖气不热")
        housing = person("housing")
        found = housing.get("/notifications")
        assert found["unread"] == 1
        (message,) = found["notifications"]
        assert (message["number"], message["read"]) == (number, False)
        assert message["subject"]
        assert message["body"]
        assert person("land").get("/notifications")["notifications"] == []
        person("land").post("/notifications/read", {"ids": [message["id"]]})
        assert housing.get("/notifications?unread=true")["unread"] == 1
        assert housing.post("/notifications/read", {"ids": [message["id"]]})["unread"] == 0
        assert housing.get("/notifications?unread=true")["notifications"] == []
        assert housing.post("/notifications/read") == {"read": 0, "unread": 0}

    def test_come_in_pages(self, office: Office, person: Find) -> None:
        for _n in range(5):
            register(office, body="三号楼暖气不热")
        seen: list[int] = []
        query: dict[str, int] = {"limit": 2}
        while page := person("housing").get("/notifications", params=query)["notifications"]:
            seen += [n["id"] for n in page]
            query["before"] = seen[-1]
        assert len(seen) == len(set(seen)) == 5

    def test_are_named_by_numbers(self, person: Find) -> None:
        for ids in ("1", [1, "2"], [True], [0], [2**70], {"a": 1}, [1] * 501):
            found = person("clerk").post("/notifications/read", {"ids": ids}, 422)
            assert list(found["data"]["fields"]) == ["ids"]


class TestTheCountysWords:
    def test_are_open_to_programs(self, anybody: Person) -> None:
        words = anybody.get("/blueprint")
        assert words["stages"]["replied"]["label"] == "待评价"
        assert words["categories"]["housing/heating"]["fields"]["properties"]["indoor"]
        assert list(words["steps"].values()) == ["接办", "交办", "处置", "反馈", "回复", "评价"]
        english = anybody.get("/blueprint", headers={"Accept-Language": "en"})
        assert english["stages"]["replied"]["label"] == "To be rated"

    def test_places_are_narrowed(self, anybody: Person) -> None:
        codes = lambda query: [p["code"] for p in anybody.get(f"/places{query}")["places"]]  # noqa: E731
        assert len(codes("")) == len(county.AREAS)
        assert codes("?level=township") == ["131024100", "131024104"]
        assert codes(f"?under={county.TOWNSHIP}&level=village") == [county.VILLAGE]
        assert codes("?q=北街") == ["131024100201", "131024100201001"]
        assert len(codes("?limit=2")) == 2
        anybody.get("/places?under=1", 422)

    def test_units_are_for_staff(self, person: Find, anybody: Person) -> None:
        anybody.get("/units", 401)
        found = person("clerk").get("/units", params={"duty": "police", "area": county.TOWNSHIP})
        assert [u["code"] for u in found["units"]] == ["131024104-PC"]


class TestTheMachine:
    def test_is_alive_and_ready_and_counts(self, client: TestClient, anybody: Person) -> None:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").json() == {"ready": True, "version": 1}
        anybody.get("/me", 401)
        for n in range(3):
            client.get(f"/api/no{n}%22")
        text = client.get("/metrics").text
        assert 'onedoor_requests_count{method="GET",route="/api/v1/me",status="401"}' in text
        assert "onedoor_messages_waiting 0" in text
        made_up = 'onedoor_requests_count{method="GET",route="",status="404"} '
        assert made_up in text, "nobody makes up lines without end"
        assert "/api/no" not in text

    def test_is_not_ready_without_a_county(self, databases: Databases) -> None:
        name = databases.copy("empty")
        empty = databases.office(name)
        house.use(empty)
        with TestClient(make_app()) as client:
            assert client.get("/healthz").status_code == 200
            assert client.get("/readyz").status_code == 503
            found = client.get("/api/v1/blueprint")
            assert (found.status_code, found.json()["code"]) == (503, "not_set_up")
        house.use(None)
        empty.engine.dispose()
        databases.drop(name)

    def test_is_not_ready_without_its_database(self, databases: Databases) -> None:
        lost = databases.office("no_such_database")
        house.use(lost)
        with TestClient(make_app()) as client:
            assert client.get("/readyz").status_code == 503
            found = client.get("/api/v1/blueprint")
        house.use(None)
        lost.engine.dispose()
        assert (found.status_code, found.json()["code"]) == (503, "unreachable")
        assert "no_such_database" not in found.text


def test_a_defect_is_logged_under_the_number_that_people_see(
    client: TestClient,
    person: Find,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("secret detail")

    clerk = person("clerk")
    monkeypatch.setattr("api.v1.me.shapes.actor", broken)
    found = clerk.get("/me", 500)
    assert found["code"] == "fault"
    assert "secret" not in str(found)
    assert found["data"]["id"] in caplog.text
    assert "secret detail" in caplog.text
