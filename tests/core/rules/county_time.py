"""County time for the tests of deadlines: written with its weekday, drawn by hypothesis."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from core.now import ZONE
from core.rules.calendar import Calendar
from core.rules.deadlines import Term

CALENDAR = Calendar()

terms = st.builds(Term, st.integers(1, 30), st.sampled_from(["wd", "d", "h", "m"]))
first, last = datetime(2024, 1, 1), datetime(2026, 6, 30)  # noqa: DTZ001 hypothesis adds the zone
instants = st.datetimes(first, last, timezones=st.just(UTC))


def here(text: str) -> datetime:
    """`"Fri 2025-03-14 12:00"`: county time, the weekday checked."""
    weekday, moment_text = text.split(" ", 1)
    found = datetime.strptime(moment_text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    assert found.strftime("%a") == weekday, f"{text} is a {found:%A}"
    return found
