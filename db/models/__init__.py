"""The tables. Every case-bound table has the county in its primary key, so that one
server is enough for a city and Citus can spread a province without a change of code.

Relationships are not mapped: commands write rows, queries join what they need.
"""

from db.models.assess import (
    AssessmentInput,
    AssessmentResult,
    Exclusion,
    ScoreAppeal,
)
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
    DemandRow,
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
    Address,
    Area,
    BlueprintVersion,
    Fact,
    PaperTemplate,
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
    "Address",
    "Area",
    "AssessmentInput",
    "AssessmentResult",
    "AuditRow",
    "Base",
    "BlueprintVersion",
    "CaseRow",
    "ClockRow",
    "DeltaRow",
    "DemandRow",
    "EntryRow",
    "Exclusion",
    "Fact",
    "FileRow",
    "Fired",
    "Hit",
    "MessageRow",
    "PaperTemplate",
    "Person",
    "Plate",
    "RatingRow",
    "Resident",
    "ScoreAppeal",
    "SignIn",
    "TaskRow",
    "TotalRow",
    "Unit",
]
