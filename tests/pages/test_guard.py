"""Who is not signed in sees the form and nothing else; who may not, is told so."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.access.sessions import COOKIE
from core.now import now
from core.places.people import disable
from db.models import SignIn
from pages.registry import PAGES
from tests.pages.conftest import shown
from tests.support import county

Visit = Callable[..., AppTest]
URLS = [p.url for p in PAGES]


def test_without_a_session_every_page_is_the_sign_in_form(visit: Visit, number: str) -> None:
    for url in URLS:
        page = visit(url, number=number)
        assert [i.label for i in page.text_input] == ["用户名", "密码"], url
        assert "占道经营" not in shown(page)
        assert "/new" in shown(page), "residents find their way"


def test_a_made_up_cookie_opens_nothing(
    visit: Visit, browser: SimpleNamespace, number: str
) -> None:
    browser.cookies = {COOKIE: "made-up", "onedoor": "made-up"}
    for url in URLS:
        page = visit(url, number=number)
        assert [i.label for i in page.text_input] == ["用户名", "密码"], url
        assert "占道经营" not in shown(page)


@pytest.mark.parametrize(
    ("url", "username", "words"),
    [
        ("desk", "enforce", "只有调度、督查、分析人员和领导可以看调度看板"),
        ("register", "enforce", "您的角色不能登记诉求"),
        ("inbox", "analyst", "您的角色不能办理诉求"),
        ("cases", "admin", "您的角色不能查看诉求"),
        ("case", "auditor", "您的角色不能查看诉求"),
    ],
)
def test_without_the_permission_the_page_says_so_and_shows_nothing(
    visit: Visit,
    sign_in: Callable[[str], str],
    number: str,
    url: str,
    username: str,
    words: str,
) -> None:
    sign_in(username)
    page = visit(url, number=number)
    assert words in shown(page)
    assert "占道经营" not in shown(page)
    assert not page.button


def test_a_case_of_elsewhere_is_not_found(
    visit: Visit, sign_in: Callable[[str], str], number: str
) -> None:
    sign_in("other")
    page = visit("case", number=number)
    assert "没有找到，或您无权查看" in shown(page)
    assert "占道经营" not in shown(page)


def test_an_idle_session_ends_and_says_why(
    visit: Visit, sign_in: Callable[[str], str], house: Office
) -> None:
    sign_in("dispatcher")
    with house.work(SYSTEM) as work:
        work.tx.execute(update(SignIn).values(seen_at=now() - timedelta(hours=1)))
    page = visit("inbox")
    assert "长时间没有操作，已自动退出，请重新登录" in shown(page)


def test_closing_an_account_ends_its_open_pages(
    visit: Visit, sign_in: Callable[[str], str], house: Office
) -> None:
    sign_in("dispatcher")
    page = visit("inbox")
    assert "我的待办" in shown(page)
    with house.work(county.actor(house, "admin")) as work:
        disable(work, "dispatcher")
    page.run()
    assert [i.label for i in page.text_input] == ["用户名", "密码"]
