"""Folding moves deltas into totals: nothing is lost, nothing counts twice."""

import threading

from core.access.desk import Office
from core.kpi.fold import GRAINS, best_grain, fold
from core.kpi.grains import NARROW
from tests.support import county
from tests.support.moments import do, receive, rows

SUM = "select measure, sum(n)::int as n from {} group by 1 having sum(n) <> 0 order by 1"


def counted(office: Office) -> dict[str, dict[str, int]]:
    """By grain, what each measure adds up to."""
    found: dict[str, dict[str, int]] = {}
    sums = f"select grain, measure, sum(n)::int from ({NARROW}) total group by 1, 2"  # noqa: S608
    for grain, measure, n in rows(office, sums):
        found.setdefault(grain, {})[measure] = n
    return found


def test_all_deltas_become_totals_in_every_grain(office: Office) -> None:
    first = receive(office, "2026-11-16 10:00")
    receive(office, "2026-11-17 10:00", area=county.COUNTY, by="county")
    do(office, "2026-11-16 11:00", "dispatcher", first, "answer", text="已经答复")
    waiting = rows(office, SUM.format("delta"))
    fold(office)
    assert rows(office, "select * from delta") == []
    assert {grain.name for grain in GRAINS} == counted(office).keys()
    for found in counted(office).values():
        assert found == {row.measure: row.n for row in waiting}


def test_a_grain_keeps_its_columns_and_cuts_the_area(office: Office) -> None:
    receive(office, "2026-11-16 10:00", area=county.GRID, category="city/noise", inlet="hall")
    fold(office)
    found = rows(
        office,
        "select grain, area, unit, category, inlet, received, extract(day from day) from total"
        " order by grain",
    )
    day = [
        ("area", county.TOWNSHIP, "", "", "", 1),
        ("category", county.COUNTY, "", "city/noise", "", 1),
        ("county", county.COUNTY, "", "", "", 1),
        ("inlet", county.COUNTY, "", "", "hall", 1),
        ("unit", county.TOWNSHIP, "131024104-C", "", "", 1),
    ]
    fine = ("fine", county.GRID, "131024104-C", "city/noise", "hall", 1, 16)
    months = [(f"{name}_month", *rest, 1) for name, *rest in day]
    assert [tuple(row) for row in found] == sorted([*((*d, 16) for d in day), fine, *months])


def test_folding_twice_adds_nothing(office: Office) -> None:
    receive(office, "2026-11-16 10:00")
    assert fold(office).deltas > 0
    before = counted(office)
    assert fold(office).deltas == 0
    assert counted(office) == before


def test_later_actions_add_to_the_same_totals(office: Office) -> None:
    number = receive(office, "2026-11-16 10:00")
    fold(office)
    do(office, "2026-11-16 11:00", "dispatcher", number, "answer", text="已经答复")
    fold(office)
    do(office, "2026-11-18 09:00", "clerk", number, "rate", score=5)
    fold(office)
    for found in counted(office).values():
        assert {m: found[m] for m in ("received", "replied", "closed", "satisfied")} == {
            "received": 1, "replied": 1, "closed": 1, "satisfied": 1,
        }  # fmt: skip


def test_what_moved_on_leaves_no_empty_line(office: Office) -> None:
    """The case goes from the township's centre to a station; the centre's line vanishes."""
    number = receive(office, "2026-11-16 10:00")
    fold(office)
    do(office, "2026-11-16 11:00", "dispatcher", number, "assign", lead="131024104-ZF")
    fold(office)
    units = rows(office, "select unit, received from total where grain = 'unit'")
    assert [tuple(row) for row in units] == [("131024104-ZF", 1)]


def test_totals_are_exact_while_several_fold_and_people_work(office: Office) -> None:
    writing = threading.Event()
    writing.set()

    def work() -> None:
        for _ in range(15):
            receive(office, "2026-11-16 10:00")

    def keep_folding() -> None:
        while writing.is_set():
            fold(office)

    folders = [threading.Thread(target=keep_folding) for _ in range(2)]
    writers = [threading.Thread(target=work) for _ in range(2)]
    for thread in (*folders, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    for thread in folders:
        thread.join()
    fold(office)
    assert {found["received"] for found in counted(office).values()} == {30}


def test_a_fold_can_be_told_to_stop(office: Office) -> None:
    receive(office, "2026-11-16 10:00")
    stop = threading.Event()
    stop.set()
    assert fold(office, stop).deltas == 0


class TestBestGrain:
    """The coarsest grain that tells apart what the reader asks for."""

    def test_a_county_s_total_needs_the_fewest_lines(self) -> None:
        assert best_grain(set(), 6) == "county"
        assert best_grain(set(), 9) == "area"

    def test_a_column_asks_for_a_grain_that_keeps_it(self) -> None:
        assert best_grain({"unit"}, 6) == "unit"
        assert best_grain({"category"}, 6) == "category"

    def test_villages_and_pairs_of_columns_ask_for_the_finest(self) -> None:
        assert best_grain(set(), 12) == "fine"
        assert best_grain({"category"}, 9) == "fine"
        assert best_grain({"unit", "inlet"}, 6) == "fine"
