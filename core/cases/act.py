"""The one function that applies an action to a case: lock, check, change, record.

Who calls it commits. Nothing else in the project changes a case.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from core.access.desk import Work
from core.cases.decide import begin, decide
from core.cases.deciders import deciders
from core.cases.files import belong
from core.cases.load import load
from core.cases.outcome import Outcome, outcome
from core.cases.spread import linked_case, lock_first, spread
from core.errors import MovedOn
from core.ledger.write import write
from core.now import now
from core.rules.case import CaseFile
from core.rules.ladders import REMINDERS
from core.rules.permissions import Permission
from db.models import EntryRow


def act(
    work: Work,
    number: str,
    action: str,
    data: Mapping[str, Any] | None = None,
    *,
    version: int | None = None,
) -> Outcome:
    """Apply `action` to the case `number` as `work.actor`.

    Args:
        data: the action's fields; see `decide.fields_of`.
        version: the case's version the person was looking at; None means any.

    Raises:
        NotFound: no such case, or not visible to the actor.
        NotPermitted: not now, or not by this actor.
        Invalid: a field is missing or wrong.
        MovedOn: the case has changed since `version`.
    """
    work.actor.require(Permission.CASE_ACT)
    data = data or {}
    lock_first(work, number, data)
    file = load(work, number, lock=True)
    if version is not None and _acted_since(work, file, version):
        raise MovedOn(version=file.case.version)
    at = max(now(), file.case.received_at)
    change = begin(file, at)
    world = work.world_of(file.case.config_version)
    linked = linked_case(work, world, file, action, data)
    could = deciders(work, world, file, action)
    step = decide(world, work.actor, change, action, data, at, linked=linked, deciders=could)
    for field, ids in step.files.items():
        belong(work, file.case, ids, field)
    write(work.tx, change)
    return outcome(change, spread(work, step))


def _acted_since(work: Work, file: CaseFile, version: int) -> bool:
    """Whether more than a reminder has happened since the version the person was looking at."""
    case = file.case
    if version == case.version:
        return False
    return version > case.version or bool(
        work.tx.scalar(
            select(
                exists().where(
                    EntryRow.county == case.county,
                    EntryRow.case_id == case.id,
                    EntryRow.seq > version,
                    EntryRow.action.not_in(REMINDERS),
                )
            )
        )
    )
