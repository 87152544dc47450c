"""QR plates as they are printed: which hang in a place, and the code of each as a picture."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Literal

import segno
from sqlalchemy import func, select

from core.access.desk import Look
from core.places.plates import Sign
from core.places.report import Progress
from core.rules.areas import scope
from core.rules.permissions import Permission
from core.settings import Settings
from db.models import Plate

MOST = 400
"""Plates of one sheet or one file; a larger place is printed batch by batch."""
_LEVEL = "q"
"""A quarter of the code may be scratched or dirty (ISO/IEC 18004): plates hang outdoors."""
Kind = Literal["svg", "png"]


def plates_in(look: Look, area: str, batch: int = 0) -> tuple[int, Sequence[Sign]]:
    """How many plates are in use within a place, and those of one batch of `MOST`, by address.

    Raises:
        NotPermitted: without `places:import`.
    """
    look.actor.require(Permission.PLACES_IMPORT)
    lo, hi = scope(area)
    here = (Plate.area >= lo, Plate.area < hi, Plate.active)
    total = look.tx.scalar(select(func.count()).where(*here)) or 0
    rows = look.tx.execute(
        select(Plate.code, Plate.area, Plate.address)
        .where(*here)
        .order_by(Plate.area, Plate.address, Plate.code)
        .offset(batch * MOST)
        .limit(MOST)
    )
    return total, [Sign(*row) for row in rows]


def address_of(settings: Settings, code: str) -> str:
    """What the plate's QR code says: the resident's form with the place filled in."""
    return f"{settings.public_url}/q/{code}"


def _qr(settings: Settings, code: str) -> segno.QRCode:
    return segno.make_qr(address_of(settings, code), error=_LEVEL)


def inline_svg(settings: Settings, code: str) -> str:
    """The QR code as an SVG element that takes the size of what is around it."""
    return _qr(settings, code).svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None)


def picture(settings: Settings, code: str, kind: Kind) -> bytes:
    """The QR code as a file: SVG scales to any size, PNG is about 800 pixels wide."""
    buffer = io.BytesIO()
    if kind == "svg":
        _qr(settings, code).save(buffer, kind="svg", border=4, scale=10)
    else:
        _qr(settings, code).save(buffer, kind="png", border=4, scale=20)
    return buffer.getvalue()


def packed(
    settings: Settings, signs: Sequence[Sign], kind: Kind, progress: Progress | None = None
) -> bytes:
    """A ZIP file with one picture a plate, named by its code."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for sign in _told(signs, progress):
            package.writestr(f"{sign.code}.{kind}", picture(settings, sign.code, kind))
    return buffer.getvalue()


def drawn(
    settings: Settings, signs: Sequence[Sign], progress: Progress | None = None
) -> Iterator[tuple[Sign, str]]:
    """Each plate with its code as inline SVG."""
    for sign in _told(signs, progress):
        yield sign, inline_svg(settings, sign.code)


def _told(signs: Sequence[Sign], progress: Progress | None) -> Iterator[Sign]:
    for n, sign in enumerate(signs, 1):
        yield sign
        if progress and (n % 20 == 0 or n == len(signs)):
            progress(n, len(signs))
