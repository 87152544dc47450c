"""What somebody has to do, the most urgent first, also where it does not all fit."""

from collections.abc import Callable

import pytest

from core.access.desk import Office
from core.cases.inbox import inbox
from core.cases.take_in import take_in
from tests.support import county
from tests.support.asked import Case, on


@pytest.fixture
def held(office: Office) -> Callable[[str], Case]:
    """A case that the township's centre holds and nobody works on."""

    def make(moment: str) -> Case:
        raw = {"body": "早市占道经营", "area": county.VILLAGE, "category": "other"}
        with on(moment), office.work(county.actor(office, "dispatcher")) as work:
            return Case(office, take_in(work, raw, inlet="hall").outcome.number)

    return make


def first(office: Office, who: str) -> tuple[str, str]:
    """Number and state of the only line that fits."""
    with on("2026-11-18 09:00"), office.look(county.actor(office, who)) as look:
        (line,) = inbox(look, limit=1)
    return line.case.number, line.state


def test_a_chased_task_comes_before_older_ones(case: Callable[..., Case], office: Office) -> None:
    _older, newer = case("2026-11-16 09:00"), case("2026-11-17 09:00")
    with on("2026-11-17 10:00"):
        newer.do("dispatcher", "chase", text="请抓紧")
    assert first(office, "enforce") == (newer.number, "signed")
    with on("2026-11-17 11:00"):
        newer.do("enforce", "feedback", text="今天就去")
    assert first(office, "enforce") == (newer.number, "signed"), "until the resident is answered"


def test_so_does_a_chased_case_to_be_dispatched(
    held: Callable[[str], Case], office: Office
) -> None:
    _older, newer = held("2026-11-16 09:00"), held("2026-11-17 09:00")
    with on("2026-11-17 10:00"):
        newer.do("leader", "chase", text="请抓紧")
        newer.do("dispatcher", "feedback", text="今天就派")
    assert first(office, "dispatcher") == (newer.number, "held")


def test_so_does_what_is_asked_on_a_chased_case(case: Callable[..., Case], office: Office) -> None:
    older, newer = case("2026-11-16 09:00"), case("2026-11-17 09:00")
    with on("2026-11-17 10:00"):
        for one in (older, newer):
            one.do("leader", "instruct", text="请研究", to=["131024-ZR"])
        newer.do("dispatcher", "chase", text="请抓紧")
    assert first(office, "land") == (newer.number, "asked")
