"""The small county in memory: no database, for rules that are tried thousands of times."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from types import MappingProxyType
from typing import Any

from core.access.actor import SYSTEM, Actor
from core.blueprint.store import parse, read_yaml
from core.blueprint.world import World
from core.cases.decide import actions, begin, decide
from core.cases.intake import Appeal, begin_case
from core.ledger.change import Change
from core.now import moved_to
from core.places.setup import units_of
from core.rules.case import Case, CaseFile
from core.rules.forms import Field
from core.rules.units import Unit, UnitMap
from tests.support.county import AREAS, COUNTY, GRID, TOWNSHIP, VILLAGE

LEFT = 98
"""Somebody whose account has been closed."""


@cache
def world(name: str, *, start: int = 1) -> World:
    """The county of `tests.support.county` under a shipped blueprint; ids run from `start`."""
    blueprint = parse(read_yaml(name))
    units = UnitMap.of(
        Unit(**{**u, "duties": tuple(u["duties"])}) for u in units_of(blueprint, AREAS)
    )
    return World(
        blueprint=blueprint,
        version=1,
        units=units,
        areas=MappingProxyType({a.code: a for a in AREAS}),
        root="131000",
        new_id=count(start).__next__,
        left=frozenset({LEFT}),
    )


def fresh(found: World) -> World:
    """The same county with ids from 1 again: what is replayed gets the same ones."""
    return replace(found, new_id=count(1).__next__)


def person(
    found: World, role: str, unit: str | None, area: str | None = None, number: int = 1
) -> Actor:
    """Somebody with `role`, as signing in makes them."""
    units = found.units
    return Actor(
        roles=(role,),
        name=f"{role} {number}",
        person=number,
        username=f"{role}{number}",
        unit=unit,
        unit_name=units.name(unit) if unit else "",
        units=units.answers_for(unit) if unit else (),
        lineage=units.lineage(unit) if unit else (),
        area=area or (units.units[unit].area if unit else None),
    )


HOUR = timedelta(hours=1)
LEAD, ASSIST = f"{TOWNSHIP}-PC", f"{TOWNSHIP}-SF"
"""Two units of the township that every shipped county has."""
RESIDENT = Actor(roles=("resident",), name="群众")


def staff(found: World) -> dict[str, Actor]:
    """Who works in the county, near the village of the tests and far from it."""
    centre, far = f"{TOWNSHIP}-C", "131024100-C"
    leader = next((u for u in (f"{VILLAGE}-WZ",) if u in found.units.units), centre)
    return {
        "clerk": person(found, "clerk", centre, number=1),
        "dispatcher": person(found, "dispatcher", centre, number=2),
        "county": person(found, "dispatcher", f"{COUNTY}-C", number=3),
        "worker": person(found, "grid_worker", GRID, number=4),
        "gridhead": person(found, "grid_leader", leader, number=5),
        "police": person(found, "handler", f"{TOWNSHIP}-PC", number=6),
        "enforce": person(found, "handler", f"{TOWNSHIP}-ZF", number=7),
        "enforcehead": person(found, "head", f"{TOWNSHIP}-ZF", number=8),
        "housing": person(found, "handler", f"{COUNTY}-ZJ", number=9),
        "other": person(found, "dispatcher", far, number=10),
        "supervisor": person(found, "supervisor", f"{COUNTY}-C", number=11),
        "leader": person(found, "leader", f"{COUNTY}-C", number=12),
        "deputy": person(found, "deputy", None, COUNTY, number=13),
        "analyst": person(found, "analyst", None, COUNTY, number=14),
        "admin": person(found, "admin", None, number=15),
        "auditor": person(found, "auditor", None, number=16),
    }


def receive(found: World, by: Actor, at: datetime, *, running: int = 1, **values: Any) -> Change:
    """A new case, as `take_in` makes it."""
    values = {"title": "", "body": "村口路灯不亮了", "category": "other", "kind": "help"} | values
    return begin_case(
        found,
        by,
        Appeal(values={k: v for k, v in values.items() if k not in ("area", "inlet")}),
        area=values.get("area", GRID),
        inlet=values.get("inlet", "phone"),
        running=running,
        code_hash="",
        at=at,
    )


def step(found: World, file: CaseFile, by: Actor, action: str, at: datetime, **data: Any) -> Change:
    """One action on a case; the file changes in place."""
    change = begin(file, at)
    decide(found, by, change, action, data, at)
    return change


def fill(field: Field, *, score: int = 5, day: date = date(2026, 12, 10)) -> Any:
    """Something that the field takes."""
    if field.id == "promises":
        return f"{day} 付清赔偿款"
    match field.type:
        case "unit":
            return LEAD
        case "units":
            return [ASSIST]
        case "files":
            return []
        case "score":
            return score
        case "date":
            return day.isoformat()
        case "yes":
            return True
        case "choice":
            return next(iter(field.choices))
        case "choices":
            return list(field.choices)[:1]
        case _:
            return "情况已核实"


class Loop:
    """One case in memory, and everybody who may have a hand in it."""

    def __init__(self, name: str, at: datetime, by: str = "clerk", **values: Any) -> None:
        self.found, self.at = fresh(world(name)), at
        self.people = staff(self.found) | {"resident": RESIDENT, "system": SYSTEM}
        self.change = receive(self.found, self.people[by], at, **values)
        self.file = self.change.file

    def do(self, who: str, action: str, *, later: timedelta = HOUR, **data: Any) -> str:
        """`who` takes one action, an hour later unless said otherwise; the stage after it."""
        self.at += later
        self.change = step(self.found, self.file, self.people[who], action, self.at, **data)
        return self.file.case.stage

    def can(self, who: str) -> set[str]:
        """What `who` may do now."""
        with moved_to(self.at):
            return {t.id for t in actions(self.found, self.people[who], self.file)}

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return self.file.case

    @property
    def tasks(self) -> dict[str, str]:
        """State of each unit's newest task."""
        return {t.unit: t.state for t in self.file.tasks}

    @property
    def told(self) -> set[tuple[str | None, str]]:
        """(unit, template) of the notices that the last action left."""
        return {(n.unit, n.template) for n in self.change.notices}
