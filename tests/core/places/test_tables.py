"""Columns are found by name; rows keep the number a spreadsheet shows."""

from pathlib import Path

import pytest

from core.errors import Invalid
from core.places.tables import Column, Row, open_table
from tests.core.places.files import csv_of, xlsx_of

COLUMNS = (
    Column("code", ("代码", "编码"), required=True),
    Column("name", ("名称",), required=True),
    Column("parent_code", ("上级", "上级代码")),
)


def rows(path: Path, most_rows: int = 1000) -> list[Row]:
    with open_table(path, COLUMNS, most_rows=most_rows) as table:
        return list(table.rows)


def refused(path: Path, most_rows: int = 1000) -> Invalid:
    with pytest.raises(Invalid) as caught:
        rows(path, most_rows)
    return caught.value


class TestHeader:
    @pytest.mark.parametrize(
        "header",
        [
            "代码,名称,上级",
            "code,name,parent_code",
            "编码,名称,上级代码",
            "CODE,Name,Parent Code",
            " 代码 （必填）*,名称(不超过60字),上级：",
            "ｃｏｄｅ,名 称,parent-code",
        ],
    )
    def test_columns_by_name(self, tmp_path: Path, header: str) -> None:
        (row,) = rows(csv_of(tmp_path, f"{header}\n1,甲,0\n"))
        assert row.values == {"code": "1", "name": "甲", "parent_code": "0"}

    def test_in_any_order_with_others_between(self, tmp_path: Path) -> None:
        with open_table(csv_of(tmp_path, "备注,名称,序号,代码\nx,甲,9,1\n"), COLUMNS) as table:
            assert table.headers == {"name": "名称", "code": "代码"}
            assert table.ignored == ("备注", "序号")
            assert next(table.rows).values == {"name": "甲", "code": "1"}

    def test_a_title_above_the_header(self, tmp_path: Path) -> None:
        path = xlsx_of(tmp_path, [["香河县区划表"], [], ["代码", "名称"], [131024, "香河县"]])
        (row,) = rows(path)
        assert (row.number, row["code"]) == (4, "131024")

    def test_missing_columns_are_named(self, tmp_path: Path) -> None:
        fault = refused(csv_of(tmp_path, "代码,人口\n1,2\n", "t.csv"))
        assert fault.message == "“t.csv”缺少列：名称（name）。文件里的列有：代码、人口"
        assert fault.data["missing"] == ["name"]

    def test_one_thing_in_two_columns(self, tmp_path: Path) -> None:
        fault = refused(csv_of(tmp_path, "代码,编码,名称\n1,2,甲\n"))
        assert fault.message == "“代码”和“编码”两列是同一项内容，请只保留一列"

    def test_only_blank_lines(self, tmp_path: Path) -> None:
        assert refused(csv_of(tmp_path, ",,\n \n", "t.csv")).message == "“t.csv”里没有内容"

    def test_only_a_header(self, tmp_path: Path) -> None:
        assert "只有表头" in refused(csv_of(tmp_path, "代码,名称\n,\n")).message

    def test_without_known_columns_the_first_line_is_the_header(self, tmp_path: Path) -> None:
        with open_table(csv_of(tmp_path, "a,b\n1,2\n"), ()) as table:
            assert [r.cells for r in table.rows] == [{"a": "1", "b": "2"}]


class TestRows:
    def test_numbers_are_those_of_the_spreadsheet(self, tmp_path: Path) -> None:
        path = csv_of(tmp_path, '代码,名称\n1,甲\n,\n\n2,"乙\n丙"\n3,丁\n')
        assert [(r.number, r["code"]) for r in rows(path)] == [(2, "1"), (5, "2"), (6, "3")]

    def test_a_short_line_has_empty_cells(self, tmp_path: Path) -> None:
        (row,) = rows(csv_of(tmp_path, "代码,名称,上级\n1\n"))
        assert row.values == {"code": "1", "name": "", "parent_code": ""}

    def test_blanks_around_are_removed_but_the_cells_stay(self, tmp_path: Path) -> None:
        (row,) = rows(csv_of(tmp_path, "代码,名称\n 1 ,\u3000甲\n"))
        assert (row["name"], row.cells["名称"]) == ("甲", "\u3000甲")

    def test_too_many(self, tmp_path: Path) -> None:
        path = csv_of(tmp_path, "代码,名称\n" + "1,甲\n" * 4, "t.csv")
        assert len(rows(path, 4)) == 4
        assert refused(path, 3).message == "“t.csv”超过 3 行，请分成几个文件"

    def test_about_how_many(self, tmp_path: Path) -> None:
        with open_table(csv_of(tmp_path, "代码,名称\n1,甲\n2,乙\n"), COLUMNS) as table:
            assert table.total == 2
        with open_table(xlsx_of(tmp_path, [["代码", "名称"], [1, "甲"]]), COLUMNS) as table:
            assert table.total == 1
