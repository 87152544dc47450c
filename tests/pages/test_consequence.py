"""What is said before a tap is what then happens."""

from core.rules.deadlines import Term
from pages.ui.consequence import consequence
from tests.support.county import COUNTY, TOWNSHIP
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


def test_whoever_gets_it_next_is_never_the_accused() -> None:
    """The unit above the township's brigade is the county's centre, and the appeal is about it."""
    said = {}
    for accused in ([], [f"{COUNTY}-C"]):
        loop = Loop("langfang", MONDAY, accused=accused)
        loop.do("dispatcher", "assign", lead=f"{TOWNSHIP}-ZF")
        loop.do("enforce", "sign")
        said[bool(accused)] = _said(loop, "escalate")
    name = loop.found.units.name(f"{COUNTY}-C")
    assert f"由{name}接手。" in said[False]
    assert name not in said[True]
