"""Units of a county as one immutable map, and the question "which unit is nearest?"."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from types import MappingProxyType

from core.rules.areas import ancestors, level
from core.rules.routing import To
from core.words import _

GRID, CENTRE = "grid", "centre"
UNIT_KINDS = ("centre", "department", "station", "grid", "volunteers", "office")
"""centre: takes in and dispatches; department: county level; station: a township's or village's
hands; grid: the workers of one grid; volunteers; office: of a leader or congress."""


_ANY_CENTRE = To(kind=CENTRE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit 单位. The workers of one grid are a unit too: its code is the grid's area code."""

    code: str
    name: str
    kind: str
    area: str
    parent: str | None = None
    duties: tuple[str, ...] = ()
    active: bool = True
    successor: str | None = None
    """The unit that it was merged into 并入; it is no longer active then."""


@dataclass(frozen=True, slots=True)
class UnitMap:
    """All units; lookups cost a walk up the area's five ancestors, not a scan."""

    units: MappingProxyType[str, Unit]
    _by_duty: dict[tuple[str, str], list[Unit]] = field(default_factory=dict)
    _by_kind: dict[tuple[str, str], list[Unit]] = field(default_factory=dict)
    _children: dict[str, list[str]] = field(default_factory=dict)
    _merged: dict[str, list[str]] = field(default_factory=dict)
    """Unit → those that were merged into it."""
    lost: set[str] = field(default_factory=set)
    """Units that are closed and that nothing has taken the place of."""

    @classmethod
    def of(cls, units: Iterable[Unit]) -> "UnitMap":
        """The map of these units; inactive ones keep their name and receive nothing."""
        found = cls(MappingProxyType({u.code: u for u in units}))
        for unit in found.units.values():
            if unit.parent:
                found._children.setdefault(unit.parent, []).append(unit.code)
            if unit.successor:
                found._merged.setdefault(unit.successor, []).append(unit.code)
            if not unit.active:
                continue
            for duty in unit.duties:
                found._by_duty.setdefault((duty, unit.area), []).append(unit)
            found._by_kind.setdefault((unit.kind, unit.area), []).append(unit)
        found.lost.update(c for c in found.units if not found.is_active(found.heir(c)))
        return found

    def name(self, code: str) -> str:
        """The unit's name, or its code where it is unknown."""
        unit = self.units.get(code)
        return unit.name if unit else code

    def is_active(self, code: str) -> bool:
        """Whether work can be given to it."""
        unit = self.units.get(code)
        return unit is not None and unit.active

    def why_gone(self, code: str) -> str:
        """Why nothing can be given to the unit, and what to name instead; empty where it can."""
        unit = self.units.get(code)
        if unit is None:
            return _("没有单位“{unit}”", unit=code[:40])
        if unit.active:
            return ""
        if (heir := self.heir(code)) != code:
            named = {"unit": unit.name, "into": self.name(heir)}
            return _("“{unit}”已并入“{into}”，请改为“{into}”", **named)
        return _("“{unit}”已停用，请改为其他单位", unit=unit.name)

    def nearest(self, to: To, area: str) -> Unit | None:
        """The unit that `to` means for a case in `area`: the closest going up, or None."""
        if to.unit:
            unit = self.units.get(self.heir(to.unit))
            return unit if unit and unit.active else None
        for code in (area, *reversed(ancestors(area))):
            if to.level and level(code) != to.level:
                continue
            found = (
                self._by_duty.get((to.duty, code), ())
                if to.duty
                else self._by_kind.get((to.kind or CENTRE, code), ())
            )
            for unit in found:
                if not (to.duty and to.kind) or unit.kind == to.kind:
                    return unit
        return None

    def centre(self, area: str) -> Unit | None:
        """The nearest centre: who holds what nobody else got."""
        return self.nearest(_ANY_CENTRE, area)

    def above(self, code: str) -> Unit | None:
        """The unit one step up the ladder: its parent, else the next centre above its area."""
        unit = self.units.get(code)
        if unit is None:
            return None
        if unit.parent and self.is_active(parent := self.heir(unit.parent)):
            return self.units[parent]
        for area in reversed(ancestors(unit.area)):
            for centre in self._by_kind.get((CENTRE, area), ()):
                if centre.code != code:
                    return centre
        return None

    def climb(self, code: str) -> Iterator[Unit]:
        """The units above, one step after the other up the ladder."""
        seen = {code}
        while (unit := self.above(code)) is not None and unit.code not in seen:
            yield unit
            seen.add(code := unit.code)

    def ladder(self, area: str) -> Iterator[Unit]:
        """The nearest centre of an area and the units above it."""
        centre = self.centre(area)
        if centre is not None:
            yield centre
            yield from self.climb(centre.code)

    def unaccused(self, units: Iterable[Unit], accused: Container[str]) -> Unit | None:
        """The first of `units` that a case may go to: not the accused, nor a part of them."""
        return next((u for u in units if not self.is_part(u.code, accused)), None)

    def heir(self, code: str) -> str:
        """Who does its work now: itself, or what it was merged into, however often."""
        seen: set[str] = set()
        while (unit := self.units.get(code)) and unit.successor and code not in seen:
            seen.add(code)
            code = unit.successor
        return code

    def lineage(self, code: str) -> tuple[str, ...]:
        """The unit and those it is a part of, itself first; then what was merged into them, which
        they are for whoever speaks about it."""
        result: list[str] = []
        current: str | None = code
        while current and current not in result:
            result.append(current)
            unit = self.units.get(current)
            current = unit.parent if unit else None
        todo = list(result)
        while todo:
            merged = [old for old in self._merged.get(todo.pop(0), ()) if old not in result]
            result += merged
            todo += merged
        return tuple(result)

    def is_part(self, code: str, units: Container[str]) -> bool:
        """Whether the unit is one of `units`, or part of one."""
        return bool(units) and any(u in units for u in self.lineage(code))

    def answers_for(self, code: str, *, below: bool = True) -> tuple[str, ...]:
        """Whose work is the unit's, itself first: also what was merged into it, however often,
        and with `below` the units below. What was merged away is its successor's and no longer
        the unit's above."""
        result, todo = [], [code]
        while todo:
            current = todo.pop(0)
            if current in result:
                continue
            result.append(current)
            todo += self._merged.get(current, ())
            if below:
                parts = self._children.get(current, ())
                todo += (part for part in parts if not self.units[part].successor)
        return tuple(result)
