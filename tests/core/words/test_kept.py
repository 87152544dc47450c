"""A sentence is kept unworded, and read in any language."""

import pytest

from core.words import Text, lazy, speaking
from core.words.kept import keep, worded


@pytest.mark.parametrize(
    ("said", "chinese", "english"),
    [
        (lazy("对方拒绝连接"), "对方拒绝连接", "They refuse the connection"),
        (lazy("对方回答 {status}", status=503), "对方回答 503", "They answered 503"),
        (
            lazy("对方回答 {status}：{said}", status=400, said='没有 {n} "频道"'),
            '对方回答 400：没有 {n} "频道"',
            'They answered 400: 没有 {n} "频道"',
        ),
        ("550 no such user", "550 no such user", "550 no such user"),
        ("{what} is this", "{what} is this", "{what} is this"),
        ("", "", ""),
    ],
)
def test_it_is_worded_for_whoever_reads_it(said: str | Text, chinese: str, english: str) -> None:
    with speaking("en"):
        kept = keep(said)
    assert worded(kept) == chinese
    with speaking("en"):
        assert worded(kept) == english


def test_the_same_sentence_is_kept_in_the_same_way() -> None:
    one = lazy("对方回答 {status}：{said}", status=400, said="x")
    other = lazy("对方回答 {status}：{said}", said="x", status="400")
    assert keep(one) == keep(other)


def test_what_others_say_at_length_is_cut_and_can_still_be_read() -> None:
    assert len(keep("x" * 9999)) == 500
    told = worded(keep(lazy("对方回答 {status}：{said}", status=500, said="长" * 9999)))
    assert told.startswith("对方回答 500：长长")
    assert len(told) < 250
