"""Messages in the reader's language; the message id is the Chinese text itself."""

from typing import Any

import pytest

from core.words import _, lazy, pick, speaking


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "0 working days left"),
        (1, "1 working day left"),
        (2, "2 working days left"),
        ("1", "1 working day left"),
        ("1,001", "1,001 working days left"),
    ],
)
def test_english_counts(n: Any, said: str) -> None:
    with speaking("en"):
        assert _("剩 {n} 个工作日", n=n) == said
    assert _("剩 {n} 个工作日", n=n) == f"剩 {n} 个工作日"


def test_english_names_months() -> None:
    with speaking("en"):
        assert _("{month}月{day}日 {time}", month=12, day=3, time="09:05") == "Dec 3, 09:05"


def test_what_a_person_typed_is_never_read_as_a_place() -> None:
    with speaking("en"):
        assert _("没有“{name}”", name="{n:a|b} {x}") == "There is no “{n:a|b} {x}”"
        assert _("{n} 天", n="{x}") == "{x} days"


def test_an_unknown_message_stays_chinese() -> None:
    with speaking("en"):
        assert _("谁也没有翻译过这一句 {n}", n=1) == "谁也没有翻译过这一句 1"


def test_our_own_labels_are_translated_and_a_countys_own_are_kept() -> None:
    with speaking("en"):
        assert pick("主办单位") == str(lazy("主办单位")) == "Lead unit"
        assert pick({"zh_CN": "红驿站", "en": "Red station"}) == "Red station"
        assert pick({"zh_CN": "红驿站"}) == "红驿站"
    assert pick("主办单位") == "主办单位"
