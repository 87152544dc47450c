"""Stories are told through HTTP, by the people of the small county."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import client, resident, workday  # noqa: F401 (fixtures)
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
