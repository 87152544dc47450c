"""Units at work on a case: jointly, in turn, again, and up the ladder. In memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.cases.decide import NotNow
from core.errors import Invalid
from core.rules.case import DONE, OPENED, RETURNED, SIGNED, STAGE_CLOCK, WITHDRAWN
from core.rules.units import UnitMap
from tests.support.county import COUNTY, GRID, TOWNSHIP, VILLAGE
from tests.support.memory import Loop

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
"""Nine in the morning in the county."""
CENTRE, POLICE, BRIGADE, JUSTICE = (f"{TOWNSHIP}-{x}" for x in ("C", "PC", "ZF", "SF"))
COUNTY_CENTRE, HOUSING = f"{COUNTY}-C", f"{COUNTY}-ZJ"
LEADER = f"{VILLAGE}-WZ"
DAY = timedelta(days=1)


def handling(name: str = "langfang", **values: object) -> Loop:
    """A case that police (lead) and brigade (assisting) have both signed for."""
    loop = Loop(name, MONDAY, **values)
    loop.do("dispatcher", "assign", lead=POLICE, assist=[BRIGADE], note="请到现场联合处置")
    loop.do("police", "sign")
    loop.do("enforce", "sign")
    return loop


class TestJointHandling:
    def test_each_unit_has_its_own_task_and_clock(self) -> None:
        loop = handling()
        assert loop.tasks == {POLICE: SIGNED, BRIGADE: SIGNED}
        assert {c.subject for c in loop.file.clocks if c.kind == "task" and c.running} == {
            POLICE, BRIGADE,
        }  # fmt: skip
        assert loop.case.holder == POLICE

    def test_the_lead_reports_after_its_assisting_units_and_is_told_when(self) -> None:
        loop = handling()
        assert "report" not in loop.can("police")
        with pytest.raises(NotNow, match="请等他们反馈以后，由您单位汇总反馈"):
            loop.do("police", "report", result="交警已疏导")
        assert loop.do("enforce", "report", result="摊贩已搬走") == "handling"
        assert (POLICE, "sum_up") in loop.told
        assert loop.do("police", "report", result="摊贩已搬走，交警已疏导") == "reported"
        assert loop.tasks == {POLICE: DONE, BRIGADE: DONE}
        assert not [c for c in loop.file.clocks if c.kind == "task" and c.running]

    def test_it_is_told_when_the_last_of_them_has_reported(self) -> None:
        loop = handling()
        loop.do("dispatcher", "join", assist=[JUSTICE])
        loop.do("enforce", "report", result="摊贩已搬走")
        assert (POLICE, "sum_up") not in loop.told

    def test_and_when_the_last_of_them_gives_its_part_back(self) -> None:
        loop = handling()
        loop.do("enforce", "object", reason="不占道")
        assert (POLICE, "sum_up") in loop.told
        assert "report" in loop.can("police")

    def test_nobody_comes_late_by_waiting_for_others(self) -> None:
        loop = handling()
        lead = next(t for t in loop.file.tasks if t.lead)
        assert lead.due_at is not None
        last_tenth = (lead.due_at - lead.opened_at) * 0.91
        loop.do("police", "report", later=last_tenth, result="交警已疏导，执法队没有反馈")
        assert (loop.tasks, lead.late) == ({POLICE: DONE, BRIGADE: SIGNED}, False)
        assert loop.case.stage == "handling", "the other one owes its report still"
        assert loop.do("enforce", "report", result="摊贩已搬走") == "reported"
        assert (POLICE, "sum_up") not in loop.told

    def test_nor_waits_for_somebody_who_let_the_time_pass(self) -> None:
        loop = handling()
        other = next(t for t in loop.file.tasks if not t.lead)
        other.due_at = loop.at + timedelta(hours=1)
        with pytest.raises(NotNow):
            loop.do("police", "report", later=timedelta(minutes=50), result="交警已疏导")
        loop.do("police", "report", later=timedelta(minutes=20), result="交警已疏导")

    def test_a_unit_cannot_report_before_it_has_signed(self) -> None:
        loop = Loop("langfang", MONDAY)
        loop.do("dispatcher", "assign", lead=POLICE, assist=[BRIGADE])
        loop.do("enforce", "sign")
        assert "report" not in loop.can("police")
        with pytest.raises(NotNow):
            loop.do("police", "report", result="办好了")

    def test_a_further_unit_joins_while_the_others_work(self) -> None:
        loop = handling()
        assert loop.do("dispatcher", "join", assist=[JUSTICE]) == "handling"
        assert loop.tasks[JUSTICE] == OPENED
        assert (JUSTICE, "task") in loop.told
        assert (POLICE, "task") not in loop.told

    def test_a_unit_that_works_on_it_already_cannot_join_and_nobody_else_does(self) -> None:
        loop = handling()
        with pytest.raises(Invalid) as refused:
            loop.do("dispatcher", "join", assist=[JUSTICE, BRIGADE])
        assert refused.value.field == "assist"
        assert JUSTICE not in loop.tasks

    def test_a_unit_is_not_lead_and_assisting_at_once(self) -> None:
        loop = Loop("langfang", MONDAY)
        with pytest.raises(Invalid) as refused:
            loop.do("dispatcher", "assign", lead=POLICE, assist=[POLICE])
        assert refused.value.field == "assist"

    @pytest.mark.parametrize("unit", ["没有的单位", f"{TOWNSHIP}-XX"])
    def test_an_unknown_unit_is_named(self, unit: str) -> None:
        loop = Loop("langfang", MONDAY)
        with pytest.raises(Invalid, match=unit) as refused:
            loop.do("dispatcher", "assign", lead=unit)
        assert refused.value.field == "lead"


class TestReturn:
    def test_the_lead_s_return_goes_to_the_sender_and_frees_the_others(self) -> None:
        loop = handling()
        assert loop.do("police", "object", reason="不属于治安案件") == "accepted"
        assert loop.case.holder == CENTRE
        assert loop.tasks == {POLICE: RETURNED, BRIGADE: WITHDRAWN}
        assert loop.told == {(CENTRE, "returned"), (BRIGADE, "withdrawn")}

    def test_an_assisting_unit_returns_only_its_own_part(self) -> None:
        loop = handling()
        assert loop.do("enforce", "object", reason="不占道") == "handling"
        assert loop.case.holder == POLICE
        assert loop.tasks == {POLICE: SIGNED, BRIGADE: RETURNED}
        assert loop.told == {(CENTRE, "returned"), (POLICE, "sum_up")}

    def test_the_last_open_part_returned_leaves_what_the_lead_reported(self) -> None:
        loop = handling()
        next(t for t in loop.file.tasks if not t.lead).due_at = loop.at
        loop.do("police", "report", later=timedelta(minutes=1), result="已处理")
        assert loop.do("enforce", "object", reason="不属我队职责") == "reported"
        assert loop.case.holder == POLICE
        assert "reply" in loop.can("dispatcher")

    def test_it_returns_to_whoever_assigned_not_to_whoever_is_nearest(self) -> None:
        loop = Loop("langfang", MONDAY)
        loop.do("county", "assign", lead=HOUSING)
        loop.do("housing", "object", reason="属城管职责")
        assert loop.case.holder == COUNTY_CENTRE

    def test_after_a_redispatch_it_returns_to_whoever_redispatched(self) -> None:
        loop = handling()
        loop.do("county", "redispatch", lead=HOUSING)
        loop.do("housing", "object", reason="属城管职责")
        assert loop.case.holder == COUNTY_CENTRE

    def test_what_the_system_dispatched_returns_to_the_nearest_centre(self) -> None:
        loop = Loop("langfang", MONDAY, category="order/fight")
        assert (loop.case.stage, loop.case.holder) == ("assigned", POLICE)
        loop.do("police", "object", reason="当事人已和解，属邻里纠纷")
        assert loop.case.holder == CENTRE

    def test_a_sender_that_was_abolished_is_replaced_by_the_nearest_centre(self) -> None:
        loop = Loop("langfang", MONDAY)
        loop.do("county", "assign", lead=POLICE)
        units = loop.found.units.units
        gone = replace(units[COUNTY_CENTRE], active=False)
        loop.found = replace(loop.found, units=UnitMap.of((units | {COUNTY_CENTRE: gone}).values()))
        loop.do("police", "object", reason="不属治安案件")
        assert loop.case.holder == CENTRE

    def test_the_reason_is_asked_for_and_kept(self) -> None:
        loop = handling()
        with pytest.raises(Invalid) as refused:
            loop.do("police", "object")
        assert set(refused.value.data["fields"]) == {"reason"}
        loop.do("police", "object", reason="不属治安案件")
        assert next(t.result for t in loop.file.tasks if t.lead) == "不属治安案件"


class TestRedispatch:
    def test_old_tasks_are_withdrawn_and_new_ones_given(self) -> None:
        loop = handling()
        assert loop.do("dispatcher", "redispatch", lead=JUSTICE, assist=[BRIGADE]) == "assigned"
        assert loop.tasks == {POLICE: WITHDRAWN, BRIGADE: OPENED, JUSTICE: OPENED}
        assert loop.case.holder == JUSTICE
        assert loop.told == {(POLICE, "withdrawn"), (BRIGADE, "task"), (JUSTICE, "task")}

    def test_the_case_s_own_deadline_stays(self) -> None:
        loop = handling()
        before = loop.case.due_at
        loop.do("dispatcher", "redispatch", lead=JUSTICE)
        assert loop.case.due_at == before

    def test_even_what_was_reported_may_go_to_somebody_better(self) -> None:
        loop = handling()
        loop.do("enforce", "report", result="已处理")
        loop.do("police", "report", result="已处理")
        assert loop.do("dispatcher", "redispatch", lead=JUSTICE) == "assigned"


class TestRework:
    def reported(self) -> Loop:
        loop = handling()
        loop.do("enforce", "report", result="已处理")
        loop.do("police", "report", result="已处理")
        return loop

    def test_the_lead_gets_it_once_more_with_the_reason(self) -> None:
        loop = self.reported()
        assert loop.do("dispatcher", "reject_report", reason="没有说明处理结果") == "assigned"
        assert [(t.unit, t.note) for t in loop.file.running_tasks()] == [
            (POLICE, "没有说明处理结果")
        ]
        assert loop.case.holder == POLICE
        loop.do("police", "sign")
        assert loop.do("police", "report", result="已清理，附照片") == "reported"

    def test_returned_after_a_rework_it_still_finds_its_sender(self) -> None:
        loop = self.reported()
        loop.do("dispatcher", "reject_report", reason="重新核实")
        loop.do("police", "object", reason="应由执法队主办")
        assert loop.case.holder == CENTRE

    def test_a_lead_that_has_been_closed_down_is_named_and_no_field_is_blamed(self) -> None:
        loop = self.reported()
        units = loop.found.units.units
        gone = replace(units[POLICE], active=False)
        loop.found = replace(loop.found, units=UnitMap.of((units | {POLICE: gone}).values()))
        with pytest.raises(Invalid, match="“安平镇派出所”已停用，请改为其他单位") as refused:
            loop.do("dispatcher", "reject_report", reason="没有说明处理结果")
        assert "fields" not in refused.value.data
        with pytest.raises(Invalid) as refused:
            loop.do("dispatcher", "redispatch", lead=POLICE)
        assert set(refused.value.data["fields"]) == {"lead"}

    def test_there_must_be_a_report_to_reject(self) -> None:
        loop = Loop("baiyin", MONDAY)
        loop.do("clerk", "answer", text="已当场解决")
        loop.do("supervisor", "reject_reply", reason="用语不规范")
        assert loop.case.stage == "reported"
        assert "reject_report" not in loop.can("dispatcher")
        assert "reply" in loop.can("dispatcher")


class TestEscalate:
    """Xinyuan's ladder: grid worker → grid leader → grid command centre → above."""

    def test_it_climbs_step_by_step(self) -> None:
        loop = Loop("xinyuan", MONDAY, category="safety", body="空调外机架松动，怕掉下来")
        assert (loop.case.stage, loop.case.holder) == ("assigned", GRID)
        loop.do("worker", "sign")
        assert loop.do("worker", "escalate", reason="外机架锈断，需专业单位") == "accepted"
        assert loop.case.holder == LEADER
        assert loop.tasks == {GRID: WITHDRAWN}
        assert (LEADER, "passed_up") in loop.told
        loop.do("gridhead", "escalate", reason="需安全办")
        assert loop.case.holder == CENTRE
        loop.do("dispatcher", "escalate", reason="需区里协调")
        assert loop.case.holder == COUNTY_CENTRE

    def test_the_leader_brings_the_safety_office_in(self) -> None:
        loop = Loop("xinyuan", MONDAY, category="safety")
        loop.do("worker", "escalate", reason="需安全办")
        assert loop.do("gridhead", "assign", lead=f"{TOWNSHIP}-AJ", assist=[GRID]) == "assigned"

    def test_above_the_top_there_is_nobody(self) -> None:
        loop = Loop("xinyuan", MONDAY)
        loop.do("dispatcher", "escalate", reason="需区里协调")
        loop.do("county", "escalate", reason="需市里协调")
        assert loop.case.holder == "131000-C"
        before = loop.case.version
        with pytest.raises(Invalid, match="上面没有"):
            loop.do("county", "escalate", reason="再往上")
        assert loop.case.version == before

    def test_whoever_only_assists_cannot_take_the_case_away(self) -> None:
        loop = Loop("langfang", MONDAY)
        loop.do("dispatcher", "assign", lead=POLICE, assist=[GRID])
        assert "escalate" not in loop.can("worker")

    def test_the_new_holder_gets_the_stage_s_full_time(self) -> None:
        loop = Loop("xinyuan", MONDAY)
        loop.do("dispatcher", "accept")
        loop.do("dispatcher", "escalate", later=5 * DAY, reason="需区里协调")
        running = [c for c in loop.file.clocks if c.kind == STAGE_CLOCK and c.running]
        assert [c.started_at for c in running] == [loop.at]

    def test_the_accused_are_passed_over(self) -> None:
        loop = Loop("xinyuan", MONDAY, by="county", category="safety", accused=[CENTRE])
        assert loop.case.holder == COUNTY_CENTRE  # nobody of the centre or its grids may see it
        loop = Loop("xinyuan", MONDAY, by="county", category="safety", accused=[LEADER])
        assert loop.case.holder == CENTRE


class TestAccused:
    def test_they_are_never_told(self) -> None:
        loop = Loop("langfang", MONDAY, by="county", accused=[CENTRE])
        loop.do("county", "assign", lead=HOUSING)
        loop.do("housing", "sign")
        loop.do("housing", "report", result="已核实")
        assert CENTRE not in {unit for unit, _template in loop.told}

    @pytest.mark.parametrize("unit", [CENTRE, GRID])
    def test_neither_they_nor_a_part_of_them_handles_it(self, unit: str) -> None:
        loop = Loop("langfang", MONDAY, by="county", accused=[CENTRE])
        with pytest.raises(Invalid, match="被反映"):
            loop.do("county", "assign", lead=unit)
