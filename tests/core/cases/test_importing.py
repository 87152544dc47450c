"""What an import promises: whole rows or none, real times, a second run that changes nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.importing import Importing, import_cases
from core.cases.sweep import sweep
from core.errors import Invalid, NotFound
from core.kpi.check import check
from core.places.importing import write_rejected
from core.rules.calendar import Calendar
from core.rules.deadlines import Term, due
from tests.support import county
from tests.support.importing import HEADER, HEATING, NOW, QUESTION, Importer, cases
from tests.support.moments import beijing, rows


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
            (3, "没有单位“131024-XX”"),
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
        bring(
            "6,2026-11-01,标题,内容,,,131024-XX,13800001111,张某",
            header=f"{HEADER},单位,电话,姓名",
            unit="单位",
            fields={"phone": "电话", "name": "姓名"},
        )
        for table in ("cases", "task", "clock", "timeline", "delta", "resident"):
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
