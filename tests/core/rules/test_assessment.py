"""Points by hand: each expected number below was worked out on paper."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from core.blueprint.inherit import whole
from core.rules.assessment import (
    ALL_LINES,
    EMPTY,
    FEW,
    Assessment,
    Group,
    Line,
    Sheet,
    bounds,
    line_score,
    ranks,
    score,
)
from core.rules.unit_measures import known, measure_of
from core.rules.units import Unit

D = Decimal
HEBEI = Assessment.model_validate(whole({"extends": "langfang"})["assessments"]["yearly"])
BEIJING = Assessment.model_validate(
    whole({"extends": "common", "takes": ["beijing12345"]})["assessments"]["beijing12345"]
)


def points(assessment: Assessment, **counts: int) -> tuple[dict[str, Any], Any]:
    """Points by line, and the total."""
    found = score(assessment, Sheet(counts=counts))
    return {name: line.points for name, line in found.lines.items()}, found.total


class TestBeijing:
    """Overall = 0.1 × response + 0.4 × satisfaction + 0.5 × solution, over valid call-backs."""

    def test_the_formula(self) -> None:
        # 20 valid call-backs, 19 responded: 95 % × 10 = 9.5
        # 11 satisfied and 4 basically: (11 + 0.9 × 4) ÷ 20 = 14.6 ÷ 20 = 73 % × 40 = 29.2
        # 14 solved: 70 % × 50 = 35
        lines, total = points(
            BEIJING, callbacks=20, callbacks_responded=19, callbacks_satisfied=11,
            callbacks_basically=4, callbacks_solved=14,
        )  # fmt: skip
        assert lines == {"response": D("9.50"), "satisfaction": D("29.20"), "solution": D("35.00")}
        assert total == D("73.70")

    def test_basically_satisfied_counts_nine_tenths(self) -> None:
        found = score(BEIJING, Sheet(counts={"callbacks": 10, "callbacks_basically": 10}))
        satisfaction = found.lines["satisfaction"]
        assert (satisfaction.numerator, satisfaction.denominator) == (D("9.0"), D(10))
        assert (satisfaction.value, satisfaction.points) == (D("0.9"), D("36.00"))

    def test_everything_right_is_a_hundred(self) -> None:
        _lines, total = points(
            BEIJING, callbacks=10, callbacks_responded=10, callbacks_satisfied=10,
            callbacks_solved=10,
        )  # fmt: skip
        assert total == D(100)

    def test_nine_valid_call_backs_are_too_few_for_a_rank(self) -> None:
        found = score(BEIJING, Sheet(counts={"callbacks": 9, "callbacks_responded": 9}))
        assert (found.total, found.why, found.sample) == (None, FEW, D(9))

    def test_the_month_begins_on_the_19th(self) -> None:
        assert (BEIJING.period.every, BEIJING.period.day) == ("month", 19)

    def test_the_first_receiver_answers(self) -> None:
        assert BEIJING.answers == "first"


class TestHebei:
    """Response 30, closure 30, satisfaction 40; what was asked and not answered takes away."""

    def test_three_rates_and_what_is_taken_away(self) -> None:
        # 48 of 50 answered: 96 % × 30 = 28.8; 45 of 50 closed: 90 % × 30 = 27
        # (20 + 0.9 × 10) ÷ 32 = 29 ÷ 32 = 90.625 % × 40 = 36.25
        # 2 not answered in time: −1; one talk: −2; an order answered late: −1
        lines, total = points(
            HEBEI, received=50, answered=48, closed=45, rated=32, satisfied=20, basically=10,
            unanswered=2, **{"to:talk": 1, "to:supervision:late": 1},
        )  # fmt: skip
        assert lines == {
            "response": D("28.80"), "closure": D("27.00"), "satisfaction": D("36.25"),
            "unanswered": D("-1.00"), "talk": D("-2.00"), "orders": D("-1.00"), "reviews": D(0),
        }  # fmt: skip
        assert total == D("88.05")

    def test_the_cap_holds(self) -> None:
        lines, _total = points(HEBEI, received=50, answered=50, unanswered=999)
        assert lines["unanswered"] == D("-10")

    def test_nobody_falls_below_nothing(self) -> None:
        _lines, total = points(HEBEI, received=50, unanswered=50, **{"to:talk": 9})
        assert total == 0

    def test_too_few_ratings_are_left_out_and_the_rest_is_scaled(self) -> None:
        # 4 ratings are fewer than 5: 30 + 27 of 60 points become 57 × 100 ÷ 60 = 95
        found = score(
            HEBEI,
            Sheet(counts={"received": 20, "answered": 20, "closed": 18, "rated": 4}),
        )
        assert (found.lines["satisfaction"].points, found.lines["satisfaction"].why) == (None, FEW)
        assert (found.total, found.scaled) == (D("95.00"), True)


LINE = Line(label="率", numerator={"answered": 1}, denominator={"received": 1}, points=10)


@pytest.mark.parametrize(
    ("line", "counts", "expected"),
    [
        (LINE, {"answered": 1, "received": 3}, "3.33"),  # 3.3333…
        (LINE, {"answered": 1, "received": 8}, "1.25"),
        (LINE.model_copy(update={"points": 1}), {"answered": 1, "received": 8}, "0.13"),  # half up
        # full points from 95 % on, none at 80 %: 90 % is two thirds
        (LINE.model_copy(update={"full_at": 0.95, "zero_at": 0.8}),
         {"answered": 90, "received": 100}, "6.67"),
        (LINE.model_copy(update={"full_at": 0.95, "zero_at": 0.8}),
         {"answered": 79, "received": 100}, "0.00"),
        # less is better: none at 20 %, full at 0
        (Line(label="退", numerator={"tasks_returned": 1}, denominator={"tasks": 1}, points=10,
              full_at=0, zero_at=0.2), {"tasks_returned": 1, "tasks": 20}, "7.50"),
        # begins at 10, loses 1.5 each, never below nothing
        (Line(label="扣", numerator={"late": 1}, points=10, each=-1.5), {"late": 3}, "5.50"),
        (Line(label="扣", numerator={"late": 1}, points=10, each=-1.5), {"late": 30}, "0.00"),
        (Line(label="加", numerator={"reviews": 1}, each=0.5, cap=2), {"reviews": 9}, "2.00"),
    ],
)  # fmt: skip
def test_one_line(line: Line, counts: dict[str, int], expected: str) -> None:
    found = line_score(line, counts, 2, None)
    assert found.points == D(expected)
    least, most = bounds(line)
    assert least <= found.points <= most


def test_nothing_is_divided_by_nothing() -> None:
    found = line_score(LINE, {}, 2, D(9))
    assert (found.points, found.value, found.why) == (None, None, EMPTY)
    whole = score(HEBEI.model_copy(update={"least": 0}), Sheet(counts={}))
    assert (whole.total, whole.why) == (None, EMPTY)


def test_equal_totals_share_a_rank_and_the_next_one_is_left_free() -> None:
    totals = {"a": D("90.5"), "b": D("95"), "c": D("90.50"), "d": None, "e": D("80")}
    assert ranks(totals) == {"b": 1, "a": 2, "c": 2, "e": 4}


def test_an_exclusion_counts_for_its_line_or_for_all() -> None:
    sheet = Sheet(
        counts={"received": 10, "answered": 9, "closed": 9},
        without={"response": {"received": 1}, ALL_LINES: {"received": 1, "closed": 1}},
    )
    found = score(HEBEI.model_copy(update={"least": 0}), sheet)
    response, closure = found.lines["response"], found.lines["closure"]
    assert (response.numerator, response.denominator) == (9, 8)
    assert (closure.numerator, closure.denominator) == (8, 9)
    assert found.sample == 9


def test_an_appeal_sets_the_points_of_its_line() -> None:
    counts = {"received": 20, "answered": 10, "closed": 20, "rated": 10, "satisfied": 10}
    before = score(HEBEI, Sheet(counts=counts))
    after = score(HEBEI, Sheet(counts=counts, set_to={"response": D(30)}))
    assert (before.total, after.total) == (D(85), D(100))
    assert after.lines["response"].set_to
    assert after.lines["response"].numerator == 10, "the numbers stay what they were"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"numerator": {"late": 1}}, "必须写 each"),
        ({"numerator": {"late": 1}, "each": 0}, "必须写 each"),
        ({"numerator": {"a": 1}, "denominator": {"b": 1}}, "必须写 points"),
        ({"numerator": {"a": 1}, "denominator": {"b": 1}, "points": 9, "each": 1}, "不能再写"),
        ({"numerator": {"a": 1}, "denominator": {"b": 1}, "points": 9, "zero_at": 1}, "不能相同"),
        ({"numerator": {"a": 1}, "denominator": {"b": 0}, "points": 9}, "greater than 0"),
        ({"numerator": {"a": float("nan")}, "each": 1}, "nan"),
        ({"numerator": {}, "each": 1}, "at least 1"),
    ],
)
def test_a_line_that_could_not_be_worked_out_is_refused(line: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Line.model_validate({"label": "项", **line})


def test_no_more_measures_than_there_are_bits() -> None:
    lines = {f"l{n}": {"label": "项", "numerator": {f"to:k{n}": 1}, "each": -1} for n in range(61)}
    with pytest.raises(ValidationError, match="最多用 60 个"):
        Assessment.model_validate(
            {"label": "考核", "groups": {"all": {"label": "全部"}}, "lines": lines}
        )


def _unit(**more: Any) -> Unit:
    return Unit(**{"code": "u", "name": "某单位", "kind": "department", "area": "131024"} | more)


@pytest.mark.parametrize(
    ("unit", "group"),
    [
        (_unit(), "departments"),
        (_unit(kind="centre", area="131024104"), "townships"),
        (_unit(kind="centre"), None),
        (_unit(kind="station", area="131024104"), "stations"),
        (_unit(kind="department", area="131024104"), None),
    ],
)
def test_units_are_ranked_among_their_like(unit: Unit, group: str | None) -> None:
    assert HEBEI.group_of(unit) == group


def test_a_group_may_name_duties_or_units() -> None:
    housing = Group(label="住建", duties=("housing", "city"))
    assert housing.holds(_unit(duties=("city",)))
    assert not housing.holds(_unit(duties=("police",)))
    assert Group(label="三家", units=("u",)).holds(_unit())
    assert not Group(label="三家", units=("v",)).holds(_unit())


def test_every_known_measure_has_its_words() -> None:
    words = {"talk": "约谈", "assign": "交办"}
    labels = {n: str(measure_of(n, words).label) for n in known(["talk"], ["assign"])}
    assert labels["to:talk"] == "被要求：约谈"
    assert labels["on:talk:late"].startswith("所办诉求上的约谈")
    assert labels["action:assign"] == "发生过“交办”的诉求"
    assert len({*labels.values()}) == len(labels)
