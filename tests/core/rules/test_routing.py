"""Ordered decision tables: what a condition means, which row decides, and the reason kept."""

from typing import Any

import pytest

from core.rules.routing import DeadlineRow, DispatchRow, Facts, To, TriageRow, When, first, holds
from core.rules.units import Unit, UnitMap

BASE = Facts(
    category="housing/heating",
    area="131024104201",
    kind="complaint",
    urgency="urgent",
    inlet="app",
    text="暖气不热\n家里只有十五度，老人孩子都冻着",
    stage="received",
)

CONDITIONS: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
    # no condition holds for everything
    ({}, {}),
    # a category covers what lies below it, not what only begins alike
    ({"category": ["housing/heating"]}, {"category": "housing/heating"}),
    ({"category": ["housing"]}, {"category": "housing/heating"}),
    ({"category": ["hous"]}, None),
    ({"category": ["housing/heating/old"]}, None),
    ({"category": ["city", "housing"]}, {"category": "housing/heating"}),
    # an area covers what lies in it; the reason names the area of the row
    ({"area": ["131024104201"]}, {"area": "131024104201"}),
    ({"area": ["131024104"]}, {"area": "131024104"}),
    ({"area": ["131024"]}, {"area": "131024"}),
    ({"area": ["131000"]}, {"area": "131000"}),
    ({"area": ["131024100"]}, None),
    ({"area": ["131024104201001"]}, None),
    ({"area": ["131024100", "131024104"]}, {"area": "131024104"}),
    # plain codes: any of them
    ({"kind": ["help", "complaint"]}, {"kind": "complaint"}),
    ({"kind": ["help"]}, None),
    ({"urgency": ["urgent"]}, {"urgency": "urgent"}),
    ({"inlet": ["app"]}, {"inlet": "app"}),
    ({"inlet": ["phone"]}, None),
    ({"stage": ["received"]}, {"stage": "received"}),
    # words: any of them, in title or text; the reason names the one that was found first
    ({"words": ["供暖", "暖气"]}, {"words": "暖气"}),
    ({"words": ["十五度"]}, {"words": "十五度"}),
    ({"words": ["停电"]}, None),
    ({"words": ["不热\n家里"]}, {"words": "不热\n家里"}),
    # all words
    ({"all_words": ["暖气", "老人"]}, {"words": "暖气、老人"}),
    ({"all_words": ["暖气", "停电"]}, None),
    # several conditions: all of them
    (
        {"category": ["housing"], "urgency": ["urgent"], "words": ["老人"]},
        {"category": "housing/heating", "urgency": "urgent", "words": "老人"},
    ),
    ({"category": ["housing"], "urgency": ["normal"], "words": ["老人"]}, None),
]


@pytest.mark.parametrize(("when", "because"), CONDITIONS)
def test_a_condition_and_its_reason(when: dict[str, Any], because: dict[str, Any] | None) -> None:
    assert holds(When(**when), BASE) == because


class TestFirst:
    ROWS = (
        DispatchRow(when=When(category=("city",)), to=To(duty="city")),
        DispatchRow(when=When(category=("housing/heating",)), to=To(duty="heating")),
        DispatchRow(when=When(category=("housing",)), to=To(duty="housing")),
        DispatchRow(to=To(kind="centre")),
    )

    def test_the_first_row_that_fits_decides(self) -> None:
        row, match = first(self.ROWS, BASE) or pytest.fail("nothing matched")
        assert (row.to.duty, match.row) == ("heating", 1)
        assert match.because == {"category": "housing/heating"}

    def test_the_search_goes_on_from_a_row(self) -> None:
        row, match = first(self.ROWS, BASE, start=2) or pytest.fail("nothing matched")
        assert (row.to.duty, match.row) == ("housing", 2)

    def test_the_catch_all_takes_the_rest_without_a_reason(self) -> None:
        row, match = first(self.ROWS, BASE, start=3) or pytest.fail("nothing matched")
        assert (row.to.kind, match.because) == ("centre", {})

    def test_where_nothing_fits_there_is_no_row(self) -> None:
        assert first(self.ROWS[:1], BASE) is None
        assert first((), BASE) is None


def test_a_row_keeps_its_terms_in_their_plain_form() -> None:
    assert DeadlineRow(case="３WD", task=" 24H ").case == "3wd"
    assert DeadlineRow(case="3wd", task=" 24H ").task == "24h"


def test_a_triage_row_may_decide_one_thing_only() -> None:
    row = TriageRow(when=When(words=("着火",)), urgency="critical")
    assert (row.category, row.kind, row.urgency) == (None, None, "critical")


NEAREST: list[tuple[dict[str, Any], str, str | None]] = [
    ({"duty": "police"}, "131024104201001", "T-PC"),
    ({"duty": "police"}, "131024100", "X-GA"),  # this township has no station
    ({"duty": "police", "level": "county"}, "131024104201001", "X-GA"),
    ({"duty": "police", "level": "village"}, "131024104201001", None),
    ({"duty": "police", "kind": "department"}, "131024104201001", "X-GA"),
    ({"duty": "land"}, "131024104", None),  # abolished
    ({"kind": "grid"}, "131024104201001", "G"),
    ({"kind": "grid"}, "131024104201", None),  # which grid of the village?
    ({"kind": "centre"}, "131024104201001", "T-C"),
    ({}, "131024104201001", "T-C"),
    ({}, "131000", "C"),
    ({"unit": "X-GA"}, "131024104201001", "X-GA"),
    ({"unit": "T-OLD"}, "131024104201001", None),
    ({"unit": "nobody"}, "131024104201001", None),
]


class TestNearest:
    """「the nearest unit that matches」: from the case's place upwards."""

    UNITS = UnitMap.of(
        [
            Unit(code="C", name="市中心", kind="centre", area="131000"),
            Unit(code="X-C", name="县中心", kind="centre", area="131024"),
            Unit(code="X-GA", name="公安局", kind="department", area="131024", duties=("police",)),
            Unit(code="T-C", name="镇中心", kind="centre", area="131024104"),
            Unit(code="T-PC", name="派出所", kind="station", area="131024104", duties=("police",)),
            Unit(code="T-OLD", name="旧所", kind="station", area="131024104", duties=("land",),
                 active=False),
            Unit(code="G", name="第一网格", kind="grid", area="131024104201001", parent="T-C"),
        ]
    )  # fmt: skip

    @pytest.mark.parametrize(("to", "area", "code"), NEAREST)
    def test_nearest(self, to: dict[str, Any], area: str, code: str | None) -> None:
        found = self.UNITS.nearest(To(**to), area)
        assert (found.code if found else None) == code

    def test_climbing_from_a_grid(self) -> None:
        assert [u.code for u in self.UNITS.climb("G")] == ["T-C", "X-C", "C"]

    def test_climbing_from_a_station_passes_its_own_centre(self) -> None:
        assert [u.code for u in self.UNITS.climb("T-PC")] == ["X-C", "C"]

    def test_the_ladder_of_a_place(self) -> None:
        assert [u.code for u in self.UNITS.ladder("131024104201001")] == ["T-C", "X-C", "C"]
        assert [u.code for u in self.UNITS.ladder("131024100")] == ["X-C", "C"]

    def test_what_is_part_of_what(self) -> None:
        assert self.UNITS.lineage("G") == ("G", "T-C")
        assert self.UNITS.is_part("G", ["T-C"])
        assert not self.UNITS.is_part("T-C", ["G"])
        assert self.UNITS.answers_for("T-C") == ("T-C", "G")

    def test_units_in_a_circle_do_not_hang(self) -> None:
        circle = UnitMap.of(
            Unit(code=a, name=a, kind="centre", area="131024", parent=b) for a, b in ("ab", "ba")
        )
        assert [u.code for u in circle.climb("a")] == ["b"]
        assert circle.lineage("a") == ("a", "b")
