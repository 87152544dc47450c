"""Any rows as CSV and XLSX: values keep their kind, and no cell runs."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from core.errors import Invalid
from core.kpi import sheets
from core.kpi.sheets import cell, to_csv, to_xlsx, write_csv, write_xlsx
from core.places.tables import Column, open_table

MOMENT = datetime(2026, 11, 21, 6, 20, 59, 999, tzinfo=UTC)
"""14:20 on the county's wall clock."""


def from_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def from_xlsx(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data)).worksheets[0]


class TestCells:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("香河县", "香河县"),
            ("=1+1", "'=1+1"),
            ("＝cmd|' /C calc'!A0", "'＝cmd|' /C calc'!A0"),
            ("-1", "-1"),
            (-1, -1),
            (97.7, 97.7),
            (Decimal("97.7"), 97.7),
            (None, None),
            (True, "是"),
            (float("nan"), None),
            (float("inf"), None),
            (131024104201001, 131024104201001),
            (1310241042010019, "1310241042010019"),
            (date(2026, 11, 21), date(2026, 11, 21)),
            ("a\x07b\ud800", "ab"),
            ("🌾", "🌾"),
        ],
    )
    def test_each_kind(self, value: Any, shown: Any) -> None:
        assert cell(value) == shown
        assert type(cell(value)) is type(shown)

    def test_a_time_is_the_countys(self) -> None:
        assert str(cell(MOMENT)) == "2026-11-21 14:20:59"

    def test_text_longer_than_a_cell_is_cut(self) -> None:
        assert len(cell("长" * 40_000)) == 32_767
        assert cell("长" * 40_000).endswith("…")


class TestCsv:
    def test_a_file_that_excel_opens_as_chinese(self) -> None:
        data = to_csv(["名称", "时间", "件数"], [("=甲\n乙", MOMENT, 3), (None, None, 0.5)])
        assert data.startswith(b"\xef\xbb\xbf")
        assert from_csv(data) == [
            ["名称", "时间", "件数"],
            ["'=甲\n乙", "2026-11-21 14:20:59", "3"],
            ["", "", "0.5"],
        ]

    def test_rows_are_written_as_they_come(self) -> None:
        out = io.BytesIO()
        write_csv(["n"], ((n,) for n in range(3)), out)
        assert not out.closed
        assert from_csv(out.getvalue()) == [["n"], ["0"], ["1"], ["2"]]

    def test_a_row_that_fails_leaves_the_file_to_its_owner(self) -> None:
        def rows() -> Iterator[tuple[int]]:
            yield (1,)
            raise Invalid("stop")

        for write in (write_csv, write_xlsx):
            out = io.BytesIO()
            with pytest.raises(Invalid, match="stop"):
                write(["n"], rows(), out)
            assert not out.closed


class TestXlsx:
    def test_numbers_dates_and_text(self) -> None:
        rows = [("=1+1", 3, 0.5, MOMENT, date(2026, 11, 21), 7), ("b", 4, None, None, None, 8)]
        sheet = from_xlsx(to_xlsx(["文", "整", "小", "时", "日", "后"], rows, "办结"))
        assert sheet.title == "办结"
        assert [c.value for c in sheet[2]][:3] == ["'=1+1", 3, 0.5]
        assert [c.data_type for c in sheet[2]] == ["s", "n", "n", "d", "d", "n"]
        assert str(sheet["D2"].value) == "2026-11-21 14:20:59"
        assert [c.number_format for c in sheet[2]] == [
            "General", "General", "General", "yyyy-mm-dd hh:mm", "yyyy-mm-dd", "General"
        ]  # fmt: skip
        assert [c.value for c in sheet[3]] == ["b", 4, None, None, None, 8]

    def test_text_that_looks_like_markup(self) -> None:
        texts = ["<b>&amp;</b>", "a\nb", "  两边  ", "]]>", '"q"', "🌾"]
        sheet = from_xlsx(to_xlsx(["<标题>"], [(t,) for t in texts]))
        assert [row[0] for row in sheet.values] == ["<标题>", *texts]

    def test_what_is_written_can_be_read_back_as_a_table(self, tmp_path: Path) -> None:
        (tmp_path / "t.xlsx").write_bytes(to_xlsx(["代码", "时间"], [(131024, MOMENT)] * 300))
        with open_table(tmp_path / "t.xlsx", (Column("code", ("代码",)),)) as table:
            rows = list(table.rows)
        assert len(rows) == 300
        assert rows[0].cells == {"代码": "131024", "时间": "2026-11-21 14:20:59"}

    def test_the_header_is_bold_and_stays_in_sight(self) -> None:
        sheet = from_xlsx(to_xlsx(["名称"], []))
        assert sheet.freeze_panes == "A2"
        assert sheet["A1"].font.bold

    def test_columns_are_as_wide_as_what_they_hold(self) -> None:
        sheet = from_xlsx(to_xlsx(["号", "题", "时"], [(1, "长" * 100, MOMENT), (2, "短", None)]))
        assert [sheet.column_dimensions[c].width for c in "ABC"] == [8, 48, 18]

    @pytest.mark.parametrize(
        ("title", "name"), [("", "数据"), ("a/b:[c]*?\\'", "abc"), ("长" * 40, "长" * 31)]
    )
    def test_any_title_becomes_a_sheets_name(self, title: str, name: str) -> None:
        assert from_xlsx(to_xlsx(["a"], [], title)).title == name

    def test_more_rows_than_a_sheet_holds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sheets, "MOST_ROWS", 300)
        assert from_xlsx(to_xlsx(["a"], [(n,) for n in range(300)])).max_row == 301
        with pytest.raises(Invalid, match="超过 300 行"):
            to_xlsx(["a"], [(n,) for n in range(301)])
