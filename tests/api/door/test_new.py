"""Saying what happened: nothing typed is ever lost, and a second tap is no second case."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM
from core.access.desk import Office
from db.models import CaseRow, Resident
from tests.api.door.conftest import WORDS, Browser
from tests.support import county


def cases(office: Office) -> list[Any]:
    with office.look(SYSTEM) as look:
        return list(look.tx.execute(select(*CaseRow.__table__.columns).order_by(CaseRow.id)))


def test_a_resident_goes_home_with_number_code_unit_and_date(
    browser: Browser, office: Office
) -> None:
    done = browser.post(browser.get("/new").form, body=WORDS, town=county.TOWNSHIP)
    (case,) = cases(office)
    assert done.ids["number"] == case.number
    assert len(done.ids["code"]) == 6
    assert "香河县住房和城乡建设局" in done.text
    assert "前答复您" in done.text
    assert f"/t/{case.number}?code={done.ids['code']}" in done.links
    assert (case.inlet, case.area, case.category) == ("web", county.TOWNSHIP, "housing/heating")


def test_the_village_is_chosen_in_a_second_list(browser: Browser, office: Office) -> None:
    page = browser.post(browser.get("/new").form, body=WORDS, town=county.TOWNSHIP, go="place")
    assert "王家摆村" in page.text
    assert page.form["body"] == WORDS
    browser.post(page.form, village=county.VILLAGE)
    assert cases(office)[0].area == county.VILLAGE


def test_a_village_of_another_township_does_not_count(browser: Browser, office: Office) -> None:
    page = browser.post(browser.get("/new").form, body=WORDS, town=county.TOWNSHIP, go="place")
    browser.post(page.form, town="131024100", village=county.VILLAGE)
    assert cases(office)[0].area == "131024100"


def test_who_cannot_say_where_leaves_it_to_the_county(browser: Browser, office: Office) -> None:
    browser.hand_in(town="?")
    assert cases(office)[0].area == "131000"


def test_a_phone_is_kept_with_the_name(browser: Browser, office: Office) -> None:
    browser.hand_in(phone="138 1234 5678", name="张某", on_behalf="我母亲", confidential="1")
    (case,) = cases(office)
    with office.look(SYSTEM) as look:
        found = look.tx.execute(select(Resident.name, Resident.phone)).one()
    assert tuple(found) == ("张某", "13812345678")
    assert (case.on_behalf, case.confidential, case.anonymous) == ("我母亲", True, False)


def test_who_stays_anonymous_leaves_no_phone(browser: Browser, office: Office) -> None:
    done = browser.post(
        browser.get("/new").form,
        body=WORDS, town=county.TOWNSHIP, phone="13812345678", name="张某", anonymous="1",
    )  # fmt: skip
    assert "没有保存" in done.text
    assert cases(office)[0].resident_id is None
    with office.look(SYSTEM) as look:
        assert look.tx.execute(select(Resident.phone)).all() == []


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("body", "", "请写下发生了什么事"),
        ("body", " \n ", "请写下发生了什么事"),
        ("body", "暖" * 5001, "最多 5000 字，现有 5001 字"),
        ("body", "暖气\x00不热", "U+0000"),
        ("body", "暖气\x1b不热", "U+001B"),
        ("town", "", "大致在哪里"),
        ("town", "999999", "大致在哪里"),
        ("town", "131024104201", "大致在哪里"),
        ("address", "路" * 201, "最多 200 字"),
        ("category", "nonsense", "没有“nonsense”这一项"),
        ("category", "x" * 500, "64"),
        ("phone", "12ab", "不是有效的电话号码"),
        ("phone", "1" * 40, "最多 20 字"),
        ("name", "张" * 41, "最多 40 字"),
        ("name", "张\x07某", "U+0007"),
        ("on_behalf", "邻" * 61, "最多 60 字"),
        ("lat", "north", "应为数字"),
        ("lon", "999", "-180 到 180"),
    ],
    ids=lambda value: ascii(value[:10]),
)
def test_bad_input_is_named_beside_its_field_and_everything_typed_stays(
    browser: Browser, office: Office, field: str, value: str, says: str
) -> None:
    typed = {
        "body": WORDS, "town": county.TOWNSHIP, "address": "三号楼", "phone": "13812345678",
        "name": "张某", "on_behalf": "邻居", "confidential": "1",
    } | {field: value}  # fmt: skip
    page = browser.post(browser.get("/new").form, **typed)
    assert page.status == 422
    assert says in page.fault(field)
    assert f'href="#{field}"' in page.html
    for name, words in typed.items():
        lists = name == field and field in ("town", "category")  # which show what they have
        assert page.form[name] == ("" if lists else words), name
    assert cases(office) == []


def test_all_faults_are_named_at_once(browser: Browser) -> None:
    page = browser.post(browser.get("/new").form, phone="nobody", name="张" * 50)
    assert all(page.fault(name) for name in ("body", "town", "phone", "name"))
    assert "还有 4 处要改一下" in page.text


def test_emoji_and_a_script_tag_are_only_words(browser: Browser, office: Office) -> None:
    words = "楼道灯坏了😡<script>alert(1)</script>\n\n“请”来看看 & 修一修"
    number, code = browser.hand_in(body=words)
    assert cases(office)[0].body == words
    page = browser.get(f"/t/{number}?code={code}")
    assert "<script>alert" not in page.html
    assert "<script>alert(1)</script>" in page.text


def test_a_second_tap_gives_the_same_receipt(browser: Browser, office: Office) -> None:
    form = browser.get("/new").form
    first = browser.post(form, body=WORDS, town=county.TOWNSHIP)
    second = browser.post(form, body=WORDS, town=county.TOWNSHIP)
    assert (first.ids["number"], first.ids["code"]) == (second.ids["number"], second.ids["code"])
    assert len(cases(office)) == 1


def test_other_words_in_the_same_form_are_another_case(browser: Browser, office: Office) -> None:
    form = browser.get("/new").form  # the form that the back button brings back
    browser.post(form, body=WORDS, town=county.TOWNSHIP)
    browser.post(form, body="路灯也不亮。", town=county.TOWNSHIP)
    assert len(cases(office)) == 2


def test_a_receipt_that_was_lost_is_shown_again_to_this_browser_alone(
    browser: Browser, at_the_door: Callable[..., Browser]
) -> None:
    number, code = browser.hand_in()
    again = browser.get("/new/done")
    assert (again.ids["number"], again.ids["code"]) == (number, code)
    assert "number" not in at_the_door().get("/new/done").ids


def test_the_code_lies_nowhere_in_plain_words(browser: Browser, office: Office) -> None:
    _, code = browser.hand_in()
    for path in (office.settings.home / "held").rglob("receipt"):
        assert code not in path.read_text()


def test_a_browser_without_cookies_gets_its_receipt_at_once(browser: Browser) -> None:
    form = browser.get("/new").form
    browser.client.cookies.clear()
    response = browser.raw(form, body=WORDS, town=county.TOWNSHIP)
    assert response.history == []
    assert "查询码" in response.text


def test_the_categorys_own_questions_come_on_a_second_page(
    browser: Browser, office: Office
) -> None:
    more = browser.post(
        browser.get("/new").form, body=WORDS, town=county.TOWNSHIP, category="housing/heating"
    )
    assert cases(office) == []
    assert {"form.company", "form.indoor"} <= more.form.names
    wrong = browser.post(more.form, form__indoor="很冷", form__company="安平热力")
    assert "应为数字" in wrong.fault("form.indoor")
    assert wrong.form["form.company"] == "安平热力"
    browser.post(wrong.form, form__indoor="14")
    (case,) = cases(office)
    assert case.form == {"company": "安平热力", "indoor": 14}
    assert case.body == WORDS


def test_going_back_from_the_second_page_loses_nothing(browser: Browser, office: Office) -> None:
    more = browser.post(
        browser.get("/new").form,
        body=WORDS, town=county.TOWNSHIP, category="housing/heating", phone="13812345678",
    )  # fmt: skip
    back = browser.post(more.form, form__company="安平热力", go="back")
    assert (back.form["body"], back.form["phone"]) == (WORDS, "13812345678")
    more = browser.post(back.form)
    assert more.form["form.company"] == "安平热力"


def test_the_county_asks_only_so_much_of_one_address(
    at_the_door: Callable[..., Browser], office: Office
) -> None:
    browser = at_the_door(anonymous_per_hour=2)
    browser.hand_in(body="第一件事。")
    browser.hand_in(body="第二件事。")
    page = browser.post(browser.get("/new").form, body="第三件事。", town=county.TOWNSHIP)
    assert page.status == 429
    assert "分钟后再试" in page.text
    assert page.form["body"] == "第三件事。"
    assert len(cases(office)) == 2


def test_a_form_from_a_foreign_page_is_refused(browser: Browser, office: Office) -> None:
    form = browser.get("/new").form
    page = browser.post(
        form, headers={"Origin": "https://elsewhere.example"}, body=WORDS, town=county.TOWNSHIP
    )
    assert page.status == 403
    assert cases(office) == []


def test_switching_language_or_type_keeps_every_word(browser: Browser) -> None:
    page = browser.post(browser.get("/new").form, body=WORDS, phone="12", go="lang:en")
    assert (page.lang, page.form["body"], page.form["phone"]) == ("en", WORDS, "12")
    assert page.fault("phone") == ""
    page = browser.post(page.form, go="large:1")
    assert 'class="large"' in page.html
    assert page.form["body"] == WORDS
    assert browser.get("/help").lang == "en"  # kept in a cookie


def test_the_plate_knows_the_place(browser: Browser, office: Office) -> None:
    page = browser.get("/q/P0001")
    assert "幸福小区三号楼二单元" in page.text
    assert "0316-8311110" in page.text  # whom to call, for this very place
    assert "town" not in page.form.names
    browser.post(page.form, body=WORDS, address="五层楼道")
    (case,) = cases(office)
    assert (case.inlet, case.plate, case.area) == ("plate", "P0001", county.VILLAGE)
    assert case.address == "幸福小区三号楼二单元 五层楼道"
    assert case.lat == 39.7


@pytest.mark.parametrize("code", ["P9999", "P0002", "%00", "门牌", "x" * 300])
def test_an_unknown_plate_shows_the_way_out(browser: Browser, code: str) -> None:
    page = browser.get(f"/q/{code}")
    assert page.status == 404
    assert "没有找到门牌" in page.text
    assert "/new" in page.links


def test_two_taps_at_the_same_instant_make_one_case(
    browser: Browser, office: Office, at_the_door: Callable[..., Browser]
) -> None:
    form = browser.get("/new").form
    with ThreadPoolExecutor(4) as pool:
        taps = [pool.submit(browser.post, form, body=WORDS, town=county.TOWNSHIP) for _ in range(4)]
    found = {(t.result().ids["number"], t.result().ids["code"]) for t in taps}
    assert len(found) == 1
    assert len(cases(office)) == 1
