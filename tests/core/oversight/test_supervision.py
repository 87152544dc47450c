"""督查督办: what was not answered, what is late, what was ordered, pressing on several."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from core.access.actor import DOOR
from core.access.desk import Office
from core.cases.act import act
from core.cases.take_in import take_in
from core.errors import Invalid, NotPermitted
from core.now import ZONE, moved_to
from core.oversight.sheets import table
from core.oversight.supervision import (
    Watch,
    asked,
    by_unit,
    counts,
    kinds_of,
    late_cases,
    numbers,
    press_on,
)
from tests.support import county

UNIT, LAND = "131024104-ZF", "131024-ZR"


@contextmanager
def on(moment: str) -> Iterator[None]:
    with moved_to(datetime.fromisoformat(moment).replace(tzinfo=ZONE).astimezone(UTC)):
        yield


def handled(office: Office, lead: str = UNIT, **more: Any) -> str:
    """A case assigned on Monday 2026-11-16: due 2026-12-07, the unit's task 2026-11-30."""
    raw = {"body": "早市占道经营", "area": county.VILLAGE, "category": "other", **more}
    with on("2026-11-16 09:00"):
        with office.work(DOOR) as work:
            number = take_in(work, raw, inlet="web").outcome.number
        do(office, number, "dispatcher", "assign", lead=lead)
    return number


def do(office: Office, number: str, who: str, action: str, **data: Any) -> None:
    with office.work(county.actor(office, who)) as work:
        act(work, number, action, data)


class TestLists:
    def test_a_leader_instructs_on_exactly_the_cases_that_a_list_counts(
        self, office: Office
    ) -> None:
        late, asked_twice = handled(office), handled(office, LAND)
        with on("2026-12-01 09:00"):
            handled(office)
            for text in ("限期办结", "书面报来"):
                do(office, asked_twice, "supervisor", "supervise", text=text)
        with on("2026-12-08 09:00"), office.look(county.actor(office, "leader")) as look:
            for f in (Watch(), Watch(unit=UNIT)):
                found = numbers(look, "unanswered", f, limit=200)
                assert len(found) == counts(look, f)["unanswered"]
                assert found == sorted(line.number for line in late_cases(look, "unanswered", f))
            assert late in found and asked_twice not in found
            assert numbers(look, "orders", Watch(), limit=200) == [asked_twice], "each case once"

    def test_a_late_task_is_overdue_and_a_late_case_is_asked_but_not_answered(
        self, office: Office
    ) -> None:
        number = handled(office)
        with on("2026-12-01 09:00"), office.look(county.actor(office, "supervisor")) as look:
            assert (counts(look, Watch())["overdue"], counts(look, Watch())["unanswered"]) == (1, 0)
        with on("2026-12-08 09:00"), office.look(county.actor(office, "supervisor")) as look:
            assert counts(look, Watch())["unanswered"] == 1
            assert [c.number for c in late_cases(look, "unanswered", Watch())] == [number]
            assert by_unit(look, "unanswered", Watch()) == [(UNIT, 1)]
            assert late_cases(look, "unanswered", Watch(unit=LAND)) == []
            assert late_cases(look, "unanswered", Watch(area="131024100")) == []

    def test_an_answer_ends_it_and_so_does_a_pause(self, office: Office) -> None:
        first, second = handled(office), handled(office)
        with on("2026-12-08 09:00"):
            for action, data in (("sign", {}), ("report", {"result": "已清理"})):
                do(office, first, "enforce", action, **data)
            do(office, first, "dispatcher", "reply", text="已清理")
        with on("2026-11-20 09:00"):
            do(office, second, "dispatcher", "pause", reason="等照片")
        with on("2026-12-09 09:00"), office.look(county.actor(office, "supervisor")) as look:
            assert counts(look, Watch())["overdue"] == 0

    def test_orders_by_what_has_become_of_them(self, office: Office) -> None:
        number = handled(office)
        with on("2026-11-17 09:00"):
            do(office, number, "supervisor", "supervise", text="三日内办结", due="2026-11-19")
            do(office, number, "supervisor", "talk", text="约谈队长")
            do(office, number, "dispatcher", "shelve", until="2027-01-15", reason="等开春")
        with on("2026-11-20 09:00"), office.look(county.actor(office, "supervisor")) as look:
            assert counts(look, Watch()) == {
                "unanswered": 0, "overdue": 0, "orders": 1, "requests": 1, "callbacks": 0,
                "records": 1,
            }  # fmt: skip
            assert [a.demand.kind for a in asked(look, "records", Watch())] == ["talk"]
            assert asked(look, "requests", Watch(state="late")) == [], "three working days"
            states = {s: len(asked(look, "orders", Watch(state=s))) for s in ("late", "answered")}
            assert states == {"late": 1, "answered": 0}
        with on("2026-11-20 10:00"):
            do(office, number, "enforce", "feedback", text="办完")
            with office.look(county.actor(office, "supervisor")) as look:
                (line,) = asked(look, "orders", Watch(state="answered"))
                assert (line.demand.answer, line.demand.late) == ("办完", True)
            do(office, number, "supervisor", "settle")
            with office.look(county.actor(office, "supervisor")) as look:
                assert counts(look, Watch())["orders"] == 0
                assert len(asked(look, "orders", Watch(state="settled"))) == 1

    def test_records_are_of_a_period(self, office: Office) -> None:
        number = handled(office)
        with on("2026-11-17 09:00"):
            do(office, number, "supervisor", "circulate", text="全县通报")
        december = Watch(since=datetime(2026, 12, 1, tzinfo=UTC))
        with office.look(county.actor(office, "supervisor")) as look:
            assert len(asked(look, "records", Watch())) == 1
            assert asked(look, "records", december) == []

    def test_nobody_sees_beyond_their_area(self, office: Office) -> None:
        handled(office)
        with on("2026-12-08 09:00"):
            with office.look(county.actor(office, "other")) as look:
                assert set(counts(look, Watch()).values()) == {0}
            with office.look(county.actor(office, "enforce")) as look, pytest.raises(NotPermitted):
                counts(look, Watch())

    def test_the_kinds_follow_from_the_countys_workflow(self, office: Office) -> None:
        with office.look(county.actor(office, "supervisor")) as look:
            world = look.world
        assert kinds_of(world, "orders") == ["chase", "supervision", "listed"]
        assert kinds_of(world, "records") == ["talk", "circular"]
        assert kinds_of(world, "callbacks") == ["callback"]


class TestPressing:
    def test_one_order_on_several_cases(self, office: Office) -> None:
        numbers = [handled(office), handled(office, lead=LAND)]
        with on("2026-12-08 09:00"):
            supervisor = county.actor(office, "supervisor")
            with office.work(supervisor) as work:
                press_on(work, numbers, "supervise", {"text": "三日内办结", "due": "2026-12-11"})
            with office.look(supervisor) as look:
                found = asked(look, "orders", Watch())
        assert sorted(a.demand.unit for a in found) == sorted([UNIT, LAND])
        assert len({a.demand.opened_at for a in found}) == 1

    @pytest.mark.parametrize(
        ("numbers", "data", "error"),
        [
            ([], {"text": "三日内办结"}, Invalid),
            (["131024-20200101-000001"], {"text": "三日内办结"}, Invalid),
            (None, {}, Invalid),
            (None, {"text": "三日内办结", "due": "2020-01-01"}, Invalid),
        ],
    )
    def test_all_or_none(
        self, office: Office, numbers: list[str] | None, data: dict[str, Any], error: type
    ) -> None:
        mine = handled(office)
        supervisor = county.actor(office, "supervisor")
        chosen = [mine] if numbers is None else [*numbers, *([mine] if numbers else [])]
        with on("2026-12-08 09:00"):
            with pytest.raises(error), office.work(supervisor) as work:
                press_on(work, chosen, "supervise", data)
            with office.look(supervisor) as look:
                assert counts(look, Watch())["orders"] == 0

    def test_nothing_but_pressing(self, office: Office) -> None:
        number = handled(office)
        with (
            pytest.raises(NotPermitted),
            office.work(county.actor(office, "supervisor")) as work,
        ):
            press_on(work, [number], "reopen", {})


@pytest.mark.parametrize("view", ["unanswered", "overdue", "orders", "requests", "callbacks"])
def test_every_list_leaves_as_a_table(office: Office, view: str) -> None:
    number = handled(office)
    with on("2026-11-17 09:00"):
        do(office, number, "supervisor", "supervise", text="三日内办结，电话13812345678")
        do(office, number, "dispatcher", "shelve", until="2027-01-15", reason="等开春")
    with on("2026-12-08 09:00"), office.work(county.actor(office, "supervisor")) as work:
        head, rows = table(work, view, Watch())
    assert all(len(row) == len(head) for row in rows)
    assert len(rows) == (0 if view == "callbacks" else 1)
    assert "13812345678" not in str(rows)
