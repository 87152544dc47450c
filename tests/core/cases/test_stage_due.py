"""A stage with a term of its own: cards and lists say so before the case's own deadline does.

Monday 2026-11-16 09:00; Langfang's centres have one working day to accept, the case has 15.
"""

from core.access.desk import Office
from core.cases.inbox import InboxLine, inbox
from core.cases.queries import CaseLine, list_cases
from core.oversight.supervision import Watch, counts, late_cases
from pages.ui.rows import due_of
from tests.support import county
from tests.support.asked import Case, on, wall
from tests.support.moments import receive


def line(one: Case, who: str = "dispatcher") -> CaseLine:
    with one.office.look(county.actor(one.office, who)) as look:
        return next(row for row in list_cases(look).lines if row.number == one.number)


def waiting(one: Case, who: str = "dispatcher") -> InboxLine:
    with one.office.look(county.actor(one.office, who)) as look:
        return next(row for row in inbox(look) if row.case.number == one.number)


def badge(one: Case) -> str:
    with one.office.look(county.actor(one.office, "dispatcher")) as look:
        return due_of(look.world, line(one))


def received(office: Office) -> Case:
    return Case(office, receive(office, "2026-11-16 09:00", category="other"))


def test_what_nobody_accepts_is_red_before_the_case_is_late(office: Office) -> None:
    one = received(office)
    assert wall(line(one).stage_due_at) == "2026-11-17 17:30"
    with on("2026-11-18 09:00"):
        assert "本环节超期" in badge(one)
        assert wall(waiting(one).first_due) == "2026-11-17 17:30"
        with office.look(county.actor(office, "supervisor")) as look:
            assert counts(look, Watch())["overdue"] == 1
            assert counts(look, Watch())["unanswered"] == 0, "its own deadline is far"
            assert [c.number for c in late_cases(look, "overdue", Watch())] == [one.number]


def test_the_next_stage_has_its_own_term_or_none(office: Office) -> None:
    one = received(office)
    with on("2026-11-16 15:00"):
        one.do("dispatcher", "accept")
        assert wall(line(one).stage_due_at) == "2026-11-17 17:30"
        one.do("dispatcher", "assign", lead="131024104-ZF")
        assert line(one).stage_due_at is None
        assert "本环节" not in badge(one)


def test_the_resident_who_is_waited_for_is_not_late_with_a_stage(office: Office) -> None:
    one = received(office)
    with on("2026-11-16 10:00"):
        one.do("dispatcher", "answer", text="已办")
    with on("2026-11-25 09:00"):
        assert line(one).stage_due_at is not None, "until then a rating is waited for"
        assert not line(one).stage_first
        with office.look(county.actor(office, "supervisor")) as look:
            assert counts(look, Watch())["overdue"] == 0


def test_while_the_case_stands_still_so_does_the_stage(office: Office) -> None:
    one = received(office)
    with on("2026-11-16 10:00"):
        one.do("dispatcher", "accept")
        one.do("dispatcher", "pause", reason="请补充合同")
        assert line(one).stage_due_at is None
    with on("2026-11-18 10:00"):
        one.do("dispatcher", "resume")
        assert wall(line(one).stage_due_at) == "2026-11-19 17:30"
