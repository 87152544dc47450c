"""A dispatcher merges a case: the likely ones are offered, nobody has to copy a number."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.access.desk import Office
from core.cases.take_in import take_in
from tests.conftest import Databases
from tests.support import county

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    """A county that knows the stage 已并案."""
    name = databases.copy("dacheng")
    found = databases.office(name)
    yield found
    found.engine.dispose()
    databases.drop(name)


def _taken(office: Office, body: str) -> str:
    raw = {"body": body, "area": county.GRID, "category": "city/light"}
    with office.work(county.actor(office, "clerk")) as work:
        return take_in(work, raw, inlet="hall").outcome.number


@pytest.mark.parametrize("phone", [False, True])
def test_the_case_to_merge_into_is_picked(
    official: Callable[..., Any], office: Office, phone: bool
) -> None:
    one = _taken(office, "王家摆村口的路灯坏了半个月，晚上看不见路")
    same = _taken(office, "村口路灯坏了，晚上看不见，请来修")
    page = official("dispatcher", f"/case?number={one}", phone=phone)
    page.locator(".acts summary").click()
    page.locator(f"[data-tap='merge:{one}']:visible").click()
    dialog = page.get_by_role("dialog")
    dialog.locator(f"[data-tap='{same}']").click()
    dialog.get_by_text("已选", exact=True).wait_for()
    assert dialog.get_by_label("并入哪件诉求").input_value() == same
    dialog.get_by_role("button", name="并案").last.click()
    page.locator(".relatives").get_by_text(same).wait_for()
    assert not page.locator("details.menu[open]").count(), "nothing is left open behind it"
