"""What somebody asks of somebody else on a case: asked, decided, answered, pressed, never stuck.

Monday 2026-11-16 is an ordinary week; 2026-10-01 to 10-07 are holidays, Saturday 10-10 is worked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.access.actor import DOOR, SYSTEM
from core.access.desk import Office
from core.cases.act import act
from core.cases.detail import Detail, detail
from core.cases.sweep import sweep
from core.cases.take_in import take_in
from core.errors import Invalid, NotFound, NotPermitted
from core.kpi.check import check
from core.now import ZONE, local, moved_to
from core.rules.case import CASE_CLOCK, TASK_CLOCK, Clock, Demand
from tests.support import county

UNIT, CENTRE, LAND = "131024104-ZF", "131024104-C", "131024-ZR"


def at(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=ZONE).astimezone(UTC)


def wall(instant: datetime | None) -> str:
    return f"{local(instant):%Y-%m-%d %H:%M}" if instant else ""


class Case:
    """A case in the small county, and what people do to it."""

    def __init__(self, office: Office, number: str) -> None:
        self.office, self.number = office, number

    def do(self, who: str, action: str, **data: Any) -> None:
        actor = SYSTEM if who == "system" else county.actor(self.office, who)
        with self.office.work(actor) as work:
            act(work, self.number, action, data)

    def seen(self, who: str = "") -> Detail:
        with self.office.look(county.actor(self.office, who) if who else SYSTEM) as look:
            return detail(look, self.number)

    def asked(self, kind: str) -> Demand:
        return [d for d in self.seen().file.demands if d.kind == kind][-1]

    def clock(self, kind: str) -> Clock:
        return [c for c in self.seen().file.clocks if c.kind == kind and c.stopped_at is None][-1]

    def may(self, who: str, action: str) -> bool:
        return action in {t.id for t in self.seen(who).actions}


@contextmanager
def on(moment: str) -> Iterator[None]:
    with moved_to(at(moment)):
        yield


@pytest.fixture
def case(office: Office) -> Iterator[Callable[..., Case]]:
    """A case handled by the township's enforcement brigade since `moment`; sound at the end."""

    def make(moment: str = "2026-11-16 09:00", **more: Any) -> Case:
        raw = {"body": "早市占道经营", "area": county.VILLAGE, "category": "other", **more}
        with on(moment):
            with office.work(DOOR) as work:
                number = take_in(work, raw, inlet="web").outcome.number
            made = Case(office, number)
            made.do("dispatcher", "assign", lead=UNIT)
            made.do("enforce", "sign")
        return made

    yield make
    assert check(office) == []


def answered(one: Case) -> None:
    one.do("enforce", "report", result="已清理")
    one.do("dispatcher", "reply", text="已清理，请您评价")


def closed(one: Case) -> None:
    answered(one)
    one.do("dispatcher", "close")


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

    def test_only_the_head_of_the_unit_decides(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforce", "extend", until="2026-12-10", reason="等待采购")
            for who in ("enforce", "dispatcher", "supervisor"):
                assert not one.may(who, "grant")
            with pytest.raises(NotPermitted):
                one.do("enforce", "grant")

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
        with on("2026-11-19 10:00"):  # the squad has no head: two working days, then the centre
            one.do("dispatcher", "grant")
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


class TestShelving:
    def test_the_review_date_lets_it_go_on(self, case: Callable[..., Case], office: Office) -> None:
        one = case("2026-03-02 09:00")  # a Monday; 15 working days: Monday 03-23
        with on("2026-03-04 09:00"):
            one.do("dispatcher", "shelve", until="2026-06-01", reason="等汛期前施工")
            assert one.asked("shelving").unit == "131024-C", "nobody decides on their own request"
            one.do("county", "grant", note="同意挂账")
            file = one.seen().file
            assert file.paused and file.case.due_at is None
        with on("2026-05-20 09:00"):
            assert sweep(office).fired == 0, "a shelved case reminds nobody"
        with on("2026-06-01 17:30"):
            assert sweep(office).acted == 1
            assert not one.seen().file.paused
        # 14 working days were left; Friday 06-19 is Dragon Boat
        assert wall(one.seen().file.case.due_at) == "2026-06-22 17:30"

    def test_resumed_by_hand_the_review_falls_away(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-18 09:00"):
            one.do("dispatcher", "shelve", until="2026-12-18", reason="等开春施工")
            one.do("county", "grant")
        with on("2026-11-20 09:00"):
            one.do("dispatcher", "resume")
        with on("2026-12-18 18:00"):
            assert "shelf/挂账到期，恢复办理" not in sweep(office).by_rung

    def test_whoever_goes_on_with_it_ends_the_standing_still(
        self, case: Callable[..., Case]
    ) -> None:
        one = case()
        with on("2026-11-18 09:00"):
            one.do("dispatcher", "shelve", until="2026-12-18", reason="等开春施工")
            one.do("county", "grant")
        with on("2026-12-16 09:00"):
            answered(one)
            file = one.seen().file
        assert not file.paused and file.case.late is False, "the time on the shelf does not count"

    def test_a_closed_case_has_no_review(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-18 09:00"):
            one.do("dispatcher", "shelve", until="2026-12-18", reason="等开春施工")
            one.do("county", "grant")
            closed(one)
        assert not any(c.stopped_at is None for c in one.seen().file.clocks)


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
        assert after.started_at - before.started_at == timedelta(days=7)

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


class TestClosingWithoutReply:
    def test_the_centre_agrees_and_the_case_is_closed(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforcehead", "ask_close", reason="同一事项已另案答复")
            assert one.seen().file.case.stage == "handling"
            one.do("dispatcher", "grant", note="同意")
            file = one.seen().file
        assert (file.case.stage_kind, file.case.reply) == ("closed", "")
        assert all(not t.running for t in file.tasks)


class TestFeedback:
    def test_chased_twice_it_counts_two(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("dispatcher", "chase", text="请抓紧")
            one.do("supervisor", "chase", text="请再抓紧")
        assert one.seen().file.case.chased == 2
        with on("2026-11-18 09:00"):
            answered(one)
        assert {d.state for d in one.seen().file.demands} == {"settled"}, "the answer was the point"

    def test_an_answer_after_the_date_is_late_for_good(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("supervisor", "supervise", text="三日内办结", due="2026-11-19")
        with on("2026-11-20 09:00"):
            assert "demand/到期未反馈" in sweep(office).by_rung
            one.do("enforce", "acknowledge")
            one.do("enforce", "feedback", text="刚刚办完")
            assert one.asked("supervision").late is True
            one.do("supervisor", "press", text="还要照片", due="2026-11-25")
            pressed = one.asked("supervision")
            assert (pressed.state, pressed.pressed, pressed.answered_at) == ("open", 1, None)
            assert wall(pressed.due_at) == "2026-11-25 17:30"
            one.do("enforce", "feedback", text="照片已附")
            one.do("supervisor", "settle")
        done = one.asked("supervision")
        assert (done.state, done.late) == ("settled", True)

    def test_pressed_without_a_date_the_term_runs_again(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-16 10:00"):
            one.do("supervisor", "supervise", text="三日内办结")
            one.do("enforce", "feedback", text="办完")
            with pytest.raises(Invalid, match="日期应晚于现在"):
                one.do("supervisor", "press", text="不够", due="2026-11-13")
            one.do("supervisor", "press", text="不够")
        assert wall(one.asked("supervision").due_at) == "2026-11-19 17:30"

    def test_taken_back_nobody_is_reminded(self, case: Callable[..., Case], office: Office) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("supervisor", "supervise", text="三日内办结")
            with pytest.raises(NotPermitted):
                one.do("dispatcher", "withdraw")
            one.do("supervisor", "withdraw", note="已当面说清")
        with on("2026-11-24 09:00"):
            assert not any(r.startswith("demand/") for r in sweep(office).by_rung)

    def test_instructions_stay_where_requests_become_moot(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("leader", "instruct", text="认真办理", to=[UNIT, LAND])
            one.do("dispatcher", "shelve", until="2026-12-18", reason="等开春施工")
            closed(one)
        states = [(d.kind, d.unit, d.state) for d in one.seen().file.demands]
        assert states == [
            ("instruction", UNIT, "open"),
            ("instruction", LAND, "open"),
            ("shelving", "131024-C", "withdrawn"),
        ]
        with on("2026-11-24 09:00"):
            assert sweep(office).by_rung["demand/到期未反馈"] == 2
            one.do("land", "feedback", text="已落实")

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"text": "马上办"}, "请填写"),  # to nobody
            ({"text": "马上办", "to": ["131024-XX"]}, "已停用、已合并"),
            ({"text": "马上办", "to": [UNIT], "due": "2026-11-13"}, "日期应晚于现在"),
        ],
    )
    def test_an_instruction_to_nobody_or_into_the_past(
        self, case: Callable[..., Case], data: dict[str, Any], words: str
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"), pytest.raises(Invalid, match=words):
            one.do("leader", "instruct", **data)
        assert one.seen().file.demands == []


class TestWhoIsGone:
    def _leave(self, office: Office, username: str) -> None:
        with office.work(SYSTEM) as work:
            work.tx.execute(
                text("update person set active = false where username = :name"), {"name": username}
            )

    def _merge_away(self, office: Office, unit: str) -> None:
        with office.work(SYSTEM) as work:
            work.tx.execute(text("update unit set active = false where code = :c"), {"c": unit})
        office.forget()

    def test_the_head_has_left_and_the_centre_decides_once_the_date_has_passed(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforce", "extend", until="2026-12-10", reason="等待采购")
            self._leave(office, "enforcehead")
            assert not one.may("dispatcher", "grant")
        with on("2026-11-20 09:00"):
            assert one.may("dispatcher", "grant") and not one.may("clerk", "grant")
            with pytest.raises(NotFound):
                one.do("other", "grant")  # the neighbouring township's
            one.do("dispatcher", "grant")
        assert wall(one.seen().file.case.due_at) == "2026-12-10 17:30"

    def test_a_unit_that_was_merged_away_is_answered_for_by_the_centre(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("enforce", "extend", until="2026-12-10", reason="等待采购")
            one.do("supervisor", "supervise", text="三日内办结")
            assert not one.may("dispatcher", "feedback")
            self._merge_away(office, UNIT)
            one.do("dispatcher", "refuse", reason="已改由镇政府办理")
            one.do("dispatcher", "feedback", text="已改由镇政府办理")
            one.do("supervisor", "supervise", text="请镇里办")
        assert one.asked("supervision").unit == CENTRE, "asked is who can answer"

    def test_whoever_asked_has_left_and_a_colleague_goes_on(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("leader", "instruct", text="认真办理", to=[UNIT])
            self._leave(office, "leader")
            one.do("enforce", "feedback", text="已办好")
            one.do("supervisor", "settle")
        assert one.asked("instruction").state == "settled"


def test_the_accused_are_never_asked(case: Callable[..., Case]) -> None:
    one = case(accused=["131024104-JJ"], kind="complaint")
    with on("2026-11-17 09:00"):
        with pytest.raises(Invalid, match="被反映的单位"):
            one.do("leader", "instruct", text="认真办理", to=["131024104-JJ"])
        assert one.may("enforce", "extend")
    with pytest.raises(NotFound):
        one.seen("traffic")


class TestDeputy:
    def test_a_satisfied_review_only_leaves_a_note(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            closed(one)
            one.do("deputy", "review", score=5, suggestion="办得好")
            assert not one.may("deputy", "review"), "one score a person"
        review = one.asked("review")
        assert (review.state, review.due_at, review.unit) == ("settled", None, UNIT)

    def test_an_unsatisfactory_one_has_to_be_answered(self, case: Callable[..., Case]) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            closed(one)
            with pytest.raises(Invalid, match="写明意见"):
                one.do("deputy", "review", score=2)
            one.do("deputy", "review", score=2, suggestion="没有清理干净")
            file = one.seen().file
            assert (file.case.stage_kind, file.case.reopened) == ("open", 1)
            one.do("enforce", "feedback", text="已重新清理")
            one.do("deputy", "settle")
        assert one.asked("review").state == "settled"


class TestPromise:
    def test_a_broken_one_reopens_and_one_that_breaks_early_is_recorded(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do(
                "enforcehead", "promise", agreement="分期搬离",
                promises="2026-11-20 搬走两个摊位\n2026-12-01 全部搬走",
            )  # fmt: skip
            first, _second = one.seen().file.demands
            with pytest.raises(Invalid):
                one.do("dispatcher", "keep")  # which?
            one.do("dispatcher", "break", demand=str(first.id), reason="没有搬")
            assert one.seen().file.case.stage == "handling", "it was open still"
            closed(one)
        with on("2026-12-02 09:00"):
            assert sweep(office).by_rung["promise/今天该兑现承诺"] == 1
            one.do("dispatcher", "break", reason="又摆回来了")
        file = one.seen().file
        assert [d.state for d in file.demands] == ["failed", "failed"]
        assert (file.case.stage_kind, file.case.reopened) == ("open", 1)
