"""The application without Streamlit, on the test's own county."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from api.app import make_app
from core import open as house
from core.access.desk import Office
from tests.support.http import Person, Resident, sign_in


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
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
