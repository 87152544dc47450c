"""Messages are worded when they are read, in the reader's language."""

import pytest

from core.rules.messages import TEMPLATES, render
from core.words import speaking

NUMBER = "131024-20261116-000001"
DUE = "2026-11-18T09:30:00+00:00"


def test_a_reminder_says_which_deadline_and_how_it_stands() -> None:
    data = {
        "title": "家里暖气不热",
        "clock": "task",
        "unit": "香河县住房和城乡建设局",
        "label": {"zh_CN": "只剩一成时间", "en": "A tenth of the time is left"},
        "due_at": DUE,
    }
    assert render("remind", NUMBER, data) == (
        "期限提醒：家里暖气不热",
        "诉求编号：131024-20261116-000001\n"
        "香河县住房和城乡建设局的办理期限：只剩一成时间。\n"
        "应于 2026-11-18 17:30 前办完。\n"
        "请抓紧办理。",
    )


def test_a_stage_s_clock_is_named_by_the_county_s_own_word() -> None:
    data = {"title": "井盖丢失", "clock": "stage", "stage": {"zh_CN": "待接办"}, "label": "已超期"}
    _subject, body = render("overdue", NUMBER, data)
    assert "“待接办”环节的期限：已超期。" in body


def test_an_action_is_named_as_the_county_names_it() -> None:
    data = {"title": "井盖丢失", "action": "reply", "label": {"zh_CN": "回复群众", "en": "Answer"}}
    assert "刚刚进行了“回复群众”。" in render("moved", NUMBER, data)[1]
    with speaking("en"):
        assert "Answer" in render("moved", NUMBER, data)[1]


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_a_message_does_not_say_is_left_out(template: str) -> None:
    subject, body = render(template, "", {})
    assert subject
    assert "{" not in subject + body
    assert "“”" not in body


def test_a_title_cannot_break_the_subject_line_or_the_wording() -> None:
    subject, body = render("new", NUMBER, {"title": "第一行\r\nBcc: x@example.org {number} %s"})
    assert subject == "新诉求：第一行 Bcc: x@example.org {number} %s"
    assert "\r" not in body


def test_a_message_of_a_later_version_is_worded_plainly() -> None:
    assert render("not-yet-known", NUMBER, {"title": "井盖丢失"}) == (
        "诉求有新消息：井盖丢失",
        f"诉求编号：{NUMBER}",
    )
