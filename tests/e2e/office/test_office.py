"""The office in a real browser: the loop from the board to the report, and the ways in and out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.access.desk import Office
from core.cases.act import act
from core.cases.detail import detail
from core.cases.take_in import take_in
from tests.support import county

pytestmark = pytest.mark.e2e
Official = Callable[..., Any]
APPEAL = {
    "body": "早市门口每天早上有商贩占道经营，把路堵住了，学生上学都过不去",
    "area": county.GRID,
    "phone": "13812345678",
    "category": "other",
}


@pytest.fixture
def number(office: Office) -> str:
    """A case that waits to be assigned."""
    with office.work(county.actor(office, "clerk")) as work:
        return take_in(work, APPEAL, inlet="hall").outcome.number


def _do(office: Office, number: str, username: str, action: str, **data: object) -> None:
    with office.work(county.actor(office, username)) as work:
        act(work, number, action, data)


def _pick(page: Any, label: str, name: str) -> None:
    """Choose from a list by typing, as a hurried person does."""
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.keyboard.type(name)
    page.get_by_role("option", name=re.compile(name)).first.click()


def test_a_dispatcher_assigns_to_two_units_from_the_board(
    official: Official, office: Office, number: str
) -> None:
    page = official("dispatcher")
    page.wait_for_url("**/desk")
    page.locator(f"[data-tap='assign:{number}']").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("办理时限").wait_for()
    _pick(page, "主办单位", "综合行政执法队")
    _pick(page, "协办单位", "交警中队")
    dialog.get_by_label("交办意见").fill("今天到现场看一看")
    dialog.get_by_role("button", name="交办").click()
    page.get_by_text("已交办，诉求现在“待签收”").wait_for()
    with office.look(county.actor(office, "dispatcher")) as look:
        tasks = detail(look, number).file.tasks
    assert [(t.unit, t.lead) for t in tasks] == [("131024104-ZF", True), ("131024104-JJ", False)]


def test_a_handler_signs_and_reports_from_inbox_and_case(
    official: Official, office: Office, number: str
) -> None:
    _do(office, number, "dispatcher", "assign", lead="131024104-ZF", note="今天到现场看一看")
    page = official("enforce")
    page.wait_for_url("**/inbox")
    row = page.locator("li.row", has_text=number)
    row.get_by_text("今天到现场看一看").wait_for()
    row.get_by_role("button", name="签收").click()
    page.get_by_text("已签收，诉求现在“处置中”").wait_for()

    row.locator("a.case").click()
    page.wait_for_url(f"**/case?number={number}")
    page.locator(f"[data-tap='report:{number}']").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="反馈").click()
    dialog.get_by_text("请填写办理结果").wait_for()
    dialog.get_by_label("办理结果").fill("已劝离，路通了")
    dialog.get_by_role("button", name="反馈").click()
    page.get_by_text("已反馈，诉求现在“待回复”").wait_for()
    page.locator(".story").get_by_text("已劝离，路通了").wait_for()

    page.go_back()
    page.wait_for_url("**/inbox")
    page.locator(".rows.inbox").first.wait_for()


def test_a_grid_worker_signs_on_a_phone_with_one_big_button(
    official: Official, office: Office, number: str
) -> None:
    _do(office, number, "dispatcher", "assign", lead=county.GRID)
    page = official("worker", phone=True)
    page.wait_for_url("**/inbox")
    button = page.locator(f"[data-tap='sign:{number}']")
    button.wait_for()
    box = button.bounding_box()
    assert box["height"] >= 44
    assert box["width"] > 300
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button.tap()
    page.get_by_text("已签收").wait_for()


def test_what_was_typed_survives_somebody_elses_action(
    official: Official, office: Office, number: str
) -> None:
    _do(office, number, "dispatcher", "assign", lead="131024104-ZF")
    _do(office, number, "enforce", "sign")
    page = official("enforce", f"/case?number={number}")
    page.locator(f"[data-tap='report:{number}']").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("办理结果").fill("写了很久的结果")
    _do(office, number, "dispatcher", "comment", text="请写详细一点")
    dialog.get_by_role("button", name="反馈").click()
    dialog.get_by_text("刚刚对这件诉求办了“补充说明”").wait_for()
    assert dialog.get_by_label("办理结果").input_value() == "写了很久的结果"
    dialog.get_by_role("button", name="反馈").click()
    page.get_by_text("已反馈，诉求现在").wait_for()


def test_who_splits_reads_the_parts_query_code_once(
    official: Official, office: Office, number: str
) -> None:
    _do(office, number, "dispatcher", "accept")
    page = official("dispatcher", f"/case?number={number}")
    page.locator(".acts summary").click()
    page.locator(f"[data-tap='split:{number}']").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("单独办理的内容").fill("邻居拖欠工资")
    dialog.get_by_role("button", name="分案").click()
    dialog.get_by_text("已另立一件").wait_for()
    part, code = dialog.locator("dd").all_inner_texts()
    assert part != number
    assert dialog.get_by_label("单独办理的内容").count() == 0, "the form is gone"
    dialog.get_by_role("button", name="已告诉群众").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    page.locator(".relatives").get_by_text(part).wait_for()
    assert code not in page.content(), "shown once"


def _ready_to_type(page: Page) -> None:
    page.wait_for_function("document.activeElement?.getAttribute('aria-label') === '联系电话'")


def test_a_clerk_registers_by_keyboard_alone(official: Official, office: Office) -> None:
    page = official("clerk")
    page.wait_for_url("**/register")
    _ready_to_type(page)
    page.keyboard.type("13900001111")
    page.keyboard.press("Tab")
    page.get_by_text("没有查到这个号码的诉求").wait_for()
    page.keyboard.type("张某")
    page.keyboard.press("Tab")
    page.keyboard.type("家里暖气不热，只有十四度")
    page.keyboard.press("Tab")
    page.get_by_text("将归入“供暖”").wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_text("诉求编号").wait_for()
    number = page.locator(".receipt dd").first.inner_text()
    with office.look(county.actor(office, "clerk")) as look:
        assert detail(look, number).file.case.category == "housing/heating"


def test_what_a_clerk_was_typing_survives_an_idle_end(official: Official, office: Office) -> None:
    page = official("clerk", "/register")
    _ready_to_type(page)
    page.keyboard.type("13900002222")
    page.keyboard.press("Tab")
    page.get_by_text("没有查到这个号码的诉求").wait_for()
    page.get_by_label("诉求内容").fill("村口路灯坏了三天")  # and has not left the field
    with office.engine.begin() as tx:
        tx.exec_driver_sql("update sign_in set seen_at = seen_at - interval '31 minutes'")
    page.evaluate("Date.now = (then => () => then() + 31 * 60000)(Date.now)")
    page.get_by_text("长时间没有操作，已自动退出").wait_for()
    assert page.get_by_text("13900002222").count() == 0
    page.get_by_label("用户名").fill("clerk")
    page.get_by_label("密码", exact=True).fill(county.PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_text("没有登记完的内容已经找回").wait_for()
    expect(page.get_by_label("诉求内容")).to_have_value("村口路灯坏了三天")
    expect(page.get_by_label("联系电话")).to_have_value("13900002222")


def test_a_link_from_a_message_survives_signing_in(official: Official, number: str) -> None:
    page = official("dispatcher", f"/case?number={number}", by_form=True)
    page.locator("article.sheet").wait_for()
    assert page.url.endswith(f"/case?number={number}")
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_signing_out_closes_every_open_window(official: Official, number: str) -> None:
    page = official("dispatcher")
    other = page.context.new_page()
    other.goto("/cases")
    other.locator(f"a.case[href*='{number}']").wait_for()
    page.locator("header.bar summary").last.click()
    page.get_by_role("link", name="退出登录").click()
    page.get_by_label("用户名").wait_for()
    other.locator(f"a.case[href*='{number}']").click()
    other.get_by_label("用户名").wait_for()
    assert other.get_by_text("占道经营").count() == 0


def test_the_session_cookie_is_out_of_reach_of_scripts(official: Official) -> None:
    page = official("dispatcher", by_form=True)
    names = {c["name"]: c for c in page.context.cookies()}
    assert names["onedoor_session"]["httpOnly"] is True
    assert "onedoor_session" not in page.evaluate("document.cookie")
    assert not [n for n in names if "jwt" in n or "auth" in n]


def test_no_english_is_left_on_a_chinese_page(official: Official) -> None:
    page = official("clerk", "/register")
    page.get_by_text("联系电话").first.wait_for()
    page.get_by_text("更多：").click()
    page.get_by_text("发生时间").last.wait_for()
    left = page.evaluate(_ENGLISH)
    assert [t for t in left if t not in ("English", "Ctrl + Enter", "MB")] == []


_ENGLISH = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement, text = n.nodeValue.trim();
    if (!/[A-Za-z]{2,}/.test(text.replace(/MB/g, "")) || !e.getClientRects().length) continue;
    if (e.closest("script, style, noscript, .ico, [translate=no]")) continue;
    found.push(text);
  }
  for (const e of document.querySelectorAll("[placeholder], [title]")) {
    const text = e.getAttribute("placeholder") || e.getAttribute("title") || "";
    if (/[A-Za-z]{2,}/.test(text)) found.push(text);
  }
  return found;
}"""
