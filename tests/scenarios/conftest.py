"""Stories are told through HTTP, by the people of the small county."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.places.people import examine, save_people
from tests.api.conftest import client, resident, workday  # noqa: F401 (fixtures)
from tests.support.county import PASSWORD
from tests.support.http import Person, Staff
from tests.support.story import Story


@pytest.fixture
def story() -> Story:
    """A story that has not begun."""
    return Story()


@pytest.fixture
def person(client: TestClient) -> Callable[[str], Person]:  # noqa: F811
    """A person of the small county, signed in whenever they do something."""
    return lambda username: Staff(client, username)


@pytest.fixture
def hire(client: TestClient, office: Office) -> Callable[..., Person]:  # noqa: F811
    """Somebody new in a unit of the small county."""

    def new(username: str, unit: str, role: str = "handler") -> Person:
        with office.work(SYSTEM) as work:
            values = {
                "username": username, "name": "马某", "roles": [role], "password": PASSWORD,
                "unit": unit, "area": None,
            }  # fmt: skip
            save_people(work, [examine(work, values)], rounds=4)
        return Staff(client, username)

    return new
