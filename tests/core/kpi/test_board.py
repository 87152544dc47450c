"""The live board: its figures by a brute recount, whose they are, and what its lines keep back."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM, Actor
from core.access.desk import Office
from core.cases.queries import board as desk_board
from core.cases.queries import count_cases
from core.errors import NotFound, NotPermitted
from core.kpi.board import LiveBoard, board, watcher
from core.kpi.happened import EVENTS
from core.kpi.stir import snapshot, stir, stirred
from core.now import ZONE, moved_to
from core.oversight.slices import Slice
from core.rules.calendar import Calendar
from core.rules.lateness import RUNGS
from db.models import EntryRow
from tests.core.kpi.lives import live
from tests.core.kpi.recount import raw
from tests.support import county
from tests.support.moments import beijing, do, receive


def test_a_leader_instructs_on_exactly_the_cases_of_a_bar(office: Office) -> None:
    receive(office, "2026-11-16 09:00")
    receive(office, "2026-11-16 10:00", area=county.TOWNSHIP)
    with moved_to(beijing("2026-12-28 09:00")), office.look(county.actor(office, "leader")) as look:
        found = board(look)
        bars = [(p.n, Slice(area=found.area, stage=p.key)) for p in found.stages]
        bars += [(p.late, Slice(area=found.area, unit=p.key, state="overdue")) for p in found.units]
        bars += [(p.n, Slice(area=p.key)) for p in found.places if p.key != found.area]
        desk = desk_board(look)
        bars += [(s.n, Slice(area=desk.area, stage=s.stage)) for s in desk.stages]
        bars += [(p.n, Slice(area=p.area, state="open")) for p in desk.places]
        bars += [(getattr(found.late, r), Slice(area=found.area, state=r)) for r in RUNGS]
        calendar = look.world.blueprint.clock_calendar
        meant = [count_cases(look, about.live(calendar)) for _n, about in bars]
        assert meant == [n for n, _about in bars]
        assert found.units and found.places and desk.places


def test_each_rung_of_what_is_late_leads_to_its_cases(office: Office) -> None:
    receive(office, "2026-11-16 09:00")
    receive(office, "2026-11-18 10:00")
    seen = Counter[str]()
    for day in range(20):
        at = beijing("2026-11-25 09:30") + timedelta(days=day)
        with moved_to(at), office.look(county.actor(office, "leader")) as look:
            late, calendar = board(look).late, look.world.blueprint.clock_calendar
            for rung in RUNGS:
                n = getattr(late, rung)
                assert count_cases(look, Slice(area="131024", state=rung).live(calendar)) == n
                seen[rung] += n
    assert set(+seen) == set(RUNGS), "each has been stood on"


def see(office: Office, moment: str, who: str = "supervisor", area: str = "") -> LiveBoard:
    """The board that somebody sees at `moment` (county time)."""
    with moved_to(beijing(moment)), office.look(county.actor(office, who)) as look:
        return board(look, area)


def _day(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


def _flow(cases: list[Any], column: str, at: datetime) -> tuple[int, ...]:
    """hour, the same of yesterday, today, yesterday so far, yesterday."""
    here, day = at.astimezone(ZONE), timedelta(days=1)
    moments = [m.astimezone(ZONE) for c in cases if (m := getattr(c, column))]
    today = [m for m in moments if m.date() == here.date() and m <= here]
    yesterday = [m for m in moments if m.date() == (here - day).date()]
    so_far = [m for m in yesterday if m <= here - day]
    return (
        len([m for m in today if m.hour == here.hour]),
        len([m for m in so_far if m.hour == here.hour]),
        len(today),
        len(so_far),
        len(yesterday),
    )


def recount(office: Office, found: LiveBoard, calendar: Calendar) -> None:
    """Every figure of the board is what counting the cases one by one gives."""
    at, area = found.at, "1310" if found.area == "131000" else found.area
    cases = [c for c in raw(office) if c.area.startswith(area)]
    for flow, column in zip(found.flow, ("received_at", "replied_at", "closed_at"), strict=True):
        seen = (flow.hour, flow.hour_before, flow.today, flow.so_far, flow.yesterday)
        assert seen == _flow(cases, column, at), (flow.what, at)
    open_ones = [c for c in cases if c.stage_kind == "open"]
    live_ones = [c for c in cases if c.stage_kind != "closed"]
    assert (found.open, found.waiting) == (len(open_ones), len(live_ones) - len(open_ones))
    due = [c for c in open_ones if c.due_at and not c.replied_at]
    late = [c for c in due if c.due_at < at]
    days = [calendar.working_days_between(_day(c.due_at), _day(at)) for c in late]
    assert found.late.today == len(
        [c for c in due if c.due_at >= at and _day(c.due_at) == _day(at)]
    )
    assert found.late.one == len([d for d in days if d <= 1])
    assert found.late.three == len([d for d in days if 1 < d <= 3])
    assert found.late.more == len([d for d in days if d > 3])
    assert found.late.longest == min((c.due_at for c in late), default=None)
    digits = {4: 6, 6: 9, 9: 12, 12: 15}[len(area)]
    for piles, key in (
        (found.stages, lambda c: c.stage),
        (found.units, lambda c: c.holder),
        (found.places, lambda c: c.area[:digits]),
    ):
        n, red = Counter(map(key, live_ones)), Counter(map(key, late))
        assert all((p.n, p.late) == (n[p.key], red[p.key]) for p in piles)
        assert {p.key for p in piles} >= ({*red} if piles is found.units else {*n})
    assert all(p.late for p in found.units)
    yesterday = _day(at) - timedelta(days=1)
    if len(area) > 6:  # of a township: what was live since yesterday
        cases = [c for c in cases if not c.closed_at or _day(c.closed_at) >= yesterday]
    lines = [(e.number, e.seq) for e in found.events]
    assert lines == _newest(office, {c.id: c.number for c in cases}, at)[:EVENTS]


def _newest(office: Office, numbers: dict[int, str], at: datetime) -> list[tuple[str, int]]:
    with office.look(SYSTEM) as look:
        rows = look.tx.execute(select(EntryRow.case_id, EntryRow.seq, EntryRow.at)).all()
    since = _day(at) - timedelta(days=1)
    known = [r for r in rows if r.case_id in numbers and since <= _day(r.at) and r.at <= at]
    known.sort(key=lambda r: (r.at, r.seq), reverse=True)
    return [(numbers[r.case_id], r.seq) for r in known]


class TestFigures:
    """What stands on it."""

    def test_is_what_counting_gives_through_many_lives(self, office: Office) -> None:
        with office.look(SYSTEM) as look:
            calendar = look.world.blueprint.clock_calendar
        late = happened = 0
        for step, at in enumerate(live(office, 7, cases=40, steps=160)):
            if step % 8:
                continue
            moment = f"{at + timedelta(minutes=5):%Y-%m-%d %H:%M}"
            for who, area in (
                ("supervisor", ""), ("supervisor", county.TOWNSHIP), ("dispatcher", county.VILLAGE),
                ("other", ""),
            ):  # fmt: skip
                found = see(office, moment, who, area)
                recount(office, found, calendar)
                late, happened = late + found.late.all, happened + len(found.events)
        assert late > 20, "the lives had something late in them"
        assert happened > 100

    def test_an_empty_county_is_all_zeros(self, office: Office) -> None:
        found = see(office, "2026-11-18 10:00")
        assert (found.open, found.waiting, found.late.today, found.late.all) == (0, 0, 0, 0)
        assert [(f.what, f.today, f.yesterday) for f in found.flow] == [
            ("received", 0, 0), ("answered", 0, 0), ("closed", 0, 0),
        ]  # fmt: skip
        assert found.stages, "the loop is shown even while nothing stands in it"
        assert all(p.n == 0 for p in found.stages)
        assert not (found.units or found.places or found.events)

    def test_climbs_the_ladder_by_working_days(self, office: Office) -> None:
        receive(office, "2026-10-29 09:00")  # fifteen working days, the county's own term
        for moment, rung in (
            ("2026-11-18 17:00", ""),  # Wednesday
            ("2026-11-19 17:00", "today"),  # Thursday, the last day
            ("2026-11-19 23:00", "one"),  # Thursday night: past it, no working day since
            ("2026-11-20 10:00", "one"),  # Friday
            ("2026-11-22 10:00", "one"),  # Sunday is nobody's
            ("2026-11-23 10:00", "three"),  # Monday: the second working day
            ("2026-11-24 10:00", "three"),  # Tuesday
            ("2026-11-25 10:00", "more"),  # Wednesday
        ):
            late = see(office, moment).late
            held = {n for n in ("today", "one", "three", "more") if getattr(late, n)}
            assert (held, late.working) == ({rung} - {""}, True), moment

    def test_a_year_without_holidays_is_counted_in_plain_days(self, office: Office) -> None:
        receive(office, "2026-10-29 09:00")
        late = see(office, "2031-06-02 10:00").late
        assert (late.more, late.working) == (1, False)

    def test_no_more_events_than_fit(self, office: Office) -> None:
        for minute in range(EVENTS + 5):
            receive(office, f"2026-11-18 09:{minute:02}")
        for area in ("", county.VILLAGE):
            found = see(office, "2026-11-18 10:00", "supervisor", area).events
            assert [e.at.minute for e in found] == list(range(EVENTS + 4, 4, -1))


class TestWhose:
    """What somebody may see of it."""

    def test_an_area_outside_one_s_own_is_not_found(self, office: Office) -> None:
        for who, area in (
            ("dispatcher", "131024"), ("dispatcher", "131024100"), ("supervisor", "131000"),
            ("supervisor", "131024999"), ("supervisor", "nonsense"), ("supervisor", "13102"),
            ("gridhead", "131024100201"),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                see(office, "2026-11-18 10:00", who, area)

    def test_no_board_without_the_permission(self, office: Office) -> None:
        for who in ("police", "deputy", "admin", "clerk"):
            with pytest.raises(NotPermitted):
                see(office, "2026-11-18 10:00", who)

    def test_a_part_one_s_unit_has_elsewhere_does_not_widen_it(self, office: Office) -> None:
        receive(office, "2026-11-18 09:00", by="other", area="131024100")
        receive(office, "2026-11-18 09:00")
        assert see(office, "2026-11-18 10:00", "gridhead").open == 1
        assert see(office, "2026-11-18 10:00", "supervisor").open == 2

    def test_the_accused_see_nothing_of_the_accusation(self, office: Office) -> None:
        receive(office, "2026-11-02 09:00", accused=["131024104-C"])
        for who, n in (("dispatcher", 0), ("county", 1), ("supervisor", 1)):
            found = see(office, "2026-11-03 08:00", who, county.TOWNSHIP)
            assert (found.open, len(found.events)) == (n, n), who
            assert sum(p.n for p in found.stages) == n
            assert found.flow[0].yesterday == n

    def test_lines_name_no_resident_and_repeat_no_words(self, office: Office) -> None:
        number = receive(
            office, "2026-11-18 09:00", name="钱某某", phone="13812345678",
            body="我叫钱某某，住在北街十二号，楼下天天放音乐",
        )  # fmt: skip
        do(office, "2026-11-18 09:20", "dispatcher", number, "comment", text="钱某某来过电话")
        said = repr(see(office, "2026-11-18 10:00").events)
        assert number in said
        for secret in ("钱某某", "138", "北街十二号", "音乐"):
            assert secret not in said


class TestShared:
    """One board for all who see the same."""

    def test_colleagues_share_one_and_an_accusable_unit_does_not(self, office: Office) -> None:
        def eyes(who: str, area: str = "") -> Actor:
            with office.look(county.actor(office, who)) as look:
                return watcher(look.world, look.actor, area)

        assert eyes("supervisor") == eyes("leader") == eyes("county")
        assert eyes("supervisor", county.TOWNSHIP) != eyes("supervisor")
        assert eyes("dispatcher") == eyes("gridhead") != eyes("supervisor", county.TOWNSHIP)

    def test_a_shared_pair_of_eyes_sees_what_its_owner_sees(self, office: Office) -> None:
        for who in ("dispatcher", "gridhead", "supervisor", "analyst"):
            receive(office, "2026-11-18 09:00", accused=["131024104-C"])
            receive(office, "2026-11-18 09:10", by="gridhead")
            moment = beijing("2026-11-18 10:00")
            with moved_to(moment), office.look(county.actor(office, who)) as look:
                own, eyes = board(look), watcher(look.world, look.actor)
            with moved_to(moment), office.look(eyes) as look:
                assert board(look) == own, who


class TestStir:
    """Whether it has to be made anew."""

    def test_names_the_area_in_which_something_happened(self, office: Office) -> None:
        with moved_to(beijing("2026-11-18 09:02")), office.look(SYSTEM) as look:
            before, still = stir(look), snapshot(look)
        number = receive(office, "2026-11-18 09:01")
        with moved_to(beijing("2026-11-18 09:02")), office.look(SYSTEM) as look:
            after = stir(look)
            assert stirred(before, after) == {county.VILLAGE}
            assert snapshot(look) != still
        do(office, "2026-11-18 09:01", "dispatcher", number, "comment", text="已联系")
        with moved_to(beijing("2026-11-18 09:05")), office.look(SYSTEM) as look:
            later = stir(look)
        assert stirred(after, later) == set() != stirred({}, after), "minutes that are over"
