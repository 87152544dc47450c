"""What can be picked, in the order in which it is likely to be meant."""

from collections.abc import Iterable, Mapping

from core.blueprint.world import World
from core.rules.areas import ancestors, contains, county_of
from core.rules.forms import Label
from core.rules.units import GRID
from core.words import pick


def labels(world_part: Mapping[str, Label]) -> dict[str, str]:
    """Codes with their words in the reader's language."""
    return {code: pick(label) for code, label in world_part.items()}


def categories(world: World) -> dict[str, str]:
    """「城乡建设 / 供暖」 for every category, parents before their children."""
    known = world.blueprint.categories
    words = {}
    for code in known:
        parents = [code[:i] for i, c in enumerate(code) if c == "/"]
        words[code] = " / ".join(pick(known[c].label) for c in (*parents, code) if c in known)
    return words


def units_near(world: World, area: str, without: Iterable[str] = ()) -> dict[str, str]:
    """Units that can take work for a case in `area`: those of its own places first.

    Grid teams elsewhere are left out: they are many, and never meant.
    """
    chain, barred = (*ancestors(area), area), set(without)
    county = county_of(area)

    def far(code: str) -> int | None:
        unit = world.units.units[code]
        if not unit.active or code in barred:
            return None
        if unit.area in chain:
            return len(chain) - chain.index(unit.area)
        if unit.kind == GRID:
            return 1 if contains(area, unit.area) else None
        return 50 if contains(county, unit.area) else 99

    near = {code: d for code in world.units.units if (d := far(code)) is not None}
    ordered = sorted(near, key=lambda c: (near[c], c))
    return {c: world.units.name(c) for c in ordered}


def areas_in(world: World, base: str) -> dict[str, str]:
    """Every area in `base`, worded from its township down: 「安平镇 · 王家摆村」."""
    return {c: world.area_path(c) for c in world.areas if contains(base, c)}
