"""The form is the library's, the session is ours: a ticket, a cookie, a lockout, a way out."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from streamlit_authenticator import Hasher

from api import auth
from api.app import make_app
from core.access import limits
from core.access.actor import NOBODY, SYSTEM
from core.access.desk import Office
from core.access.sessions import COOKIE, hash_password, issue_ticket, open_session
from db.models import SignIn
from pages.ui.signin import Form
from tests.pages.conftest import shown
from tests.support import county

Visit = Callable[..., AppTest]


def _try(page: AppTest, username: str, password: str) -> str:
    page.text_input[0].input(username)
    page.text_input[1].input(password)
    page.button[0].click().run()
    assert not page.exception
    return shown(page)


@pytest.fixture
def http(house: Office) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=auth.routes()), follow_redirects=False) as client:
        yield client


def test_the_librarys_hasher_and_ours_are_the_same() -> None:
    assert Hasher.check_pw(county.PASSWORD, hash_password(county.PASSWORD, rounds=4))


def test_the_librarys_own_cookie_is_neither_read_nor_set() -> None:
    form = Form()
    assert form.cookie_controller.get_cookie() is None
    assert not hasattr(form.cookie_controller, "cookie_model")


def test_the_right_password_leads_to_a_one_time_ticket(visit: Visit, house: Office) -> None:
    said = _try(visit("inbox"), "dispatcher", county.PASSWORD)
    assert "/auth/ticket/" in said
    assert "next=%2Finbox" in said, "back to where the person wanted to go"
    with house.look(SYSTEM) as look:
        assert look.tx.scalar(select(func.count()).select_from(SignIn)) == 1


def test_wrong_name_and_wrong_password_get_the_same_answer(visit: Visit) -> None:
    page = visit()
    assert "用户名或密码不正确" in _try(page, "nobody", "something")
    assert "用户名或密码不正确" in _try(page, "dispatcher", "something")
    assert "请填写用户名和密码" in _try(page, "", "")


def test_after_five_failures_the_account_is_locked_for_a_while(visit: Visit) -> None:
    page = visit()
    for _ in range(4):
        _try(page, "dispatcher", "wrong")
    assert "账号已锁定，请 15 分钟后再试" in _try(page, "dispatcher", "wrong")
    assert "账号已锁定" in _try(page, "dispatcher", county.PASSWORD)


class TestManyNamesFromOneAddress:
    """One password tried on many accounts locks none of them."""

    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "SIGN_INS_FROM", limits.Limit("sign_in.from", 3))

    def test_are_stopped_for_the_rest_of_the_hour(
        self, visit: Visit, browser: SimpleNamespace
    ) -> None:
        page = visit()
        for username in ("clerk", "county", "nobody"):
            assert "用户名或密码不正确" in _try(page, username, "Sommer-2026")
        assert "操作太频繁" in _try(page, "police", "Sommer-2026")
        assert "操作太频繁" in _try(page, "dispatcher", county.PASSWORD)
        browser.remote_ip = "203.0.113.6"
        assert "/auth/ticket/" in _try(page, "dispatcher", county.PASSWORD)

    @pytest.mark.parametrize("peer", ["10.1.1.1", "::1"])
    def test_the_address_is_the_one_that_a_trusted_proxy_says(
        self, visit: Visit, browser: SimpleNamespace, house: Office, peer: str
    ) -> None:
        house.settings = replace(house.settings, trusted_proxies=("10.1.1.1", "::1"))
        browser.remote_ip, page = peer, visit()
        for n in range(6):
            browser.headers = [("X-Forwarded-For", f"198.51.100.7, 203.0.113.{n}")]
            assert "用户名或密码不正确" in _try(page, f"nobody{n}", "Sommer-2026")
        for n in range(3):
            browser.headers = [
                ("X-Forwarded-For", f"198.51.100.{n}"),
                ("X-Forwarded-For", "203.0.113.5"),
            ]
            said = _try(page, "nobody", "Sommer-2026")
        assert "操作太频繁" in said, "what stands to the left was written by the caller"

    def test_over_the_interface_they_are_the_same_ones(
        self, visit: Visit, browser: SimpleNamespace, house: Office
    ) -> None:
        with TestClient(make_app(), client=("203.0.113.5", 1)) as client:
            for username in ("clerk", "county", "nobody"):
                said = {"username": username, "password": "Sommer-2026"}
                assert client.post("/api/v1/session", json=said).status_code == 401
        assert "操作太频繁" in _try(visit(), "dispatcher", county.PASSWORD)


def _ticket(house: Office, username: str = "dispatcher") -> str:
    with house.work(NOBODY) as work:
        return issue_ticket(work, open_session(work, county.actor(house, username)).token)


def test_a_ticket_sets_the_cookie_once(http: TestClient, house: Office) -> None:
    ticket = _ticket(house)
    answer = http.get(f"/auth/ticket/{ticket}", params={"next": "/case?number=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/case?number=1")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE)
    assert "httponly" in cookie and "samesite=lax" in cookie
    again = http.get(f"/auth/ticket/{ticket}")
    assert "set-cookie" not in again.headers


def test_over_https_the_cookie_is_secure(house: Office) -> None:
    with TestClient(
        Starlette(routes=auth.routes()), base_url="https://county", follow_redirects=False
    ) as client:
        answer = client.get(f"/auth/ticket/{_ticket(house)}")
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "elsewhere",
    ["https://elsewhere", "//elsewhere", "/\\elsewhere", "elsewhere", "javascript:x", "/\t/x"],
)
def test_nobody_is_sent_to_another_server(http: TestClient, house: Office, elsewhere: str) -> None:
    answer = http.get(f"/auth/ticket/{_ticket(house)}", params={"next": elsewhere})
    assert answer.headers["location"] == "/"


def test_signing_out_ends_the_session_on_the_server(
    http: TestClient,
    house: Office,
    visit: Visit,
    sign_in: Callable[[str], str],
    browser: SimpleNamespace,
) -> None:
    token = sign_in("dispatcher")
    http.cookies.set(COOKIE, token)
    assert http.get("/auth/out").status_code == 303
    page = visit("inbox")
    assert browser.cookies[COOKIE] == token, "the open socket still sends the old cookie"
    assert [i.label for i in page.text_input] == ["用户名", "密码"]


def test_another_sites_link_does_not_sign_anybody_out(
    http: TestClient, visit: Visit, sign_in: Callable[[str], str]
) -> None:
    http.cookies.set(COOKIE, sign_in("dispatcher"))
    http.get("/auth/out", headers={"sec-fetch-site": "cross-site"})
    assert "我的待办" in shown(visit("inbox"))


def test_the_language_is_kept_in_the_browser(http: TestClient) -> None:
    answer = http.get("/auth/lang/en", params={"next": "/inbox"})
    assert answer.headers["location"] == "/inbox"
    assert "onedoor_lang=en" in answer.headers["set-cookie"]
    assert "set-cookie" not in http.get("/auth/lang/xx").headers


class TestTheOwnPassword:
    def fill(self, page: AppTest, *words: str) -> str:
        for box, text in zip(page.text_input, words, strict=True):
            box.input(text)
        page.button[0].click().run()
        assert not page.exception
        return shown(page)

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("", "", ""), "请填写原密码和新密码"),
            ((county.PASSWORD, "Ceshi-2027!", "Ceshi-2028!"), "两次输入的新密码不一样"),
            ((county.PASSWORD, "short", "short"), "密码至少 10 位"),
            (("Falsch-2026!", "Ceshi-2027!", "Ceshi-2027!"), "原密码不正确"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, visit: Visit, sign_in: Callable[[str], str], words: tuple[str, ...], said: str
    ) -> None:
        sign_in("clerk")
        assert said in self.fill(visit("password"), *words)

    def test_changed_it_leads_to_the_door(
        self, visit: Visit, sign_in: Callable[[str], str], house: Office
    ) -> None:
        sign_in("clerk")
        page = visit("password")
        said = self.fill(page, county.PASSWORD, "Ceshi-2027!", "Ceshi-2027!")
        assert "密码已修改" in said
        assert 'href="/auth/out"' in said
        assert "/auth/ticket/" in _try(visit("inbox"), "clerk", "Ceshi-2027!")
