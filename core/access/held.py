"""What many ask for and takes long is worked out once for all of them."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from core.now import now

T = TypeVar("T")


@dataclass(slots=True)
class _Cell:
    lock: threading.Lock = field(default_factory=threading.Lock)
    at: datetime | None = None
    value: Any = None

    def good(self, life: timedelta, still: Callable[[Any], bool]) -> bool:
        return self.at is not None and self.at <= now() < self.at + life and still(self.value)


class Held:
    """Values of a process that may be a little old. What they must never be older than (a
    version, a count of commits) belongs into their key."""

    MOST = 500
    """Values at most; the oldest goes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cells: dict[Hashable, _Cell] = {}

    def get(
        self,
        key: Hashable,
        life: timedelta,
        make: Callable[[], T],
        still: Callable[[T], bool] = lambda _value: True,
    ) -> T:
        """The value of `key`, made anew where it is older than `life`, or not good any more.

        Whoever asks while it is being made waits for that, instead of making it once more.

        Args:
            still: whether a value that is young enough can still be used.
        """
        with self._lock:
            cell = self._cells.pop(key, None) or _Cell()
            self._cells[key] = cell
            while len(self._cells) > self.MOST:
                del self._cells[next(iter(self._cells))]
        with cell.lock:
            if not cell.good(life, still):
                begun = now()  # what is committed meanwhile may be missing in it
                cell.value, cell.at = make(), begun
            return cell.value
