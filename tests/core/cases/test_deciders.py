"""A request goes where somebody is who can decide it."""

from collections.abc import Callable

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.sweep import sweep
from core.places.people import disable
from tests.support import county
from tests.support.asked import CENTRE, LAND, UNIT, Case, on, wall
from tests.support.moments import told


def hearing(office: Office, template: str) -> set[str]:
    return {username for username, _data in told(office, template)}


def extension(one: Case, who: str = "enforce") -> None:
    one.do(who, "extend", until="2026-12-10", reason="等待采购")


@pytest.mark.parametrize(
    ("asker", "lead", "unit", "role", "told_of_it"),
    [
        ("enforce", UNIT, UNIT, "head", {"enforcehead"}),
        ("police", "131024104-PC", CENTRE, "", {"clerk", "dispatcher", "gridhead"}),
        ("land", LAND, "131024-C", "", {"county", "supervisor", "leader"}),
        ("worker", county.GRID, CENTRE, "grid_leader", {"gridhead"}),
    ],
)
def test_a_unit_without_a_head_turns_to_its_centre(
    case: Callable[..., Case],
    office: Office,
    asker: str,
    lead: str,
    unit: str,
    role: str,
    told_of_it: set[str],
) -> None:
    one = case()
    with on("2026-11-17 09:00"):
        one.do("dispatcher", "redispatch", lead=lead)
        extension(one, asker)
        asked = one.asked("extension")
        assert (asked.unit, asked.role) == (unit, role)
        assert hearing(office, "demand") == told_of_it
        one.do(next(who for who in told_of_it if one.may(who, "grant")), "grant")
    assert wall(one.seen().file.case.due_at) == "2026-12-10 17:30"


@pytest.mark.parametrize(
    ("gone", "unit"), [(["enforcehead"], CENTRE), (["enforcehead", "dispatcher", "gridhead"],
                                                   "131024-C")]
)  # fmt: skip
def test_who_has_left_is_not_asked(
    case: Callable[..., Case], office: Office, gone: list[str], unit: str
) -> None:
    one = case()
    with office.work(SYSTEM) as work:
        for username in gone:
            disable(work, username)
    with on("2026-11-17 09:00"):
        extension(one)
    assert one.asked("extension").unit == unit


def test_the_centre_hears_of_a_head_who_lets_it_wait(
    case: Callable[..., Case], office: Office
) -> None:
    one = case()
    with on("2026-11-17 09:00"):
        extension(one)
    with on("2026-11-19 17:31"):  # after two working days
        sweep(office)
        assert {"enforcehead", "dispatcher"} <= hearing(office, "overdue")
        one.do("dispatcher", "grant")
