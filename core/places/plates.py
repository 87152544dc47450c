"""What hangs near a place: QR plates 二维码门牌, and the phone numbers of those in charge."""

from dataclasses import dataclass

from sqlalchemy import func, select

from core.access.desk import Look
from core.errors import NotFound
from core.rules.areas import ancestors
from core.words import lazy
from db.models import Plate, Unit

_NEAR = ("centre", "station", "grid")
_MOST = 30


@dataclass(frozen=True, slots=True)
class Sign:
    """A plate in use."""

    code: str
    area: str
    address: str


@dataclass(frozen=True, slots=True)
class Phone:
    """Whom to call."""

    name: str
    phone: str


class NoPlate(NotFound):
    """The plate is unknown or out of use."""

    code = "no_plate"
    sentence = lazy("没有找到这块门牌，它可能已停用或损坏")


def plate(look: Look, code: str) -> Sign:
    """The plate with this code.

    Raises:
        NoPlate: unknown, or no longer in use.
    """
    query = select(Plate.code, Plate.area, Plate.address).where(Plate.code == code, Plate.active)
    row = look.tx.execute(query).one_or_none() if code.isprintable() else None
    if row is None:
        raise NoPlate(plate=code[:40])
    return Sign(*row)


def phones_near(look: Look, area: str) -> list[Phone]:
    """Centres, stations and grids in charge of `area` that have a phone, the closest first."""
    return _phones(look, Unit.area.in_((area, *ancestors(area))), Unit.kind.in_(_NEAR))


def phones_of_centres(look: Look) -> list[Phone]:
    """The centres down to the townships that have a phone, the widest first."""
    wide = func.length(Unit.area) <= 9
    return _phones(look, wide, Unit.kind == "centre", closest=False)


def _phones(look: Look, *where: object, closest: bool = True) -> list[Phone]:
    length = func.length(Unit.area)
    rows = look.tx.execute(
        select(Unit.name, Unit.phone)
        .where(Unit.active, Unit.phone != "", *where)  # pyright: ignore[reportArgumentType]
        .order_by(length.desc() if closest else length, Unit.area, Unit.code)
        .limit(_MOST)
    )
    return [Phone(*row) for row in rows]
