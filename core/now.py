"""The one clock. Everything asks `now()`, so that a test or `sweep --at` can move time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone in which every Chinese county counts its days."""

_moved: ContextVar[datetime | None] = ContextVar("onedoor_now", default=None)


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _moved.get() or datetime.now(UTC)


def local(instant: datetime) -> datetime:
    """The same instant as the county's wall clock shows it."""
    return instant.astimezone(ZONE)


def local_day(instant: datetime) -> date:
    """The calendar day of an instant in the county's zone."""
    return instant.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    """When a day begins in the county's zone."""
    return datetime.combine(day, time(), ZONE)


@contextmanager
def moved_to(instant: datetime) -> Iterator[None]:
    """Let the clock stand at `instant` (aware) inside the block, in this context only."""
    token = _moved.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _moved.reset(token)
