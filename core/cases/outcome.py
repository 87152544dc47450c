"""Where a case stands after an action: what pages and programs are told."""

from dataclasses import dataclass
from datetime import datetime

from core.ledger.change import Change


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the case stands after an action."""

    number: str
    stage: str
    stage_kind: str
    holder: str
    due_at: datetime | None
    version: int


def outcome(change: Change) -> Outcome:
    """The outcome of a change."""
    case = change.file.case
    return Outcome(
        number=case.number,
        stage=case.stage,
        stage_kind=case.stage_kind,
        holder=case.holder,
        due_at=case.due_at,
        version=case.version,
    )
