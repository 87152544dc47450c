"""What each page shows and does, over a real county."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from streamlit.testing.v1 import AppTest

from core.access import desk
from core.access.actor import NOBODY
from core.access.desk import Office
from core.access.sessions import sign_out
from core.cases.act import act
from core.cases.detail import detail
from core.cases.take_in import take_in
from core.errors import Invalid
from core.now import local_day, now
from core.words import set_locale
from db.session import Read, RowScope, Write, writing
from pages.ui.forms import Form
from tests.pages.conftest import APPEAL, shown
from tests.support import county

Visit = Callable[..., AppTest]
SignIn = Callable[[str], str]


def _act(house: Office, number: str, username: str, action: str, **data: object) -> None:
    with house.work(county.actor(house, username)) as work:
        act(work, number, action, data)


@pytest.fixture
def assigned(house: Office, number: str) -> str:
    """The case, handed to the enforcement brigade with an instruction."""
    _act(house, number, "dispatcher", "assign", lead="131024104-ZF", note="今天到现场看一看")
    return number


def test_the_front_door_leads_on_to_the_first_screen(visit: Visit, sign_in: SignIn) -> None:
    sign_in("dispatcher")
    assert "<h1>调度看板</h1>" in shown(visit())


def test_the_bar_holds_only_what_the_person_may(visit: Visit, sign_in: SignIn) -> None:
    sign_in("enforce")
    text = shown(visit("inbox"))
    assert 'href="/inbox"' in text
    assert 'href="/cases"' in text
    assert 'href="/desk"' not in text
    assert 'href="/register"' not in text


def test_the_inbox_says_what_is_asked_first_and_offers_the_usual_step(
    visit: Visit, sign_in: SignIn, assigned: str
) -> None:
    sign_in("enforce")
    text = shown(visit("inbox"))
    assert text.index("今天到现场看一看") < text.index("占道经营")
    assert f'data-tap="sign:{assigned}"' in text
    assert "剩 10 个工作日" in text, "the deadline in words, not in colour alone"


def test_what_waits_for_my_decision_stands_by_the_first_button_with_date_and_reason(
    visit: Visit, sign_in: SignIn, house: Office, assigned: str
) -> None:
    _act(house, assigned, "enforce", "sign")
    until = f"{local_day(now()) + timedelta(days=20)}"
    _act(house, assigned, "enforce", "extend", until=until, reason="等设备到货")
    sign_in("enforcehead")
    text = shown(visit("case", number=assigned))
    asked, buttons = text.index("等您审批"), text.index('<nav class="acts"')
    assert asked < text.index(f"申请到 {until}") < text.index("等设备到货") < buttons
    taps = re.findall(r'class="btn([^"]*)" data-tap="(\w+):', text[buttons:])
    assert taps[:2] == [(" main", "grant"), ("", "refuse")]
    assert text.count("等设备到货") == 2, "there and in the timeline, not once more above"
    sign_in("enforce")
    assert "等您审批" not in shown(visit("case", number=assigned))


def test_an_assisting_unit_reads_where_its_own_part_stands(
    visit: Visit, sign_in: SignIn, house: Office, number: str
) -> None:
    _act(house, number, "dispatcher", "assign", lead="131024104-ZF", assist=["131024104-PC"])
    sign_in("police")
    assert "协办 · 待签收 · 安平镇派出所" in shown(visit("inbox"))
    _act(house, number, "police", "sign")
    assert "协办 · 办理中 · 安平镇派出所" in shown(visit("inbox"))
    sign_in("enforce")
    assert "主办 · 安平镇综合行政执法队" in shown(visit("inbox"))


def test_the_reason_shown_is_that_of_the_dispatch_in_force(
    visit: Visit, sign_in: SignIn, house: Office, number: str
) -> None:
    sign_in("dispatcher")
    assert "因为：" in shown(visit("case", number=number))
    _act(house, number, "dispatcher", "assign", lead="131024104-ZF")
    text = shown(visit("case", number=number))
    assert "因为：" not in text
    who = county.actor(house, "dispatcher")
    assert f"由{who.name} · {who.unit_name}“交办”" in text


def test_what_cannot_be_done_any_more_says_who_did_what(
    visit: Visit, sign_in: SignIn, house: Office, assigned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.ui import actions

    said: list[str] = []
    monkeypatch.setattr(actions, "flash", lambda words, **_more: said.append(words))
    monkeypatch.setattr("streamlit.rerun", lambda: None)
    actions.start(county.actor(house, "enforce"), assigned, "report")
    who = county.actor(house, "dispatcher")
    assert said[0].startswith(f"{who.name} · {who.unit_name}今天")
    assert said[0].endswith("办了“交办”，诉求现在“待签收”，不能这样办了。请看最新情况。")


def test_a_refused_file_stands_at_the_input_it_came_from() -> None:
    form = Form("k")
    form.uploads = {"evidence": [object()]}
    fault = form.of_file(Invalid("文件太大", field="file"))
    assert fault.data["fields"] == {"evidence": "文件太大"}


def test_an_empty_inbox_says_so(visit: Visit, sign_in: SignIn) -> None:
    sign_in("enforce")
    assert "没有等您办理的诉求" in shown(visit("inbox"))


def test_what_only_waits_for_others_stands_apart(
    visit: Visit, sign_in: SignIn, house: Office, assigned: str
) -> None:
    _act(house, assigned, "enforce", "sign")
    _act(house, assigned, "enforce", "report", result="已清理")
    sign_in("enforce")
    text = shown(visit("inbox"))
    assert "在我名下，等别人办" in text
    assert re.findall(r'data-tap="(\w+)', text) == ["idle"], "the bar's own"


def test_whoever_leads_reads_whom_they_wait_for(
    visit: Visit, sign_in: SignIn, house: Office, number: str
) -> None:
    both = {"lead": "131024104-ZF", "assist": ["131024104-PC"]}
    _act(house, number, "dispatcher", "assign", **both)
    for username in ("enforce", "police"):
        _act(house, number, username, "sign")
    sign_in("enforce")
    said, way = "等安平镇派出所反馈后，由您单位汇总反馈", f'data-tap="report:{number}"'
    for page in (visit("inbox"), visit("case", number=number)):
        assert said in shown(page)
        assert way not in shown(page)
    _act(house, number, "police", "report", result="已疏导")
    for page in (visit("inbox"), visit("case", number=number)):
        assert said not in shown(page)
        assert way in shown(page)


def test_the_board_puts_the_untaken_on_top_with_a_button(
    visit: Visit, sign_in: SignIn, house: Office, assigned: str
) -> None:
    with house.work(county.actor(house, "clerk")) as work:
        untaken = take_in(work, APPEAL | {"body": "路灯不亮了"}, inlet="hall").outcome.number
    sign_in("dispatcher")
    text = shown(visit("desk"))
    assert "还没有人接" in text
    assert text.index(untaken) < text.index(assigned)
    assert f'data-tap="assign:{untaken}"' in text
    assert f'data-tap="join:{assigned}"' in text
    assert f'data-tap="redispatch:{assigned}"' in text


def test_the_board_is_narrowed_by_the_area_in_the_address(
    visit: Visit, sign_in: SignIn, number: str
) -> None:
    sign_in("county")
    assert number in shown(visit("desk", area="131024104"))
    assert number not in shown(visit("desk", area="131024100"))


def test_a_foreign_area_in_the_address_is_passed_over(
    visit: Visit, sign_in: SignIn, number: str
) -> None:
    sign_in("dispatcher")
    assert number in shown(visit("desk", area="131024100")), "the own township is shown instead"


def test_the_case_reads_top_down(visit: Visit, sign_in: SignIn, assigned: str) -> None:
    sign_in("dispatcher")
    text = shown(visit("case", number=assigned))
    order = ["堵住了", "安平镇综合行政执法队", "“交办”", "可以办的事", "办理经过", "照片和附件"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "13812345678" not in text
    assert "138****5678" in text
    assert "张**" in text


def test_of_a_confidential_case_nobody_reads_for_whom_it_was_said(
    visit: Visit, sign_in: SignIn, house: Office
) -> None:
    secret = APPEAL | {"on_behalf": "欧阳大爷", "confidential": True}
    with house.work(county.actor(house, "clerk")) as work:
        number = take_in(work, secret, inlet="hall").outcome.number
    sign_in("clerk")
    assert "欧***" in shown(visit("case", number=number)), "who took it down"
    sign_in("dispatcher")
    text = shown(visit("case", number=number))
    assert "代谁反映" not in text
    assert "欧" not in text


def test_who_wrote_a_rating_down_is_said_and_whether_they_did_the_work(
    visit: Visit, sign_in: SignIn, house: Office, assigned: str
) -> None:
    _act(house, assigned, "enforce", "sign")
    _act(house, assigned, "enforce", "report", result="已清理")
    _act(house, assigned, "dispatcher", "reply", text="已清理")
    _act(house, assigned, "clerk", "rate", score=5)
    with house.work(county.actor(house, "clerk")) as work:
        number = take_in(work, APPEAL, inlet="hall").outcome.number
    _act(house, number, "dispatcher", "answer", text="已清理")
    _act(house, number, "dispatcher", "rate", score=5)
    sign_in("county")
    assert shown(visit("case", number=assigned)).count("代群众评价，由安平镇群众说事中心登记") == 2
    own = shown(visit("case", number=number))
    assert own.count("代群众评价，由承办单位安平镇群众说事中心登记") == 2, "timeline and rating"


def test_the_cases_buttons_are_what_the_workflow_allows(
    visit: Visit, sign_in: SignIn, house: Office, assigned: str
) -> None:
    sign_in("enforce")
    text = shown(visit("case", number=assigned))
    with house.look(county.actor(house, "enforce")) as look:
        allowed = {t.id for t in detail(look, assigned).actions}
    assert allowed
    assert all(f'data-tap="{a}:{assigned}"' in text for a in allowed)
    assert 'data-tap="assign:' not in text


def test_people_text_stays_text(visit: Visit, sign_in: SignIn, house: Office) -> None:
    evil = APPEAL | {"title": "<script>alert(1)</script>", "body": "<img src=x onerror=alert(1)>"}
    with house.work(county.actor(house, "clerk")) as work:
        number = take_in(work, evil, inlet="hall").outcome.number
    sign_in("dispatcher")
    for url, query in (("case", {"number": number}), ("cases", {}), ("desk", {})):
        page = visit(url, **query)
        raw = "".join(e.proto.json for e in page.get("bidi_component"))
        assert "<script>alert" not in raw
        assert "<img src=x" not in raw


def test_the_list_is_searched_and_narrowed_by_its_address(
    visit: Visit, sign_in: SignIn, number: str
) -> None:
    sign_in("dispatcher")
    assert number in shown(visit("cases", q="占道经营"))
    assert "没有符合条件的诉求" in shown(visit("cases", q="供暖"))
    assert "没有符合条件的诉求" in shown(visit("cases", state="closed"))
    assert number in shown(visit("cases", state="nonsense")), "an unknown choice is passed over"


def test_only_who_may_export_is_offered_downloads(
    visit: Visit, sign_in: SignIn, number: str
) -> None:
    sign_in("dispatcher")
    assert "/download/cases.xlsx?" in shown(visit("cases"))
    sign_in("clerk")
    assert "/download/" not in shown(visit("cases"))


def test_a_bad_cursor_is_a_sentence(visit: Visit, sign_in: SignIn, number: str) -> None:
    sign_in("dispatcher")
    assert "翻页标记无效，请从第一页重新查看" in shown(visit("cases", cursor="nonsense"))


def test_registering_knows_the_caller_and_warns_of_the_same_matter(
    visit: Visit, sign_in: SignIn, number: str
) -> None:
    sign_in("clerk")
    page = visit("register")
    _field(page.text_input, "联系电话").input(APPEAL["phone"]).run()
    assert "张**" in shown(page)
    assert number in shown(page), "their open case"
    _field(page.text_input, "联系电话").input("13900001111").run()
    assert "没有查到这个号码的诉求" in shown(page)
    _field(page.text_area, "诉求内容 *").input("早市门口有商贩占道经营，路堵住了").run()
    assert "附近有相似的诉求" in shown(page)


def test_a_closed_case_of_the_same_matter_shows_its_answer_and_asks_for_no_note(
    visit: Visit, sign_in: SignIn, house: Office, number: str
) -> None:
    _act(house, number, "dispatcher", "answer", text="已由执法队清理，电话13812345678")
    _act(house, number, "clerk", "rate", score=5)
    sign_in("clerk")
    page = visit("register")
    _field(page.text_area, "诉求内容 *").input("早市门口有商贩占道经营，路堵住了").run()
    text = shown(page)
    assert "附近办结过相似的诉求" in text
    assert "已由执法队清理，电话138****5678" in text
    assert "打开它补充说明" not in text


@pytest.mark.parametrize(("username", "inlet"), [("clerk", "phone"), ("worker", "grid")])
def test_registering_begins_with_the_inlet_of_whoever_registers(
    visit: Visit, sign_in: SignIn, username: str, inlet: str
) -> None:
    sign_in(username)
    assert _field(visit("register").selectbox, "渠道").value == inlet


def test_what_was_being_registered_when_the_session_ended_comes_back(
    visit: Visit, sign_in: SignIn, house: Office, browser: Any
) -> None:
    token = sign_in("clerk")
    page = visit("register")
    _field(page.text_input, "联系电话").input("13900001111").run()
    _field(page.date_input, "发生时间").set_value(date(2026, 11, 20))
    with house.work(NOBODY) as work:
        sign_out(work, token)
    _field(page.text_area, "诉求内容 *").input("村口路灯坏了三天").run()
    assert "工作人员登录" in page.subheader[0].value
    page.text_input[0].input("somebody").run()  # what is typed there is no part of it

    sign_in("dispatcher")
    assert _field(visit("register").text_input, "联系电话").value == "", "nobody else's"
    sign_in("clerk")
    page = visit("register")
    assert "已经找回" in shown(page)
    assert _field(page.text_input, "联系电话").value == "13900001111"
    assert _field(page.text_area, "诉求内容 *").value == "村口路灯坏了三天"
    assert _field(page.date_input, "发生时间").value == date(2026, 11, 20)
    assert "已经找回" not in shown(visit("register")), "in another window of the same session"
    _button(page, "登记").click().run()
    assert "诉求编号" in shown(page)
    sign_in("clerk")
    assert _field(visit("register").text_input, "联系电话").value == "", "it was handed in"


def test_what_comes_back_can_be_put_away(visit: Visit, sign_in: SignIn, house: Office) -> None:
    token = sign_in("clerk")
    _field(visit("register").text_input, "联系电话").input("13900001111").run()
    sign_in("clerk")
    assert "已经找回" not in shown(visit("register")), "that session is still going on"
    with house.work(NOBODY) as work:
        sign_out(work, token)
    page = visit("register")
    assert "已经找回" in shown(page)
    _button(page, "不要了，重新填").click().run()
    assert "已经找回" not in shown(page)
    assert _field(page.text_input, "联系电话").value == ""


@pytest.mark.parametrize(
    ("day", "hour", "said"),
    [
        (date(2026, 11, 20), None, "2026-11-20<"),
        (date(2026, 11, 20), time(14, 30), "2026-11-20 14:30<"),
    ],
)
def test_the_day_it_happened_needs_no_hour(
    visit: Visit, sign_in: SignIn, house: Office, day: date, hour: time | None, said: str
) -> None:
    sign_in("clerk")
    page = visit("register")
    _field(page.text_area, "诉求内容 *").input("村口路灯坏了三天")
    _field(page.date_input, "发生时间").set_value(day)
    if hour:
        _field(page.time_input, "几点（不清楚可以不填）").set_value(hour)
    page.run()
    _button(page, "登记").click().run()
    number = re.search(r"<dd>(\d{6}-\d{8}-\d+)</dd>", shown(page))
    assert number
    assert said in shown(visit("case", number=number[1]))


def test_an_hour_without_a_day_is_said_at_the_field(visit: Visit, sign_in: SignIn) -> None:
    sign_in("clerk")
    page = visit("register")
    _field(page.text_area, "诉求内容 *").input("村口路灯坏了三天")
    _field(page.time_input, "几点（不清楚可以不填）").set_value(time(14, 30)).run()
    _button(page, "登记").click().run()
    assert "发生时间应为日期和时间" in shown(page)


def test_registering_says_what_anonymous_means(visit: Visit, sign_in: SignIn) -> None:
    sign_in("clerk")
    page = visit("register")
    assert "不保存姓名和电话" not in shown(page)
    _field(page.checkbox, "匿名").check().run()
    assert any("不保存姓名和电话" in c.value for c in page.caption)


def test_registering_says_beforehand_who_will_get_it(visit: Visit, sign_in: SignIn) -> None:
    sign_in("clerk")
    page = visit("register")
    _field(page.text_area, "诉求内容 *").input("家里暖气不热，只有十四度").run()
    text = shown(page)
    assert "将归入“供暖”" in text
    assert "香河县住房和城乡建设局" in text


def test_a_failed_save_names_the_fields_and_keeps_what_was_typed(
    visit: Visit, sign_in: SignIn
) -> None:
    sign_in("clerk")
    page = visit("register")
    _field(page.text_input, "联系电话").input("12")
    _field(page.text_input, "姓名").input("张某")
    page.button[0].click().run()
    text = shown(page)
    assert "联系电话不是有效的电话号码" in text
    assert "请填写诉求内容" in text
    assert "还没有登记" in text
    assert _field(page.text_input, "姓名").value == "张某"
    assert _field(page.text_input, "联系电话").value == "12"


def test_the_receipt_shows_number_and_code_once(visit: Visit, sign_in: SignIn) -> None:
    sign_in("clerk")
    page = visit("register")
    _field(page.text_area, "诉求内容 *").input("村口路灯坏了").run()
    page.button[0].click().run()
    assert not page.exception
    text = shown(page)
    assert "诉求编号" in text
    assert "查询码" in text


def test_there_is_no_receipt_of_what_was_not_kept(
    visit: Visit, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in("clerk")
    page = visit("register")
    _field(page.text_area, "诉求内容 *").input("村口路灯坏了").run()
    with monkeypatch.context() as patched:
        patched.setattr(desk, "writing", _never_commits)
        page.button[0].click().run()
    page.run()
    assert "查询码" not in shown(page)
    page.button[0].click().run()
    assert "查询码" in shown(page)


@contextmanager
def _never_commits(line: Read, scope: RowScope) -> Iterator[Write]:
    """A server that goes just before a case is committed."""
    with writing(line, scope) as tx:
        yield tx
        if tx.exec_driver_sql("select 1 from cases where body = '村口路灯坏了'").scalar():
            raise OperationalError("commit", {}, Exception("gone"))


def test_a_tap_whose_receipt_nobody_saw_is_said_and_the_next_registers_anew(
    visit: Visit, sign_in: SignIn, house: Office
) -> None:
    sign_in("clerk")
    page = visit("register")
    page.session_state["reg:0:once"] = "desk-1"
    with house.work(county.actor(house, "clerk")) as work:
        number = take_in(work, APPEAL, idempotency_key="desk-1").outcome.number
    _field(page.text_area, "诉求内容 *").input("村口路灯坏了").run()
    page.button[0].click().run()
    assert f"刚才那次已经登记成功，编号 {number}" in shown(page)
    page.button[0].click().run()
    assert "诉求编号" in shown(page)
    assert number not in shown(page)


def test_messages_lead_to_their_case(visit: Visit, sign_in: SignIn, assigned: str) -> None:
    sign_in("enforce")
    text = shown(visit("messages"))
    assert "新任务" in text
    assert assigned in text
    assert "消息，1 条未读" in text


def test_a_defect_shows_an_incident_number_and_no_traceback(
    visit: Visit, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.ui import states

    said: list[str] = []
    monkeypatch.setattr("streamlit.html", said.append)
    assert states.failed(KeyError("secret detail")) is True
    assert "事件编号" in said[0]
    assert "secret detail" not in said[0]
    assert "KeyError" not in said[0]


@pytest.mark.parametrize("url", ["inbox", "desk", "cases", "register", "messages"])
def test_every_page_opens_in_english(
    visit: Visit, sign_in: SignIn, browser: object, number: str, url: str
) -> None:
    sign_in("dispatcher")
    browser.cookies["onedoor_lang"] = "en"  # pyright: ignore[reportAttributeAccessIssue]
    assert number in shown(visit(url)) or url in ("register", "messages", "inbox")
    set_locale(None)


def _button(page: AppTest, label: str) -> Any:
    return next(b for b in page.button if b.label == label)


def _field(elements: object, label: str) -> object:
    return next(e for e in elements if e.label == label)  # pyright: ignore


def test_a_box_left_alone_says_nothing_unless_it_has_to_be_answered() -> None:
    def script() -> None:
        import streamlit as st

        from core.rules.forms import Field
        from pages.ui.forms import Form

        form = Form("k")
        form.draw([Field(id="a", label="甲", type="yes")])
        form.draw([Field(id="b", label="乙", type="yes", required=True)])
        st.session_state["said"] = form.data()

    assert AppTest.from_function(script).run().session_state["said"] == {"b": False}
