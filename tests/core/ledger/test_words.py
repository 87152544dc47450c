"""Words as they are written and as they are looked for."""

import pytest

from core.ledger.words import query_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("家里暖气不热", "家里 暖气 不热"),
        ("暖气，暖气；暖气！", "暖气"),  # each once, no punctuation
        ("温度15.5度，湿度50%", "温度 15.5 度 湿度 50"),
        ("A2区WiFi坏了", "a2 区 wifi 坏 了"),  # small letters
        ("", ""),
        ("，。！ \n", ""),
    ],
)
def test_the_different_words_of_a_text(text: str, words: str) -> None:
    assert words_of(text) == words


def test_several_texts_are_one() -> None:
    assert words_of("暖气不热", "家里暖气") == "暖气 不热 家里"


def test_a_long_word_is_found_by_its_parts() -> None:
    assert {"房产", "房产证"} <= {*words_of("房产证办不下来").split()}


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("暖气不热", "'暖气' & '不热'"),
        ("A2 区", "'a2' & '区'"),
        ("15.5", "'15.5'"),
        ("'; drop table cases; --", "'drop' & 'table' & 'cases'"),
        ("&|!()<->:*", ""),
    ],
)
def test_what_a_person_types_becomes_words_that_must_all_occur(typed: str, query: str) -> None:
    assert query_of(typed) == query


def test_an_endless_word_is_cut_to_what_a_lexeme_may_be() -> None:
    assert max(len(w) for w in words_of("x" * 5000, "中" + "9" * 4000).split()) <= 60
