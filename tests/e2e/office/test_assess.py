"""An assessment in a real browser: published at a desk, appealed against on a phone, decided."""

from collections.abc import Callable
from typing import Any

import pytest

from core.access.desk import Office
from core.now import now
from core.rules.spans import Span
from tests.core.kpi.assess.counties import MONTHLY, assessing, at, case, finish

pytestmark = pytest.mark.e2e
ENFORCE = "131024104-ZF"


def test_published_appealed_against_decided(office: Office, official: Callable[..., Any]) -> None:
    last = Span(every="month").before(Span(every="month").around(now().date()))
    assessing(office, monthly=MONTHLY)
    numbers = [case(office, f"{last.since}") for _case in range(2)]
    with at(f"{last.last}"):
        finish(office, numbers[0])
    address = f"/assess?id=monthly&period={last.id}&area=131024"

    desk = official("supervisor", address)
    desk.locator("[data-tap='publish:']").click()
    desk.get_by_role("button", name=f"公布 {last.id}").click()
    desk.get_by_text("公布后只有已决定的剔除和申诉会改变得分").wait_for()
    row = desk.locator("table.ranks tr", has_text="综合行政执法队")
    assert "50.00" in row.inner_text()
    row.get_by_role("link", name="1 / 2").first.click()
    desk.get_by_text(numbers[1]).wait_for()
    assert numbers[0] not in desk.locator("ol.rows").inner_text()

    phone = official("enforcehead", address, phone=True)
    phone.locator(f"[data-tap='appeal:{ENFORCE}']").click()
    dialog = phone.get_by_role("dialog")
    dialog.get_by_role("combobox").click()
    phone.get_by_role("option", name="答复率").click()
    dialog.get_by_label("申诉理由").fill("有一件不属于我队职责")
    dialog.get_by_role("button", name="申诉", exact=True).click()
    phone.locator("ul.claims").get_by_text("待决定").wait_for()
    main = "document.querySelector('[data-testid=stMain]')"
    assert phone.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")

    desk.goto(address)
    desk.locator("[data-tap^='decide:appeal']").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_text("申诉成立，改分").click()
    dialog.get_by_label("改判后的得分").fill("60")
    dialog.get_by_label("决定的理由").fill("经核实属实")
    dialog.get_by_role("button", name="决定", exact=True).click()
    desk.locator("ul.claims").get_by_text("申诉成立").wait_for()
    text = desk.locator("table.ranks tr", has_text="综合行政执法队").inner_text()
    assert "80.00" in text
    assert "公布时 50.00 分" in text
