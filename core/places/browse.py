"""The tree of places with what hangs in it: areas, units, people, plates."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from core.access.desk import Look
from core.blueprint.world import Place
from core.errors import NotFound
from core.rules.areas import contains, scope
from core.rules.permissions import Permission
from db.models import Address, Person, Plate, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLine:
    """A place right below, with how much lies within it."""

    code: str
    name: str
    level: str
    areas: int
    """Places within it, itself not counted."""
    units: int
    people: int
    plates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A unit of the place itself."""

    code: str
    name: str
    kind: str
    parent: str
    """Its name; empty where it has none."""
    duties: tuple[str, ...]
    phone: str
    active: bool
    successor: str
    """The name of the unit that it was merged into; empty: of none."""
    people: int
    grouped: bool
    """Whether it has an address of its own, such as a group's robot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """A place: what lies right below, and its own units."""

    total: AreaLine
    """The place itself, with everything within it."""
    below: Sequence[AreaLine]
    units: Sequence[UnitLine]


def browse(look: Look, area: str) -> AreaView:
    """One place of the tree.

    Raises:
        NotPermitted: without `places:import`.
        NotFound: no such area.
    """
    look.actor.require(Permission.PLACES_IMPORT)
    world = look.world
    place = world.areas.get(area)
    if place is None:
        raise NotFound
    staff = _staff(look)
    below = [p for p in world.areas.values() if p.parent == area]
    tally = _Tally(look, area, staff)
    rows = look.tx.execute(select(Unit.code, Unit.phone).where(Unit.area == area))
    phones = {r.code: r.phone for r in rows}
    grouped = set(look.tx.scalars(select(Address.unit).where(Address.unit.is_not(None))))
    own = [u for u in world.units.units.values() if u.area == area]
    return AreaView(
        total=tally.line(place),
        below=[tally.line(p) for p in below],
        units=[
            UnitLine(
                code=u.code,
                name=u.name,
                kind=u.kind,
                parent=world.units.name(u.parent) if u.parent else "",
                duties=u.duties,
                phone=phones.get(u.code, ""),
                active=u.active,
                successor=world.units.name(u.successor) if u.successor else "",
                people=staff[u.code],
                grouped=u.code in grouped,
            )
            for u in own
        ],
    )


def _staff(look: Look) -> Counter[str]:
    """People with an open account by unit."""
    query = select(Person.unit, func.count()).where(Person.active).group_by(Person.unit)
    return Counter({unit or "": n for unit, n in look.tx.execute(query)})


class _Tally:
    """Counts everything within a place once, by the place right below that it lies in."""

    def __init__(self, look: Look, area: str, staff: Counter[str]) -> None:
        self.world, self.area = look.world, area
        self.homes: dict[str, str] = {}
        self.areas, self.units = Counter[str](), Counter[str]()
        self.people, self.plates = Counter[str](), Counter[str]()
        for code in self.world.areas:
            if code != area and contains(area, code):
                self.areas[self._home(code)] += 1
        for unit in self.world.units.units.values():
            if unit.active and contains(area, unit.area):
                self.units[self._home(unit.area)] += 1
                self.people[self._home(unit.area)] += staff[unit.code]
        lo, hi = scope(area)
        plates = (
            select(Plate.area, func.count())
            .where(Plate.area >= lo, Plate.area < hi, Plate.active)
            .group_by(Plate.area)
        )
        for code, n in look.tx.execute(plates):
            self.plates[self._home(code)] += n

    def _home(self, code: str) -> str:
        """The place right below that `code` lies in; the place itself where it lies in none."""
        found = self.homes.get(code)
        if found is None:
            place = self.world.areas.get(code)
            if code == self.area or place is None or place.parent is None:
                found = self.area
            else:
                found = code if place.parent == self.area else self._home(place.parent)
            self.homes[code] = found
        return found

    def line(self, place: Place) -> AreaLine:
        """The counts of one place below, or of the whole."""
        whole = place.code == self.area

        def n(counts: Counter[str]) -> int:
            return counts.total() if whole else counts[place.code]

        return AreaLine(
            code=place.code,
            name=place.name,
            level=place.level,
            areas=n(self.areas) - (not whole),
            units=n(self.units),
            people=n(self.people),
            plates=n(self.plates),
        )
