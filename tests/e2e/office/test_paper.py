"""Printing from the case page and changing a template, in a real browser."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.access.desk import Office
from core.cases.act import act
from core.cases.take_in import take_in
from tests.core.paper.documents import word
from tests.core.paper.reading import docx_text, pdf_text
from tests.support import county

pytestmark = pytest.mark.e2e
Come = Callable[..., Any]
SHOTS = os.environ.get("ONEDOOR_SHOTS")
"""A folder where pictures of the pages are kept, for people to look at."""


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(700)
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


@pytest.fixture(scope="module")
def number(office: Office) -> Iterator[str]:
    """A case that the housing office works on."""
    with office.work(county.actor(office, "clerk")) as work:
        made = take_in(
            work,
            {
                "body": "三号楼暖气半个月不热，室内只有十四度，老人孩子都感冒了",
                "area": county.VILLAGE,
                "name": "张三丰",
                "phone": "13812345678",
                "category": "housing/heating",
            },
            inlet="hall",
        ).outcome.number
    with office.work(county.actor(office, "housing")) as work:
        act(work, made, "sign", {})
    yield made


def open_printing(page: Any) -> Any:
    """The dialog, from the case page."""
    more = page.locator(".acts summary")
    more.wait_for()
    more.click()
    page.locator(".acts [data-tap^='print:']").click()
    dialog = page.get_by_role("dialog")
    dialog.locator(".papers li").first.wait_for()
    return dialog


def test_a_handler_prints_the_dispatch_slip(official: Come, number: str) -> None:
    page = official("housing", f"/case?number={number}")
    dialog = open_printing(page)
    shot(page, "paper-desk")
    slip = dialog.locator(".papers li", has_text="交办单")
    with page.expect_download() as waited:
        slip.get_by_role("link", name="Word").click()
    made = Path(waited.value.path()).read_bytes()
    assert waited.value.suggested_filename == f"交办单-{number}.docx"
    assert "三号楼暖气" in docx_text(made)
    assert "张三丰" not in docx_text(made)
    to = slip.get_by_role("link", name="PDF").get_attribute("href")
    answer = page.request.get(to)
    assert answer.headers["content-type"] == "application/pdf"
    assert "三号楼暖气" in pdf_text(answer.body())


def test_naming_the_resident_asks_for_a_purpose(official: Come, number: str) -> None:
    page = official("housing", f"/case?number={number}", phone=True)
    dialog = open_printing(page)
    shot(page, "paper-phone")
    dialog.get_by_label("要写明反映人身份的").fill("上门送达")
    dialog.get_by_role("button", name="写明身份").click()
    dialog.get_by_text("每打印一次都会留下记录").wait_for()
    shot(page, "paper-phone-named")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    link = dialog.locator(".papers li", has_text="交办单").get_by_role("link", name="Word")
    assert "张三丰" in docx_text(page.request.get(link.get_attribute("href")).body())


def test_an_administrator_changes_a_template_and_goes_back(official: Come, tmp_path: Path) -> None:
    page = official("admin", "/config?part=papers")
    row = page.locator("tr", has_text="督办单").first
    row.locator("[data-tap='open:order']").click()
    page.get_by_role("button", name="看样张").wait_for()
    shot(page, "paper-config")
    wrong, right = tmp_path / "错.docx", tmp_path / "我县督办单.docx"
    wrong.write_bytes(word("{{诉求题目}}", "{% if x %}"))
    right.write_bytes(word("某县督办单", "{{诉求标题}}", "{{督办内容}}"))
    box = page.locator("input[type=file]")
    box.set_input_files(str(wrong))
    page.get_by_role("button", name="检查并换上").click()
    page.get_by_text("是不是“诉求标题”").wait_for()
    assert page.get_by_text("模板里有程序代码").is_visible()
    shot(page, "paper-config-refused")
    page.reload()
    page.locator("[data-tap='open:order']").click()
    page.locator("input[type=file]").set_input_files(str(right))
    page.get_by_role("button", name="检查并换上").click()
    page.locator("tr", has_text="我县督办单.docx").wait_for()
    page.get_by_role("button", name="看样张").click()
    page.get_by_role("button", name="打开样张").wait_for()
    shot(page, "paper-config-own")
    page.get_by_role("button", name="换回自带模板").click()
    page.locator("tr", has_text="我县督办单.docx").wait_for(state="detached")


def test_the_placeholders_can_be_read_on_a_phone(official: Come) -> None:
    page = official("admin", "/config?part=papers", phone=True)
    page.get_by_text("{{诉求标题}}").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "paper-config-phone")


def test_english_readers_find_their_way(official: Come, number: str) -> None:
    page = official("housing", f"/case?number={number}")
    page.goto(f"/auth/lang/en?next=/case%3Fnumber%3D{number}")
    dialog = open_printing(page)
    shot(page, "paper-en")
    assert dialog.locator(".papers li").count() == 4
