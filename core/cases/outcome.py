"""Where a case stands after an action: what pages and programs are told."""

from dataclasses import dataclass
from datetime import datetime

from core.ledger.change import Change


@dataclass(frozen=True, slots=True)
class Part:
    """What was split off: a case of its own, that the resident follows like any other."""

    number: str
    query_code: str
    """Told to the resident by whoever split it, and shown this once, as at registration."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the case stands after an action."""

    number: str
    stage: str
    stage_kind: str
    holder: str
    due_at: datetime | None
    version: int
    part: Part | None = None
    """Where the action split one off."""


def outcome(change: Change, part: Part | None = None) -> Outcome:
    """The outcome of a change."""
    case = change.file.case
    return Outcome(
        number=case.number,
        stage=case.stage,
        stage_kind=case.stage_kind,
        holder=case.holder,
        due_at=case.due_at,
        version=case.version,
        part=part,
    )
