"""Signing in: tokens, lockout, idling, revocation, and the browser's cookie."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from core.access import limits
from core.access.actor import NOBODY, SYSTEM
from core.access.desk import Office
from core.access.sessions import COOKIE, open_session
from core.now import moved_to, now
from core.places.people import disable, set_password
from tests.support import county
from tests.support.http import Person, sign_in

Find = Callable[[str], Person]


def attempt(client: TestClient, username: str, password: str, **more: object) -> tuple[int, dict]:
    found = Person(client).call(
        "POST", "/session", {"username": username, "password": password}, **more
    )
    return found.status_code, found.json()


class TestSigningIn:
    def test_gives_a_token_and_says_who_one_is(self, client: TestClient) -> None:
        status, found = attempt(client, "dispatcher", county.PASSWORD)
        assert status == 200
        me = Person(client, found["token"]).get("/me")
        assert me == found["actor"]
        assert (me["username"], me["roles"], me["unit"]) == (
            "dispatcher",
            ["dispatcher"],
            "131024104-C",
        )
        assert (me["area"], me["scope"]) == ("131024104", "area")
        assert "case:act" in me["permissions"]
        assert "config:write" not in me["permissions"]

    def test_says_the_same_for_a_wrong_name_and_a_wrong_password(self, client: TestClient) -> None:
        wrong = attempt(client, "dispatcher", "Falsch-2026!")
        unknown = attempt(client, "nobody-here", "Falsch-2026!")
        assert wrong == unknown
        assert wrong[0] == 401
        assert wrong[1]["code"] == "sign_in.wrong"

    def test_names_the_field_that_is_missing_or_strange(self, anybody: Person) -> None:
        for body in (
            {},
            {"username": "clerk"},
            {"username": "clerk", "password": ""},
            {"username": 7, "password": county.PASSWORD},
            {"username": ["clerk"], "password": county.PASSWORD},
            {"username": "clerk", "password": {"$ne": ""}},
            {"username": "clerk\x00", "password": county.PASSWORD},
            {"username": "clerk", "password": "\ud800\ud800"},
        ):
            found = anybody.post("/session", body, 422)
            assert set(found["data"]["fields"]) <= {"username", "password"}

    def test_answers_a_password_of_any_length(self, client: TestClient) -> None:
        assert attempt(client, "clerk", "x" * 5000)[0] == 401

    def test_locks_after_repeated_failures_and_opens_by_itself(self, client: TestClient) -> None:
        for _failure in range(4):
            assert attempt(client, "clerk", "wrong")[1]["code"] == "sign_in.wrong"
        assert attempt(client, "clerk", "wrong")[1]["code"] == "sign_in.locked"
        status, found = attempt(client, "clerk", county.PASSWORD)
        assert (status, found["code"]) == (401, "sign_in.locked")
        assert "分钟" in found["message"]
        with moved_to(now() + timedelta(minutes=16)):
            assert attempt(client, "clerk", county.PASSWORD)[0] == 200

    def test_takes_a_name_in_capitals_or_not(self, client: TestClient) -> None:
        status, found = attempt(client, " Clerk", county.PASSWORD)
        assert (status, found["actor"]["username"]) == (200, "clerk")

    @pytest.mark.parametrize("name", ["nobody-here", "clerk", "CLERK", "closed"])
    def test_locks_names_that_nobody_has_as_well(
        self, office: Office, client: TestClient, name: str
    ) -> None:
        """Or the lock would tell which accounts there are."""
        if name == "closed":
            name = "police"
            with office.work(SYSTEM) as work:
                disable(work, name)
        said, start = [], now().replace(minute=1)
        for minutes in (0, 0, 0, 1, 2, 2, 10, 18, 18):
            with moved_to(start + timedelta(minutes=minutes)):
                status, found = attempt(client, name, "wrong")
                said.append((status, found["code"].partition(".")[2], found["data"].get("minutes")))
        assert said == [
            *[(401, "wrong", None)] * 4,
            *[(401, "locked", 15)] * 2,
            (401, "locked", 7),
            *[(401, "wrong", None)] * 2,
        ]

    def test_slows_down_who_tries_many_names_from_one_address(
        self, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "SIGN_INS_FROM", limits.Limit("sign_in.from", 3))
        for username in ("clerk", "county", "worker"):
            assert attempt(client, username, "Sommer-2026")[0] == 401
        assert attempt(client, "police", "Sommer-2026")[0] == 429
        assert attempt(client, "dispatcher", county.PASSWORD)[0] == 429


class TestAToken:
    def test_is_needed_for_what_staff_see(self, client: TestClient) -> None:
        for header in ("", "Bearer", "Bearer  ", "Basic Zm9v", "Bearer nonsense"):
            found = client.get("/api/v1/cases", headers={"Authorization": header} if header else {})
            assert found.status_code == 401
            assert found.headers["www-authenticate"].startswith("Bearer")
            assert found.json()["code"] == "not_signed_in"

    def test_opens_nothing_after_signing_out(self, person: Find) -> None:
        clerk = person("clerk")
        assert clerk.call("DELETE", "/session").status_code == 204
        clerk.get("/me", 401)
        assert clerk.call("DELETE", "/session").status_code == 401

    def test_ends_when_idle(self, person: Find) -> None:
        clerk, start = person("clerk"), now()
        for minutes in (20, 45, 70):  # never idle for thirty minutes
            with moved_to(start + timedelta(minutes=minutes)):
                clerk.get("/me")
        with moved_to(start + timedelta(minutes=101)):
            assert "退出" in clerk.get("/me", 401)["message"]

    def test_is_kept_alive_by_refused_actions_too(self, person: Find) -> None:
        clerk, start = person("clerk"), now()
        with moved_to(start + timedelta(minutes=25)):
            clerk.get("/cases/131024-20260101-000001", 404)
        with moved_to(start + timedelta(minutes=50)):
            clerk.get("/me")

    def test_ends_after_a_working_day(self, person: Find) -> None:
        clerk, start = person("clerk"), now()
        for step in range(1, 36):
            with moved_to(start + timedelta(minutes=20 * step)):
                clerk.get("/me")
        with moved_to(start + timedelta(hours=12, minutes=1)):
            clerk.get("/me", 401)

    def test_ends_when_the_account_is_closed(self, office: Office, person: Find) -> None:
        clerk = person("clerk")
        with office.work(SYSTEM) as work:
            disable(work, "clerk")
        clerk.get("/me", 401)

    def test_ends_when_the_password_is_changed(
        self, office: Office, client: TestClient, person: Find
    ) -> None:
        clerk = person("clerk")
        with office.work(SYSTEM) as work:
            set_password(work, "clerk", "Neu-und-lang-2026")
        clerk.get("/me", 401)
        assert attempt(client, "clerk", county.PASSWORD)[0] == 401
        sign_in(client, "clerk", "Neu-und-lang-2026").get("/me")


class TestAnOwnPassword:
    def test_ends_every_session_of_the_person(self, client: TestClient, person: Find) -> None:
        clerk, other = person("clerk"), sign_in(client, "clerk")
        body = {"present": county.PASSWORD, "password": "Neu-und-lang-2026"}
        clerk.put("/session/password", body, 204)
        for one in (clerk, other):
            one.get("/me", 401)
        sign_in(client, "clerk", "Neu-und-lang-2026").get("/me")

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"present": "Falsch-2026!", "password": "Neu-und-lang-2026"}, 401),
            ({"present": county.PASSWORD, "password": "short"}, 422),
            ({"present": county.PASSWORD}, 422),
            ({}, 422),
        ],
    )
    def test_refused_changes_nothing(self, person: Find, body: dict, status: int) -> None:
        clerk = person("clerk")
        clerk.put("/session/password", body, status)
        clerk.get("/me")

    def test_nobody_s(self, anybody: Person) -> None:
        body = {"present": county.PASSWORD, "password": "Neu-und-lang-2026"}
        anybody.put("/session/password", body, 401)


class TestTheBrowsersCookie:
    """The cookie works as a token does, but only on calls from our own pages."""

    @pytest.fixture
    def cookie(self, office: Office, client: TestClient) -> dict[str, str]:
        with office.work(NOBODY) as work:
            token = open_session(work, county.actor(office, "clerk")).token
        return {"Cookie": f"{COOKIE}={token}"}

    def test_reads(self, anybody: Person, cookie: dict[str, str]) -> None:
        assert anybody.get("/me", headers=cookie)["username"] == "clerk"

    def test_does_nothing_from_another_site(self, anybody: Person, cookie: dict[str, str]) -> None:
        for headers in (
            {},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://testserver.evil.example"},
            {"Referer": "http://testserver/"},
        ):
            found = anybody.post("/cases", {"body": "x"}, 403, headers=cookie | headers)
            assert found["code"] == "cross_site"
        assert anybody.call("DELETE", "/session", headers=cookie).status_code == 403
        anybody.get("/me", headers=cookie)

    @pytest.mark.parametrize("sign", [{"X-OneDoor": "1"}, {"Origin": "http://testserver"}])
    def test_acts_from_our_own_pages(
        self, anybody: Person, cookie: dict[str, str], sign: dict[str, str]
    ) -> None:
        appeal = {"body": "小区路灯不亮", "area": county.VILLAGE}
        anybody.post("/cases", appeal, 201, headers=cookie | sign)

    def test_gives_way_to_a_bearer_token(self, person: Find, cookie: dict[str, str]) -> None:
        appeal = {"body": "小区路灯不亮", "area": county.VILLAGE}
        person("dispatcher").post("/cases", appeal, 201, headers=cookie)
        assert person("dispatcher").get("/me", headers=cookie)["username"] == "dispatcher"

    def test_is_dropped_by_signing_out(self, anybody: Person, cookie: dict[str, str]) -> None:
        found = anybody.call("DELETE", "/session", headers=cookie | {"X-OneDoor": "1"})
        assert found.status_code == 204
        assert COOKIE in found.headers["set-cookie"]
        anybody.get("/me", 401, headers=cookie)
