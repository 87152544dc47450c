"""The one function that applies an action to a case: lock, check, change, record.

Who calls it commits. Nothing else in the project changes a case.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.access.desk import Work
from core.blueprint.world import World
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
from core.rules.permissions import Permission, Scope
from core.words import _, pick
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
    world = work.world_of(file.case.config_version)
    if version is not None:
        _unchanged(work, world, file, version)
    at = max(now(), file.case.received_at)
    change = begin(file, at)
    linked = linked_case(work, world, file, action, data)
    could = deciders(work, world, file, action)
    step = decide(world, work.actor, change, action, data, at, linked=linked, deciders=could)
    for field, ids in step.files.items():
        belong(work, file.case, ids, field)
    write(work.tx, change)
    return outcome(change, spread(work, step))


def _unchanged(work: Work, world: World, file: CaseFile, version: int) -> None:
    """Refuse if more than a reminder has happened since the version the person was looking at."""
    case, e = file.case, EntryRow
    since = e.county == case.county, e.case_id == case.id, e.seq > version
    newest = (
        select(e.action, e.actor_id, e.actor_name, e.actor_unit)
        .where(*since, e.action.not_in(REMINDERS))
        .order_by(e.seq.desc())
        .limit(1)
    )
    if version == case.version:
        return
    row = work.tx.execute(newest).one_or_none()
    if row is not None and (work.actor.person is None or work.actor.scope is Scope.OUTSIDE):
        raise MovedOn(version=case.version)  # who handles a case is not theirs to read
    if row is not None:
        rows = world.blueprint.workflow.transitions
        label = next((pick(t.label) for t in rows if t.id == row.action), "")
        who = row.actor_name if row.actor_id else _(row.actor_name)
        said = _(
            "{who}刚刚对这件诉求办了“{action}”，您的还没有办，填写的内容没有丢失。"
            "请看过最新情况再决定。",
            who=" · ".join(p for p in (who, row.actor_unit) if p), action=label,
        )  # fmt: skip
        raise MovedOn(said if label else "", version=case.version)
    if version > case.version:
        raise MovedOn(version=case.version)
