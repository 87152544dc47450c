"""The report of an import, and the files it is handed out as."""

import csv
from pathlib import Path

import pytest

from core.places.importing import TABLES, Rejected, Report, write_passwords, write_rejected
from core.places.tables import Column, _plain, open_table
from core.rules.spreadsheet_safe import defuse
from core.words import speaking


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


class TestRejectedRows:
    ROWS = (
        Rejected(3, "名称", "名称不能以 = + - @ 开头", {"代码": "131024102", "名称": "=1+1"}),
        Rejected(5, "代码", "与第 4 行重复", {"代码": "131024103", "名称": "甲\n乙"}),
    )

    def test_row_column_sentence_then_the_row_itself(self, tmp_path: Path) -> None:
        path = write_rejected(Report(rejected=self.ROWS), tmp_path / "r.csv")
        assert read(path) == [
            ["行号", "有问题的列", "原因", "代码", "名称"],
            ["3", "名称", "名称不能以 = + - @ 开头", "131024102", "'=1+1"],
            ["5", "代码", "与第 4 行重复", "131024103", "甲\n乙"],
        ]

    @pytest.mark.parametrize("language", ["zh_CN", "en"])
    def test_read_again_they_are_as_they_were(self, tmp_path: Path, language: str) -> None:
        """What was made safe for a spreadsheet is undone, and nothing else."""
        cells = (
            "=1+1",
            "'=1+1",
            "''=1",
            "'=",
            "-5",
            "'-5",
            "'甲'",
            "+86 316",
            " @甲",
            "－",
            "＝甲",
        )
        lost = [Rejected(n, "", "", {"代码": str(n), "@名称": c}) for n, c in enumerate(cells, 2)]
        with speaking(language):
            path = write_rejected(Report(rejected=lost), tmp_path / "r.csv")
        assert all(defuse(cell) == cell for line in read(path) for cell in line)
        with open_table(path, [Column("代码", ()), Column("@名称", ())]) as table:
            assert tuple(row.cells["@名称"] for row in table.rows) == cells
        own = tmp_path / "own.csv"
        own.write_text("代码,@名称\n1,'=1+1\n", encoding="utf-8")
        with open_table(own, [Column("代码", ()), Column("@名称", ())]) as table:
            assert [row.cells["@名称"] for row in table.rows] == ["'=1+1"]

    def test_only_its_owner_reads_it(self, tmp_path: Path) -> None:
        (tmp_path / "r.csv").touch(0o644)
        path = write_rejected(Report(rejected=self.ROWS), tmp_path / "r.csv")
        assert path.stat().st_mode & 0o777 == 0o600

    def test_first_passwords(self, tmp_path: Path) -> None:
        path = write_passwords(Report(passwords={"a1": "Xk4m-wT9r-Hq2z"}), tmp_path / "p.csv")
        assert read(path) == [["用户名", "初始密码"], ["a1", "Xk4m-wT9r-Hq2z"]]
        assert path.stat().st_mode & 0o777 == 0o600


class TestSentence:
    def test_only_what_happened(self) -> None:
        assert Report(rows=2, saved=2).sentence == "共 2 行，保存 2 行"
        full = Report(
            rows=10, saved=4, unchanged=3, outside=2, units=5, rejected=TestRejectedRows.ROWS[:1]
        )
        assert full.sentence == (
            "共 10 行，保存 4 行；3 行没有变化；2 行不在本地范围内，未导入；"
            "1 行有问题，未导入；同时建立 5 个单位"
        )


@pytest.mark.parametrize("kind", TABLES)
def test_no_name_means_two_columns(kind: str) -> None:
    names = [
        _plain(n)
        for column in TABLES[kind].columns
        for n in dict.fromkeys(_plain(n) for n in (column.id, *column.names))
    ]
    assert len(names) == len(set(names))
