"""A unit that was merged away or closed: what it had to do is somebody's, and somebody hears of it.

Monday 2026-11-16 09:00: the enforcement brigade 131024104-ZF has the case; the police station
131024104-PC takes it in, or nobody does.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.access.desk import Office
from core.cases.inbox import inbox
from core.cases.sweep import sweep
from core.errors import NotFound
from core.places.importing import import_units
from tests.core.places.files import csv_of
from tests.support import county
from tests.support.asked import UNIT, Case, on
from tests.support.moments import receive, told

POLICE = "131024104-PC"
Close = Callable[[str], None]


@pytest.fixture
def close(office: Office, tmp_path: Path) -> Close:
    """The brigade is closed; what it is merged into, if anything."""

    def go(into: str) -> None:
        head = "代码,名称,类型,区划,启用,并入单位"
        line = f"{UNIT},安平镇综合行政执法队,站所,131024104,否,{into}"
        with office.work(county.actor(office, "admin")) as work:
            assert import_units(work, csv_of(tmp_path, f"{head}\n{line}\n")).saved == 1

    return go


def lines(office: Office, who: str) -> list[str]:
    with office.look(county.actor(office, who)) as look:
        return [line.case.number for line in inbox(look)]


def test_what_it_was_merged_into_goes_on_with_its_tasks(
    case: Callable[..., Case], office: Office, close: Close
) -> None:
    one = case()
    close(POLICE)
    with on("2026-11-17 09:00"):
        assert one.number in lines(office, "police")
        one.do("police", "report", result="已清理")
        one.do("dispatcher", "reject_report", reason="请附照片")
    (again,) = one.seen().file.running_tasks()
    assert again.unit == POLICE, "what is handed out anew is in its own name"


def test_its_reminders_reach_those_who_took_it_over(
    case: Callable[..., Case], office: Office, close: Close
) -> None:
    case()
    close(POLICE)
    with on("2026-12-08 09:00"):
        sweep(office)
    assert "police" in {who for who, _data in told(office, "overdue")}


def test_where_nobody_took_it_over_it_lies_with_the_dispatcher(
    case: Callable[..., Case], office: Office, close: Close
) -> None:
    one = case()
    assert one.number not in lines(office, "dispatcher")
    close("")
    for who in ("enforce", "enforcehead"):
        with office.work(county.actor(office, "admin")) as work:
            work.tx.exec_driver_sql("update person set active = false where username = %s", (who,))
    assert one.number in lines(office, "dispatcher")
    with on("2026-11-26 09:00"):
        sweep(office)
    assert {who for who, _data in told(office, "remind")} == {"dispatcher"}, "not only when late"
    with on("2026-11-26 10:00"):
        one.do("dispatcher", "redispatch", lead=POLICE)
    assert one.number not in lines(office, "dispatcher")


def test_an_appeal_about_it_is_hidden_from_what_it_became(office: Office, close: Close) -> None:
    number = receive(office, "2026-11-16 09:00", by="county", category="other", accused=[UNIT])
    one = Case(office, number)
    with on("2026-11-16 10:00"):
        one.do("dispatcher", "assign", lead=POLICE)
    assert one.seen("police").file.case.accused == [UNIT]
    close(POLICE)
    with pytest.raises(NotFound):
        one.seen("police")
    assert one.seen("dispatcher").file.case.holder == POLICE, "who may still give it to others"
