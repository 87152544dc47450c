"""Random legal and illegal actions from many actors.

No illegal one succeeds, a refused one leaves no trace, the case is sound after every step,
its timeline replays to the same state, and the counters equal a recount.
"""

from collections import Counter
from contextlib import suppress
from copy import deepcopy
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.access.actor import DOOR, SYSTEM, resident
from core.access.desk import Office
from core.blueprint.store import shipped
from core.cases.act import act
from core.cases.deciders import deciders
from core.cases.intake import Appeal, begin_case, examine
from core.cases.load import load
from core.cases.take_in import take_in
from core.errors import Invalid, NotFound, NotPermitted
from core.now import moved_to
from core.rules.case import CLOSED, Case, CaseFile, Entry
from core.rules.measures import contribution
from db.models import CaseRow, DeltaRow, EntryRow, Person
from tests.support import county, memory, walk
from tests.support.sound import chained, extended, sound
from tests.support.walk import Walk

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
ANY = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
appeals = st.fixed_dictionaries(
    {
        "category": st.sampled_from(
            ["other", "order/fight", "housing/heating", "safety", "lost", "land/dispute", "conduct"]
        ),
        "kind": st.sampled_from(["help", "dispute", "question", "complaint"]),
        "urgency": st.sampled_from(["normal", "urgent", "critical"]),
        "area": st.sampled_from([county.GRID, county.VILLAGE, county.TOWNSHIP, county.COUNTY]),
        "inlet": st.sampled_from(["phone", "grid", "web"]),
    }
)
accusations = st.sampled_from([[], [], [f"{county.TOWNSHIP}-C"], [county.GRID], ["131024-ZJ"]])


@pytest.mark.parametrize("name", shipped())
@settings(ANY, max_examples=max(6, 200 // len(shipped())))
@given(data=st.data(), appeal=appeals, accused=accusations)
def test_whatever_anybody_tries(
    name: str, data: st.DataObject, appeal: dict[str, Any], accused: list[str]
) -> None:
    found = memory.fresh(memory.world(name))
    registrar = memory.staff(found)["county"]
    change = memory.receive(found, registrar, MONDAY, accused=accused, **appeal)
    # the accused do not see the case, so they cannot even try
    people = {k: p for k, p in memory.staff(found).items() if not set(p.lineage) & set(accused)}
    people["resident"] = memory.RESIDENT
    way = Walk(name, found, people, change.file, MONDAY)
    way.took(change)
    sound(way.file, found)
    for _ in range(data.draw(st.integers(5, 30), label="steps")):
        way.step(data)
        sound(way.file, found)
        chained(way.file.case, way.entries)
        assert way.file.case.stage_kind == CLOSED or walk.somebody_can_go_on(way), "stuck"
        assert +way.figures == contribution(way.file.case)

    again = memory.fresh(found)
    start = memory.receive(again, registrar, MONDAY, accused=accused, **appeal).file
    by_name = {p.person or p.name: p for p in (*people.values(), SYSTEM)}
    walk.replay(again, start, way.entries[way.made :], by_name)
    assert start == way.file, "the timeline leads somewhere else"


@pytest.mark.parametrize("paused", [False, True])
@settings(ANY, max_examples=25)
@given(days=st.integers(-3, 90), waits=st.integers(0, 20))
def test_time_is_given_up_to_the_cap(paused: bool, days: int, waits: int) -> None:
    """A handler asks for time and the head grants it: never beyond the cap, never less."""
    loop = memory.Loop("langfang", MONDAY, urgency="urgent")
    if "assign" in loop.can("dispatcher"):
        loop.do("dispatcher", "assign", lead=f"{county.TOWNSHIP}-ZF")
    loop.do("enforce", "sign")
    if paused:
        loop.do("enforce", "pause", reason="等群众补充材料")
        loop.do("enforce", "resume", later=timedelta(days=waits))
    until = (MONDAY + timedelta(days=days)).date().isoformat()
    before = deepcopy(loop.file)
    try:
        loop.do("enforce", "extend", until=until, reason="材料未齐")
    except Invalid:
        assert loop.file == before
        return
    before = deepcopy(loop.file)
    with suppress(Invalid):  # the date may have passed meanwhile
        loop.do("enforcehead", "grant", later=timedelta(hours=waits))
        assert f"{loop.case.due_at:%Y-%m-%d}" >= until
    extended(before, loop.file, loop.found)
    sound(loop.file, loop.found)


class Records:
    """What the database says."""

    def __init__(self, office: Office) -> None:
        self.office = office
        with office.look(SYSTEM) as look:
            self.world = look.world
            named = look.tx.execute(select(Person.username, Person.id)).all()
        self.people = {name: county.actor(office, name) for name, _id in named}

    def of(self, number: str) -> tuple[CaseFile, list[Entry]]:
        """A case and its timeline."""
        with self.office.look(SYSTEM) as look:
            file = load(look, number)
            rows = look.tx.execute(
                select(*(getattr(EntryRow, f.name) for f in fields(Entry)))
                .where(EntryRow.case_id == file.case.id)
                .order_by(EntryRow.seq)
            )
            return file, [Entry(**r._mapping) for r in rows]

    def counters(self) -> Counter[Any]:
        """The figures as they were written."""
        names = ("county", "day", "area", "unit", "category", "inlet", "measure", "n")
        total: Counter[Any] = Counter()
        with self.office.look(SYSTEM) as look:
            for *key, n in look.tx.execute(select(*(getattr(DeltaRow, c) for c in names))):
                total[tuple(key)] += n
        return +total

    def recount(self) -> Counter[Any]:
        """The same from the cases themselves."""
        with self.office.look(SYSTEM) as look:
            rows = look.tx.execute(select(*(getattr(CaseRow, f.name) for f in fields(Case))))
            return sum((contribution(Case(**r._mapping)) for r in rows), Counter())

    def replayed(self, appeal: Appeal, inlet: str, file: CaseFile, line: list[Entry]) -> CaseFile:
        """What the timeline says became of the case, from its registration on."""
        case = file.case
        parts = (*file.tasks, *file.clocks, *file.demands)
        ids = sorted({case.id, *(p.id for p in parts)})
        world = replace(self.world, new_id=iter(ids).__next__)
        start = begin_case(
            world,
            DOOR,
            appeal,
            area=case.area,
            inlet=inlet,
            running=int(case.number[-6:]),
            code_hash=case.code_hash,
            at=case.received_at,
        )
        who = {p.person: p for p in self.people.values()}
        who |= {a.name: a for a in (SYSTEM, memory.RESIDENT)}
        with self.office.look(SYSTEM) as look:
            could = partial(deciders, look, world)
            walk.replay(world, start.file, line[len(start.entries) :], who, could)
        return start.file


@pytest.mark.parametrize("blueprint", ["langfang", "xianghe"])
@settings(ANY, max_examples=8, suppress_health_check=[*HealthCheck])
@given(data=st.data(), appeal=appeals)
def test_the_same_on_the_database(
    office: Office, data: st.DataObject, appeal: dict[str, Any]
) -> None:
    records, at = Records(office), MONDAY
    inlet = appeal["inlet"]
    raw = {k: v for k, v in appeal.items() if k != "inlet"} | {"body": "两家为边界争执"}
    with moved_to(at), office.work(DOOR) as work:
        number = take_in(work, raw, inlet=inlet).outcome.number
    file, line = records.of(number)
    people = records.people | {"resident": resident(number, file.case.code_hash)}
    name = records.world.blueprint.id
    for _ in range(data.draw(st.integers(1, 12), label="steps")):
        at += timedelta(minutes=data.draw(st.integers(0, 600), label="minutes later"))
        actor, action, typed = Walk(name, records.world, people, file, at).choose(data)
        may = walk.legal(name, actor, file, action, at)
        try:
            with moved_to(at), office.work(actor) as work:
                act(work, number, action, typed)
        except NotPermitted:
            assert not may, f"{actor.name} may {action}"
            assert records.of(number) == (file, line), "a refused action was written"
        except (NotFound, Invalid):
            assert records.of(number) == (file, line), "a refused action was written"
        else:
            assert may, f"{actor.name} may not {action}"
        file, line = records.of(number)
        sound(file, records.world)
        chained(file.case, line)
    with office.look(SYSTEM) as look:
        same = examine(look.world, raw)
    again = records.replayed(same, inlet, file, line)
    # a row is read in the order of its start, which a pause moves
    again.clocks, file.clocks = (sorted(f.clocks, key=lambda c: c.id) for f in (again, file))
    assert again == file, "the timeline leads somewhere else"
    assert records.counters() == records.recount()
