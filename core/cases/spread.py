"""What one action does to other cases, in the same transaction.

Merging names another case; a reply reaches everything that was merged into the answered one, and
so does another deadline; what ends without a reply lets it go; splitting registers a part as a
case of its own.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import bindparam, select

from core.access.actor import SYSTEM
from core.access.desk import Work
from core.blueprint.world import World
from core.cases.arrival import Arrival
from core.cases.load import load
from core.cases.outcome import Part
from core.cases.step import Step
from core.errors import Invalid, NotFound, OneDoorError
from core.ledger.change import Change
from core.rules.case import CLOSED, Case, CaseFile
from core.words import _
from db.models import CaseRow

FOLLOW, KEEP_UP, SEPARATE = "follow", "keep_up", "separate"
"""The actions by which a merged case takes the reply or the deadline of the one that it was merged
into, and by which it goes its own way again."""


def lock_first(work: Work, number: str, data: Mapping[str, Any]) -> None:
    """Of two cases that become one the lower number is locked first, whichever is merged into
    which: two people who merge them into each other would wait for each other."""
    into = str(data.get("into") or "").strip()
    if into and into < number:
        with suppress(NotFound):  # said by `linked_case`, where it is one
            load(work, into, lock=True)


def linked_case(
    work: Work, world: World, file: CaseFile, action: str, data: Mapping[str, Any]
) -> Case | None:
    """The case that `action` wants to merge this one into, or that it was merged into and looks
    to now; None for other actions.

    Raises:
        Invalid: there is none that the actor sees; it is no appeal, closed, answered, merged or
            the same.
    """
    workflow = world.blueprint.workflow
    rows = workflow.find(file.case.stage, action)
    if any("keep_up" in t.effects for t in rows):
        parent = select(CaseRow.number).where(CaseRow.id == file.case.parent_id)
        return load(work, work.tx.scalars(parent).one()).case
    number = str(data.get("into") or "").strip()
    if not number or not any("merge" in t.effects for t in rows):
        return None
    try:
        other = load(work, number, lock=True).case  # it may just be getting its reply
    except NotFound as error:
        raise Invalid(_("没有找到诉求 {number}", number=number[:40]), field="into") from error
    if other.is_matter:
        raise Invalid(_("{number} 是批示事项，不是诉求，不能并入", number=number), field="into")
    if other.id == file.case.id:
        raise Invalid(_("不能并入它自己"), field="into")
    if other.stage_kind == CLOSED or other.stage in workflow.merged:
        raise Invalid(_("诉求 {number} 已办结或已并案，不能再并入", number=number), field="into")
    if other.replied_at is not None:
        raise Invalid(
            _("诉求 {number} 已经答复，并入后没有人再答复这一件", number=number), field="into"
        )
    if other.accused != file.case.accused:
        raise Invalid(_("两件诉求的被反映单位不同，不能并案"), field="into")
    return other


_MERGED = (
    select(CaseRow.number)
    .where(
        CaseRow.parent_id == bindparam("parent"),
        CaseRow.stage_kind != CLOSED,
        CaseRow.replied_at.is_(None),
    )
    .order_by(CaseRow.id)
)
_ANSWERS = frozenset({"record_reply", "resolve_now"})


def spread(work: Work, step: Step) -> Part | None:
    """Do to other cases what the step just written means for them; returns what was split off."""
    effects, case = {*step.row.effects}, step.file.case
    if _ANSWERS & effects:
        _to_merged(work, case, FOLLOW, text=case.reply)
    else:
        passed_on(work, step.change)
    return _register_part(work, step) if "split" in effects else None


def passed_on(work: Work, change: Change) -> None:
    """What has happened to a case, other than an answer, reaches those merged into it."""
    case, before = change.file.case, change.before
    if case.stage_kind == CLOSED and case.replied_at is None:
        said = _("并入的诉求 {number} 没有答复就结束了，请单独办理", number=case.number)
        _to_merged(work, case, SEPARATE, reason=said)
    elif before is not None and before.due_at != case.due_at:
        _to_merged(work, case, KEEP_UP)


def _to_merged(work: Work, case: Case, action: str, **data: str) -> None:
    """What happens to one happens to all who spoke of the same matter."""
    from core.cases.act import act  # it calls us

    with work.acting(SYSTEM):
        for number in work.tx.scalars(_MERGED, {"parent": case.id}).all():
            with suppress(OneDoorError):  # it has gone its own way since: whoever has it answers
                act(work, number, action, data)


def _register_part(work: Work, step: Step) -> Part:
    """The part that was split off enters like any appeal, linked to where it came from, with a
    query code of its own for the resident."""
    from core.cases.take_in import received, register  # they need `act`'s neighbours

    case, data = step.file.case, step.data
    raw = {"body": data["body"], "area": case.area, "address": case.address}
    if data.get("category"):
        raw["category"] = data["category"]
    with work.acting(SYSTEM):
        (found,) = register(work, [Arrival(raw=raw, inlet=case.inlet, parent=case)])
    receipt = received(found)
    return Part(receipt.outcome.number, receipt.query_code)
