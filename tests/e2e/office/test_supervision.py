"""督查督办 in a real browser: an order from the overdue list, on one case and on several."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.access.desk import Office
from core.cases.act import act
from core.cases.detail import detail
from core.cases.take_in import take_in
from core.now import moved_to, now
from tests.support import county

pytestmark = pytest.mark.e2e
Official = Callable[..., Any]
LEAD = "131024104-ZF"


def _late(office: Office, body: str) -> str:
    """A case that was assigned seven weeks ago, and nobody has answered."""
    with moved_to(now() - timedelta(days=49)):
        with office.work(county.actor(office, "clerk")) as work:
            raw = {"body": body, "area": county.GRID, "category": "other", "phone": "13812345678"}
            number = take_in(work, raw, inlet="hall").outcome.number
        with office.work(county.actor(office, "dispatcher")) as work:
            act(work, number, "assign", {"lead": LEAD})
    return number


def _orders(office: Office, number: str) -> list[tuple[str, str]]:
    with office.look(county.actor(office, "supervisor")) as look:
        found = detail(look, number).file.demands
    return [(d.unit, d.text) for d in found if d.kind == "supervision"]


def test_a_supervisor_issues_an_order_from_the_overdue_list(
    official: Official, office: Office
) -> None:
    number = _late(office, "早市门口每天早上有商贩占道经营，把路堵住了")
    page = official("supervisor", "/supervision?view=overdue")
    page.get_by_role("heading", name="督查督办").wait_for()
    row = page.locator("ol.said > li", has_text=number)
    row.get_by_text(re.compile("超期 .* 天")).wait_for()
    row.get_by_role("button", name="督办", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("向承办单位发督办单").wait_for()
    dialog.get_by_role("button", name="督办").click()
    dialog.get_by_text("请填写要求").wait_for()
    dialog.get_by_role("textbox", name=re.compile("^要求")).fill("三日内办结并反馈")
    dialog.get_by_role("button", name="督办").click()
    page.get_by_text("已督办").wait_for()
    assert _orders(office, number) == [(LEAD, "三日内办结并反馈")]

    # and the unit reads it in the first line of its inbox
    page = official("enforce", "/inbox")
    row = page.locator("li.row", has_text=number)
    row.get_by_text("三日内办结并反馈").wait_for()
    row.get_by_text("督办单").wait_for()


def test_one_order_on_the_ticked_cases(official: Official, office: Office) -> None:
    numbers = [_late(office, "路灯不亮一个月了"), _late(office, "井盖松动，夜里很危险")]
    page = official("supervisor", "/supervision?view=unanswered")
    for number in numbers:
        page.locator("ol.said > li", has_text=number).locator("input[data-pick]").check()
    page.get_by_role("button", name="督办选中的").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("选中的 2 件诉求").wait_for()
    dialog.get_by_role("textbox", name=re.compile("^要求")).fill("本周内答复群众")
    dialog.get_by_role("button", name="督办").click()
    page.get_by_text("已对 2 件诉求督办").wait_for()
    assert [_orders(office, n) for n in numbers] == [[(LEAD, "本周内答复群众")]] * 2
