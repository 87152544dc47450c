"""No cell that a resident wrote may run in an official's spreadsheet."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.spreadsheet_safe import defuse


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://x","点我")',
        "+8613812345678",
        "-1+cmd|' /C calc'!A0",
        "-3 度，暖气不热",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =1+1",
        "\u3000=1+1",  # a full-width blank before it
        "\ufeff=1+1",  # an invisible mark before it
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "﹦1+1",
    ],
)
def test_text_that_would_run_is_quoted(text: str) -> None:
    assert defuse(text) == "'" + text


@pytest.mark.parametrize(
    "value",
    ["暖气不热", "", "13812345678", "1-2", "a=b", "-5", "-12.50", "-", "——转办", "'=1", "（无）",
     -5, -1.5, 0, None, True, date(2025, 1, 1)],
)  # fmt: skip
def test_all_else_stays(value: object) -> None:
    result = defuse(value)
    assert result == value
    assert type(result) is type(value)


def test_characters_no_workbook_can_hold_are_dropped_before_looking() -> None:
    assert defuse("暖气\x00不热\x0b") == "暖气不热"
    assert defuse("\x00=1+1") == "'=1+1"


@given(st.text(st.sampled_from("=+-@＝－\t\r\n \u3000\ufeff\x00a1.")))
def test_nothing_that_comes_out_begins_a_formula(text: str) -> None:
    safe = defuse(text)
    first = unicodedata.normalize("NFKC", safe.lstrip(" \u3000\ufeff")[:1])
    assert first not in {"=", "+", "@", "\t", "\r", "\n"}
    assert first != "-" or not safe.strip("-") or float(safe) < 0 or float(safe) == 0
    assert defuse(safe) == safe
