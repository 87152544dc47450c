"""What the tests of outgoing messages share."""

from collections.abc import Iterator

import pytest

from tests.support.hook import Hook, listening


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def url(hook: Hook) -> Iterator[str]:
    """A running server that takes webhooks."""
    with listening(hook) as url:
        yield url
