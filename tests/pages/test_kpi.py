"""统计分析: every figure with what is behind it, and the cases one tap away."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.access.desk import Office
from core.cases.act import act
from core.cases.take_in import take_in
from core.now import local_day, now
from pages.ui import charts
from tests.pages.conftest import APPEAL, shown
from tests.support import county

Visit = Callable[..., AppTest]
SignIn = Callable[[str], str]


def _cell(page: AppTest, name: str) -> str:
    """One cell of the strip, as text with its markup."""
    cells = re.findall(r'<a class="cell".*?</a>', shown(page), re.DOTALL)
    return next(c for c in cells if f"<span>{name}</span>" in c)


def _query(link: str) -> dict[str, str]:
    """The query of the first link in a piece of HTML."""
    found = re.search(r'href="/\w+\?([^"]*)"', link)
    assert found, link
    return dict(part.split("=") for part in found[1].split("&"))


def _chart(page: AppTest) -> dict[str, Any]:
    return json.loads(page.get("plotly_chart")[0].proto.spec)


@pytest.fixture
def some(house: Office) -> Office:
    """Four appeals of today in two townships; two answered, one of them rated 5, one 1."""

    def come(by: str, **more: str) -> str:
        with house.work(county.actor(house, by)) as work:
            return take_in(work, APPEAL | more, inlet="hall").outcome.number

    def do(number: str, by: str, action: str, **data: object) -> None:
        with house.work(county.actor(house, by)) as work:
            act(work, number, action, data)

    first, second = come("clerk"), come("clerk", category="city")
    come("clerk", category="city/noise")
    come("other", area="131024100201", category="other")
    do(first, "dispatcher", "answer", text="已经答复")
    do(second, "dispatcher", "answer", text="已经答复")
    do(first, "clerk", "rate", score=5)
    do(second, "clerk", "rate", score=1)
    return house


def test_the_strip_has_six_figures_each_with_what_is_behind_it(
    visit: Visit, sign_in: SignIn, some: Office
) -> None:
    sign_in("analyst")
    page = visit("figures")
    text = shown(page)
    assert "<h1>统计分析</h1>" in text
    assert len(re.findall(r'<a class="cell"', text)) == 6
    assert "<b>4</b>" in _cell(page, "受理量")
    # the one rated 1 is handled again, and has no answer any more
    assert "<b>25.0%</b>" in _cell(page, "答复率")
    assert "1 / 4" in _cell(page, "答复率")
    assert "未答复 3 件" in _cell(page, "答复率")
    assert "1 / 2" in _cell(page, "满意率")
    assert "不满意 1 件" in _cell(page, "满意率")


def test_the_strip_leads_to_exactly_the_cases_it_counts(
    visit: Visit, sign_in: SignIn, some: Office
) -> None:
    sign_in("analyst")
    page = visit("figures", period="month")
    for name, n in (("受理量", 4), ("答复率", 3), ("办结率", 3), ("满意率", 1), ("答复用时", 1)):
        query = _query(_cell(page, name))
        assert query["period"] == "month"
        listed = shown(visit("cases", **query))
        assert len(set(re.findall(r'class="no">([\d-]+)<', listed))) == n, name


def test_days_to_a_reply_lead_to_what_has_a_reply_and_not_to_what_was_closed_without(
    visit: Visit, sign_in: SignIn, some: Office
) -> None:
    with some.work(county.actor(some, "clerk")) as work:
        declined = take_in(work, APPEAL, inlet="hall").outcome.number
    with some.work(county.actor(some, "dispatcher")) as work:
        act(work, declined, "decline", {"reason": "不属于受理范围"})
    sign_in("analyst")
    cell = _cell(visit("figures", period="month"), "答复用时")
    assert "1 件答复" in cell
    listed = shown(visit("cases", **_query(cell)))
    assert len(set(re.findall(r'class="no">([\d-]+)<', listed))) == 1
    assert declined in shown(visit("cases", state="answered"))


def test_what_cannot_be_compared_yet_is_not_compared(
    visit: Visit, sign_in: SignIn, some: Office
) -> None:
    sign_in("analyst")
    text = shown(visit("figures", period="30d"))
    assert "那段时间没有诉求，不作比较" in text
    assert "个百分点" not in text


def test_the_chart_starts_at_zero_and_says_what_it_found(
    visit: Visit, sign_in: SignIn, some: Office
) -> None:
    sign_in("analyst")
    page = visit("figures", by="area", area="131024")
    chart = _chart(page)
    assert chart["layout"]["xaxis"]["range"][0] == 0
    assert list(chart["data"][0]["text"]) == ["3", "1"]
    assert list(chart["data"][0]["customdata"]) == ["131024104", "131024100"]
    assert "安平镇最多，3 件，占 75%" in shown(page)
    config = json.loads(page.get("plotly_chart")[0].proto.config)
    assert config["displayModeBar"] is False


def test_a_category_has_one_colour_everywhere(visit: Visit, sign_in: SignIn, some: Office) -> None:
    sign_in("analyst")
    every = _chart(visit("figures", by="category"))["data"][0]
    colours = dict(zip(every["customdata"], every["marker"]["color"], strict=True))
    assert len(set(colours.values())) == len(colours)
    inside = _chart(visit("figures", by="category", category="city"))["data"][0]
    assert set(inside["marker"]["color"]) == {colours["city"]}
    assert set(colours.values()) <= set(charts.PALETTE)


def test_the_table_is_one_tap_away_and_its_rows_lead_to_cases_and_down(
    visit: Visit, sign_in: SignIn, some: Office
) -> None:
    sign_in("analyst")
    assert "view=table" in shown(visit("figures", by="category"))
    page = visit("figures", by="category", view="table")
    assert not page.get("plotly_chart")
    rows = re.findall(r"<tr><th>.*?</tr>", shown(page), re.DOTALL)
    city = next(r for r in rows if "城市管理" in r)
    cases, down = re.findall(r'href="(.*?)"', city)
    assert "category=city" in cases
    assert cases.startswith("/cases?")
    assert "category=city" in down
    assert down.startswith("/figures?")
    inside = shown(visit("figures", by="category", view="table", category="city"))
    assert "噪声扰民" in inside
    assert "城市管理（未细分）" in inside


def test_today_is_drawn_as_a_day_that_is_not_over(
    visit: Visit, sign_in: SignIn, some: Office
) -> None:
    sign_in("analyst")
    chart = _chart(visit("figures", by="day", period="7d"))["data"][0]
    assert len(chart["customdata"]) == 7
    assert chart["customdata"][-1] == f"{local_day(now())}"
    assert list(chart["y"]) == [0] * 6 + [4]
    assert chart["marker"]["color"][-1] == charts.FAINT


def test_days_are_offered_for_short_periods_only(
    visit: Visit, sign_in: SignIn, some: Office
) -> None:
    sign_in("analyst")
    assert ">日期</a>" in shown(visit("figures", period="30d"))
    long = visit("figures", period="12m", by="day")
    assert ">日期</a>" not in shown(long)
    assert _chart(long)["data"][0]["customdata"][0].count("-") == 1


def test_a_period_of_ones_own(visit: Visit, sign_in: SignIn, some: Office) -> None:
    sign_in("analyst")
    today = local_day(now())
    own = {"period": "custom", "since": f"{today}", "until": f"{today}"}
    assert f"<b>{today} 至 {today}</b>" in shown(visit("figures", **own))
    assert "<b>4</b>" in _cell(visit("figures", **own), "受理量")
    before = {"since": f"{today - timedelta(days=9)}", "until": f"{today - timedelta(days=1)}"}
    assert "这段时间没有诉求" in shown(visit("figures", period="custom", **before))
    for strange in ({"since": "soon", "until": "later"}, {"since": f"{today}", "until": "1999"}):
        assert "近 30 天</b>" in shown(visit("figures", period="custom", **strange))


def test_a_head_sees_the_own_unit(visit: Visit, sign_in: SignIn, some: Office) -> None:
    sign_in("enforcehead")
    assert "这段时间没有诉求" in shown(visit("figures"))


def test_a_township_sees_its_own(visit: Visit, sign_in: SignIn, some: Office) -> None:
    sign_in("other")
    assert "<b>1</b>" in _cell(visit("figures", area="131024104"), "受理量")


def test_what_the_address_makes_up_is_passed_over(
    visit: Visit, sign_in: SignIn, some: Office
) -> None:
    sign_in("analyst")
    page = visit("figures", by="weather", show="luck", category="none", unit="x", inlet="y")
    assert "<b>4</b>" in _cell(page, "受理量")


def test_no_figures_without_the_permission(visit: Visit, sign_in: SignIn, some: Office) -> None:
    sign_in("police")
    page = visit("figures")
    assert "您的角色不能查看统计数据" in shown(page)
    assert not page.get("plotly_chart")


@pytest.mark.parametrize(
    ("by", "show"),
    [
        ("area", "median"), ("unit", "satisfaction"), ("category", "on_time"),
        ("inlet", "closure"), ("month", "response"), ("day", "median"),
    ],
)  # fmt: skip
def test_every_figure_can_be_shown_by_every_split(
    visit: Visit, sign_in: SignIn, some: Office, by: str, show: str
) -> None:
    sign_in("analyst")
    page = visit("figures", by=by, show=show)
    assert 'class="finding"' in shown(page)
    assert len(page.get("plotly_chart")) == 1
