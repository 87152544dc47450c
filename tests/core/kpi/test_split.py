"""Parts of the whole: what they are called and how they are opened."""

from datetime import date

import pytest

from core.access.desk import Office
from core.kpi.fold import fold
from core.now import moved_to
from tests.core.kpi.recount import ask
from tests.support import county
from tests.support.moments import beijing, receive


class TestSplit:
    """Rows have the county's own words, in an order that says something."""

    @pytest.fixture
    def some(self, office: Office) -> Office:
        receive(office, "2026-11-02 10:00", category="housing", area=county.TOWNSHIP)
        receive(office, "2026-11-04 10:00", category="housing/heating", area=county.COUNTY,
                by="county")  # fmt: skip
        receive(office, "2026-11-04 11:00", category="city/noise", inlet="web")
        return office

    def test_categories_roll_up_and_open(self, some: Office) -> None:
        top = ask(some, by="category").rows
        assert [(r.key, r.label, r.counts["received"]) for r in top] == [
            ("housing", "城乡建设", 2), ("city", "城市管理", 1),
        ]  # fmt: skip
        inside = ask(some, by="category", category="housing").rows
        assert [(r.key, r.label) for r in inside] == [
            ("housing", "城乡建设（未细分）"), ("housing/heating", "供暖"),
        ]  # fmt: skip

    def test_areas_open_one_level_at_a_time(self, some: Office) -> None:
        assert [(r.key, r.label) for r in ask(some, by="area").rows] == [("131024", "香河县")]
        inside = ask(some, by="area", area="131024").rows
        assert [(r.key, r.label, r.counts["received"]) for r in inside] == [
            ("131024104", "安平镇", 2), ("131024", "香河县（本级）", 1),
        ]  # fmt: skip

    def test_inlets_and_units_have_names(self, some: Office) -> None:
        labels = {r.key: r.label for r in ask(some, by="inlet").rows}
        assert labels == {"phone": "热线电话", "web": "网页"}
        assert "安平镇" in ask(some, by="unit", unit="131024104-C").rows[0].label

    def test_days_without_an_appeal_are_there(self, some: Office) -> None:
        rows = ask(some, by="day", since=date(2026, 11, 1), until=date(2026, 11, 6)).rows
        assert [(r.key, r.counts["received"]) for r in rows] == [
            ("2026-11-01", 0), ("2026-11-02", 1), ("2026-11-03", 0), ("2026-11-04", 2),
            ("2026-11-05", 0),
        ]  # fmt: skip

    def test_months_end_today(self, some: Office) -> None:
        with moved_to(beijing("2027-02-01 00:30")):
            months = [r.key for r in ask(some, by="month", since=date(2026, 10, 15)).rows]
            assert months == ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02"]
            year = ask(some, by="month", since=date(2027, 1, 1), until=date(2028, 1, 1)).rows
            assert [r.key for r in year] == ["2027-01", "2027-02"]
            assert [r.key for r in ask(some, by="month").rows] == months[1:]

    def test_a_day_begins_at_the_county_s_midnight(self, office: Office) -> None:
        receive(office, "2026-11-16 00:05")
        receive(office, "2026-11-16 23:55")
        receive(office, "2026-11-17 00:00")
        day = {"since": date(2026, 11, 16), "until": date(2026, 11, 17)}
        assert ask(office, **day).total.counts["received"] == 2
        fold(office)
        assert ask(office, **day).total.counts["received"] == 2
