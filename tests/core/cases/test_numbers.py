"""Case numbers as people type them into a search."""

import pytest

from core.cases.numbers import Sought, sought_number, tidy_number


@pytest.mark.parametrize(
    ("typed", "beginning"),
    [
        ("131024-20261121-000123", "131024-20261121-000123"),
        ("13102420261121000123", "131024-20261121-000123"),
        ("１３１０２４—20261121 000123", "131024-20261121-000123"),
        ("131024-20261121-00", "131024-20261121-00"),
        ("13102420261121", "131024-20261121"),
        ("131024-2026", "131024-2026"),
    ],
)
def test_how_a_number_begins(typed: str, beginning: str) -> None:
    assert sought_number(typed) == Sought(beginning=beginning)


@pytest.mark.parametrize(
    ("typed", "first", "n"),
    [("000123", 123, 10), ("20261121-000123", 123, 10), ("1000123", 1_000_123, 1)],
)
def test_running_digits(typed: str, first: int, n: int) -> None:
    found = sought_number(typed)
    assert found is not None
    assert (found.running[0], len(found.running)) == (first, n)
    assert {r % 10**6 for r in found.running} == {123}


@pytest.mark.parametrize("typed", ["", "暖气不热", "3号楼", "12345", "13812345678", "131024号"])
def test_words_are_no_number(typed: str) -> None:
    assert sought_number(typed) is None


def test_what_is_no_number_stays_without_signs() -> None:
    assert tidy_number(" 131024 20261121 000123 ") == "131024-20261121-000123"
    assert tidy_number("<abc>") == "abc"
