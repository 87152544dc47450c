"""What comes after the work: the answer, the rating, and starting over. In memory."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Invalid
from core.rules.case import CASE_CLOCK
from tests.support.county import TOWNSHIP
from tests.support.memory import Loop

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
"""Nine in the morning in the county."""
CENTRE, POLICE = f"{TOWNSHIP}-C", f"{TOWNSHIP}-PC"
DAY = timedelta(days=1)


def replied(name: str = "langfang", **values: object) -> Loop:
    """A case whose resident has been answered."""
    loop = Loop(name, MONDAY, **values)
    loop.do("dispatcher", "assign", lead=POLICE)
    loop.do("police", "sign")
    loop.do("police", "report", result="已劝离")
    loop.do("dispatcher", "verify" if name == "xianghe" else "reply", text="摊贩已劝离，道路畅通")
    return loop


class TestTwoParties:
    """Xianghe: in a dispute both families rate."""

    def dispute(self) -> Loop:
        return replied("xianghe", category="city", kind="dispute", inlet="hall")

    def test_the_case_closes_when_both_are_satisfied(self) -> None:
        loop = self.dispute()
        assert loop.do("resident", "rate", score=5, party="applicant") == "verified"
        assert loop.do("worker", "rate", score=4, party="other") == "closed"
        assert (loop.case.score, loop.case.scores) == (4, {"applicant": 5, "other": 4})

    def test_one_dissatisfied_family_is_enough_to_go_on(self) -> None:
        loop = self.dispute()
        loop.do("resident", "rate", score=5, party="applicant")
        assert loop.do("resident", "rate", score=1, party="other") == "registered"
        assert (loop.case.score, loop.case.scores, loop.case.reopened) == (1, {}, 1)

    def test_after_that_both_are_asked_anew(self) -> None:
        loop = self.dispute()
        loop.do("resident", "rate", score=1, party="other")
        loop.do("dispatcher", "answer", text="已重新划界，双方签字")
        loop.do("resident", "rate", score=4, party="other")
        assert loop.do("resident", "rate", score=5, party="applicant") == "closed"
        assert loop.case.score == 4

    def test_nobody_speaks_twice(self) -> None:
        loop = self.dispute()
        loop.do("resident", "rate", score=5, party="applicant")
        with pytest.raises(Invalid) as refused:
            loop.do("resident", "rate", score=1, party="applicant")
        assert refused.value.field == "party"
        assert loop.case.scores == {"applicant": 5}

    def test_who_rates_has_to_be_said(self) -> None:
        loop = self.dispute()
        with pytest.raises(Invalid) as refused:
            loop.do("resident", "rate", score=5)
        assert set(refused.value.data["fields"]) == {"party"}

    def test_when_one_stays_silent_the_system_closes(self) -> None:
        loop = self.dispute()
        loop.do("resident", "rate", score=5, party="applicant")
        assert loop.do("system", "close", later=8 * DAY) == "closed"

    def test_where_there_is_no_dispute_the_resident_rates_alone(self) -> None:
        loop = replied("xianghe", category="city", kind="help", inlet="app")
        with pytest.raises(Invalid) as refused:
            loop.do("resident", "rate", score=5, party="applicant")
        assert set(refused.value.data["fields"]) == {"party"}
        assert loop.do("resident", "rate", score=5) == "closed"


class TestReopen:
    def test_dissatisfaction_brings_it_back_to_whoever_assigned(self) -> None:
        loop = replied()
        assert loop.do("resident", "rate", score=2, reasons=["unsolved"]) == "accepted"
        assert (loop.case.holder, loop.case.reopened, loop.case.score) == (CENTRE, 1, 2)
        assert loop.case.replied_at is None
        assert loop.case.due_at is not None and loop.case.due_at > loop.at

    @pytest.mark.parametrize(
        ("score", "stage"),
        [(1, "accepted"), (2, "accepted"), (3, "closed"), (4, "closed"), (5, "closed")],
    )
    def test_the_county_s_line_decides(self, score: int, stage: str) -> None:
        assert replied().do("resident", "rate", score=score) == stage

    def test_solved_by_the_grid_worker_it_comes_back_to_the_centre(self) -> None:
        loop = Loop("xinyuan", MONDAY, category="lost")
        loop.do("worker", "escalate", reason="找不到")
        loop.do("gridhead", "answer", text="已找到，在邻居家")
        assert loop.do("resident", "rate", score=1) == "accepted"
        assert loop.case.holder == CENTRE

    def test_closed_in_time_and_reopened_later_it_is_not_late(self) -> None:
        loop = Loop("langfang", MONDAY)
        loop.do("dispatcher", "decline", reason="已由法院受理")
        loop.do("supervisor", "reopen", later=60 * DAY, reason="法院不受理")
        assert not loop.case.late

    def test_archived_long_afterwards_it_is_not_late(self) -> None:
        loop = Loop("langfang", MONDAY)
        loop.do("dispatcher", "decline", reason="已由法院受理")
        loop.do("clerk", "archive", later=60 * DAY)
        assert not loop.case.late
        assert loop.case.closed_at == MONDAY + timedelta(hours=1)

    def test_a_late_answer_stays_late(self) -> None:
        loop = Loop("langfang", MONDAY)
        loop.do("clerk", "answer", later=60 * DAY, text="已解决")
        assert loop.case.late
        loop.do("resident", "rate", score=1)
        loop.do("clerk", "answer", text="已彻底解决")
        loop.do("resident", "rate", score=5)
        assert loop.case.late


class TestRejectedReply:
    """Baiyin: a reply worded improperly does not count."""

    def test_it_waits_for_a_better_one_under_the_old_deadline(self) -> None:
        loop = replied("baiyin")
        due = loop.case.due_at
        assert loop.do("supervisor", "reject_reply", reason="答复用语生硬") == "reported"
        assert (loop.case.reply, loop.case.replied_at, loop.case.reopened) == ("", None, 0)
        running = [c for c in loop.file.clocks if c.kind == CASE_CLOCK and c.running]
        assert [c.due_at for c in running] == [due] == [loop.case.due_at]

    def test_answered_properly_after_the_deadline_it_is_late(self) -> None:
        loop = replied("baiyin")
        loop.do("supervisor", "reject_reply", reason="答复用语生硬")
        loop.do("dispatcher", "reply", later=60 * DAY, text="您好，问题已解决")
        assert loop.case.late

    def test_the_handling_unit_may_have_to_do_it_again(self) -> None:
        loop = replied("baiyin")
        loop.do("supervisor", "reject_reply", reason="没有说明怎么办的")
        assert loop.do("dispatcher", "reject_report", reason="补充办理经过") == "assigned"
        assert loop.case.holder == POLICE


class TestCallBack:
    """Yuhua: only a call-back closes."""

    def test_satisfied(self) -> None:
        loop = replied("yuhua")
        assert "rate" not in loop.can("resident")
        loop.do("clerk", "callback_missed")
        assert loop.do("clerk", "callback", score=5, text="亲戚取走了包裹，感谢") == "closed"
        assert loop.case.score == 5

    def test_dissatisfied(self) -> None:
        loop = replied("yuhua")
        assert loop.do("clerk", "callback", score=2, text="还是没找到") == "accepted"

    def test_somebody_who_cannot_be_reached(self) -> None:
        loop = replied("yuhua")
        with pytest.raises(Invalid):
            loop.do("dispatcher", "close")
        assert loop.do("dispatcher", "close", reason="三次未接通") == "closed"
        assert loop.case.score is None
