"""Figures in a real browser: from a bar to its cases and back, at a desk and on a phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.access.desk import Office
from core.cases.take_in import take_in
from tests.support import county

pytestmark = pytest.mark.e2e
Official = Callable[..., Any]
BODY = "早市门口每天早上有商贩占道经营，把路堵住了，学生上学都过不去"


@pytest.fixture(scope="module")
def some(office: Office) -> Office:
    """Three appeals in two categories."""
    for category in ("city/noise", "city", "housing/heating"):
        with office.work(county.actor(office, "clerk")) as work:
            take_in(work, {"body": BODY, "category": category}, inlet="hall")
    return office


def test_a_tap_on_a_bar_leads_to_its_cases_and_back_again(official: Official, some: Office) -> None:
    page = official("analyst", "/figures?by=category&period=7d&area=131024")
    bar = page.locator(".js-plotly-plot .points path").first
    bar.wait_for()
    page.wait_for_timeout(500)  # Plotly moves the bars once more when it knows its width
    box = bar.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile(r"/cases\?.*category=city.*period=7d"))
    page.get_by_text("共 2 件").wait_for()
    page.go_back()
    page.wait_for_url("**/figures?by=category&period=7d&area=131024")
    bar.wait_for()


def test_a_period_of_ones_own_is_chosen_in_the_top_line(official: Official, some: Office) -> None:
    page = official("analyst", "/figures")
    page.locator(".top .when summary").click()
    page.get_by_label("从").fill("2026-03-01")
    page.get_by_label("到").fill("2026-03-15")
    page.get_by_role("button", name="看这段时间").click()
    page.get_by_text("这段时间没有诉求").first.wait_for()
    assert "since=2026-03-01" in page.url
    assert "until=2026-03-15" in page.url


@pytest.mark.parametrize("view", ["", "table"])
def test_a_phone_never_scrolls_sideways(official: Official, some: Office, view: str) -> None:
    page = official("analyst", f"/figures?by=unit&view={view}", phone=True)
    page.locator(".js-plotly-plot .points path, table.figures").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    small = [
        box["height"]
        for link in page.locator(".strip.figures a, .seg a, .chip:visible").all()
        if (box := link.bounding_box())
    ]
    assert min(small) >= 40
