"""The application without Streamlit, on the test's own county."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from api.app import make_app
from core import open as house
from core.access.desk import Office
from core.now import ZONE, moved_to
from tests.support.http import Person, Resident, sign_in


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
