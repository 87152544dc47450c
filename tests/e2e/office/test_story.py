"""The whole loop in one browser, every hand on its own screen: system 1's story.

A resident photographs leek traders' stalls blocking a road and sends it from a phone. The
township centre assigns traffic police and the enforcement brigade jointly; both report
back; the resident is told and rates it, and a low rating opens the case again.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import insert

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.detail import detail
from db.models import Plate
from tests.support import county

pytestmark = pytest.mark.e2e
Official = Callable[..., Any]
WORDS = "安平早市韭菜摊子摆到路中间，三轮车和救护车都过不去，请管一管。"


@pytest.fixture
def photo(tmp_path: Path) -> str:
    """A real JPEG, as a phone's camera makes it."""
    path = tmp_path / "韭菜摊.jpg"
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(path, "JPEG")
    return str(path)


@pytest.fixture
def plate(office: Office) -> str:
    """A plate at the market's gate."""
    with office.work(SYSTEM) as work:
        work.tx.execute(
            insert(Plate).values(code="AP0001", area=county.GRID, address="安平镇早市东门")
        )
    return "AP0001"


def _tap(page: Any, action: str, number: str, fields: dict[str, str], button: str) -> None:
    page.locator(f"[data-tap='{action}:{number}']").click()
    dialog = page.get_by_role("dialog")
    for label, words in fields.items():
        dialog.get_by_label(label).fill(words)
    dialog.get_by_role("button", name=button).click()


def _pick(page: Any, label: str, name: str) -> None:
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.keyboard.type(name)
    page.get_by_role("option", name=re.compile(name)).first.click()


def test_from_the_plate_to_the_reopened_case(
    chromium: Any, site: str, official: Official, office: Office, plate: str, photo: str
) -> None:
    # a resident photographs the stalls and sends them from a phone
    context = chromium.new_context(
        base_url=site, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
    )
    phone = context.new_page()
    phone.goto(f"/q/{plate}")
    assert "安平镇早市东门" in phone.inner_text(".known")
    phone.fill("#body", WORDS)
    phone.set_input_files("#album", photo)
    phone.fill("#phone", "13812345678")
    phone.click("button.main")
    number = phone.inner_text("#number")
    phone.click("a.main")
    phone.locator(".photos img").wait_for()

    # the township centre assigns traffic police and the enforcement brigade jointly
    dispatcher = official("dispatcher")
    dispatcher.wait_for_url("**/desk")
    dispatcher.locator(f"[data-tap='assign:{number}']").click()
    dialog = dispatcher.get_by_role("dialog")
    dialog.get_by_text("办理时限").wait_for()
    _pick(dispatcher, "主办单位", "交警中队")
    _pick(dispatcher, "协办单位", "综合行政执法队")
    dialog.get_by_label("交办意见").fill("今天一起到现场")
    dialog.get_by_role("button", name="交办").click()
    dispatcher.get_by_text("已交办，诉求现在").wait_for()

    # both report back; the lead sums up
    for username, result in (("enforce", "摊位已退回市场内"), ("traffic", "车和摊位都已退出路面")):
        page = official(username)
        page.wait_for_url("**/inbox")
        page.locator(f"[data-tap='sign:{number}']").click()
        page.get_by_text("已签收，诉求现在").wait_for()
        page.goto(f"/case?number={number}")
        _tap(page, "report", number, {"办理结果": result}, "反馈")
        page.get_by_text("已反馈，诉求现在").wait_for()

    # the resident is told
    dispatcher.goto(f"/case?number={number}")
    _tap(dispatcher, "reply", number, {"答复内容": "路已清开，早市每天有人值守。"}, "回复群众")
    dispatcher.get_by_text("诉求现在“待评价”").wait_for()
    phone.reload()
    assert "路已清开" in phone.inner_text(".reply")
    assert "周某" not in phone.content()

    # and rates it 2 of 5: the case is open again
    phone.check("input[name=score][value='2']")
    phone.fill("#rate textarea", "第二天又摆出来了")
    phone.click("#rate button.main")
    assert "已经重新办理" in phone.inner_text("#did")
    context.close()
    with office.look(county.actor(office, "dispatcher")) as look:
        case = detail(look, number).file.case
    assert (case.stage, case.stage_kind, case.score, case.reopened) == ("accepted", "open", 2, 1)
