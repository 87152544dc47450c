"""What an import makes of old and odd data."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import openpyxl

from core.access.desk import Office
from core.cases.importing import import_cases
from core.cases.mapping import CaseMapping
from core.kpi.check import check
from core.now import moved_to
from tests.support import county
from tests.support.importing import HEADER, HEATING, NOW, PLAN, QUESTION, Importer, cases
from tests.support.moments import beijing, rows


class TestOldData:
    def test_characters_that_cannot_be_seen_are_dropped_not_refused(
        self, office: Office, bring: Importer
    ) -> None:
        report = bring(
            '1,2026-11-02,"暖气\x07不\t热","第一行\r\n第二\x00行😀<script>","答\x1f复",2026-11-03'
        )
        assert report.rejected == ()
        [case] = cases(office)
        assert case.title == "暖气不 热"
        assert case.body == "第一行\n第二行😀<script>"
        assert case.reply == "答复"

    def test_an_over_long_title_loses_nothing(self, office: Office, bring: Importer) -> None:
        title = "关于" + "很" * 150 + "长的标题"
        bring(f"1,2026-11-02,{title},内容,,")
        [case] = cases(office)
        assert case.title == title[:99] + "…"
        assert case.body == f"{title}\n内容"

    def test_a_year_that_the_calendar_does_not_know_has_no_deadline(
        self, office: Office, bring: Importer
    ) -> None:
        """chinesecalendar begins with 2004."""
        report = bring("1,1999-05-04 09:00,井盖丢了,村口井盖丢了有危险,已更换,1999-05-05 10:00")
        assert report.rejected == ()
        [case] = cases(office)
        assert (case.due_at, case.late, case.replied_at) == (
            None,
            False,
            beijing("1999-05-05 10:00"),
        )

    def test_gb18030_and_gz_and_xlsx_say_the_same(self, office: Office, tmp_path: Path) -> None:
        lines = "\n".join((HEADER, HEATING))
        (tmp_path / "a.csv").write_bytes(lines.encode("gb18030"))
        with gzip.open(tmp_path / "b.csv.gz", "wt", encoding="utf-8-sig") as packed:
            packed.write(lines)
        book = openpyxl.Workbook()
        for line in lines.splitlines():
            book.active.append(line.split(","))  # pyright: ignore
        book.active["B2"] = datetime(2026, 11, 2, 9, 30)  # noqa: DTZ001 (as Excel keeps it)  # pyright: ignore
        book.save(tmp_path / "c.xlsx")
        for name in ("a.csv", "b.csv.gz", "c.xlsx"):
            plan = CaseMapping.model_validate(PLAN | {"source": name})
            with moved_to(NOW):
                assert import_cases(office, tmp_path / name, plan).saved == 1
        assert len({(c.title, c.received_at, c.replied_at) for c in cases(office)}) == 1


class TestWhatElseAnExportMaySay:
    def test_the_unit_that_handled_it(self, office: Office, bring: Importer) -> None:
        """The table would have chosen the housing bureau."""
        report = bring(
            f"{HEATING},执法队",
            header=f"{HEADER},单位",
            unit={"column": "单位", "map": {"执法队": "131024104-ZF"}},
        )
        assert report.rejected == ()
        [case] = cases(office)
        assert case.holder == "131024104-ZF"
        assert rows(office, "select unit, state from task order by opened_at, id") == [
            ("131024-ZJ", "withdrawn"), ("131024104-ZF", "done"),
        ]  # fmt: skip

    def test_a_score_and_when_it_was_closed(self, office: Office, bring: Importer) -> None:
        bring(
            f"{HEATING},满意,2026-11-05 09:00,2026-11-06 09:00",
            header=f"{HEADER},评价,评价时间,办结时间",
            score={"column": "评价", "map": {"满意": "5", "不满意": "1"}},
            rated_at="评价时间",
            closed_at="办结时间",
        )
        [case] = cases(office)
        assert (case.score, case.stage) == (5, "closed")
        assert case.closed_at == beijing("2026-11-05 09:00")  # rated well, it closes at once
        [rating] = rows(office, "select * from rating")
        assert (rating.score, rating.at) == (5, beijing("2026-11-05 09:00"))

    def test_dissatisfaction_reopens_as_the_county_decided(
        self, office: Office, bring: Importer
    ) -> None:
        report = bring(
            f"{HEATING},1,2026-11-06 09:00",
            header=f"{HEADER},评价,办结时间",
            score="评价",
            closed_at="办结时间",
        )
        [case] = cases(office)
        assert (case.reopened, case.stage_kind, case.score) == (1, "open", 1)
        assert report.notes == ["第 2 行（1）：原系统已办结，但评价不满意，按本县流程重新办理"]
        assert check(office) == []

    def test_the_resident_is_found_by_phone_and_never_doubled(
        self, office: Office, bring: Importer
    ) -> None:
        header = f"{HEADER},姓名,电话"
        fields = {"name": "姓名", "phone": "电话"}
        bring(
            f"{HEATING},张某,13900001111", f"{QUESTION},,139 0000 1111",
            header=header, fields=fields,
        )  # fmt: skip
        [resident] = rows(office, "select * from resident")
        assert (resident.name, resident.phone) == ("张某", "13900001111")
        assert {case.resident_id for case in cases(office)} == {resident.id}

    def test_a_place_named_in_the_text(self, office: Office, bring: Importer) -> None:
        bring(
            "1,2026-11-02,王家摆路灯不亮,内容,,", "2,2026-11-02,路灯不亮,淑阳镇和王家摆之间,,",
            "3,2026-11-02,路灯不亮,内容,,",
            fields={"area": {
                "find": ["标题", "内容"],
                "patterns": {"王家摆": county.VILLAGE, "淑阳": "131024100"},
                "default": county.COUNTY,
            }},
        )  # fmt: skip
        assert [case.area for case in cases(office)] == [county.VILLAGE, "131024100", county.COUNTY]

    def test_times_in_other_formats_and_zones(self, office: Office, bring: Importer) -> None:
        bring(
            "1,02.11.2026 09:30,标题,内容,,", "2,2026-11-02T09:30:00Z,标题,内容,,",
            times=["%d.%m.%Y %H:%M"], zone="Asia/Urumqi",
        )  # fmt: skip
        times = [case.received_at.astimezone(UTC) for case in cases(office)]
        assert times == [
            datetime(2026, 11, 2, 3, 30, tzinfo=UTC),  # Urumqi is two hours behind Beijing
            datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        ]
