"""A county in which people speak, units handle, and somebody looks again."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from core.access.desk import Office
from core.cases.act import act
from core.cases.outcome import Outcome
from core.cases.take_in import take_in
from core.now import ZONE, moved_to
from tests.support import county

Hand = Callable[..., str]
Do = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """Monday, 16 November 2026, ten in the morning."""
    with moved_to(datetime(2026, 11, 16, 10, tzinfo=ZONE)):
        yield


@pytest.fixture
def hand_in(office: Office) -> Hand:
    """An appeal of the first township; returns its number."""

    def go(by: str = "clerk", **more: object) -> str:
        appeal = {
            "body": "三号楼暖气不热，家里有老人和孩子",
            "area": county.VILLAGE,
            "category": "housing/heating",
            "phone": "13812345678",
            "name": "张某某",
            "address": "安平镇王家摆村三号楼二单元501室",
        }
        with office.work(county.actor(office, by)) as work:
            return take_in(work, appeal | more, inlet="hall").outcome.number

    return go


@pytest.fixture
def do(office: Office) -> Do:
    """Somebody takes an action."""

    def go(by: str, number: str, action: str, **data: object) -> Outcome:
        with office.work(county.actor(office, by)) as work:
            return act(work, number, action, data)

    return go


@pytest.fixture
def closed(hand_in: Hand, do: Do) -> Hand:
    """A case that was answered, rated and closed."""

    def go(score: int = 5, **more: object) -> str:
        number = hand_in(**{"category": "other"} | more)
        do("dispatcher", number, "answer", text="已经修好，联系电话 13912345678")
        do("clerk", number, "rate", score=score)
        return number

    return go
