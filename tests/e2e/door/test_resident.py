"""System 1 at the resident's side, on a phone, with and without script."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

WORDS = (
    "从正式供暖到现在，幸福小区三号楼整个单元暖气都不热，室内只有十三四度，家里有八十多岁的老人。"
    "找过物业和供热公司，互相推，请派人来实地测温，尽快解决。"
)


def test_from_the_plate_to_a_low_rating(
    phone: Callable[..., Any], photo: str, do: Callable[..., Any]
) -> None:
    page = phone()
    page.goto("/q/P0001")
    assert "幸福小区三号楼二单元" in page.inner_text(".known")
    page.fill("#body", WORDS)
    page.set_input_files("#album", photo)
    page.fill("#phone", "13812345678")
    page.click("button.main")
    number, code = page.inner_text("#number"), page.inner_text("#code")
    assert len(code) == 6
    page.click("a.main")
    assert page.url.endswith(f"/t/{number}")  # the code has left the address
    assert "待签收" in page.inner_text(".now")
    assert page.locator(".photos img").count() == 1

    do("housing", number, "sign")
    do("housing", number, "report", result="已测温")
    do("dispatcher", number, "reply", text="阀门已经更换，室内二十度。")

    page.reload()
    assert "阀门已经更换" in page.inner_text(".reply")
    page.check("input[name=score][value='2']")
    page.fill("#rate textarea", "又凉了")
    page.click("#rate button.main")
    assert "已经重新办理" in page.inner_text("#did")
    assert "待交办" in page.inner_text(".now")


def test_the_second_list_of_villages(phone: Callable[..., Any], script: bool) -> None:
    page = phone()
    page.goto("/new")
    page.fill("#body", WORDS)
    page.select_option("#town", label="安平镇")
    if script:
        page.wait_for_selector("#villages:not([hidden])")
        assert page.is_hidden("[value=place]")
    else:
        page.click("[value=place]")
    page.select_option("#village", label="王家摆村")
    assert page.input_value("#body") == WORDS
    page.click("button.main")
    assert "编号" in page.inner_text("main")


def test_a_rejected_form_still_holds_words_and_photo(
    phone: Callable[..., Any], photo: str, script: bool
) -> None:
    page = phone()
    page.goto("/new")
    page.fill("#body", WORDS)
    page.select_option("#town", index=1)
    page.fill("#phone", "abc")
    page.set_input_files("#album", photo)
    if script:
        page.wait_for_selector(".preview img")
    page.click("button.main")
    assert page.input_value("#body") == WORDS
    assert page.input_value("#phone") == "abc"
    assert "暖气片.jpg" in page.inner_text(".kept")
    page.click(".summary a")
    assert page.url.endswith("#phone")
    page.fill("#phone", "")
    page.press("#phone", "Enter")  # the keyboard's own button hands in, it does not switch
    assert "照片" in page.inner_text(".facts")


def test_the_way_back_from_the_receipt_leads_over_every_page(phone: Callable[..., Any]) -> None:
    page = phone()
    page.goto("/new")
    page.fill("#body", WORDS)
    page.select_option("#town", index=1)
    page.select_option("#category", "housing/heating")
    page.fill("#phone", "abc")
    page.click("button.main")
    page.fill("#phone", "")
    page.click("button.main")
    assert "再问几句" in page.inner_text("h1")
    page.click("button.main")
    number = page.inner_text("#number")

    page.go_back()
    assert "再问几句" in page.inner_text("h1")
    page.click("button.main")
    assert page.inner_text("#number") == number, "handed in once"
    for title in ("再问几句", "我要说事", "我要说事"):
        page.go_back()
        assert title in page.inner_text("h1")
    assert page.input_value("#body") == WORDS


def test_large_type_can_be_switched_amid_the_words(phone: Callable[..., Any]) -> None:
    page = phone()
    page.goto("/new")
    page.fill("#body", WORDS)
    page.click("text=大字")
    assert page.input_value("#body") == WORDS
    assert page.locator("html.large").count() == 1
    page.click("text=EN")
    assert page.get_attribute("html", "lang") == "en"
    assert page.input_value("#body") == WORDS


def test_by_keyboard_alone(phone: Callable[..., Any], script: bool) -> None:
    page = phone(1280, 900)
    page.goto("/new")
    page.keyboard.press("Tab")
    assert page.locator(".skip:focus").count() == 1
    page.focus("#body")
    page.keyboard.type(WORDS)
    page.keyboard.press("Tab")
    assert page.locator("#town:focus").count() == 1
    page.keyboard.press("End")
    page.focus("button.main")
    page.keyboard.press("Enter")
    assert "编号" in page.inner_text("main")


PATHS = ["/new", "/q/P0001", "/q/none", "/t", "/t/131024-20260101-000001", "/help", "/board"]


@pytest.mark.parametrize("script", [True], indirect=True, ids=["script"])
@pytest.mark.parametrize("large", ["0", "1"], ids=["normal", "large"])
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_narrow_pages_never_scroll_sideways_and_fingers_find_every_button(
    phone: Callable[..., Any], lang: str, large: str
) -> None:
    page = phone(320, 640, door_lang=lang, door_large=large)
    for path in PATHS:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        small = page.evaluate(
            """[...document.querySelectorAll(
                 'button, select, textarea, .choice, .pick label, nav a, .switches a, a.main,'
                 + 'a.quiet, a.phone, input:not([type=hidden]):not([type=checkbox])'
                 + ':not([type=radio]):not([type=file])')]
               .filter(e => e.offsetParent && !e.matches('.unseen'))
               .filter(e => e.getBoundingClientRect().height < 44)
               .map(e => e.outerHTML.slice(0, 80))"""
        )
        assert small == [], path
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == (
        "22px" if large == "1" else "16px"
    )
    assert (
        page.evaluate(
            "parseFloat(getComputedStyle(document.body).lineHeight)"
            " / parseFloat(getComputedStyle(document.body).fontSize)"
        )
        >= 1.6
    )
