"""The administrator and the ways by which messages leave the house."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from core.access.desk import Office
from tests.core.cases.test_undelivered import lose
from tests.support.moments import rows

Official = Callable[..., Any]
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=geheim-1"


def test_a_letter_that_did_not_arrive_is_sent_again_and_another_put_aside(
    official: Official, office: Office
) -> None:
    lose(office, 1)
    lose(office, 2, key="k2", username="traffic", way="webhook", fault="对方回答 404")
    page = official("admin", "/health")
    page.get_by_role("link", name="去处理").click()
    row = page.locator(".rows.lost .row", has_text="周某")
    expect(row).to_contain_text("对方回答 404")
    row.get_by_role("button", name="再发").click()
    expect(row).to_have_count(0)
    page.locator(".rows.lost .row", has_text="孙某").get_by_role("button", name="作废").click()
    page.get_by_role("dialog").get_by_role("button", name="作废").click()
    expect(page.get_by_text("没有未送达的消息")).to_be_visible()
    found = rows(office, "select id, try_at is not null, dropped_at is not null from message"
                 " where id in (1, 2) order by id")  # fmt: skip
    assert [tuple(r) for r in found] == [(1, False, True), (2, True, False)]


def test_a_unit_gets_a_robot_that_is_never_shown_again(official: Official, office: Office) -> None:
    page = official("admin", "/places?area=131024104", phone=True)
    unit = page.locator(".units li", has_text="131024104-PC")
    unit.get_by_role("button", name=re.compile("加群机器人")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("地址").first.fill(ROBOT)
    dialog.get_by_role("button", name="保存").first.click()
    expect(dialog.get_by_text("企业微信群机器人 ***")).to_be_visible()
    expect(dialog.get_by_label("新地址")).to_have_value("")
    assert "geheim" not in page.content()
    dialog.get_by_role("button", name="发一条试试").click()
    expect(page.get_by_text("测试消息马上发出")).to_be_visible()
    assert rows(office, "select unit, way from message where template = 'test'") == [
        ("131024104-PC", "robot")
    ]
