"""The tables. Every case-bound table leads its primary key with the county, so that one
server is enough for a city and Citus can spread a province without a change of code.

Relationships are not mapped: commands write rows, queries join what they need.
"""

from db.models.base import (
    DELTA_IDS,
    IDS,
    MESSAGE_IDS,
    NUMBERS,
    Base,
)
from db.models.cases import (
    CaseRow,
    ClockRow,
    EntryRow,
    FileRow,
    Fired,
    RatingRow,
    Resident,
    TaskRow,
)
from db.models.ledger import (
    AuditRow,
    DeltaRow,
    Hit,
    MessageRow,
    TotalRow,
)
from db.models.places import (
    Area,
    BlueprintVersion,
    Fact,
    Person,
    Plate,
    SignIn,
    Unit,
)

__all__ = [
    "DELTA_IDS",
    "IDS",
    "MESSAGE_IDS",
    "NUMBERS",
    "Area",
    "AuditRow",
    "Base",
    "BlueprintVersion",
    "CaseRow",
    "ClockRow",
    "DeltaRow",
    "EntryRow",
    "Fact",
    "FileRow",
    "Fired",
    "Hit",
    "MessageRow",
    "Person",
    "Plate",
    "RatingRow",
    "Resident",
    "SignIn",
    "TaskRow",
    "TotalRow",
    "Unit",
]
