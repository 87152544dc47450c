"""What stands around a case: one county's configuration, places, units and who has left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.blueprint.schema import Blueprint
from core.rules.areas import ancestors
from core.rules.units import UnitMap


@dataclass(frozen=True, slots=True)
class Place:
    """An area as people call it."""

    code: str
    name: str
    parent: str | None
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Immutable; a new one is made when somebody publishes or imports."""

    blueprint: Blueprint
    version: int
    units: UnitMap
    areas: Mapping[str, Place]
    root: str
    """Code of the area that this installation serves: a county or a city."""
    new_id: Callable[[], int]
    left: frozenset[int] = frozenset()
    """People whose account has been closed."""
    memo: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """What has been worked out from the configuration and stays true as long as it."""

    def __repr__(self) -> str:
        return f"World({self.blueprint.id!r}, version={self.version})"

    def area_name(self, code: str) -> str:
        """The area's own name, or its code where it is unknown."""
        place = self.areas.get(code)
        return place.name if place else code

    def area_path(self, code: str) -> str:
        """「安平镇 · 王家摆村」: the names from below the root down to the area."""
        path = [c for c in (*ancestors(code), code) if c in self.areas and len(c) > 6]
        return " · ".join(self.areas[c].name for c in path) or self.area_name(code)
