"""One appeal on its way through the door: as it arrives, where it belongs, what it takes home."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from core.access.actor import Actor
from core.access.desk import Look
from core.blueprint.world import World
from core.cases.intake import Appeal, examine
from core.cases.once import Once, once
from core.cases.outcome import Outcome
from core.cases.residents import Caller
from core.errors import Invalid, OneDoorError
from core.rules.areas import county_of, validate
from core.rules.case import Case
from core.words import _
from db.models import Plate


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An appeal as it arrives, unchecked."""

    raw: Mapping[str, Any]
    """Fields of `intake.FIELDS`, and `form` with the category's own."""
    inlet: str | None = None
    """The inlet that the edge knows (a plate, the web page); overrides `raw`."""
    idempotency_key: str | None = None
    """Sent again with the same words, gives the same receipt and writes nothing."""
    parent: Case | None = None
    """The case from which this one is split; the person who spoke stays the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the resident takes home. `query_code` is shown this once."""

    outcome: Outcome
    query_code: str
    because: dict[str, Any]
    area: str
    repeated: bool = False
    """The same came before under the same key: nothing was written, and the code stays secret."""


@dataclass(slots=True)
class Comer:
    """One arrival on its way through the door; whoever has a result is through."""

    arrival: Arrival
    appeal: Appeal = field(default_factory=lambda: Appeal(values={}))
    area: str = ""
    inlet: str = ""
    once: Once | None = None
    """Where an idempotency key was sent."""
    result: Receipt | OneDoorError | None = None

    @property
    def county(self) -> str:
        """Where the case will lie."""
        return county_of(self.area)

    @property
    def caller(self) -> Caller | None:
        """None for whoever gave no phone or wants to stay unknown."""
        values = self.appeal.values
        phone = "" if values.get("anonymous") else values.get("phone")
        return (self.county, phone) if phone else None

    def examine(self, world: World, actor: Actor) -> None:
        """Check what was said.

        Raises:
            Invalid: every faulty field by name.
        """
        appeal, key = examine(world, self.arrival.raw), self.arrival.idempotency_key
        self.once = None if key is None else once(actor, key, appeal.values, appeal.form)
        self.appeal = replace(appeal, idempotency_key=self.once and self.once.kept)

    def find_place(self, look: Look, plates: Mapping[str, dict[str, Any]]) -> None:
        """Where it happened: as said, else where the plate hangs, else the registrar's own
        area, else the whole county.

        Args:
            plates: what `plates_of` found.

        Raises:
            Invalid: no such plate, area or inlet.
        """
        world, values = look.world, self.appeal.values
        if plate := values.get("plate"):
            if plate not in plates:
                raise Invalid(_("没有门牌“{code}”，或它已停用", code=plate[:40]), field="plate")
            values |= {k: v for k, v in plates[plate].items() if k not in values}
        self.area = validate(values.get("area") or look.actor.area or world.root)
        if self.area not in world.areas:
            raise Invalid(_("没有区划“{area}”", area=self.area), field="area")
        inlets = world.blueprint.inlets
        self.inlet = self.arrival.inlet or values.get("inlet") or next(iter(inlets))
        if self.inlet not in inlets:
            raise Invalid(_("没有渠道“{inlet}”", inlet=self.inlet), field="inlet")


_PLATE = (Plate.code, Plate.area, Plate.address, Plate.lat, Plate.lon)


def plates_of(look: Look, comers: Iterable[Comer]) -> dict[str, dict[str, Any]]:
    """What the plates say of their places, by code."""
    codes = {p for c in comers if (p := c.appeal.values.get("plate"))}
    if not codes:
        return {}
    rows = look.tx.execute(select(*_PLATE).where(Plate.code.in_(codes), Plate.active))
    return {
        row.code: {k: v for k, v in row._mapping.items() if k != "code" and v is not None}
        for row in rows
    }
