"""What may be asked, and the period before."""

from datetime import date
from typing import Any

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import Invalid
from core.kpi.figures import FigureQuery, Rate, figures
from core.kpi.query import period_before
from core.now import moved_to
from tests.core.kpi.recount import SAID, ask
from tests.support.moments import beijing, do, receive


class TestQuery:
    """What cannot be asked is said at once."""

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"by": "weather"}, "by"),
            ({"area": "13102"}, "area"),
            ({"since": date(2026, 3, 1), "until": date(2026, 3, 1)}, "until"),
            ({"since": date(2026, 3, 2), "until": date(2026, 3, 1)}, "until"),
        ],
    )
    def test_is_refused(self, office: Office, query: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refusal:
            ask(office, **query)
        assert field in refusal.value.data["fields"]

    def test_an_empty_county_has_figures_of_zero(self, office: Office) -> None:
        report = ask(office)
        assert report.total.counts == dict.fromkeys(SAID, 0)
        assert report.total.rates["response"] == Rate(0, 0)
        assert report.total.rates["response"].value is None
        assert report.total.median_days is None
        assert ask(office, by="month").rows == []

    def test_a_category_s_name_matches_letter_by_letter(self, office: Office) -> None:
        """`_` is no wildcard, and a longer name with the same beginning is another category."""
        receive(office, "2026-11-16 10:00", category="city/noise")
        for category in ("cit_", "cit"):
            with pytest.raises(Invalid, match=f"没有类别“{category}”"):
                ask(office, category=category)
        assert ask(office, category="city").total.counts["received"] == 1


# since, until (exclusive), today → what it is laid beside
BEFORE = [
    ("this month so far", "2026-11-01", None, "2026-11-21", "2026-10-01", "2026-10-22"),
    ("this month to its end", "2026-11-01", "2026-12-01", "2026-11-21", "2026-10-01", "2026-10-22"),
    ("last month", "2026-10-01", "2026-11-01", "2026-11-21", "2026-09-01", "2026-10-01"),
    ("a month longer than the last", "2026-03-01", None, "2026-03-31", "2026-02-01", "2026-03-01"),
    ("the month's last day but one", "2026-03-01", None, "2026-03-29", "2026-02-01", "2026-03-01"),
    ("January so far", "2026-01-01", None, "2026-01-09", "2025-12-01", "2025-12-10"),
    ("this year so far", "2026-01-01", None, "2026-11-21", "2025-01-01", "2025-11-22"),
    ("a whole year", "2025-01-01", "2026-01-01", "2026-11-21", "2024-01-01", "2025-01-01"),
    ("a quarter", "2026-04-01", "2026-07-01", "2026-11-21", "2026-01-01", "2026-04-01"),
    ("thirty days", "2026-10-23", None, "2026-11-21", "2026-09-23", "2026-10-23"),
    ("one day", "2026-11-21", None, "2026-11-21", "2026-11-20", "2026-11-21"),
]


@pytest.mark.parametrize(("name", "since", "until", "today", "from_", "to"), BEFORE)
def test_the_period_before(
    name: str, since: str, until: str | None, today: str, from_: str, to: str
) -> None:
    query = FigureQuery(
        since=date.fromisoformat(since),
        until=date.fromisoformat(until) if until else None,
        category="housing",
    )
    with moved_to(beijing(f"{today} 12:00")):
        before = period_before(query)
    assert before is not None
    assert (f"{before.since}", f"{before.until}", before.category) == (from_, to, "housing")


class TestBefore:
    """A figure is laid beside the same figure of the period before."""

    def test_without_a_beginning_there_is_none(self, office: Office) -> None:
        with office.look(SYSTEM) as look:
            assert figures(look, FigureQuery(), compare=True).before is None
            future = FigureQuery(since=date(2099, 1, 5))
            assert figures(look, future, compare=True).before is None

    def test_it_is_the_whole_under_the_same_filter(self, office: Office) -> None:
        receive(office, "2026-10-05 09:00", category="city/noise")
        receive(office, "2026-10-30 09:00", category="city/noise")
        number = receive(office, "2026-11-05 09:00", category="city/noise")
        receive(office, "2026-11-06 09:00", category="housing")
        do(office, "2026-11-06 10:00", "dispatcher", number, "answer", text="已经答复")
        with moved_to(beijing("2026-11-10 09:00")), office.look(SYSTEM) as look:
            query = FigureQuery(since=date(2026, 11, 1), category="city", by="area")
            report = figures(look, query, compare=True)
        assert report.total.counts["received"] == 1
        assert report.total.rates["response"] == Rate(1, 1)
        assert report.before is not None
        assert report.before.total.counts["received"] == 1  # the one of 30 October came later
        assert report.before.total.rates["response"] == Rate(0, 1)
        assert report.before.query.until == date(2026, 10, 11)
        assert [r.key for r in report.before.rows] == ["131024"]

    def test_a_split_by_time_is_laid_beside_the_whole(self, office: Office) -> None:
        receive(office, "2026-10-05 09:00")
        with moved_to(beijing("2026-11-10 09:00")), office.look(SYSTEM) as look:
            query = FigureQuery(since=date(2026, 11, 1), by="day")
            before = figures(look, query, compare=True).before
        assert before is not None
        assert before.total.counts["received"] == 1
        assert not before.rows
