"""The application without Streamlit, on the test's own county."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api import downloads
from api.app import make_app
from core import open as house
from core.access.actor import NOBODY
from core.access.desk import Office
from core.access.sessions import COOKIE, open_session
from core.now import ZONE, moved_to
from tests.support import county
from tests.support.http import AsUser, Person, Resident, sign_in


@pytest.fixture
def workday() -> Iterator[None]:
    """Monday, 16 November 2026, ten in the morning: in a year whose holidays are known."""
    with moved_to(datetime(2026, 11, 16, 10, tzinfo=ZONE)):
        yield


@pytest.fixture
def client(office: Office, workday: None) -> Iterator[TestClient]:
    """A client of the whole application; the office is the process's one meanwhile."""
    house.use(office)
    with TestClient(make_app(), follow_redirects=False) as client:
        yield client
    house.use(None)


@pytest.fixture
def person(client: TestClient) -> Callable[[str], Person]:
    """Signs a person of the small county in, once."""
    known: dict[str, Person] = {}

    def find(username: str) -> Person:
        if username not in known:
            known[username] = sign_in(client, username)
        return known[username]

    return find


@pytest.fixture
def anybody(client: TestClient) -> Person:
    """Somebody without an account."""
    return Person(client)


@pytest.fixture
def resident(client: TestClient) -> Resident:
    """A resident who has not said anything yet."""
    return Resident(client)


@pytest.fixture
def browser(office: Office) -> Iterator[TestClient]:
    """The browser of somebody who can ask the office's pages for files."""
    house.use(office)
    with TestClient(Starlette(routes=downloads.routes())) as found:
        yield found
    house.use(None)


@pytest.fixture
def as_user(browser: TestClient, office: Office) -> AsUser:
    """The browser, with somebody signed in."""

    def sign_in_as(username: str) -> TestClient:
        with office.work(NOBODY) as work:
            token = open_session(work, county.actor(office, username)).token
        browser.cookies.set(COOKIE, token)
        return browser

    return sign_in_as
