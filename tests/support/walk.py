"""Random walks through a county's workflow.

The judge of what is legal is the hand-written table of `tests.support.matrix`, not the
workflow that is under test; what must hold after every step stands in `tests.support.sound`.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from core.access.actor import SYSTEM, Actor
from core.blueprint.world import World
from core.cases.decide import NotNow, begin, decide, fields_of
from core.errors import Invalid
from core.ledger.change import Change
from core.now import local_day
from core.rules.areas import contains
from core.rules.case import CLOSED, OPENED, SIGNED, Case, CaseFile, Demand, Entry
from core.rules.forms import Field
from core.rules.measures import Key, contribution, deltas
from tests.support.matrix import Line, finds, lines, matrix
from tests.support.memory import LEFT
from tests.support.sound import extended

ONWARD = {
    "assign", "sign", "report", "reply", "verify", "object", "reject_report", "rate", "reopen",
    "consult", "designate", "convene", "agree", "close",
}  # fmt: skip
"""What takes a case deep into the loop; the walk prefers it."""
HANDS = {"handler", "head", "grid_worker", "grid_leader", "dispatcher"}
"""Roles whose units get work."""


def has_task(actor: Actor, file: CaseFile, *states: str, lead: bool = False) -> bool:
    """Whether the actor's unit, or one below it, has such a task."""
    return any(
        t.unit in actor.units and t.state in states and (t.lead or not lead) for t in file.tasks
    )


def near(actor: Actor, file: CaseFile) -> bool:
    """Whether the case lies in the actor's area."""
    return "system" in actor.roles or bool(actor.area and contains(actor.area, file.case.area))


def related(relation: str, actor: Actor, file: CaseFile) -> bool:
    """The condition of the table, said once more and differently."""
    match relation:
        case "seen":
            return True
        case "own":
            return "resident" in actor.roles
        case "area":
            return near(actor, file)
        case "holder":
            return file.case.holder in actor.units
        case "task" | "lead":
            return has_task(actor, file, OPENED, SIGNED, lead=relation == "lead")
        case _:
            raise LookupError(relation)


def concerned(line: Line, actor: Actor, file: CaseFile, demand: Demand, at: datetime) -> bool:
    """Whether the line lets the actor work on this demand."""
    to_them = demand.unit in actor.units and demand.role in ("", *actor.roles)
    by_them = demand.asked_by == actor.person or demand.asker_unit in actor.units
    # nobody judges in their own cause
    own = demand.asked_by == actor.person or (
        demand.asker_unit != demand.unit and demand.asker_unit == actor.unit
    )
    if line.action in ("grant", "refuse") and own:
        return False
    waited = demand.due_at is not None and at > demand.due_at and near(actor, file)
    for role in actor.roles:
        match line.who.get(role):
            case None:
                continue
            case "asked":
                # the centre decides what its own people have left undecided
                decides = role == "dispatcher" and line.action in ("grant", "refuse")
                if to_them or (decides and waited):
                    return True
            case "late":
                if (to_them and not demand.role) or waited:
                    return True
            case "asker":
                if by_them:
                    return True
            case "stand_in":
                if demand.asked_by == LEFT and near(actor, file):
                    return True
            case relation:
                if related(relation, actor, file):
                    return True
    return False


def waiting(name: str, actor: Actor, file: CaseFile, action: str, at: datetime) -> Iterator[Demand]:
    """The demands on which the table lets the actor take this action now."""
    for line in matrix(name).get((file.case.stage, action), ()):
        for demand in file.demands:
            fits = demand.kind in line.kinds and demand.state in finds(action)
            if fits and concerned(line, actor, file, demand, at):
                yield demand


def legal(name: str, actor: Actor, file: CaseFile, action: str, at: datetime) -> bool:
    """Whether the table lets the actor do this now, and there is something to do it on."""
    if not there(actor, file, action, at):
        return False
    return any(
        any(r in line.who and related(line.who[r], actor, file) for r in actor.roles)
        for line in matrix(name).get((file.case.stage, action), ())
        if not line.kinds
    ) or any(waiting(name, actor, file, action, at))


def there(actor: Actor, file: CaseFile, action: str, at: datetime) -> bool:
    """Whether the case has what the action is about."""
    case = file.case
    leads = [t for t in file.tasks if t.lead]
    own = [t for t in file.tasks if t.unit in actor.units and t.state in (OPENED, SIGNED)]
    still = [c for c in file.clocks if c.stopped_at is None and c.kind != "demand"]
    match action:
        case "sign":
            return has_task(actor, file, OPENED)
        case "report":
            return has_task(actor, file, SIGNED) and not has_to_wait(actor, file, at)
        case "object":
            return bool(own) and not first_own(actor, file).designated
        case "reject_report":
            return bool(leads) and leads[-1].state == "done"
        case "pause":
            return bool(still) and all(c.paused_at is None for c in still)
        case "resume":
            return any(c.paused_at is not None for c in still)
        case "review":
            return not any(
                d.kind == "review"
                and d.asked_by == actor.person
                and d.opened_at >= (case.closed_at or d.opened_at)
                for d in file.demands
            )
        case "callback" if case.stage_kind == CLOSED:
            # once is enough, unless it was drawn for another one
            drawn = any(d.kind == "callback" and d.state in finds("") for d in file.demands)
            return drawn or "callback" not in case.scores
        case _:
            return True


def has_to_wait(actor: Actor, file: CaseFile, at: datetime) -> bool:
    """Whether the actor would report for the lead while an assisting unit has time left."""
    mine = first_own(actor, file, SIGNED)
    rest = 10 * (mine.due_at - at) < mine.due_at - mine.opened_at if mine.due_at else False
    others = [t for t in file.tasks if not t.lead and t.state in (OPENED, SIGNED)]
    return mine.lead and not rest and any(not t.due_at or t.due_at >= at for t in others)


def first_own(actor: Actor, file: CaseFile, *states: str) -> Any:
    """The running task that the actor would work on: of their own unit before one below."""
    states = states or (OPENED, SIGNED)
    own = [t for t in reversed(file.tasks) if t.state in states and t.unit in actor.units]
    return min(own, key=lambda t: actor.units.index(t.unit))


def values(people: Iterable[Actor], field: Field, today: date) -> st.SearchStrategy[Any]:
    """What people fill into a field: mostly right, sometimes wrong."""
    staffed = {p.unit for p in people if p.unit and set(p.roles) & HANDS}
    units = st.sampled_from([*sorted(staffed), "131024-HB", "没有的单位"])
    nonsense = st.sampled_from([None, "", 7, True, "\x00", "长" * 5001, [], {"a": 1}, ["x"], -1])
    days = st.integers(-2, 60).map(lambda n: (today + timedelta(days=n)).isoformat())
    right: st.SearchStrategy[Any] = {
        "unit": units,
        "units": st.lists(units, max_size=3),
        "files": st.just([]),
        "score": st.integers(1, 5),
        "date": days,
        "yes": st.booleans(),
        "choice": st.sampled_from(list(field.choices) or ["x"]),
        "choices": st.lists(st.sampled_from(list(field.choices) or ["x"]), max_size=2),
    }.get(field.type, st.just("情况已核实，正在处理"))
    if field.id == "promises":
        right = st.lists(days.map(lambda d: f"{d} 付清赔偿款"), max_size=3).map("\n".join)
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

    def free(self) -> dict[str, list[Actor]]:
        """Action → who may take it now."""
        found: dict[str, list[Actor]] = {}
        for action in sorted({line.action for line in lines(self.name, self.file.case.stage)}):
            who = [p for p in self.everybody if self.may(p, action)]
            if who:
                found[action] = who
        return found

    @property
    def everybody(self) -> list[Actor]:
        """The people of the county, and the system."""
        return [*self.people.values(), SYSTEM]

    def may(self, actor: Actor, action: str) -> bool:
        """What the table says."""
        return legal(self.name, actor, self.file, action, self.at)

    def choose(self, data: st.DataObject) -> tuple[Actor, str, dict[str, Any]]:
        """Who tries what, and with which words."""
        free = self.free()
        onward = sorted(free.keys() & ONWARD)
        whim = data.draw(st.integers(0, 7), label="how obedient")
        if whim and free:
            pool = onward if onward and whim > 4 else sorted(free)
            action = data.draw(st.sampled_from(pool), label="action")
            actor = data.draw(st.sampled_from(free[action]), label="who may")
        else:
            actor = data.draw(st.sampled_from(self.everybody), label="who")
            actions = sorted({line.action for line in lines(self.name)} | {"designate", "merge"})
            action = data.draw(st.sampled_from(actions), label="what")
        return actor, action, self.words(data, actor, action)

    def words(self, data: st.DataObject, actor: Actor, action: str) -> dict[str, Any]:
        """What is typed; where several demands wait, mostly also which one is meant."""
        rows = self.found.blueprint.workflow.find(self.file.case.stage, action)
        mine = list(waiting(self.name, actor, self.file, action, self.at))
        typed: dict[str, Any] = {}
        meant = mine[0] if mine else None
        if len(mine) > 1 and data.draw(st.integers(0, 9), label="says which"):
            meant = data.draw(st.sampled_from(mine), label="demand")
            typed["demand"] = str(meant.id)
        elif self.file.demands and not data.draw(st.integers(0, 9), label="some other"):
            typed["demand"] = str(data.draw(st.sampled_from(self.file.demands)).id)
        fit = [t for t in rows if meant is None or not t.demands or meant.kind in t.demands]
        fields = fields_of(self.found, fit[0], self.file.case) if fit else ()
        today = local_day(self.at)
        return typed | {
            f.id: data.draw(values(self.people.values(), f, today), label=f.id)
            for f in fields
            if f.required or data.draw(st.booleans(), label=f"fills {f.id}")
        }

    def attempt(self, actor: Actor, action: str, typed: dict[str, Any]) -> None:
        """One attempt, judged."""
        before, change = deepcopy(self.file), begin(self.file, self.at)
        may = self.may(actor, action)
        mine = {d.id for d in waiting(self.name, actor, self.file, action, self.at)}
        other = parent(self.file.case)
        try:
            decide(self.found, actor, change, action, typed, self.at, linked=other)
        except NotNow:
            assert not may, f"{actor.name} may {action} in {before.case.stage}"
        except Invalid:
            assert may, f"{actor.name} may not {action} in {before.case.stage}"
        else:
            assert may, f"{actor.name} may not {action} in {before.case.stage}"
            on = change.entries[-1].data.get("demand")
            assert on is None or on in mine, f"{actor.name} may not {action} demand {on}"
            if change.entries[-1].data.get("kind") == "extension" and action == "grant":
                extended(before, self.file, self.found)
            self.took(change)
            return
        assert self.file == before, "a refused action changed the case"
        assert not (change.entries or change.tasks or change.clocks or change.demands)
        assert not (change.notices or change.ratings)


def parent(case: Case) -> Case:
    """Another case, for those who merge."""
    other = copy(case)
    other.id = 10**9
    return other


def somebody_can_go_on(walk: Walk) -> bool:
    """Whether anybody in the county may take a step that leads on."""
    return any(
        walk.may(who, line.action)
        for line in lines(walk.name, walk.file.case.stage)
        if "." not in line.leads.values()
        for who in walk.everybody
    )


Could = Callable[[CaseFile, str], Mapping[str, Container[str]] | None]


def replay(
    found: World,
    start: CaseFile,
    entries: list[Entry],
    people: dict[Any, Actor],
    deciders: Could = lambda _file, _action: None,
) -> None:
    """Do again what the timeline says, among the same staff; `start` becomes what the case
    became."""
    for entry in entries:
        who, data = people[entry.actor_id or entry.actor_name], dict(entry.data)
        if "demand" in data:
            del data["kind"]  # the timeline says it for its readers
        data.pop("late_since", None)
        change, other = begin(start, entry.at), parent(start.case)
        could = deciders(start, entry.action)
        decide(found, who, change, entry.action, data, entry.at, linked=other, deciders=could)
