"""What will probably be chosen, filled in beforehand: assigning takes two taps, not twenty."""

from typing import Any

from core.blueprint.world import World
from core.cases.intake import route
from core.errors import OneDoorError
from core.rules.case import Case
from core.rules.units import CENTRE
from core.rules.workflow import Transition
from pages.ui.consequence import facts_of


def suggestion(world: World, row: Transition, case: Case) -> dict[str, Any]:
    """The units that the county's dispatch table names for this case, where one is asked for."""
    if "open_tasks" not in row.effects:
        return {}
    try:
        way = route(world, facts_of(case), case.accused)
    except OneDoorError:
        return {}
    if way.unit.kind == CENTRE or way.unit.code == case.holder:
        return {}
    return {"lead": way.unit.code, "assist": list(way.assist)}
