"""What is asked and has to be answered; who is gone, accused, or looks again."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.inbox import inbox
from core.cases.notices import my_notices
from core.cases.sweep import sweep
from core.errors import Invalid, NotFound, NotPermitted
from core.places.people import disable
from tests.support import county
from tests.support.asked import CENTRE, LAND, UNIT, Case, answered, closed, on, wall


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

    def test_what_is_not_answered_is_urged_and_stands_first(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        other, one = case(), case()
        with on("2026-11-17 09:00"):
            other.do("leader", "instruct", text="认真办理", to=[UNIT], due="2026-11-18")
            one.do("leader", "instruct", text="马上办", to=[UNIT], due="2026-11-19")
        with on("2026-11-20 09:00"):
            one.do("leader", "press")
            urged = one.asked("instruction")
            assert (urged.state, urged.pressed, wall(urged.due_at)) == (
                "open", 0, "2026-11-19 17:30",
            )  # fmt: skip
            with office.look(county.actor(office, "enforce")) as look:
                assert my_notices(look)[0].subject.startswith("批示催促反馈：")
                assert [line.case.number for line in inbox(look)] == [one.number, other.number]
            one.do("enforce", "acknowledge")
            one.do("leader", "press", text="明天书面报我", due="2026-11-21")
            assert wall(one.asked("instruction").due_at) == "2026-11-21 17:30"
            one.do("enforce", "feedback", text="已办好")
        assert one.asked("instruction").late, "a new date forgives nothing"

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
            ({"text": "马上办", "to": ["131024-XX"]}, "没有单位“131024-XX”"),
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
            disable(work, username)
        office.forget()

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

    def test_a_leader_is_satisfied_for_by_nobody_until_they_have_left(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            one.do("leader", "instruct", text="认真办理", to=[UNIT])
            one.do("enforce", "feedback", text="已办好")
            assert one.may("leader", "settle") and not one.may("supervisor", "settle")
            self._leave(office, "leader")
            with office.look(county.actor(office, "supervisor")) as look:
                assert [d.kind for line in inbox(look) for d in line.asked] == ["instruction"]
            one.do("supervisor", "settle")
        assert one.asked("instruction").state == "settled"

    def test_a_deputys_answered_review_is_settled_once_they_have_left(
        self, case: Callable[..., Case], office: Office
    ) -> None:
        one = case()
        with on("2026-11-17 09:00"):
            closed(one)
            one.do("deputy", "review", score=2, suggestion="没有清理干净")
            one.do("enforce", "feedback", text="已重新清理")
            assert not one.may("supervisor", "settle")
            self._leave(office, "deputy")
            one.do("supervisor", "settle")
        assert one.asked("review").state == "settled"


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
