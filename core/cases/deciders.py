"""Who could decide what an action asks for: a request goes where somebody is."""

from collections.abc import Mapping

from sqlalchemy import select

from core.access.desk import Look
from core.blueprint.world import World
from core.rules.case import CaseFile
from core.rules.demands import DECISION
from db.models import Person


def deciders(
    look: Look, world: World, file: CaseFile, action: str
) -> Mapping[str, set[str]] | None:
    """By unit, the roles that may decide it and that somebody with an open account has there;
    None where `action` asks for no decision."""
    blueprint = world.blueprint
    asking = blueprint.workflow.find(file.case.stage, action)
    asked = {k for t in asking if "ask" in t.effects for k in t.demands}
    kinds = {k for k in asked if blueprint.demands[k].answer == DECISION}
    if not kinds:
        return None
    rows = [t for t in blueprint.workflow.transitions if "grant" in t.effects]
    meant = {role for t in rows if kinds & {*t.demands} for role in t.who if t.who[role] == "asked"}
    found: dict[str, set[str]] = {}
    there = select(Person.unit, Person.roles).where(Person.active, Person.roles.overlap([*meant]))
    for unit, roles in look.tx.execute(there.distinct()):
        if unit:
            found.setdefault(unit, set()).update(meant.intersection(roles))
    return found
