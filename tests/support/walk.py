"""Random walks through a county's workflow, and what must hold after every step.

The judge of what is legal is the hand-written table of `tests.support.matrix`, not the
workflow that is under test.
"""

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from core.access.actor import SYSTEM, Actor
from core.blueprint.world import World
from core.cases.decide import NotNow, begin, decide, fields_of
from core.errors import Invalid
from core.ledger.chain import entry_hash
from core.ledger.change import Change
from core.rules.areas import contains
from core.rules.case import (
    CASE_CLOCK,
    CLOSED,
    OPEN,
    OPENED,
    SIGNED,
    STAGE_CLOCK,
    TASK_CLOCK,
    CaseFile,
    Entry,
)
from core.rules.forms import Field
from core.rules.measures import Key, contribution, deltas
from tests.support.matrix import matrix

ONWARD = {
    "assign",
    "sign",
    "report",
    "reply",
    "verify",
    "object",
    "reject_report",
    "rate",
    "reopen",
}
"""What takes a case deep into the loop; the walk prefers it."""
HANDS = {"handler", "head", "grid_worker", "grid_leader", "dispatcher"}
"""Roles whose units get work."""


def has_task(actor: Actor, file: CaseFile, *states: str, lead: bool = False) -> bool:
    """Whether the actor's unit, or one below it, has such a task."""
    return any(
        t.unit in actor.units and t.state in states and (t.lead or not lead) for t in file.tasks
    )


def related(relation: str, actor: Actor, file: CaseFile) -> bool:
    """The condition of the table, said once more and differently."""
    case = file.case
    return {
        "seen": True,
        "own": "resident" in actor.roles,
        "area": "system" in actor.roles or bool(actor.area and contains(actor.area, case.area)),
        "holder": case.holder in actor.units,
        "task": has_task(actor, file, OPENED, SIGNED),
        "lead": has_task(actor, file, OPENED, SIGNED, lead=True),
    }[relation]


def legal(name: str, actor: Actor, file: CaseFile, action: str) -> bool:
    """Whether the table lets the actor do this now, and there is something to do it on."""
    line = matrix(name).get((file.case.stage, action))
    if line is None:
        return False
    leads = [t for t in file.tasks if t.lead]
    there = {
        "sign": has_task(actor, file, OPENED),
        "report": has_task(actor, file, SIGNED),
        "object": has_task(actor, file, OPENED, SIGNED),
        "reject_report": bool(leads) and leads[-1].state == "done",
    }.get(action, True)
    return there and any(r in line.who and related(line.who[r], actor, file) for r in actor.roles)


def values(people: Iterable[Actor], field: Field) -> st.SearchStrategy[Any]:
    """What people fill into a field: mostly right, sometimes wrong."""
    staffed = {p.unit for p in people if p.unit and set(p.roles) & HANDS}
    units = st.sampled_from([*sorted(staffed), "131024-HB", "没有的单位"])
    nonsense = st.sampled_from([None, "", 7, True, "\x00", "长" * 5001, [], {"a": 1}, ["x"], -1])
    right: st.SearchStrategy[Any] = {
        "unit": units,
        "units": st.lists(units, max_size=3),
        "files": st.just([]),
        "score": st.integers(1, 5),
        "choice": st.sampled_from(list(field.choices) or ["x"]),
        "choices": st.lists(st.sampled_from(list(field.choices) or ["x"]), max_size=2),
    }.get(field.type, st.just("情况已核实，正在处理"))
    return st.integers(0, 9).flatmap(lambda n: right if n else nonsense)


@dataclass
class Walk:
    """One case on its way, with everything that was written about it."""

    name: str
    found: World
    people: dict[str, Actor]
    file: CaseFile
    at: datetime
    entries: list[Entry] = field(default_factory=list)
    figures: Counter[Key] = field(default_factory=Counter)
    made: int = 0
    """How many entries registration wrote."""

    def took(self, change: Change) -> None:
        """Keep what a change writes."""
        before = contribution(change.before) if change.before else None
        self.figures.update(deltas(before, contribution(change.file.case)))
        self.entries += change.entries
        self.made = self.made or len(change.entries)

    def step(self, data: st.DataObject) -> None:
        """Somebody tries something; it happens if it is legal, and else leaves no trace."""
        self.at += timedelta(minutes=data.draw(st.integers(0, 60 * 72), label="minutes later"))
        self.attempt(*self.choose(data))

    def choose(self, data: st.DataObject) -> tuple[Actor, str, dict[str, Any]]:
        """Who tries what, and with which words."""
        everybody = [*self.people.values(), SYSTEM]
        actions = sorted({a for _s, a in matrix(self.name)} | {"designate", "merge"})
        can = [(p, a) for p in everybody for a in actions if legal(self.name, p, self.file, a)]
        onward = [(p, a) for p, a in can if a in ONWARD]
        whim = data.draw(st.integers(0, 7), label="how obedient")
        if onward and whim > 3:
            actor, action = data.draw(st.sampled_from(onward), label="onward")
        elif can and whim:
            actor, action = data.draw(st.sampled_from(can), label="legal")
        else:
            actor = data.draw(st.sampled_from(everybody), label="who")
            action = data.draw(st.sampled_from(actions), label="what")
        rows = self.found.blueprint.workflow.find(self.file.case.stage, action)
        fields = fields_of(self.found, rows[0], self.file.case) if rows else ()
        return (
            actor,
            action,
            {
                f.id: data.draw(values(self.people.values(), f), label=f.id)
                for f in fields
                if f.required or data.draw(st.booleans(), label=f"fills {f.id}")
            },
        )

    def attempt(self, actor: Actor, action: str, typed: dict[str, Any]) -> None:
        """One attempt, judged."""
        before, change = deepcopy(self.file), begin(self.file, self.at)
        may = legal(self.name, actor, self.file, action)
        try:
            decide(self.found, actor, change, action, typed, self.at)
        except NotNow:
            assert not may, f"{actor.name} may {action} in {before.case.stage}"
        except Invalid:
            assert may, f"{actor.name} may not {action} in {before.case.stage}"
        else:
            assert may, f"{actor.name} may not {action} in {before.case.stage}"
            self.took(change)
            return
        assert self.file == before, "a refused action changed the case"
        assert not (change.entries or change.tasks or change.clocks or change.notices)


def sound(walk: Walk) -> None:
    """What holds for every case at every moment."""
    file, case, found = walk.file, walk.file.case, walk.found
    stage = found.blueprint.workflow.stages[case.stage]
    running = [c for c in file.clocks if c.running]
    by_kind = Counter(c.kind for c in running)
    tasks = file.running_tasks()
    assert case.stage_kind == stage.kind
    assert (case.closed_at is not None) == (case.stage_kind == CLOSED)
    assert case.holder in found.units.units, "nobody holds it"
    assert {case.holder, *(t.unit for t in file.tasks)} <= set(case.units)
    assert len(set(case.units)) == len(case.units)
    assert not {case.holder, *(t.unit for t in file.tasks)} & set(case.accused)
    if case.stage_kind == CLOSED:
        assert not running, "a closed case has a clock"
        assert not tasks, "a closed case has a task"
    else:
        assert running, "an open case has no clock"
    if case.stage_kind == OPEN:
        assert by_kind[CASE_CLOCK] or by_kind[STAGE_CLOCK], "only tasks keep the case going"
    assert by_kind[CASE_CLOCK] <= 1
    assert by_kind[STAGE_CLOCK] <= 1
    assert all(c.subject == case.stage for c in running if c.kind == STAGE_CLOCK)
    assert all(c.subject == case.holder for c in running if c.kind == CASE_CLOCK)
    assert sorted(c.task_id for c in running if c.kind == TASK_CLOCK) == sorted(t.id for t in tasks)
    assert sum(t.lead for t in tasks) <= 1, "two units lead"
    assert len({t.unit for t in tasks}) == len(tasks), "a unit has two tasks"
    assert all((t.done_at is not None) == (t.state in ("done", "returned")) for t in file.tasks)
    assert case.score is None or 1 <= case.score <= 5
    assert case.reply == "" or case.replied_at or case.reopened, "a reply without its time"


def chained(case: Any, entries: list[Entry]) -> None:
    """The timeline is whole: numbered, chained, and it ends where the case stands."""
    last, stage = "", ""
    for number, entry in enumerate(entries, 1):
        assert entry.seq == number
        assert entry.from_stage == stage
        assert entry.hash == entry_hash(last, entry)
        last, stage = entry.hash, entry.to_stage
    assert (case.version, case.last_hash, case.stage) == (len(entries), last, stage)


def somebody_can_go_on(walk: Walk) -> bool:
    """Whether anybody in the county may take a step that leads on."""
    return any(
        legal(walk.name, who, walk.file, line.action)
        for who in (*walk.people.values(), SYSTEM)
        for line in matrix(walk.name).values()
        if line.stage == walk.file.case.stage and "." not in line.leads.values()
    )


def replay(found: World, start: CaseFile, entries: list[Entry], people: dict[Any, Actor]) -> None:
    """Do again what the timeline says; `start` becomes what the case became."""
    for entry in entries:
        who = people[entry.actor_id or entry.actor_name]
        decide(found, who, begin(start, entry.at), entry.action, entry.data, entry.at)
