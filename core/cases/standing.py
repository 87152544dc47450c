"""A case and a person as the county's rules see them."""

from datetime import datetime

from core.access.actor import Actor
from core.blueprint.schema import Blueprint
from core.blueprint.world import World
from core.now import now
from core.rules.case import Case, CaseFile
from core.rules.forms import Label
from core.rules.may import Asker, outstanding
from core.rules.routing import Facts, holds


def facts_of(case: Case) -> Facts:
    """The case as the decision tables see it."""
    return Facts(
        category=case.category,
        area=case.area,
        kind=case.kind,
        urgency=case.urgency,
        inlet=case.inlet,
        text=f"{case.title}\n{case.body}",
        stage=case.stage,
        difficulty=case.difficulty,
    )


def parties_of(blueprint: Blueprint, case: Case) -> dict[str, Label]:
    """Who rates this case, where it is not the resident alone."""
    rating = blueprint.rating
    if not rating.parties or holds(rating.parties_when, facts_of(case)) is None:
        return {}
    return rating.parties


def asker(world: World, actor: Actor, area: str, at: datetime | None = None) -> Asker:
    """An actor as the workflow sees them, towards a case in `area`, at an instant (now)."""
    return Asker(
        roles=actor.roles,
        person=actor.person,
        units=actor.units,
        in_area=actor.covers(area),
        lost=world.units.lost,
        left=world.left,
        at=at or now(),
    )


def to_sum_up(world: World, actor: Actor, file: CaseFile) -> list[str]:
    """The assisting units that have to report before the actor's unit, which leads, may sum up."""
    if not world.blueprint.workflow.sums_up(file.case.stage):
        return []
    return [t.unit for t in outstanding(file, actor.units, now())]
