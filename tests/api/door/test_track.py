"""Looking up: only with number and code, never an official's name, like a parcel."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.take_in import take_in
from core.now import moved_to, now
from tests.api.door.conftest import WORDS, Browser
from tests.support import county


@pytest.fixture
def stranger(at_the_door: Callable[..., Browser]) -> Browser:
    """Another phone."""
    return at_the_door()


def test_number_and_code_open_the_case(browser: Browser, stranger: Browser) -> None:
    number, code = browser.hand_in()
    page = stranger.post(stranger.get("/t").form, number=number, code=code)
    assert page.response.url.path == f"/t/{number}"
    assert "待签收" in page.text
    assert "香河县住房和城乡建设局" in page.text
    assert "剩" in page.text


@pytest.mark.parametrize(
    "say",
    [
        lambda number, code: (number.replace("-", ""), code),
        lambda number, code: (f" {number} ", f"{code[:3]} {code[3:]}"),
        lambda number, code: (number.replace("-", "—"), code),
        lambda number, code: tuple(
            "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in t) for t in (number, code)
        ),
    ],
    ids=["no hyphens", "blanks", "dashes", "full width"],
)
def test_as_people_type_them(
    browser: Browser, stranger: Browser, say: Callable[[str, str], tuple[str, str]]
) -> None:
    typed_number, typed_code = say(*browser.hand_in())
    page = stranger.post(stranger.get("/t").form, number=typed_number, code=typed_code)
    assert "办到哪一步了" in page.text


def test_a_wrong_code_and_an_unknown_number_look_the_same(
    browser: Browser, stranger: Browser
) -> None:
    number, code = browser.hand_in()
    unknown = "131024-20260101-999999"
    wrong = "000000" if code != "000000" else "000001"
    pages = [stranger.post(stranger.get(f"/t/{n}").form, code=wrong) for n in (number, unknown)]
    assert pages[0].status == pages[1].status == 404
    assert pages[0].html.replace(number, "N") == pages[1].html.replace(unknown, "N")
    first = [stranger.get(f"/t/{n}") for n in (number, unknown)]
    assert first[0].html.replace(number, "N") == first[1].html.replace(unknown, "N")
    lookups = [
        stranger.post(stranger.get("/t").form, number=n, code=wrong) for n in (number, unknown)
    ]
    assert lookups[0].html.replace(number, "N") == lookups[1].html.replace(unknown, "N")


@pytest.mark.parametrize("number", ["x", "%00", "' or 1=1", "编号", "1" * 300, "..%2f"])
def test_a_senseless_number_is_only_unknown(stranger: Browser, number: str) -> None:
    page = stranger.post(stranger.get("/t").form, number=number.replace("%00", "\x00"), code="1")
    assert page.status == 404
    assert stranger.get(f"/t/{number}").status in (200, 404)


def test_the_receipts_link_opens_the_case_and_leaves_no_code_behind(
    browser: Browser, stranger: Browser
) -> None:
    number, code = browser.hand_in()
    page = stranger.get(f"/t/{number}?code={code}")
    assert str(page.response.url).endswith(f"/t/{number}")
    assert code not in page.html
    again = stranger.get(f"/t/{number}")  # refreshed
    assert "办到哪一步了" in again.text


def test_the_pass_belongs_to_one_case_and_no_script_reads_it(
    browser: Browser, stranger: Browser
) -> None:
    number, code = browser.hand_in()
    first = stranger.client.get(f"/t/{number}?code={code}", follow_redirects=False)
    cookie = next(
        c for c in first.headers.get_list("set-cookie") if c.startswith("door_case=")
    ).lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert f"path=/t/{number}" in cookie
    assert code not in cookie


def test_a_pass_for_another_case_opens_nothing(browser: Browser, stranger: Browser) -> None:
    mine, code = browser.hand_in(body="一件事。")
    other, _ = browser.hand_in(body="另一件事。")
    first = stranger.client.get(f"/t/{mine}?code={code}", follow_redirects=False)
    value = first.cookies["door_case"]
    for forged in (value, value[:-1] + "0", "9" * 10 + value[10:], "x", ""):
        page = stranger.get(f"/t/{other}", headers={"Cookie": f"door_case={forged}"})
        assert "请输入查询码" in page.text


def test_a_pass_ends_after_some_hours(browser: Browser) -> None:
    number, _ = browser.hand_in()
    assert "办到哪一步了" in browser.get(f"/t/{number}").text
    with moved_to(now() + timedelta(hours=7)):
        assert "请输入查询码" in browser.get(f"/t/{number}").text


def test_guessing_is_slowed_down_even_for_the_right_code(
    browser: Browser, stranger: Browser
) -> None:
    number, code = browser.hand_in()
    wrong = ("0" if code[0] != "0" else "1") + code[1:]
    form = stranger.get(f"/t/{number}").form
    refused = [stranger.post(form, code=wrong) for _ in range(11)][-1]
    assert refused.status == 429
    assert "分钟后再试" in refused.text
    assert stranger.post(form, code=code).status == 429
    page = browser.get(f"/t/{number}?code={code}")  # who has a pass is not shut out
    assert "办到哪一步了" in page.text


def test_no_official_is_named_anywhere_on_the_way(
    browser: Browser, do: Callable[..., object], answered: Callable[[str], None]
) -> None:
    number, _ = browser.hand_in(body=WORDS, name="张三", phone="13812345678")
    pages = [browser.get(f"/t/{number}")]
    do("housing", number, "sign")
    pages.append(browser.get(f"/t/{number}"))
    do("housing", number, "report", result="已入户测温，供热公司李经理到场")
    pages.append(browser.get(f"/t/{number}"))
    do("dispatcher", number, "reply", text="阀门已经更换。")
    pages.append(browser.get(f"/t/{number}"))
    browser.post(pages[-1].form_to("/rate"), score="5")
    pages.append(browser.get(f"/t/{number}"))
    names = [name for _, name, *_ in county.PEOPLE]
    for page in pages:
        assert not [n for n in names if n in page.html]
        assert "李经理" not in page.html  # what units report to each other stays with them
    assert "阀门已经更换。" in pages[3].text
    assert "已办结" in pages[4].text
    assert [p.text.count("正在这一步") for p in pages] == [1, 1, 1, 1, 0]


def test_what_was_said_is_shown_with_numbers_masked(browser: Browser) -> None:
    number, _ = browser.hand_in(body="暖气不热，请打13812345678找我。", address="三号楼")
    page = browser.get(f"/t/{number}")
    assert "138****5678" in page.text
    assert "13812345678" not in page.html
    assert "三号楼" in page.text


def test_an_overdue_case_says_so(browser: Browser, at_the_door: Callable[..., Browser]) -> None:
    number, code = browser.hand_in()
    with moved_to(now() + timedelta(days=14)):
        page = at_the_door().get(f"/t/{number}?code={code}")
    assert "已经超期，正在催办" in page.text
    assert "超期 " in page.text


def test_a_declined_case_gives_the_reason(browser: Browser, do: Callable[..., object]) -> None:
    number, _ = browser.hand_in(body="请给我家狗办个生日会。")
    do("dispatcher", number, "decline", reason="不属于受理范围，建议自办。")
    page = browser.get(f"/t/{number}")
    assert "不予受理" in page.text
    assert "不属于受理范围，建议自办。" in page.text
    assert "/rate" not in page.html


def test_nothing_personal_is_kept_by_browsers_or_caches(browser: Browser) -> None:
    number, _ = browser.hand_in()
    for path in ("/new/done", f"/t/{number}"):
        response = browser.client.get(path)
        assert response.headers["cache-control"] == "no-store"
        policy = response.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert response.headers["referrer-policy"] == "same-origin"
        assert response.headers["x-frame-options"] == "DENY"


def test_a_case_that_staff_registered_opens_with_its_code_too(
    browser: Browser, office: Office
) -> None:
    with office.work(county.actor(office, "clerk")) as work:
        receipt = take_in(work, {"body": WORDS, "area": county.VILLAGE, "inlet": "hall"})
    page = browser.get(f"/t/{receipt.outcome.number}?code={receipt.query_code}")
    assert "王家摆村" in page.text
    assert SYSTEM.name not in page.text


def test_an_answer_says_until_when_it_can_be_rated(
    browser: Browser, answered: Callable[[str], None]
) -> None:
    number, _ = browser.hand_in()
    answered(number)
    assert "前没有评价，就自动办结" in browser.get(f"/t/{number}").text


def test_a_step_keeps_the_time_at_which_it_was_reached(browser: Browser) -> None:
    number, _ = browser.hand_in()
    before = browser.get(f"/t/{number}")
    with moved_to(now() + timedelta(minutes=90)):
        browser.post(before.form_to("/add"), text="还是不热")
    after = browser.get(f"/t/{number}")
    assert "还是不热" in after.text
    assert _steps(after.text) == _steps(before.text)


def _steps(text: str) -> str:
    return text.partition("办到哪一步了")[2].partition("还有要补充的")[0]
