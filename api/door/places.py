"""Where it happened, in two short lists: the township, then its village."""

from dataclasses import dataclass

from core.blueprint.world import World
from core.rules.areas import LEVELS, contains, county_of, level

_COMMITTEES = (
    ("社区居民委员会", "社区"), ("社区居委会", "社区"), ("村村民委员会", "村"),
    ("村民委员会", "村"), ("村委会", "村"), ("居民委员会", ""), ("居委会", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under a heading; the heading is empty where there is only one."""

    name: str
    choices: tuple[Choice, ...]


def short(name: str) -> str:
    """北街村民委员会 → 北街村: as the people there say it."""
    for long, said in _COMMITTEES:
        if name.endswith(long) and name != long:
            kept = name.removesuffix(long)
            return kept if kept.endswith(said) else kept + said
    return name


def towns(world: World) -> list[Group]:
    """The townships, by county where there are several; none where the root is smaller."""
    if LEVELS.index(level(world.root)) >= LEVELS.index("township"):
        return []
    found: dict[str, list[Choice]] = {}
    for code, place in world.areas.items():
        if place.level == "township" and contains(world.root, code):
            found.setdefault(county_of(code), []).append(Choice(code, place.name))
    many = len(found) > 1
    return [
        Group(world.area_name(county) if many else "", tuple(choices))
        for county, choices in found.items()
    ]


def villages(world: World, town: str) -> list[Choice]:
    """The villages and communities of a township."""
    if town not in world.areas or level(town) != "township":
        return []
    return [
        Choice(code, short(place.name))
        for code, place in world.areas.items()
        if place.level == "village" and contains(town, code)
    ]


def start(world: World) -> str:
    """The township that goes without saying: a root that is one."""
    return world.root if level(world.root) == "township" else ""
