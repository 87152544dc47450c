"""The live board in a real browser: it moves by itself, at a desk and on a wall."""

from collections.abc import Callable
from typing import Any

import pytest

from core.access.desk import Office
from core.cases.act import act
from core.cases.take_in import take_in
from tests.support import county

pytestmark = pytest.mark.e2e
Official = Callable[..., Any]
SOON = 10_000
"""Milliseconds that the issue allows an action to take to a screen."""


def _receive(office: Office) -> str:
    appeal = {
        "body": "早市门口每天早上有商贩占道经营，学生上学都过不去", "area": county.GRID,
        "name": "钱某某", "phone": "13812345678", "category": "other",
    }  # fmt: skip
    with office.work(county.actor(office, "clerk")) as work:
        return take_in(work, appeal).outcome.number


def _today(page: Any) -> int:
    return int(page.locator(".lb-flow .lb-cell b").first.inner_text().replace(",", ""))


def test_a_new_case_appears_by_itself_at_the_desk_and_on_the_wall(
    official: Official, office: Office
) -> None:
    desk = official("supervisor")
    desk.wait_for_url("**/watch")
    desk.get_by_text("实时", exact=True).wait_for()
    before = _today(desk)
    wall = desk.context.new_page()
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.goto("/wall")
    wall.get_by_text("实时", exact=True).wait_for()
    for page in (desk, wall):
        page.evaluate("window.stayed = true")

    number = _receive(office)
    for page in (desk, wall):
        page.locator(f"[data-key='{number}/1']").get_by_text("登记").wait_for(timeout=SOON)
        assert _today(page) == before + 1
        assert page.evaluate("window.stayed"), "without loading anew"
        assert "钱某某" not in page.content()
    with office.work(county.actor(office, "dispatcher")) as work:
        act(work, number, "assign", {"lead": "131024104-ZF", "note": "到现场看一看"})
    for page in (desk, wall):
        page.locator("li.lb-new").get_by_text("综合行政执法队").wait_for(timeout=SOON)
        page.locator(".lb-when time").wait_for()
    size = wall.evaluate("(e => [e.scrollWidth, e.scrollHeight])(document.scrollingElement)")
    assert size == [1920, 1080], "no scrollbars"

    desk.locator(f"[data-key='{number}/1'] a").click()
    desk.wait_for_url(f"**/case?number={number}")


def test_the_area_in_the_address_is_followed_down_to_a_village(
    official: Official, office: Office
) -> None:
    _receive(office)
    page = official("supervisor", "/watch")
    page.get_by_text("实时", exact=True).wait_for()
    page.locator(".lb-places").get_by_text("安平镇").click()
    page.wait_for_url(f"**/watch?area={county.TOWNSHIP}")
    page.locator(".lb-places").get_by_text("王家摆村").click()
    page.wait_for_url(f"**/watch?area={county.VILLAGE}")
    page.locator(".top nav").get_by_text("王家摆村").wait_for()
    page.locator(f".lb a[href='/wall?area={county.VILLAGE}']").click()
    page.wait_for_url(f"**/wall?area={county.VILLAGE}")
    page.get_by_role("heading", name="王家摆村").wait_for()
    page.get_by_text("实时", exact=True).wait_for()


def test_a_wall_without_a_session_asks_who_it_is_and_goes_on(chromium: Any, site: str) -> None:
    context = chromium.new_context(base_url=site, viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.goto(f"/wall?area={county.TOWNSHIP}")
    page.get_by_label("用户名").fill("supervisor")
    page.get_by_label("密码", exact=True).fill(county.PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"**/wall?area={county.TOWNSHIP}")
    page.get_by_role("heading", name="安平镇").wait_for()
    context.close()


def test_a_phone_shows_the_board_in_one_column(official: Official) -> None:
    page = official("supervisor", "/watch", phone=True)
    page.get_by_text("实时", exact=True).wait_for()
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390


def test_a_session_that_ends_is_said_on_the_screen(official: Official, office: Office) -> None:
    page = official("leader", "/watch")
    page.get_by_text("实时", exact=True).wait_for()
    other = page.context.new_page()
    other.goto("/auth/out")
    page.get_by_text("请先登录").wait_for(timeout=SOON)
    page.locator("[data-state=ended]").wait_for()
