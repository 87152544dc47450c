"""What the resident reads when an office asks for something, needs longer, or puts it aside."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.detail import detail
from core.now import local, now
from tests.api.door.conftest import Browser

Do = Callable[..., object]
LEAD = "131024104-ZF"


@pytest.fixture
def number(browser: Browser, do: Do) -> str:
    """A case that the township's brigade works on."""
    number, _code = browser.hand_in(body="早市门口天天占道，走不过去。")
    do("dispatcher", number, "assign", lead=LEAD)
    do("enforce", number, "sign")
    return number


def _day(days: int) -> str:
    return f"{local(now() + timedelta(days=days)):%Y-%m-%d}"


def test_what_is_asked_stands_on_the_page_and_an_addition_lets_the_case_go_on(
    browser: Browser, do: Do, number: str, office: Office
) -> None:
    do("enforce", number, "pause", reason="请补充是哪个门口，最好拍一张照片。")
    page = browser.get(f"/t/{number}")
    assert "前补充情况，暂停计时" in page.text, "and until when"
    assert "请您补充" in page.text
    assert "请补充是哪个门口，最好拍一张照片。" in page.text
    form = next(f for f in page.forms if f.action.endswith("/add"))
    page = browser.post(form, text="南门口。")
    assert "补充情况，暂停计时" not in browser.get(f"/t/{number}").text
    with office.look(SYSTEM) as look:
        file = detail(look, number).file
    assert not file.paused and file.case.due_at is not None


def test_an_extension_is_told_with_its_new_date(browser: Browser, do: Do, number: str) -> None:
    until = _day(35)
    do("enforce", number, "extend", until=until, reason="设备没到，先内部说明")
    do("enforcehead", number, "grant", note="同意，内部意见")
    page = browser.get(f"/t/{number}")
    assert f"答复期限延到 {until}" in page.text
    assert "内部" not in page.text


def test_a_shelved_case_says_when_it_is_taken_up_again(
    browser: Browser, do: Do, number: str, office: Office
) -> None:
    do("dispatcher", number, "shelve", until=_day(30), reason="等开春施工")
    do("county", number, "grant")
    page = browser.get(f"/t/{number}")
    assert "暂时办不了，先挂账" in page.text
    form = next(f for f in page.forms if f.action.endswith("/add"))
    browser.post(form, text="能不能快点")
    with office.look(SYSTEM) as look:
        assert detail(look, number).file.paused, "it waits for its review all the same"


def test_closing_without_a_reply_gives_the_reason(browser: Browser, do: Do, number: str) -> None:
    do("enforcehead", number, "ask_close", reason="同一件事已在另一件中答复。")
    do("dispatcher", number, "grant", note="同意")
    page = browser.get(f"/t/{number}")
    assert "同一件事已在另一件中答复。" in page.text


def test_what_offices_ask_of_each_other_is_not_the_residents(
    browser: Browser, do: Do, number: str
) -> None:
    do("leader", number, "instruct", text="领导批示内容", to=[LEAD])
    do("supervisor", number, "supervise", text="督办内容")
    do("dispatcher", number, "chase", text="催办内容")
    page = browser.get(f"/t/{number}")
    assert not any(w in page.text for w in ("领导批示内容", "督办内容", "催办内容"))


class TestMerged:
    @pytest.fixture
    def blueprint(self) -> str:
        return "hebei"

    def test_merging_is_told_without_the_other_persons_case(
        self, browser: Browser, do: Do, number: str
    ) -> None:
        other, _code = browser.hand_in(body="张三家门口路面塌了，很危险。", category="other")
        do("dispatcher", other, "merge", into=number, reason="同一事项")
        page = browser.get(f"/t/{other}")
        assert "与反映同一件事的诉求合并办理，一并答复您" in page.text
        assert number not in page.text
