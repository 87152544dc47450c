"""What somebody asks for and somebody else decides: a later date, a return, standing still.

Monday 2026-11-16 is an ordinary week; 2026-10-01 to 10-07 are holidays, Saturday 10-10 is worked.
"""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.inbox import inbox
from core.cases.queries import CaseFilter, list_cases
from core.cases.sweep import sweep
from core.errors import Invalid, NotPermitted
from core.rules.case import CASE_CLOCK, TASK_CLOCK
from tests.support import county
from tests.support.asked import CENTRE, LAND, UNIT, Case, answered, at, on, wall


class TestExtension:
    def test_case_and_task_get_the_new_date_and_the_ladder_is_climbed_anew(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()  # 15 working days: Monday 12-07; the task 10: Monday 11-30
        assert wall(one.seen().file.case.due_at) == "2026-12-07 17:30"
        with on("2026-12-04 15:00"):
            sweep(office)  # the last tenth: reminded
            assert one.clock(CASE_CLOCK).next_rung == 2
            one.do("enforce", "extend", until="2026-12-21", reason="等待采购")
            assert one.asked("extension").due_at == at("2026-12-08 17:30")
            one.do("enforcehead", "grant", note="同意")
        for kind in (CASE_CLOCK, TASK_CLOCK):
            clock = one.clock(kind)
            assert (wall(clock.due_at), clock.next_rung) == ("2026-12-21 17:30", 0)
        file = one.seen().file
        assert wall(file.case.due_at) == wall(file.tasks[0].due_at) == "2026-12-21 17:30"
        assert one.asked("extension").state == "granted"
        with on("2026-12-22 09:00"):
            assert "default/已超期" in sweep(office).by_rung

    @pytest.mark.parametrize(
        ("until", "words"),
        [
            ("2026-11-15", "日期应晚于现在"),  # yesterday
            ("2026-11-27", "应晚于现在的期限"),  # before the task's own date
            ("2027-01-15", "最多延期 30 天，不能晚于 2027-01-06"),  # 30 days after 12-07
        ],
    )
    def test_a_date_that_makes_no_sense_is_refused(
        self, case: Callable[..., Case], until: str, words: str
    ) -> None:
        one = case()
        with on("2026-11-16 10:00"), pytest.raises(Invalid, match=words):
            one.do("enforce", "extend", until=until, reason="等待采购")
        assert one.seen().file.demands == []

    def test_the_cap_holds_though_nobody_knows_the_date(self, case: Callable[..., Case]) -> None:
        """2027 has not been entered: the fifteen days of the term count as calendar days."""
        one = case("2026-12-28 09:00")
        with on("2026-12-28 10:00"):
            assert one.seen().file.case.due_at is None
            with pytest.raises(Invalid, match="最多延期 30 天，不能晚于 2027-02-11"):
                one.do("enforce", "extend", until="2027-02-12", reason="等待采购")
            one.do("enforce", "extend", until="2027-02-11", reason="等待采购")
            one.do("enforcehead", "grant")
        assert wall(one.seen().file.case.due_at) == "2027-02-11 17:30"

    def test_once_only_and_a_refused_one_may_be_asked_again(
        self, case: Callable[..., Case]
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforce", "extend", until="2026-12-10", reason="等待采购")
            with pytest.raises(Invalid, match="最多 1 次"):
                one.do("enforcehead", "extend", until="2026-12-11", reason="再等等")
            one.do("enforcehead", "refuse", reason="可以按期办完")
            assert wall(one.seen().file.case.due_at) == "2026-12-07 17:30"
            one.do("enforce", "extend", until="2026-12-10", reason="等待采购")
            one.do("enforcehead", "grant")
            with pytest.raises(Invalid, match="最多 1 次"):
                one.do("enforce", "extend", until="2026-12-20", reason="再等等")

    def test_each_unit_has_its_own_and_a_case_handled_again_begins_anew(
        self, case: Callable[..., Case]
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("dispatcher", "join", assist=["131024104-JJ"])
            one.do("enforce", "extend", until="2026-12-10", reason="等待采购")
            one.do("traffic", "extend", until="2026-12-03", reason="警力不足")
            one.do("enforcehead", "grant")
            one.do("dispatcher", "redispatch", lead=UNIT)
            with pytest.raises(Invalid, match="最多 1 次"):
                one.do("enforce", "extend", until="2026-12-20", reason="再等等")
            one.do("enforce", "sign")
            answered(one)
            one.do("clerk", "rate", score=1)
            one.do("dispatcher", "assign", lead=UNIT)
            one.do("enforce", "extend", until="2026-12-20", reason="重新采购")
            with pytest.raises(Invalid, match="最多 1 次"):
                one.do("enforcehead", "extend", until="2026-12-21", reason="再等等")

    def test_only_the_head_of_the_unit_decides(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforce", "extend", until="2026-12-10", reason="等待采购")
            for who in ("enforce", "dispatcher", "supervisor"):
                assert not one.may(who, "grant")
            with pytest.raises(NotPermitted):
                one.do("enforce", "grant")

    def test_the_head_does_not_decide_what_he_asked_for(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforcehead", "extend", until="2026-12-10", reason="等待采购")
            asked = one.asked("extension")
            assert (asked.unit, asked.role) == ("131024-C", ""), "the unit above decides"
            assert not one.may("enforcehead", "grant")
            assert not one.may("enforcehead", "refuse")
            with office.look(county.actor(office, "enforcehead")) as look:
                assert not any(line.asked for line in inbox(look)), "nor is he asked to"
            with office.look(county.actor(office, "county")) as look:
                (line,) = inbox(look)
                assert [d.kind for d in line.asked] == ["extension"]
            one.do("county", "grant", note="同意")
        assert wall(one.seen().file.case.due_at) == "2026-12-10 17:30"

    def test_who_asked_does_not_stand_in_for_who_is_late(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-16 10:00"):
            one.do("dispatcher", "shelve", until="2026-12-18", reason="等开春施工")
        with on("2026-11-20 10:00"):  # three working days are over
            assert one.asked("shelving").unit == "131024-C"
            assert not one.may("dispatcher", "grant")
            with office.look(county.actor(office, "dispatcher")) as look:
                assert not any(line.asked for line in inbox(look))
            one.do("county", "refuse", reason="现在就能修")

    def test_what_was_overdue_stays_late_though_time_is_granted(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()  # the case until Monday 12-07, the task until Monday 11-30
        with on("2026-12-08 09:00"):
            sweep(office)
            one.do("enforce", "extend", until="2026-12-21", reason="等待采购")
            one.do("enforcehead", "grant", note="同意")
            file = one.seen().file
            assert file.case.late and file.tasks[0].late
            assert wall(file.case.due_at) == "2026-12-21 17:30", "what is red follows the new date"
            (entry,) = [e for e in one.seen().timeline if e.action == "grant"]
            assert wall(datetime.fromisoformat(entry.data["late_since"])) == "2026-12-07 17:30"
            late = CaseFilter(overdue=True)
            with office.look(SYSTEM) as look:
                assert list_cases(look, late).lines == []
        with on("2026-12-10 09:00"):
            answered(one)
        with office.look(SYSTEM) as look:
            counted = dict(
                look.tx.execute(text("select measure, sum(n) from delta group by 1")).all()
            )
            assert counted["answered"] == 1
            assert not counted.get("on_time"), "the answer came after the date of the rules"
            assert [c.number for c in list_cases(look, CaseFilter(answer="late")).lines] == [
                one.number
            ]

    def test_granted_in_time_it_is_on_time(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-30 10:00"):
            one.do("enforce", "extend", until="2026-12-21", reason="等待采购")
            one.do("enforcehead", "grant")
        with on("2026-12-21 10:00"):
            answered(one)
        file = one.seen().file
        assert not file.case.late and not file.tasks[0].late
        assert not any("late_since" in e.data for e in one.seen().timeline)

    def test_only_the_part_that_was_overdue_is_late(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-12-01 10:00"):  # the task is late, the case has until Monday
            one.do("enforce", "extend", until="2026-12-21", reason="等待采购")
            one.do("enforcehead", "grant")
        file = one.seen().file
        assert file.tasks[0].late and not file.case.late

    def test_a_date_that_passes_while_it_waits_can_only_be_refused(
        self, case: Callable[..., Case]
    ) -> None:
        one = case()
        with on("2026-12-04 10:00"):
            one.do("enforce", "extend", until="2026-12-08", reason="等待采购")
        with on("2026-12-09 10:00"):
            with pytest.raises(Invalid, match="2026-12-08 已经过去"):
                one.do("enforcehead", "grant")
            one.do("enforcehead", "refuse", reason="已经过了")
        assert one.asked("extension").late is True, "the head took too long"

    def test_an_assisting_unit_extends_its_own_part(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-16 10:00"):
            one.do("dispatcher", "join", assist=["131024104-JJ"])
            one.do("traffic", "extend", until="2026-12-03", reason="警力不足")
            one.do("dispatcher", "grant")  # the squad has no head
        case_, (lead, assist) = one.seen().file.case, one.seen().file.tasks
        assert wall(assist.due_at) == "2026-12-03 17:30"
        assert (wall(case_.due_at), wall(lead.due_at)) == ("2026-12-07 17:30", "2026-11-30 17:30")

    def test_it_is_moot_once_the_task_is_taken_away_or_the_resident_answered(
        self, case: Callable[..., Case]
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforce", "extend", until="2026-12-10", reason="等待采购")
            one.do("dispatcher", "redispatch", lead=LAND)
        assert one.asked("extension").state == "withdrawn"
        two = case()
        with on("2026-11-17 09:00"):
            two.do("enforce", "extend", until="2026-12-10", reason="等待采购")
            answered(two)
        assert two.asked("extension").state == "withdrawn"
        assert not two.may("enforcehead", "grant")

    def test_not_while_the_case_stands_still(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforce", "pause", reason="等照片")
            with pytest.raises(Invalid, match="暂停计时"):
                one.do("enforce", "extend", until="2026-12-10", reason="等待采购")


class TestObjection:
    @pytest.fixture
    def blueprint(self) -> str:
        return "hebei"

    def test_granted_the_task_returns_and_the_centre_dispatches_anew(
        self, case: Callable[..., Case]
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("dispatcher", "join", assist=["131024104-JJ"])
            one.do("enforce", "object", reason="不属本队职责")
            assert one.seen().file.case.stage == "handling", "until it is decided it stays"
            one.do("dispatcher", "grant", note="另行交办")
        file = one.seen().file
        assert (file.case.stage, file.case.holder) == ("accepted", CENTRE)
        assert [t.state for t in file.tasks] == ["returned", "withdrawn"]
        assert one.asked("objection").state == "granted"

    def test_refused_it_stays(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforce", "object", reason="不属本队职责")
            with pytest.raises(Invalid, match="还在等待审批"):
                one.do("enforce", "object", reason="不属本队职责")
            one.do("dispatcher", "refuse", reason="属于你们")
        assert one.seen().file.tasks[0].state == "signed"

    def test_not_after_five_working_days(self, case: Callable[..., Case]) -> None:
        one = case()  # on a Monday: until Monday 17:30
        with on("2026-11-23 17:31"), pytest.raises(Invalid, match="5 个工作日内"):
            one.do("enforce", "object", reason="不属本队职责")

    def test_two_requests_wait_and_one_says_which(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforce", "object", reason="不属本队职责")
            one.do("dispatcher", "chase", text="请抓紧")
            one.do("supervisor", "supervise", text="三日内办结")
            chase, order = one.asked("chase"), one.asked("supervision")
            with pytest.raises(Invalid, match="哪一项"):
                one.do("enforce", "feedback", text="正在办")
            with pytest.raises(Invalid):
                one.do("enforce", "feedback", text="正在办", demand="1")
            one.do("enforce", "feedback", text="正在办", demand=str(order.id))
            assert one.asked("supervision").state == "answered"
            assert one.asked("chase").state == "open"
            one.do("enforce", "feedback", text="今天就去", demand=str(chase.id))
            assert one.asked("chase").state == "answered"


class TestPause:
    @pytest.mark.parametrize(
        ("received", "paused", "resumed", "due"),
        [  # 15 working days from Monday 09-21: Monday 10-19 (Friday 09-25 is off)
            # from Wednesday evening to Thursday morning after the holidays: no office time passed
            ("2026-09-21 09:00", "2026-09-30 17:30", "2026-10-08 09:00", "2026-10-19 17:30"),
            # paused and resumed within the holidays
            ("2026-09-21 09:00", "2026-10-02 10:00", "2026-10-06 10:00", "2026-10-19 17:30"),
            # from Tuesday, with 11 days left, to Monday: also over the Saturday that is worked
            ("2026-09-21 09:00", "2026-09-29 09:00", "2026-10-12 09:00", "2026-10-26 17:30"),
            # paused over one afternoon
            ("2026-11-16 09:00", "2026-11-17 13:30", "2026-11-17 17:30", "2026-12-08 13:00"),
        ],
    )
    def test_what_was_left_is_left_again(
        self, case: Callable[..., Case], received: str, paused: str, resumed: str, due: str
    ) -> None:
        one = case(received)
        with on(paused):
            one.do("enforce", "pause", reason="请补充照片")
            assert one.seen().file.case.due_at is None
        with on(resumed):
            one.do("enforce", "resume")
        assert wall(one.seen().file.case.due_at)[:10] == due[:10]

    def test_half_the_time_still_means_half_of_what_is_allotted(
        self, case: Callable[..., Case]
    ) -> None:
        one = case()
        before = one.clock(CASE_CLOCK)
        with on("2026-11-17 09:00"):
            one.do("enforce", "pause", reason="请补充照片")
        with on("2026-11-24 09:00"):
            one.do("enforce", "resume")
        after = one.clock(CASE_CLOCK)
        assert wall(before.next_fire_at) == "2026-11-25 17:30"
        assert wall(after.next_fire_at) == "2026-12-02 17:30", "five working days later"
        assert wall(after.started_at) == "2026-11-20 17:30", "five working days are not used"

    def test_into_a_year_that_nobody_has_entered(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforce", "pause", reason="请补充照片")
        with on("2040-01-16 09:00"):
            one.do("enforce", "resume")
            file = one.seen().file
            assert not file.paused and file.case.due_at is None, "said to be unknown, never guessed"
            assert sweep(office).failed == []


class TestTask:
    """A unit that lets its date pass was late, however the task then ends."""

    @pytest.mark.parametrize(
        ("moment", "who", "action", "data", "late"),
        [  # ten working days from Monday 11-16: Monday 11-30
            ("2026-11-30 17:30", "enforce", "report", {"result": "已清理"}, False),
            ("2026-12-01 09:00", "enforce", "report", {"result": "已清理"}, True),
            ("2026-12-01 09:00", "dispatcher", "redispatch", {"lead": LAND}, True),
            ("2026-12-01 09:00", "enforce", "object", {"reason": "不属本队职责"}, False),
        ],
    )
    def test_how_it_ended(
        self,
        case: Callable[..., Case],
        moment: str,
        who: str,
        action: str,
        data: dict[str, str],
        late: bool,
    ) -> None:
        one = case()
        with on(moment):
            one.do(who, action, **data)
        assert one.seen().file.tasks[0].late is late

    def test_a_pause_does_not_heal(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-12-01 09:00"):
            one.do("enforce", "pause", reason="请补充照片")
        with on("2026-12-10 09:00"):
            one.do("enforce", "report", result="已清理")
        assert one.seen().file.tasks[0].late
