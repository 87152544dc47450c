"""Several people at the same instant: threads that keep the test's own clock."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

A, B = TypeVar("A"), TypeVar("B")


def at_once(do: Callable[[A], B], items: Iterable[A]) -> list[B]:
    """`do` for every item, all at the same time; the results in the items' order."""
    items = list(items)
    with ThreadPoolExecutor(len(items)) as threads:
        return list(threads.map(lambda c, i: c.run(do, i), (copy_context() for _ in items), items))
