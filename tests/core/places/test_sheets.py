"""Which files are tables, and which are refused in words."""

import gzip
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from core.errors import Invalid, NotFound
from core.places.sheets import MOST_COLUMNS, Upload, open_sheet
from tests.core.places.files import csv_of, xlsx_of

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))


def lines(source: Path | Upload) -> list[list[str]]:
    with open_sheet(source) as sheet:
        return list(sheet.lines)


def refused(source: Path | Upload, most_bytes: int = 2**28) -> str:
    with pytest.raises(Invalid) as caught, open_sheet(source, most_bytes) as sheet:
        list(sheet.lines)
    assert caught.value.field == "file"
    return caught.value.message


class TestEncodings:
    """What Excel, WPS and exports of other systems write."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
    def test_chinese_is_read_whatever_the_encoding(self, tmp_path: Path, encoding: str) -> None:
        path = csv_of(tmp_path, "代码,名称\n131024,香河县\n", encoding=encoding)
        assert lines(path) == [["代码", "名称"], ["131024", "香河县"]]

    def test_rare_characters_that_only_gb18030_has(self, tmp_path: Path) -> None:
        path = csv_of(tmp_path, "名称\n𠮷村\n", encoding="gb18030")
        assert lines(path)[1] == ["𠮷村"]

    def test_emoji_in_utf8(self, tmp_path: Path) -> None:
        assert lines(csv_of(tmp_path, "名称\n🌾村\n"))[1] == ["🌾村"]

    def test_bytes_of_no_encoding_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_bytes("名称\n".encode() + b"\xff\xff\xff\n")
        assert refused(path) == "“t.csv”的文字编码认不出来，请另存为 UTF-8 的 CSV"


class TestCsv:
    @pytest.mark.parametrize("mark", [",", ";", "\t"])
    def test_the_delimiter_is_read_off_the_header(self, tmp_path: Path, mark: str) -> None:
        assert lines(csv_of(tmp_path, f"a{mark}b\n1{mark}2\n")) == [["a", "b"], ["1", "2"]]

    def test_gz_is_unpacked(self, tmp_path: Path) -> None:
        assert lines(csv_of(tmp_path, "a,b\n1,2\n", "t.csv.gz")) == [["a", "b"], ["1", "2"]]

    def test_a_cell_may_hold_line_breaks(self, tmp_path: Path) -> None:
        assert lines(csv_of(tmp_path, 'a\n"x\ny"\n'))[1] == ["x\ny"]

    def test_about_how_many_lines(self, tmp_path: Path) -> None:
        with open_sheet(csv_of(tmp_path, "a\n1\n2\n")) as sheet:
            assert sheet.total == 3

    def test_an_upload_is_read_and_left_open(self) -> None:
        file = io.BytesIO(b"a,b\n1,2\n")
        assert lines(Upload("C:\\表\\t.CSV", file)) == [["a", "b"], ["1", "2"]]
        assert not file.closed

    def test_an_upload_read_half_is_left_open(self) -> None:
        file = io.BytesIO(b"a,b\n1,2\n")
        with open_sheet(Upload("t.csv", file)) as sheet:
            next(sheet.lines)
        assert not file.closed


class TestXlsx:
    def test_values_become_text(self, tmp_path: Path) -> None:
        moment = datetime.fromisoformat("2026-01-02 03:04")
        row = ["香河", 131024104201001, 39.5, True, date(2026, 1, 2), moment]
        read = lines(xlsx_of(tmp_path, [row]))[0]
        assert read[:6] == [
            "香河", "131024104201001", "39.5", "true", "2026-01-02", "2026-01-02 03:04:00"
        ]  # fmt: skip
        assert set(read[6:]) == {""}

    def test_a_formula_counts_as_its_last_value(self, tmp_path: Path) -> None:
        assert lines(xlsx_of(tmp_path, [["=1+1", "x"]]))[0][:2] == ["", "x"]

    def test_a_hidden_first_sheet_is_passed_over(self, tmp_path: Path) -> None:
        book = Workbook()
        book.worksheets[0].append(["hidden"])
        book.worksheets[0].sheet_state = "hidden"
        book.create_sheet("数据").append(["seen"])
        book.save(tmp_path / "t.xlsx")
        assert lines(tmp_path / "t.xlsx")[0][0] == "seen"

    def test_a_cell_in_the_last_column_does_not_fill_the_memory(self, tmp_path: Path) -> None:
        book = Workbook()
        book.worksheets[0]["A1"] = "代码"
        book.worksheets[0]["XFD9"] = "far"
        book.save(tmp_path / "t.xlsx")
        assert {len(line) for line in lines(tmp_path / "t.xlsx")} == {MOST_COLUMNS}


class TestOtherKinds:
    """A wrong file says what it is, not that something failed."""

    def test_a_picture_renamed_csv(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_bytes(PNG)
        assert refused(tmp_path / "t.csv") == "“t.csv”的内容是 PNG，不是 CSV 表格"

    def test_a_picture_renamed_xlsx(self, tmp_path: Path) -> None:
        (tmp_path / "t.xlsx").write_bytes(PNG)
        assert refused(tmp_path / "t.xlsx") == "“t.xlsx”的内容不是 XLSX 表格"

    def test_a_picture_inside_gz(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv.gz").write_bytes(gzip.compress(PNG))
        assert "PNG" in refused(tmp_path / "t.csv.gz")

    def test_a_text_renamed_xlsx(self, tmp_path: Path) -> None:
        assert "不是 XLSX" in refused(csv_of(tmp_path, "a,b\n", "t.xlsx"))

    def test_a_text_renamed_gz(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv.gz").write_text("a,b\n")
        assert refused(tmp_path / "t.csv.gz") == "“t.csv.gz”不是 gzip 压缩文件"

    def test_an_xlsx_renamed_csv(self, tmp_path: Path) -> None:
        assert "XLSX" in refused(xlsx_of(tmp_path, [["a"]], "t.xlsx").rename(tmp_path / "t.csv"))

    def test_a_zip_that_is_no_workbook(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as package:
            package.writestr("a.txt", "hello")
        assert "不是 XLSX" in refused(tmp_path / "t.xlsx")

    def test_the_old_excel_format(self, tmp_path: Path) -> None:
        (tmp_path / "t.xls").write_bytes(b"\xd0\xcf\x11\xe0")
        assert "请另存为 .xlsx" in refused(tmp_path / "t.xls")

    def test_a_name_of_another_kind(self, tmp_path: Path) -> None:
        assert "“t.docx”不是" in refused(csv_of(tmp_path, "a", "t.docx"))

    def test_bytes_in_the_first_line(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_bytes(b"a\x00b,c\n1,2\n")
        assert "二进制数据" in refused(tmp_path / "t.csv")

    def test_an_empty_file(self, tmp_path: Path) -> None:
        assert refused(csv_of(tmp_path, "", "t.csv")) == "“t.csv”是空文件"
        (tmp_path / "t.xlsx").write_bytes(b"")
        assert "不是 XLSX" in refused(tmp_path / "t.xlsx")

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match="没有文件"), open_sheet(tmp_path / "t.csv"):
            pass

    def test_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").mkdir()
        assert "打不开" in refused(tmp_path / "t.csv")


class TestDamaged:
    def test_gz_cut_short(self, tmp_path: Path) -> None:
        whole = gzip.compress(b"a,b\n" * 1000)
        (tmp_path / "t.csv.gz").write_bytes(whole[:-20])
        assert refused(tmp_path / "t.csv.gz") == "“t.csv.gz”已损坏，解压不开"

    def test_a_quote_that_never_ends(self, tmp_path: Path) -> None:
        path = csv_of(tmp_path, 'a\n"' + "x" * 200_000)
        assert "引号没有配对" in refused(path)

    def test_a_cell_without_end(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("代码,名称\n1," + "甲" * 200_000 + "\n", encoding="utf-8")
        assert "“a.csv”里有一格超过 131072 字" in refused(path)

    def test_xlsx_cut_short(self, tmp_path: Path) -> None:
        path = xlsx_of(tmp_path, [["a"]])
        path.write_bytes(path.read_bytes()[:-200])
        assert refused(path) == "“table.xlsx”已损坏，读不出表格"

    def test_xlsx_with_a_broken_part(self, tmp_path: Path) -> None:
        path = _repacked(xlsx_of(tmp_path, [["a"]]), "xl/worksheets/sheet1.xml", b"<worksheet><she")
        assert refused(path) == "“table.xlsx”已损坏，读不出表格"

    def test_xlsx_without_a_sheet(self, tmp_path: Path) -> None:
        path = _repacked(xlsx_of(tmp_path, [["a"]]), "xl/workbook.xml", b"<x/>")
        assert refused(path) == "“table.xlsx”已损坏，读不出表格"


class TestBombs:
    """Small files that would be huge once unpacked are refused before they are."""

    def test_gz_of_zeros(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a\n" + b"0" * 3_000_000))
        assert refused(tmp_path / "t.csv.gz", 2**20) == (
            "“t.csv.gz”展开后超过 1 MB，请分成几个文件"
        )

    def test_xlsx_of_zeros(self, tmp_path: Path) -> None:
        path = _repacked(xlsx_of(tmp_path, [["a"]]), "xl/sharedStrings.xml", b" " * 3_000_000)
        assert path.stat().st_size < 20_000
        assert "展开后超过 1 MB" in refused(path, 2**20)

    def test_entities_that_multiply(self, tmp_path: Path) -> None:
        entities = "".join(f'<!ENTITY e{n} "{"".join(f"&e{n - 1};" * 10)}">' for n in range(1, 12))
        laughs = (
            f'<!DOCTYPE worksheet [<!ENTITY e0 "ha">{entities}]>'
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            '<sheetData><row r="1"><c r="A1" t="str"><v>&e11;</v></c></row></sheetData></worksheet>'
        )
        path = _repacked(xlsx_of(tmp_path, [["a"]]), "xl/worksheets/sheet1.xml", laughs.encode())
        assert refused(path) == "“table.xlsx”已损坏，读不出表格"


def _repacked(path: Path, part: str, content: bytes) -> Path:
    """The same workbook with one part replaced."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path
