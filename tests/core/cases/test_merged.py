"""并案: a case that was merged into another one shares its answer, its deadline and its end.

Monday 2026-11-16 09:00, Hebei; `other` has 15 working days: until 2026-12-07.
"""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from core.access.desk import Office, Work
from core.cases.act import act
from core.cases.load import load
from core.cases.sweep import sweep
from core.errors import Invalid
from core.oversight.instruct import instruct_slice
from core.oversight.slices import Slice
from core.rules.case import CaseFile
from tests.support import county
from tests.support.asked import CENTRE, Case, answered, on, wall
from tests.support.moments import receive
from tests.support.together import at_once


@pytest.fixture
def blueprint() -> str:
    return "hebei"


@pytest.fixture
def pair(case: Callable[..., Case], office: Office) -> tuple[Case, Case]:
    """The one that is handled, and another that was merged into it."""
    main = case()
    other = Case(office, receive(office, "2026-11-16 09:00", category="other"))
    with on("2026-11-16 10:00"):
        other.do("dispatcher", "merge", into=main.number)
    return main, other


def test_a_date_that_is_granted_is_granted_to_both(pair: tuple[Case, Case]) -> None:
    main, other = pair
    with on("2026-11-17 09:00"):
        main.do("enforce", "extend", reason="等待批复", until="2026-12-20")
        main.do("enforcehead", "grant")
    assert wall(other.seen().file.case.due_at) == "2026-12-20 17:30"


def test_what_was_due_later_stays_so(case: Callable[..., Case], office: Office) -> None:
    main = case()
    other = Case(office, receive(office, "2026-12-03 09:00", category="other"))
    with on("2026-12-03 10:00"):
        other.do("dispatcher", "merge", into=main.number)
        due = other.seen().file.case.due_at
        main.do("enforce", "extend", reason="等待批复", until="2026-12-10")
        main.do("enforcehead", "grant")
    assert other.seen().file.case.due_at == due


def test_while_one_stands_still_so_does_the_other(pair: tuple[Case, Case]) -> None:
    main, other = pair
    with on("2026-11-17 09:00"):
        main.do("dispatcher", "pause", reason="请补充合同")
        assert other.seen().file.paused
    with on("2026-11-19 09:00"):
        main.do("dispatcher", "resume")
    file = other.seen().file
    assert not file.paused
    assert wall(file.case.due_at) == wall(main.seen().file.case.due_at) == "2026-12-09 17:30"


def test_what_ends_without_a_reply_lets_the_other_go(pair: tuple[Case, Case]) -> None:
    main, other = pair
    with on("2026-11-17 09:00"):
        main.do("enforcehead", "ask_close", reason="群众撤回")
        main.do("dispatcher", "grant")
    file = other.seen().file
    assert (file.case.stage, file.case.holder, file.case.parent_id) == ("accepted", CENTRE, None)
    assert main.number in other.seen().timeline[-1].data["reason"]


def test_one_may_be_merged_into_a_part_of_another(case: Callable[..., Case]) -> None:
    whole, other = case(), case()
    with on("2026-11-16 11:00"):
        whole.do("dispatcher", "split", body="还有油烟扰民", category="other")
        part = Case(whole.office, "131024-20261116-000003")
        assert part.seen().file.case.parent_id == whole.seen().file.case.id
        other.do("dispatcher", "merge", into=part.number)
        with pytest.raises(Invalid, match="已并案"):
            whole.do("dispatcher", "merge", into=other.number)


def test_two_who_merge_two_into_each_other_at_once(
    case: Callable[..., Case], office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One succeeds, the other is told why it cannot; nobody waits for the other for ever."""
    one, two = case(), case()
    here = threading.Barrier(2)

    def with_both_at_it(work: Work, number: str, *, lock: bool = False) -> CaseFile:
        file = load(work, number, lock=lock)
        with suppress(threading.BrokenBarrierError):
            here.wait(1)
        return file

    monkeypatch.setattr("core.cases.act.load", with_both_at_it)
    people = {who: county.actor(office, who) for who in ("dispatcher", "county")}

    def merge(asked: tuple[str, str, str]) -> str:
        who, number, into = asked
        try:
            with office.work(people[who]) as work:
                act(work, number, "merge", {"into": into})
        except Invalid as fault:
            return fault.message
        return ""

    with on("2026-11-16 11:00"):
        said = at_once(
            merge, [("dispatcher", one.number, two.number), ("county", two.number, one.number)]
        )
    assert said.count("") == 1
    assert "已办结或已并案" in "".join(said)


def test_what_one_does_not_see_is_not_found(case: Callable[..., Case], office: Office) -> None:
    here = case()
    far = receive(office, "2026-11-16 09:00", by="other", area="131024100201", category="other")
    with on("2026-11-16 11:00"), pytest.raises(Invalid, match="没有找到诉求") as refused:
        here.do("dispatcher", "merge", into=far)
    assert refused.value.field == "into"


def test_nothing_is_merged_into_a_leaders_matter(case: Callable[..., Case], office: Office) -> None:
    """Nobody answers a resident there."""
    here = case()
    with on("2026-11-16 11:00"):
        with office.work(county.actor(office, "leader")) as work:
            given = {"text": "全面排查", "to": [CENTRE]}
            (matter,) = instruct_slice(work, Slice(area=county.COUNTY), given).numbers
        with pytest.raises(Invalid, match="是批示事项") as refused:
            here.do("county", "merge", into=matter)
    assert refused.value.field == "into"


def test_nothing_is_merged_into_what_has_had_its_answer(case: Callable[..., Case]) -> None:
    main, other = case(), case()
    with on("2026-11-16 11:00"):
        answered(main)
        with pytest.raises(Invalid, match="已经答复") as refused:
            other.do("dispatcher", "merge", into=main.number)
    assert refused.value.field == "into"


def test_a_part_goes_past_the_accused_like_the_whole(office: Office) -> None:
    accused = f"{county.TOWNSHIP}-C"
    whole = Case(office, receive(office, "2026-11-16 09:00", category="other", accused=[accused]))
    assert whole.seen("county").file.case.holder != accused
    with on("2026-11-16 10:00"):
        whole.do("county", "split", body="还有油烟扰民", category="other")
    part = Case(office, "131024-20261116-000002").seen("county").file
    assert (part.case.accused, part.case.parent_id is not None) == ([accused], True)
    assert accused not in (part.case.holder, *(t.unit for t in part.tasks))


def test_off_the_shelf_by_itself_it_takes_the_other_along(
    pair: tuple[Case, Case], office: Office
) -> None:
    main, other = pair
    with on("2026-11-17 09:00"):
        main.do("dispatcher", "shelve", until="2026-11-25", reason="等开春施工")
        main.do("county", "grant")
        assert other.seen().file.paused
    with on("2026-11-25 18:00"):
        assert sweep(office).failed == []
        file = other.seen().file
    assert not file.paused
    assert file.case.due_at == main.seen().file.case.due_at is not None
