"""Assessment periods: where they begin, what they are called, and back again."""

from datetime import date, timedelta

import pytest

from core.errors import Invalid
from core.rules.spans import Span

MONTH, BEIJING = Span(every="month"), Span(every="month", day=19)
QUARTER, YEAR = Span(every="quarter"), Span(every="year")
DECEMBER, DEC_QUARTER = Span(every="year", month=12), Span(every="quarter", month=12)
MIDYEAR = Span(every="year", month=7, day=16)


@pytest.mark.parametrize(
    ("span", "day", "name", "first", "last"),
    [
        (MONTH, "2026-11-22", "2026-11", "2026-11-01", "2026-11-30"),
        (MONTH, "2028-02-29", "2028-02", "2028-02-01", "2028-02-29"),
        # Beijing: the month runs from the 19th to the 18th and is named after its end
        (BEIJING, "2026-11-18", "2026-11", "2026-10-19", "2026-11-18"),
        (BEIJING, "2026-11-19", "2026-12", "2026-11-19", "2026-12-18"),
        (BEIJING, "2026-12-19", "2027-01", "2026-12-19", "2027-01-18"),
        (BEIJING, "2027-01-01", "2027-01", "2026-12-19", "2027-01-18"),
        (QUARTER, "2026-11-22", "2026-Q4", "2026-10-01", "2026-12-31"),
        (QUARTER, "2026-01-01", "2026-Q1", "2026-01-01", "2026-03-31"),
        (YEAR, "2026-11-22", "2026", "2026-01-01", "2026-12-31"),
        # a year from December to November, and its quarters
        (DECEMBER, "2026-11-30", "2026", "2025-12-01", "2026-11-30"),
        (DECEMBER, "2026-12-01", "2027", "2026-12-01", "2027-11-30"),
        (DEC_QUARTER, "2026-12-01", "2027-Q1", "2026-12-01", "2027-02-28"),
        (DEC_QUARTER, "2026-11-30", "2026-Q4", "2026-09-01", "2026-11-30"),
        (MIDYEAR, "2026-07-15", "2026", "2025-07-16", "2026-07-15"),
        (MIDYEAR, "2026-07-16", "2027", "2026-07-16", "2027-07-15"),
    ],
)
def test_the_period_around_a_day(span: Span, day: str, name: str, first: str, last: str) -> None:
    found = span.around(date.fromisoformat(day))
    assert (found.id, f"{found.since}", f"{found.last}") == (name, first, last)
    assert span.named(name) == found


@pytest.mark.parametrize("span", [MONTH, BEIJING, QUARTER, YEAR, DECEMBER, DEC_QUARTER, MIDYEAR])
def test_periods_follow_each_other_without_a_gap(span: Span) -> None:
    period, seen = span.around(date(2027, 3, 1)), set[str]()
    for _step in range(30 if span.every == "month" else 8):
        before = span.before(period)
        assert before.until == period.since
        assert before.id not in seen
        seen.add(before.id)
        assert span.named(before.id) == before
        assert all(
            span.around(day) == before
            for day in (before.since, before.last, before.since + timedelta(days=9))
        )
        period = before


@pytest.mark.parametrize(
    ("span", "name"),
    [(MONTH, "2026"), (MONTH, "2026-13"), (MONTH, "1999-01"), (MONTH, "2026-11; drop"),
     (QUARTER, "2026-Q5"), (YEAR, "2026-11"), (YEAR, ""), (YEAR, "20261")],
)  # fmt: skip
def test_other_names_are_refused(span: Span, name: str) -> None:
    with pytest.raises(Invalid, match="写法不对"):
        span.named(name)
