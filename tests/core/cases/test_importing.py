"""What an import promises: whole rows or none, real times, a second run that changes nothing."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.importing import CasesReport, Importing, import_cases
from core.cases.mapping import CaseMapping
from core.cases.sweep import sweep
from core.errors import Invalid, NotFound
from core.kpi.check import check
from core.now import moved_to
from core.places.importing import write_rejected
from core.rules.calendar import Calendar
from core.rules.deadlines import Term, due
from tests.support import county
from tests.support.moments import beijing, rows

NOW = beijing("2026-11-20 10:00")
PLAN = {
    "source": "old-hotline",
    "ref": "编号",
    "received_at": "受理时间",
    "reply": "答复",
    "replied_at": "答复时间",
    "fields": {
        "title": "标题",
        "body": "内容",
        "inlet": {"value": "phone"},
        "area": {"value": county.TOWNSHIP},
    },
}
HEADER = "编号,受理时间,标题,内容,答复,答复时间"
HEATING = "1,2026-11-02 09:30,暖气不热,家里暖气不热，老人受不了,已上门排气,2026-11-04 16:00"
QUESTION = "2,2026-11-03 10:00,放电影,请问下次放电影是什么时候,每月第一个周六,2026-11-03 11:20"

Importer = Callable[..., CasesReport]


@pytest.fixture
def bring(office: Office, tmp_path: Path) -> Importer:
    """Imports lines of a CSV by `PLAN`, with changes to it by name."""

    def go(*lines: str, header: str = HEADER, dry_run: bool = False, **plan: object) -> CasesReport:
        file = tmp_path / "cases.csv"
        file.write_text("\n".join((header, *lines)), encoding="utf-8")
        fields = PLAN["fields"] | plan.pop("fields", {})  # pyright: ignore
        mapping = CaseMapping.model_validate(PLAN | plan | {"fields": fields})
        with moved_to(NOW):
            return import_cases(office, file, mapping, dry_run=dry_run)

    return go


def cases(office: Office, columns: str = "*") -> list:
    return rows(office, f"select {columns} from cases order by source_ref")  # noqa: S608


class TestARow:
    def test_becomes_a_case_with_all_that_happened_at_its_time(
        self, office: Office, bring: Importer
    ) -> None:
        report = bring(HEATING)
        assert (report.rows, report.saved, report.replied, report.rejected) == (1, 1, 1, ())
        [case] = cases(office)
        assert (case.title, case.body) == ("暖气不热", "家里暖气不热，老人受不了")
        assert case.received_at == beijing("2026-11-02 09:30")
        assert case.replied_at == beijing("2026-11-04 16:00")
        assert case.reply == "已上门排气"
        assert case.number.startswith("131024-20261102-")
        assert case.registered_by is None

    def test_is_categorised_and_routed_by_the_countys_own_rules(
        self, office: Office, bring: Importer
    ) -> None:
        bring(HEATING)
        [case] = cases(office)
        assert (case.category, case.urgency) == ("housing/heating", "urgent")
        assert case.holder == "131024-ZJ"  # heating goes to the housing bureau
        assert case.because["triage"]["category"] == {"words": "暖气"}

    def test_takes_the_shortest_way_that_the_workflow_allows(
        self, office: Office, bring: Importer
    ) -> None:
        """Dispatched by the table: signed for, reported, answered. Left to the centre: answered."""
        bring(HEATING, QUESTION)
        lines = rows(office, "select c.source_ref, t.* from timeline t join cases c"
                             " on c.id = t.case_id order by c.source_ref, seq")  # fmt: skip
        ways = {
            ref: [entry.action for entry in lines if entry.source_ref == ref] for ref in ("1", "2")
        }
        assert ways["1"] == ["create", "assign", "sign", "report", "reply", "close"]
        assert ways["2"] == ["create", "answer", "close"]
        assert {e.actor_name for e in lines} == {"历史导入", "系统"}

    def test_is_closed_by_the_countys_rule_when_nobody_rated(
        self, office: Office, bring: Importer
    ) -> None:
        bring(QUESTION)
        [case] = cases(office)
        wait = due(beijing("2026-11-03 11:20"), Term(7, "d"), Calendar())
        assert (case.stage, case.closed_at) == ("closed", wait)

    def test_answered_too_late_stays_late(self, office: Office, bring: Importer) -> None:
        """Urgent: three working days from Monday 2 November end on Thursday at 17:30."""
        bring(HEATING.replace("2026-11-04 16:00", "2026-11-05 17:31"))
        assert [case.late for case in cases(office)] == [True]

    def test_without_a_reply_is_still_open(self, office: Office, bring: Importer) -> None:
        report = bring("3,2026-11-18 09:00,路灯不亮,门口的路灯不亮了,,")
        assert (report.saved, report.replied) == (1, 0)
        [case] = cases(office)
        assert (case.stage, case.replied_at, case.holder) == ("assigned", None, "131024-GY")

    def test_reminders_that_lie_behind_never_fire(self, office: Office, bring: Importer) -> None:
        bring("3,2026-09-01 09:00,路灯不亮,门口的路灯不亮了,,")
        assert sweep(office, NOW + timedelta(minutes=1)).fired == 0
        assert rows(office, "select * from message") == []

    def test_tells_nobody_about_the_past(self, office: Office, bring: Importer) -> None:
        bring(HEATING, QUESTION)
        assert rows(office, "select * from message") == []

    def test_leaves_a_county_that_passes_its_check(self, office: Office, bring: Importer) -> None:
        bring(HEATING, QUESTION, "3,2026-11-18 09:00,路灯不亮,门口的路灯不亮了,,")
        assert check(office) == []


class TestAReplyWithoutADate:
    LINE = "4,2026-10-12 09:00,马路坑洼,门前马路坑洼不平,路面已修补。10月15日,"

    def test_does_not_count_as_a_reply(self, office: Office, bring: Importer) -> None:
        report = bring(self.LINE)
        assert (report.saved, report.replied) == (1, 0)
        [case] = cases(office)
        assert (case.reply, case.replied_at, case.stage_kind) == ("", None, "open")

    def test_is_kept_word_for_word_as_a_note_of_today(
        self, office: Office, bring: Importer
    ) -> None:
        bring(self.LINE)
        [note] = rows(office, "select * from timeline where action = 'comment'")
        assert note.data == {"text": "原系统的答复（没有日期）：路面已修补。10月15日"}
        assert (note.at, note.public) == (NOW, False)

    def test_is_said_with_its_row(self, bring: Importer) -> None:
        [note] = bring(HEATING, self.LINE).notes
        assert note.startswith("第 3 行（4）：答复没有日期")

    def test_a_long_one_takes_several_notes(self, office: Office, bring: Importer) -> None:
        bring(f"4,2026-10-12 09:00,马路坑洼,门前马路坑洼不平,{'路面已修补。' * 600},")
        notes = rows(office, "select data from timeline where action = 'comment' order by seq")
        assert "".join(n.data["text"] for n in notes).endswith("路面已修补。" * 600)


class TestBadRows:
    @pytest.mark.parametrize(
        ("line", "field", "reason"),
        [
            ("9,,标题,内容,,", "受理时间", "没有受理时间"),
            ("9,昨天,标题,内容,,", "受理时间", "看不懂时间“昨天”"),
            ("9,2026-13-01,标题,内容,,", "受理时间", "看不懂时间“2026-13-01”"),
            ("9,2027-01-01,标题,内容,,", "受理时间", "受理时间晚于现在"),
            ("9,2026-11-01,标题,内容,已办,2026-10-31", "答复时间", "答复时间早于前一步的时间"),
            ("9,2026-11-01,标题,内容,已办,2026-12-01", "答复时间", "答复时间晚于现在"),
            ("9,2026-11-01,标题,,,", "body", "请填写诉求内容"),
            (",2026-11-01,标题,内容,,", "编号", "没有编号"),
            (f"9,2026-11-01,标题,{'长' * 5001},,", "body", "诉求内容最多 5000 字，现有 5001 字"),
        ],
    )  # fmt: skip
    def test_stays_out_with_its_reason(
        self, office: Office, bring: Importer, line: str, field: str, reason: str
    ) -> None:
        report = bring(HEATING, line)
        [rejected] = report.rejected
        assert (rejected.row, rejected.field, rejected.message) == (3, field, reason)
        assert [case.source_ref for case in cases(office)] == ["1"]

    def test_an_id_that_came_before_in_the_file(self, office: Office, bring: Importer) -> None:
        report = bring(HEATING, QUESTION, HEATING.replace("暖气不热", "又不热"))
        assert [(r.row, r.message) for r in report.rejected] == [(4, "与第 2 行重复")]
        assert [case.title for case in cases(office)] == ["暖气不热", "放电影"]

    def test_an_unknown_place_unit_category_or_inlet(self, bring: Importer) -> None:
        report = bring(
            "5,2026-11-01,标题,内容,,,131024999,,,",
            "6,2026-11-01,标题,内容,,,,131024-XX,,",
            "7,2026-11-01,标题,内容,,,,,moon,",
            "8,2026-11-01,标题,内容,,,,,,smoke",
            header=f"{HEADER},地区,单位,类别,渠道",
            unit="单位",
            fields={
                "area": {"column": "地区", "default": county.TOWNSHIP},
                "category": "类别",
                "inlet": {"column": "渠道", "default": "phone"},
            },
        )
        assert [(r.row, r.message) for r in report.rejected] == [
            (2, "没有区划“131024999”"),
            (3, "没有单位“131024-XX”，或它已停用"),
            (4, "没有“moon”这一项"),
            (5, "没有“smoke”这一项"),
        ]

    def test_go_to_a_file_that_can_be_corrected_and_imported(
        self, office: Office, bring: Importer, tmp_path: Path
    ) -> None:
        report = bring(HEATING, "9,昨天,标题,内容,,")
        path = write_rejected(report, tmp_path / "rejected.csv")
        header, line = path.read_text(encoding="utf-8-sig").splitlines()
        assert header == "行号,有问题的列,原因,编号,受理时间,标题,内容,答复,答复时间"
        assert line == "3,受理时间,看不懂时间“昨天”,9,昨天,标题,内容,,"

    def test_nothing_is_half_written(self, office: Office, bring: Importer) -> None:
        """The unit is unknown only when the case has been begun: nothing of it may stay."""
        bring("6,2026-11-01,标题,内容,,,131024-XX", header=f"{HEADER},单位", unit="单位")
        for table in ("cases", "task", "clock", "timeline", "delta"):
            assert rows(office, f"select * from {table}") == []  # noqa: S608

    def test_a_file_without_the_columns_is_refused_as_a_whole(self, bring: Importer) -> None:
        with pytest.raises(Invalid, match="缺少列：受理时间"):
            bring("1,暖气不热", header="编号,标题")

    def test_no_such_file_or_mapping(self, office: Office, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match=r"没有文件“.*nothing\.csv”"):
            import_cases(office, tmp_path / "nothing.csv", "appeals")
        with pytest.raises(NotFound, match="没有映射“nothing”；自带的有：appeals"):
            import_cases(office, tmp_path / "nothing.csv", "nothing")


class TestASecondRun:
    def test_changes_nothing(self, office: Office, bring: Importer) -> None:
        bring(HEATING, QUESTION)
        before = [rows(office, f"select * from {t}") for t in ("cases", "timeline", "delta")]  # noqa: S608
        report = bring(HEATING, QUESTION)
        assert (report.rows, report.saved, report.known) == (2, 0, 2)
        after = [rows(office, f"select * from {t}") for t in ("cases", "timeline", "delta")]  # noqa: S608
        assert after == before

    def test_brings_only_what_is_new(self, office: Office, bring: Importer) -> None:
        bring(HEATING)
        report = bring(HEATING, QUESTION)
        assert (report.saved, report.known) == (1, 1)
        assert len(cases(office)) == 2

    def test_the_same_id_from_another_source_is_another_case(
        self, office: Office, bring: Importer
    ) -> None:
        bring(HEATING)
        assert bring(HEATING, source="letters").saved == 1

    def test_without_an_id_the_content_tells(self, bring: Importer) -> None:
        assert bring(HEATING, QUESTION, ref=None).saved == 2
        report = bring(HEATING, QUESTION.replace("电影", "戏"), ref=None)
        assert (report.saved, report.known) == (1, 1)

    def test_at_the_same_time_is_refused(self, office: Office, bring: Importer) -> None:
        lock = text("select pg_advisory_xact_lock(hashtext('import cases'), hashtext(:source))")
        with office.work(SYSTEM) as work:
            work.tx.execute(lock, {"source": "old-hotline"})
            with pytest.raises(Importing, match="另一次导入正在进行"):
                bring(HEATING)
        assert bring(HEATING).saved == 1


class TestADryRun:
    def test_says_what_would_happen_and_writes_nothing(
        self, office: Office, bring: Importer
    ) -> None:
        report = bring(HEATING, QUESTION, "9,昨天,标题,内容,,", dry_run=True)
        assert (report.rows, report.saved, report.replied) == (3, 2, 2)
        assert [r.message for r in report.rejected] == ["看不懂时间“昨天”"]
        assert cases(office) == []
        assert bring(HEATING).saved == 1


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
