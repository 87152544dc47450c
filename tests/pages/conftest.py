"""Office pages run by Streamlit's own test runner, over a real database and a real session."""

import json
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import core.open
from core.access.actor import NOBODY
from core.access.desk import Office
from core.access.sessions import COOKIE, open_session
from core.cases.take_in import take_in
from tests.support import county

HOME = Path(__file__).parents[2] / "Home.py"
APPEAL = {
    "body": "早市门口每天早上有商贩占道经营，把路堵住了",
    "area": county.GRID,
    "phone": "13812345678",
    "name": "张某某",
    "category": "other",
}


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The visitor's browser as Streamlit sees it: its cookies, and where it is."""
    client = SimpleNamespace(cookies={}, headers={}, remote_ip="203.0.113.5")
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: client)
    return client


@pytest.fixture
def house(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The process works on the test's county, and nobody has begun to type."""
    core.open.use(office)
    monkeypatch.setattr("pages.ui.drafts._drafts", {})
    yield office
    core.open.use(None)


@pytest.fixture
def sign_in(house: Office, browser: SimpleNamespace) -> Callable[[str], str]:
    """Give the browser a session of somebody; returns its token."""

    def go(username: str) -> str:
        with house.work(NOBODY) as work:
            token = open_session(work, county.actor(house, username)).token
        browser.cookies = {COOKIE: token}
        return token

    return go


@pytest.fixture
def visit(house: Office, browser: SimpleNamespace) -> Callable[..., AppTest]:
    """Open the office page at an address, with a query."""

    def go(url: str = "", **query: str) -> AppTest:
        page = AppTest.from_file(str(HOME), default_timeout=30)
        page.query_params.update(query)
        if url:  # `AppTest.switch_page` only knows pages whose file is named like their address
            page._page_hash = calc_hash(url)
        page.run()
        assert not page.exception, page.exception
        return page

    return go


@pytest.fixture
def number(house: Office) -> str:
    """A case that waits to be taken in the township of the small county."""
    with house.work(county.actor(house, "clerk")) as work:
        return take_in(work, APPEAL, inlet="hall").outcome.number


def shown(page: AppTest) -> str:
    """All HTML of a page, as one text."""
    return "\n".join(_html(e) for e in _all(page))


def _all(page: AppTest) -> Iterator[Any]:
    yield from page.get("html")
    yield from page.get("bidi_component")


def _html(element: Any) -> str:
    proto = element.proto
    return unescape(proto.body if hasattr(proto, "body") else json.loads(proto.json)["html"])
