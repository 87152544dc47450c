"""What is worked out once for all who ask."""

import threading
from datetime import UTC, datetime, timedelta

from core.access.held import Held
from core.now import moved_to

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
LIFE = timedelta(seconds=10)


class Counting:
    """Something that is expensive to make."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        return self.made


def test_a_value_is_made_once_in_its_life() -> None:
    held, make = Held(), Counting()
    for seconds, expected in ((0, 1), (9, 1), (10, 2), (19, 2), (20, 3)):
        with moved_to(NOON + timedelta(seconds=seconds)):
            assert held.get("figures", LIFE, make) == expected


def test_a_clock_that_was_set_back_brings_no_value_from_the_future() -> None:
    held, make = Held(), Counting()
    for instant, expected in ((NOON, 1), (NOON - timedelta(days=1), 2)):
        with moved_to(instant):
            assert held.get("figures", LIFE, make) == expected


def test_a_value_that_is_no_longer_good_goes_before_its_time() -> None:
    held, make = Held(), Counting()
    with moved_to(NOON):
        for good, expected in ((True, 1), (True, 1), (False, 2), (True, 2)):
            assert held.get("figures", LIFE, make, lambda _kept, good=good: good) == expected


def test_each_key_has_its_own() -> None:
    held = Held()
    with moved_to(NOON):
        assert held.get(("figures", 1), LIFE, lambda: "before") == "before"
        assert held.get(("figures", 2), LIFE, lambda: "after") == "after"


def test_who_asks_meanwhile_waits_instead_of_making_it_again() -> None:
    held, make, go, found = Held(), Counting(), threading.Event(), list[int]()

    def slowly() -> int:
        go.wait(5)
        return make()

    asking = [
        threading.Thread(target=lambda: found.append(held.get("figures", LIFE, slowly)))
        for _ in range(8)
    ]
    for one in asking:
        one.start()
    go.set()
    for one in asking:
        one.join(5)
    assert found == [1] * 8


def test_what_failed_is_tried_again() -> None:
    held = Held()

    def failing() -> int:
        raise ValueError

    for _attempt in range(2):
        try:
            held.get("figures", LIFE, failing)
        except ValueError:
            continue
        raise AssertionError
    assert held.get("figures", LIFE, lambda: 7) == 7


def test_no_more_are_kept_than_needed() -> None:
    held, make = Held(), Counting()
    with moved_to(NOON):
        held.get("first", LIFE, make)
        for n in range(Held.MOST):
            held.get(n, LIFE, lambda: 0)
        assert held.get("first", LIFE, make) == 2
