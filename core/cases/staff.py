"""Whom a ladder's rung means: the people behind "handler", "head", "centre" and "leader"."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from core.access.desk import Look
from core.rules.areas import ancestors
from core.rules.case import Case
from core.rules.ladders import Recipient
from core.rules.routing import To
from core.rules.units import UnitMap
from db.models import Person


@dataclass(slots=True)
class Staff:
    """Everybody with an open account, by unit and by area; as of one moment."""

    units: UnitMap
    in_unit: dict[str, list[int]] = field(default_factory=dict)
    hands: dict[str, list[int]] = field(default_factory=dict)
    """Those of `in_unit` who do more than head it: a ladder reaches them before the head."""
    heads: dict[str, list[int]] = field(default_factory=dict)
    in_area: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """By role and the person's own area: theirs, else their unit's."""
    unit_of: dict[int, str | None] = field(default_factory=dict)

    @classmethod
    def now(cls, look: Look) -> "Staff":
        """The people of this moment."""
        found = cls(look.world.units)
        rows = look.tx.execute(
            select(Person.id, Person.unit, Person.area, Person.roles).where(Person.active)
        )
        for person, own, area, roles in rows:
            unit = found.unit_of[person] = found.units.heir(own) if own else None
            if unit:
                found.in_unit.setdefault(unit, []).append(person)
                if set(roles) != {"head"}:
                    found.hands.setdefault(unit, []).append(person)
                if "head" in roles:
                    found.heads.setdefault(unit, []).append(person)
                known = found.units.units.get(unit)
                area = area or (known.area if known else None)
            if area is None:
                continue
            for role in roles:
                found.in_area.setdefault((role, area), []).append(person)
        return found

    def who(self, recipient: Recipient, unit: str, case: Case) -> Sequence[int]:
        """The people that `recipient` means for a clock of `unit` in `case`.

        People of an accused unit are passed over (Petition Work Regulations 2022 art. 30). Where a
        unit has nobody, the centre hears what its people should have heard.
        """
        unit = self.units.heir(unit)
        match recipient:
            case "handler":
                found = self.hands.get(unit) or self.in_unit.get(unit, ())
            case "head":
                found = self._head(unit)
            case "centre":
                return self._nearest("dispatcher", case.area, case)
            case "leader":
                return self._nearest("leader", case.county, case)
            case "registrar":
                by = case.registered_by
                found = (by,) if by in self.unit_of else ()
            case To():
                meant = self.units.nearest(recipient, case.area)
                found = self.in_unit.get(meant.code, ()) if meant else ()
            case _:  # whoever asked: a demand's own, `climb` knows
                found = ()
        if heard := [p for p in found if not self._barred(p, case)]:
            return heard
        lost = recipient in ("handler", "head")
        return self._nearest("dispatcher", case.area, case) if lost else ()

    def _head(self, unit: str) -> Sequence[int]:
        """The unit's head; a sub-unit without one has that of the unit above it."""
        return next((self.heads[u] for u in self.units.lineage(unit) if u in self.heads), ())

    def _nearest(self, role: str, area: str, case: Case) -> Sequence[int]:
        for code in (area, *reversed(ancestors(area))):
            people = self.in_area.get((role, code), ())
            if found := [p for p in people if not self._barred(p, case)]:
                return found
        return ()

    def _barred(self, person: int, case: Case) -> bool:
        """Whether they work in an accused unit or a part of one; those above have to judge it."""
        unit = self.unit_of[person]
        return unit is not None and self.units.is_part(unit, case.accused)
