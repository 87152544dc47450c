"""A leader instructs from a chart on a phone; a deputy scores 2 and the case returns."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.access.desk import Office
from core.cases.act import act
from core.cases.detail import detail
from core.cases.take_in import take_in
from tests.support import county

pytestmark = pytest.mark.e2e
Official = Callable[..., Any]
BODY = "三号楼暖气不热，家里有老人和孩子，打电话也没有人来修"


@pytest.fixture(scope="module")
def some(office: Office) -> Office:
    """Three heating appeals, and one that was closed."""
    for _n in range(3):
        with office.work(county.actor(office, "clerk")) as work:
            take_in(work, {"body": BODY, "category": "housing/heating"}, inlet="hall")
    with office.work(county.actor(office, "clerk")) as work:
        body = "垃圾清运夜里声音太大，吵得睡不着觉"
        number = take_in(work, {"body": body, "category": "other"}, inlet="hall").outcome.number
    for by, action, data in (
        ("dispatcher", "answer", {"text": "已提醒清运公司"}),
        ("clerk", "rate", {"score": 4}),
    ):
        with office.work(county.actor(office, by)) as work:
            act(work, number, action, data)
    return office


def _choose(page: Any, label: str, name: str) -> None:
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.keyboard.type(name)
    page.get_by_role("option", name=re.compile(name)).first.click()
    page.keyboard.press("Tab")


def _tap_bar(page: Any) -> Any:
    """One tap of a thumb on the first bar."""
    bar = page.locator(".js-plotly-plot .points path").first
    bar.wait_for()
    page.wait_for_timeout(800)  # Plotly moves the bars once more when it knows its width
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    return dialog


def test_a_leader_instructs_from_a_chart_on_a_phone_and_is_answered(
    official: Official, some: Office
) -> None:
    leader = official("leader", "/figures?by=category&period=7d&area=131024", phone=True)
    dialog = _tap_bar(leader)
    dialog.get_by_text("香河县 · 城乡建设").wait_for()
    dialog.get_by_role("button", name="批示", exact=True).click()
    dialog.get_by_text("请填写要求").wait_for()
    dialog.get_by_label("要求").fill("住建局马上查，关注今冬供暖")
    _choose(leader, "交给哪些单位", "香河县住房和城乡建设局")
    dialog.get_by_role("button", name="批示", exact=True).click()
    leader.get_by_text("会马上收到").wait_for()

    unit = official("housing", "/inbox")
    unit.get_by_text("批示：香河县 · 城乡建设").first.click()
    unit.get_by_role("button", name="签收要求").click()
    unit.get_by_role("button", name="反馈要求").click()
    dialog = unit.get_by_role("dialog")
    dialog.get_by_label("办理情况").fill("三户全部恢复供暖")
    dialog.get_by_role("button", name="反馈要求").click()
    dialog.wait_for(state="hidden")

    leader.goto("/briefing")
    leader.get_by_text("三户全部恢复供暖").wait_for()
    assert leader.evaluate("document.documentElement.scrollWidth") == 390
    leader.get_by_role("button", name="认可反馈").click()
    leader.get_by_text("已认可，这条批示办结").wait_for()
    leader.get_by_text("已办结").first.wait_for()


def test_from_a_bar_a_leader_still_reaches_the_cases(official: Official, some: Office) -> None:
    page = official("leader", "/figures?by=category&period=7d&area=131024", phone=True)
    _tap_bar(page).get_by_role("button", name="看这些诉求").click()
    page.wait_for_url(re.compile(r"/cases\?.*category=housing"))
    page.get_by_text("共 3 件").wait_for()
    page.locator("input[data-pick]").first.check()
    page.get_by_role("button", name="批示选中的").click()
    page.get_by_role("dialog").get_by_text("1 件诉求").wait_for()


def test_a_deputy_scores_two_and_the_case_returns(official: Official, some: Office) -> None:
    page = official("deputy", "/", phone=True)
    row = page.locator(".said > li").filter(has_text="垃圾清运夜里声音太大")
    row.get_by_role("button", name="2 不满意", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="评议并退回重办").click()
    dialog.get_by_text(re.compile("请填写|请写明")).wait_for()
    dialog.get_by_label("哪里没有办好").fill("夜里还是很吵，建议改在白天清运")
    dialog.get_by_role("button", name="评议并退回重办").click()
    page.get_by_text("已退回重办，单位反馈后会告诉您").wait_for()
    page.get_by_role("link", name="退回重办 1").click()
    page.get_by_text("夜里还是很吵").wait_for()
    href = page.locator(".said a.case").get_attribute("href")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    with some.look(county.actor(some, "supervisor")) as look:
        found = detail(look, href.split("number=")[1])
    assert found.file.case.stage_kind == "open"
    assert found.file.case.reopened == 1


@pytest.mark.parametrize("view", ["", "back", "open", "topics", "duty"])
def test_a_deputys_views_never_scroll_sideways(official: Official, some: Office, view: str) -> None:
    page = official("deputy", f"/deputy?view={view}", phone=True)
    page.locator(".deputy").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
