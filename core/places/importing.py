"""The one door for tables of places and people: what can be imported, and with which columns.

The command line and the browser both draw from `TABLES`; each importer checks every row,
saves the good ones and reports the others, and changes nothing when run again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.access.desk import Work
from core.places.imports import accounts, areas, grids, plates, units
from core.places.imports.accounts import import_people
from core.places.imports.areas import import_areas, read_areas
from core.places.imports.grids import import_grids
from core.places.imports.plates import import_plates
from core.places.imports.units import import_units
from core.places.report import Progress, Rejected, Report, write_passwords, write_rejected
from core.places.sheets import Source, Upload
from core.places.tables import Column
from core.rules.permissions import Permission
from core.words import Text, lazy


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of table."""

    label: Text
    columns: tuple[Column, ...]
    permission: Permission
    run: Callable[[Work, Source, Progress | None], Report]


_P = Permission
TABLES: dict[str, Kind] = {
    "areas": Kind(lazy("区划"), areas.COLUMNS, _P.PLACES_IMPORT, import_areas),
    "grids": Kind(lazy("网格"), grids.COLUMNS, _P.PLACES_IMPORT, import_grids),
    "units": Kind(lazy("单位"), units.COLUMNS, _P.PLACES_IMPORT, import_units),
    "people": Kind(lazy("人员"), accounts.COLUMNS, _P.PEOPLE_MANAGE, import_people),
    "plates": Kind(lazy("门牌"), plates.COLUMNS, _P.PLACES_IMPORT, import_plates),
}
"""By the name that the command line uses, in the order in which a county needs them."""

import_users = import_people
"""The command line speaks of users."""

__all__ = [
    "TABLES",
    "Kind",
    "Progress",
    "Rejected",
    "Report",
    "Source",
    "Upload",
    "import_areas",
    "import_grids",
    "import_people",
    "import_plates",
    "import_units",
    "import_users",
    "read_areas",
    "write_passwords",
    "write_rejected",
]
