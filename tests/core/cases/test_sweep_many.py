"""Many cases at once: nothing missed, nothing twice, whatever the pages, batches and hands."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases import sweep as sweeping
from core.cases.decide import begin
from core.cases.load import load
from core.cases.step import Step
from core.cases.sweep import sweep
from core.kpi.check import check
from core.ledger.write import write
from core.now import local, moved_to, now
from core.rules.case import TASK_CLOCK, Clock
from tests.kill.proof import expect
from tests.support.moments import beijing, do, receive, rows, timeline

MONDAY = "2026-11-16 10:00"
"""An ordinary week without holidays follows."""


def urgent(office: Office, moment: str = MONDAY) -> str:
    """Heating trouble: 3 working days for the case, 2 for the housing bureau's task."""
    return receive(office, moment, body="家里暖气不热", address="王家摆村 3 号")


def spoil(office: Office, *numbers: str) -> None:
    """Cases that cannot be swept: their ladder is gone."""
    with office.work(SYSTEM) as work:
        work.tx.execute(
            text("update clock set ladder = 'gone' where case_id in"
                 " (select id from cases where number = any(:n))"),
            {"n": list(numbers)},
        )  # fmt: skip


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three clocks, batches of two cases."""
    monkeypatch.setattr(sweeping, "AHEAD", 3)
    monkeypatch.setattr(sweeping, "BATCH", 2)


@pytest.mark.usefixtures("small")
class TestPages:
    def test_every_page_is_swept_and_each_rung_fires_once(self, office: Office) -> None:
        numbers = [urgent(office) for _ in range(7)]
        assert sweep(office, beijing("2026-11-23 09:00")).fired == 6 * 7
        assert sweep(office, beijing("2026-11-23 09:00")).fired == 0
        for number in numbers:
            fired = [line.data["rung"] for line in timeline(office, number) if "rung" in line.data]
            assert sorted(fired) == [0, 0, 1, 1, 2, 2]
        assert check(office) == []

    def test_a_dry_run_counts_a_case_with_two_clocks_once(self, office: Office) -> None:
        for _ in range(5):
            urgent(office)
        at = beijing("2026-11-23 09:00")
        assert sweep(office, at, dry_run=True).fired == sweep(office, at).fired == 30

    def test_cases_that_fail_never_stand_in_the_way_of_those_behind_them(
        self, office: Office
    ) -> None:
        bad = [urgent(office, "2026-11-16 09:00") for _ in range(5)]  # due before the others
        good = [urgent(office) for _ in range(3)]
        spoil(office, *bad)
        report = sweep(office, beijing("2026-11-17 13:45"))
        assert (report.fired, len(set(report.failed))) == (3, 5)
        assert all(timeline(office, number)[-1].action == "remind" for number in good)

    def test_a_dated_year_reaches_every_page(self, office: Office) -> None:
        from core.blueprint.store import publish, read_yaml

        for _ in range(4):
            urgent(office, "2026-12-30 10:00")
        with office.work(SYSTEM) as work:
            body = read_yaml("langfang")
            body["calendar"] = {2027: {"holidays": ["2027-01-01"]}}
            publish(work.tx, body, note="2027", by=None)
        office.forget()
        assert sweep(office, beijing("2026-12-30 12:00")).dated == 2 * 4


def test_one_bad_case_in_a_batch_costs_the_others_nothing(office: Office) -> None:
    numbers = [urgent(office) for _ in range(9)]
    spoil(office, numbers[4])
    report = sweep(office, beijing("2026-11-17 13:45"))
    assert (report.fired, len(report.failed)) == (8, 1)
    for number in numbers[:4] + numbers[5:]:
        assert timeline(office, number)[-1].action == "remind"


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", range(3))
def test_passes_at_any_moments_fire_what_the_rules_say(office: Office, seed: int) -> None:
    """Cases received at any time of a week, some of them signed or reported; passes whenever."""
    rng, start = Random(seed), beijing(MONDAY)
    for _ in range(8):
        moment = start + timedelta(minutes=rng.randrange(3 * 24 * 60))
        when = f"{local(moment):%Y-%m-%d %H:%M}"
        number = urgent(office, when)
        if rng.random() < 0.3:
            do(office, when, "housing", number, "sign")
            do(office, when, "housing", number, "report", result="已修好")
    end = start + timedelta(days=12)
    expected = expect(office, end)
    passes = sorted(start + timedelta(days=3) + rng.random() * timedelta(days=9) for _ in range(5))
    for at in (*passes, end):
        sweep(office, at)
    fired = rows(office, "select clock_id, rung from fired")
    assert sorted(map(tuple, fired)) == sorted(expected.rungs)
    lines = rows(
        office,
        "select case_id, data->>'clock', data->>'subject', (data->>'rung')::int from timeline"
        " where data ? 'rung'",
    )
    assert Counter(map(tuple, lines)) == expected.lines
    assert check(office) == []


def press(office: Office, moment: str, number: str, does: Callable[[Step, Clock], None]) -> None:
    """Do something to the clock of the case's task."""
    with moved_to(beijing(moment)), office.work(SYSTEM) as work:
        file = load(work, number, lock=True)
        change = begin(file, now())
        step = Step(
            world=work.world_of(file.case.config_version), actor=SYSTEM, change=change,
            at=now(), data={},
        )  # fmt: skip
        does(step, next(c for c in file.clocks if c.kind == TASK_CLOCK and c.stopped_at is None))
        step.record("comment", file.case.stage, public=False)
        write(work.tx, change)


def rung_times(office: Office, number: str, kind: str = TASK_CLOCK) -> list[tuple[str, int]]:
    """A sweep every quarter of an hour of the office day until Saturday: when which rung fired."""
    moment = beijing(MONDAY)
    while moment < beijing("2026-11-21 00:00"):
        moment += timedelta(minutes=15)
        if 9 <= local(moment).hour < 18:
            sweep(office, moment)
    lines = [line for line in timeline(office, number) if line.data.get("clock") == kind]
    return [(f"{local(line.at):%a %d %H:%M}", line.data["rung"]) for line in lines]


def test_a_paused_clock_stands_still_and_goes_on_with_what_was_left(office: Office) -> None:
    """The task ran from Monday 10:00 to Wednesday 17:30, half of it until Tuesday 13:45. It
    stands still from Tuesday 10:00 to Thursday 10:00: two working days."""
    number = urgent(office)
    press(office, "2026-11-17 10:00", number, lambda step, clock: step.pause())
    assert sweep(office, beijing("2026-11-19 09:45")).fired == 0
    press(office, "2026-11-19 10:00", number, lambda step, clock: step.resume())
    fired = rung_times(office, number)
    assert fired[0] == ("Thu 19 13:45", 0)
    assert fired[-1] == ("Fri 20 17:30", 2)
    assert [rung for _at, rung in fired] == [0, 1, 2]


def test_an_extended_clock_climbs_its_ladder_towards_the_new_date(office: Office) -> None:
    """Granted on Tuesday at 10:00: until Friday 17:30 instead of Wednesday."""
    number = urgent(office)
    ends = beijing("2026-11-20 17:30")
    press(office, "2026-11-17 10:00", number, lambda step, clock: step.replace_clock(clock, ends))
    fired = rung_times(office, number)
    assert [rung for _at, rung in fired] == [0, 1, 2]
    assert fired[-1] == ("Fri 20 17:30", 2)
    assert ("Wed 18 17:30", 2) not in fired


def test_a_stopped_clock_never_fires(office: Office) -> None:
    number = urgent(office)
    press(office, "2026-11-17 10:00", number, lambda step, clock: step.stop_clocks())
    assert rung_times(office, number) == []
    assert rung_times(office, number, "case") == []
