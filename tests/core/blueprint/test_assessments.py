"""An assessment that could not be counted is refused when it is saved, with its place."""

from typing import Any

import pytest

from core.blueprint.inherit import sections, shipped, whole
from core.blueprint.store import parse
from core.errors import Invalid
from core.rules.assessment import Assessment

GOOD: dict[str, Any] = {
    "label": "考核",
    "groups": {"all": {"label": "全部", "duties": ["housing"]}},
    "lines": {"rate": {"label": "率", "numerator": {"answered": 1},
                       "denominator": {"received": 1}, "points": 100}},
}  # fmt: skip


def faults(**changed: Any) -> str:
    """What is said of a blueprint with this assessment."""
    body = whole({"extends": "langfang", "assessments": {"mine": GOOD | changed}})
    with pytest.raises(Invalid) as refused:
        parse(body)
    return refused.value.message


def test_it_is_taken_as_it_is() -> None:
    body = whole({"extends": "langfang", "assessments": {"mine": GOOD}})
    assert set(parse(body).assessments) == {"yearly", "mine"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"numerator": {"answerd": 1}, "denominator": {"received": 1}, "points": 1},
         "assessments.mine.lines.rate.numerator：没有“answerd”"),
        ({"numerator": {"answered": 1}, "denominator": {"to:dance": 1}, "points": 1},
         "assessments.mine.lines.rate.denominator：没有“to:dance”"),
        ({"numerator": {"to:talk:sleeping": 1}, "each": 1}, "没有“to:talk:sleeping”"),
        ({"numerator": {"action:dance": 1}, "each": 1}, "没有“action:dance”"),
        ({"numerator": {"answered": 1}, "denominator": {"received": 0}, "points": 1},
         "assessments.mine.lines.rate.denominator.received：应大于 0"),
        ({"numerator": {"answered": 1}, "denominator": {"received": 1}, "points": 1,
          "full_at": 0}, "不能相同"),
        ({"numerator": {"answered": 1}}, "必须写 each"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_counted(line: dict[str, Any], said: str) -> None:
    assert said in faults(lines={"rate": {"label": "率", **line}})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"groups": {}}, "assessments.mine.groups：至少要有 1 项"),
        ({"groups": {"all": {"label": "全部", "duties": ["dance"]}}},
         "assessments.mine.groups.all.duties：没有“dance”"),
        ({"groups": {"all": {"label": "全部", "kinds": ["club"]}}}, "只能是"),
        ({"sample": {"cases": 1}}, "assessments.mine.sample：没有“cases”"),
        ({"period": {"every": "month", "day": 31}}, "assessments.mine.period.day：不能大于 28"),
        ({"period": {"every": "week"}}, "只能是"),
        ({"least": -1}, "assessments.mine.least：不能小于 0"),
        ({"residents": True}, "没有这一项设置"),
    ],
)  # fmt: skip
def test_an_assessment_that_makes_no_sense(changed: dict[str, Any], said: str) -> None:
    assert said in faults(**changed)


@pytest.mark.parametrize("county", shipped())
def test_every_shipped_county_has_the_yearly_one_and_may_take_beijings(county: str) -> None:
    assert sections() == ["beijing12345"] or "beijing12345" in sections()
    found = parse(whole({"extends": county, "takes": ["beijing12345"]})).assessments
    assert {"yearly", "beijing12345"} <= set(found)
    assert all(isinstance(a, Assessment) for a in found.values())


def test_a_county_may_change_one_that_it_takes() -> None:
    beijing = whole({"extends": "langfang", "takes": ["beijing12345"]})["assessments"]
    mine = beijing["beijing12345"] | {"least": 30}
    body = whole(
        {"extends": "langfang", "takes": ["beijing12345"], "assessments": {"beijing12345": mine}}
    )
    assert parse(body).assessments["beijing12345"].least == 30


def test_a_section_that_does_not_exist() -> None:
    with pytest.raises(Invalid, match="takes 里的“shanghai”不存在"):
        whole({"extends": "langfang", "takes": ["shanghai"]})
