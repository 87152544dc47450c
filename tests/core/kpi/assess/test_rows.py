"""Counts of units against a recount by brute force, in plain words, from every row there is."""

import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import OneDoorError
from core.kpi.assess.read import basis
from core.kpi.assess.rows import counted, counted_for, live
from core.now import ZONE, local_day, moved_to
from core.rules.assessment import Assessment
from core.rules.spans import Period
from db.models import CaseRow, DemandRow, EntryRow, RatingRow, TaskRow
from tests.core.kpi.assess.counties import (
    ACTIONS,
    DEMANDS,
    YARD,
    assessing,
    case,
    do,
    finish,
)
from tests.core.kpi.assess.counties import at as day
from tests.core.kpi.lives import BEGIN
from tests.core.kpi.lives import live as lives
from tests.support.asked import CENTRE, UNIT


def _table(tx: Any, model: Any) -> list[Any]:
    rows = tx.execute(select(*model.__table__.c)).all()
    return [SimpleNamespace(**r._mapping) for r in rows]


def _answering(case: Any, tasks: list[Any], how: str, at: datetime | None = None) -> str:
    leads = sorted((t for t in tasks if t.lead), key=lambda t: (t.opened_at, t.id))
    held = next((t.opened_by for t in leads if at and t.opened_at > at), case.holder)
    by_then = [t for t in leads if not at or t.opened_at <= at]
    if how == "first":
        return next((t.unit for t in by_then if t.state != "returned"), held)
    led = [t for t in by_then if t.opened_at != at] or by_then
    if how == "lead" and led and led[-1].state in ("open", "signed", "done"):
        return led[-1].unit
    return held


def recount(tx: Any, rule: Assessment, period: Period, at: datetime) -> dict[str, Counter[str]]:
    """Every count of every unit, case by case."""
    found: dict[str, Counter[str]] = {}

    def add(unit: str, *measures: str) -> None:
        found.setdefault(unit, Counter()).update(measures)

    def within(instant: datetime | None) -> bool:
        return instant is not None and period.since <= local_day(instant) < period.until

    cases = {c.id: c for c in _table(tx, CaseRow)}
    tasks: dict[int, list[Any]] = {}
    for t in _table(tx, TaskRow):
        tasks.setdefault(t.case_id, []).append(t)
    entries = _table(tx, EntryRow)
    said = {(e.case_id, e.seq): e for e in entries}

    def whose(case: int, at: datetime | None = None) -> str:
        return _answering(cases[case], tasks.get(case, []), rule.answers, at)

    for c in cases.values():
        answered = c.replied_at or c.closed_at
        day = {"received": c.received_at, "answered": answered, "closed": c.closed_at}[rule.basis]
        if not within(day):
            continue
        unit, owed = whose(c.id), not answered and c.due_at is not None and c.due_at < at
        add(unit, "received")
        add(unit, *(["answered"] if answered else []))
        add(unit, *(["on_time"] if answered and not c.late else []))
        add(unit, *(["late"] if c.late or owed else []), *(["unanswered"] if owed else []))
        add(unit, *(["closed"] if c.stage_kind == "closed" else []))
        add(unit, *(["reopened"] if c.reopened else []))
        if c.score is not None:
            kind = "satisfied" if c.score > 3 else "basically" if c.score == 3 else "dissatisfied"
            add(unit, "rated", kind)
        done = {e.action for e in entries if e.case_id == c.id}
        add(unit, *(a for a in ACTIONS if a.removeprefix("action:") in done))
        for t in tasks.get(c.id, []):
            add(t.unit, "tasks", "leads" if t.lead else "assists")
            if t.state == "done":  # nobody was granted more time
                assert t.late == (t.due_at is not None and t.done_at > t.due_at)
            late = t.late or (t.state in ("open", "signed") and t.due_at and t.due_at < at)
            add(t.unit, *(["tasks_returned"] if t.state == "returned" else []))
            add(t.unit, *(["tasks_done"] if t.state == "done" else []))
            add(t.unit, *(["tasks_on_time"] if t.state == "done" and not late else []))
            add(t.unit, *(["tasks_late"] if late else []))
    for r in _table(tx, RatingRow):
        if not within(r.at) or r.party not in ("callback", "deputy"):
            continue
        unit = whose(r.case_id, r.at)
        if r.party == "deputy":
            add(unit, "reviews", *(["reviews_low"] if r.score < 3 else []))
            continue
        data = said[r.case_id, r.seq].data
        kind = "satisfied" if r.score > 3 else "basically" if r.score == 3 else "dissatisfied"
        add(unit, "callbacks", f"callbacks_{kind}")
        add(unit, *(["callbacks_responded"] if data.get("responded", "yes") == "yes" else []))
        solved = data.get("solved", "yes" if r.score >= 3 else "no") == "yes"
        add(unit, *(["callbacks_solved"] if solved else []))
    for d in _table(tx, DemandRow):
        if not within(d.opened_at):
            continue
        owed = not d.ended_at and not d.answered_at and d.due_at and d.due_at < at
        states = ["", *([":late"] if d.late or owed else [])]
        states += [":answered"] if d.answered_at else []
        led = whose(d.case_id, d.opened_at)
        for who, unit in (("to", d.unit), ("by", d.asker_unit), ("on", led)):
            add(unit, *(m for s in states if (m := f"{who}:{d.kind}{s}") in DEMANDS))
    return {unit: counts for unit, counts in found.items() if counts}


PRESSING = {
    "supervise": ("supervisor", {"text": "请按期办理"}),
    "instruct": ("leader", {"text": "请抓紧办理", "to": ["131024104-ZF"]}),
    "callback": ("supervisor", {"reached": True, "text": "电话回访"}),
    "review": ("deputy", {"suggestion": "请再看一看"}),
    "feedback": ("enforce", {"text": "正在办理"}),
}


def _press(office: Office, chance: random.Random, at: datetime) -> None:
    """Somebody asks for something, or looks again, on any of the cases where it is possible."""
    with office.look(SYSTEM) as look:
        numbers = list(look.tx.scalars(select(CaseRow.number)))
    name = chance.choice([*PRESSING, "callback"])
    who, data = PRESSING[name]
    more = {"score": chance.randint(1, 5)} if name in ("callback", "review") else {}
    for number in chance.sample(numbers, len(numbers)):
        with moved_to(at), suppress(OneDoorError):
            do(office, who, number, name, **data, **more)
            return


def _surely(office: Office) -> None:
    """What chance may have left out: a wrong dispatch, a call-back, a review, an order."""
    returned, finished = case(office, "2026-03-04", lead="131024104-PC"), case(office, "2026-03-04")
    with moved_to(datetime(2026, 3, 5, 2, tzinfo=UTC)):
        do(office, "police", returned, "object", reason="不属于本所职责")
        do(office, "supervisor", finished, "supervise", text="请按期办理")
        do(office, "supervisor", finished, "talk", text="有问不答")
        finish(office, finished)
        do(office, "supervisor", finished, "callback", reached=True, score=2, text="没有解决")
        other = case(office, "2026-03-05")
        finish(office, other)
        do(office, "deputy", other, "review", score=4, suggestion="办得好")


MONTHS = Period("2026-02", datetime(2026, 2, 10).date(), datetime(2026, 3, 25).date())  # noqa: DTZ001


@pytest.mark.parametrize("seed", [1])
def test_every_count_of_every_unit_is_the_recount(office: Office, seed: int) -> None:
    assessing(office, yard=YARD)
    chance, last = random.Random(seed), BEGIN
    for last in lives(office, seed, cases=60, steps=300):
        if chance.random() < 0.5:
            _press(office, chance, last)
    _surely(office)
    seen: Counter[str] = Counter()
    for at in (last, datetime(2027, 1, 1, tzinfo=UTC)):
        for of in ("received", "answered", "closed"):
            for answers in ("lead", "first", "holder"):
                rule = Assessment.model_validate(YARD | {"basis": of, "answers": answers})
                with moved_to(at), office.look(SYSTEM) as look:
                    units = list(look.world.units.units)
                    rows = live(rule, look.world.blueprint, MONTHS, units)
                    found = {u: c for u, c in counted(look, rows).items() if c}
                    expected = recount(look.tx, rule, MONTHS, at)
                    assert found == expected, (of, answers)
                    seen.update(sum(expected.values(), Counter()))
                    _and_case_by_case(look, rows, found)
    wanted = {"received", "late", "reopened", "dissatisfied", "tasks_returned", "tasks_late",
              "to:talk", "to:supervision", "on:talk", "callbacks", "reviews"}  # fmt: skip
    assert wanted <= {m for m, n in seen.items() if n}, "the lives are too short to prove it"


def _and_case_by_case(look: Any, rows: Any, found: dict[str, Counter[str]]) -> None:
    ids = list(look.tx.scalars(select(CaseRow.id)))
    again: dict[str, Counter[str]] = {}
    for (unit, _case), counts in counted_for(look, rows, ids).items():
        again.setdefault(unit, Counter()).update(counts)
    assert again == found


@pytest.mark.parametrize(("lead", "answers"), [(UNIT, "lead"), ("", "lead"), ("", "first"),
                                               ("", "holder")])  # fmt: skip
def test_a_bad_review_counts_for_whoever_did_it(office: Office, lead: str, answers: str) -> None:
    """Not for whoever handles the case again."""
    rule = Assessment.model_validate(YARD | {"answers": answers})
    number = case(office, "2026-03-02", lead=lead)
    with day("2026-03-03"):
        if lead:
            finish(office, number)
        else:
            do(office, "dispatcher", number, "answer", text="已经办好")
            do(office, "clerk", number, "rate", score=5)
    with day("2026-03-04"):
        do(office, "deputy", number, "review", score=1, suggestion="没办好")
    with day("2026-03-05"):
        do(office, "dispatcher", number, "assign", lead="131024104-PC")
        with office.look(SYSTEM) as look:
            rows = live(rule, look.world.blueprint, MONTHS, list(look.world.units.units))
            low = {u: n for u, c in counted(look, rows).items() if (n := c["reviews_low"])}
    assert low == {lead or CENTRE: 1}


def test_a_month_begins_at_midnight_of_the_county(office: Office) -> None:
    """18 November 23:59 belongs to one Beijing month, 19 November 00:00 to the next."""
    assessing(office)
    with office.look(SYSTEM) as look:
        rule = look.world.blueprint.assessments["beijing12345"]
        for name, first, last in (
            ("2026-11", datetime(2026, 10, 19, tzinfo=ZONE), datetime(2026, 11, 19, tzinfo=ZONE)),
        ):
            with moved_to(datetime(2026, 11, 22, tzinfo=ZONE)):
                values = basis(look, "beijing12345", name).rows.values
            assert (values["since"], values["until"]) == (first, last)
    assert rule.answers == "first"
    number = case(office, "2026-11-18")
    with moved_to(datetime(2026, 11, 22, tzinfo=ZONE)), office.look(SYSTEM) as look:
        case_id = look.tx.scalar(select(CaseRow.id).where(CaseRow.number == number))
        rule = Assessment.model_validate(YARD | {"period": {"every": "month", "day": 19}})
        for name, there in (("2026-11", True), ("2026-12", False)):
            period = rule.period.named(name)
            rows = live(rule, look.world.blueprint, period, list(look.world.units.units))
            assert bool(counted_for(look, rows, [case_id])) == there


@pytest.mark.parametrize(("line", "said"), [(3, "basically"), (4, "dissatisfied")])
def test_the_countys_line_says_who_is_dissatisfied(office: Office, line: int, said: str) -> None:
    """Whose case is handled again is nowhere counted as half content."""
    assessing(office)
    first, second = case(office, "2026-03-02"), case(office, "2026-03-02")
    with day("2026-03-03"):
        finish(office, first, score=3)
        do(office, "supervisor", first, "callback", reached=True, score=3)
        finish(office, second, score=5)
        do(office, "deputy", second, "review", score=4, satisfied=False, suggestion="没有修")
    with day("2026-03-04"), office.look(SYSTEM) as look:
        own, units = look.world.blueprint, list(look.world.units.units)
        rating = own.rating.model_copy(update={"satisfied_from": line})
        blueprint = own.model_copy(update={"rating": rating})
        rows = live(Assessment.model_validate(YARD), blueprint, MONTHS, units)
        found = sum(counted(look, rows).values(), Counter[str]())
    kinds = ("satisfied", "basically", "dissatisfied")
    assert {k: n for k in kinds if (n := found[k])} == {"satisfied": 1, said: 1}
    assert {k: n for k in kinds if (n := found[f"callbacks_{k}"])} == {said: 1}
    assert found["reviews_low"] == 1, "what did not satisfy was sent back, whatever its score"
