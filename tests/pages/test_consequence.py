"""What is said before a tap is what then happens."""

from core.rules.deadlines import Term
from pages.ui.consequence import consequence
from tests.support.memory import Loop
from tests.support.moments import beijing

MONDAY = beijing("2026-11-16 09:00")


def _said(loop: Loop, action: str) -> str:
    (row, *_more) = loop.found.blueprint.workflow.find(loop.case.stage, action)
    return consequence(loop.found, row, loop.file)


def test_the_term_is_that_of_the_case_as_it_has_been_graded() -> None:
    loop = Loop("raoyang", MONDAY)
    before = _said(loop, "assign")
    loop.do("dispatcher", "grade", difficulty="hard")
    hard = Term.parse("15wd").words()
    assert hard not in before
    assert hard in _said(loop, "assign")
    unit = next(u.code for u in loop.found.units.units.values() if u.kind == "department")
    loop.do("dispatcher", "assign", lead=unit)
    assert loop.file.tasks[-1].due_at == loop.found.blueprint.clock_calendar.closing(
        loop.found.blueprint.clock_calendar.add_working_days(loop.at.date(), 15)
    )
