"""What this person may do now, and why not: the pure question that pages and API alike ask."""

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from core.rules.case import OPENED, SIGNED, CaseFile, Demand, Task
from core.rules.demands import PENDING, of
from core.rules.permissions import STAFF_ROLES
from core.rules.workflow import (
    CALLBACK,
    DECIDING,
    ON_MATTERS,
    STANDING,
    Relation,
    Transition,
    Workflow,
)
from core.words import Text, _, lazy


class Asker(NamedTuple):
    """The part of an actor that the workflow looks at."""

    roles: tuple[str, ...]
    person: int | None
    units: tuple[str, ...]
    """The person's unit and the units below it."""
    in_area: bool
    """Whether the case lies in the person's area."""
    lost: Container[str] = ()
    """Units that are closed and that nothing has taken the place of."""
    left: Container[int | None] = ()
    """People whose account has been closed."""
    at: datetime | None = None


def asked(t: Transition, asker: Asker, file: CaseFile) -> list[Demand]:
    """The demands that this person could take the row on, oldest first."""
    return [d for d in file.demands if works_on(t, asker, d)]


def works_on(t: Transition, asker: Asker, demand: Demand) -> bool:
    """Whether this person could take the row on this demand, whatever the stage of its case."""
    if demand.state not in t.standing or (t.demands and demand.kind not in t.demands):
        return False
    relations: set[Relation] = {t.who[role] for role in asker.roles if role in t.who}
    return any(_of_demand(relation, asker, demand, t) for relation in relations)


def _of_demand(relation: Relation, asker: Asker, demand: Demand, t: Transition) -> bool:
    match relation:
        case "asked":
            if _own_request(asker, demand) and not DECIDING.isdisjoint(t.effects):
                return False
            own = demand.unit in asker.units and (not demand.role or demand.role in asker.roles)
            return own or _stands_in(asker, demand, t)
        case "asker":
            return (demand.asked_by is not None and demand.asked_by == asker.person) or (
                demand.asker_unit != "" and demand.asker_unit in asker.units
            )
        case "stand_in":
            return asker.in_area and demand.asked_by in asker.left
        case "area":
            return asker.in_area
        case _:
            return True  # the others look at the case alone


def _own_request(asker: Asker, demand: Demand) -> bool:
    """Whether they asked for it themselves, or, where it went to another unit, a colleague did.

    Nobody judges what is their own: recusal 回避 of the Petition Work Regulations 2022.
    """
    if demand.asked_by is not None and demand.asked_by == asker.person:
        return True
    away = demand.asker_unit not in ("", demand.unit)
    return away and asker.units[:1] == (demand.asker_unit,)


def _stands_in(asker: Asker, demand: Demand, t: Transition) -> bool:
    """Whether the centre may do it in another's stead, so that no case is ever stuck."""
    if "dispatcher" not in asker.roles or t.who.get("dispatcher") != "asked" or not asker.in_area:
        return False
    late = bool(asker.at and demand.due_at and asker.at > demand.due_at)
    return demand.unit in asker.lost or (late and not DECIDING.isdisjoint(t.effects))


def _related(relation: Relation, asker: Asker, file: CaseFile, t: Transition) -> bool:
    case = file.case
    match relation:
        case "seen":
            return True
        case "area":
            return asker.in_area
        case "holder":
            lost = case.holder in asker.lost and "dispatcher" in asker.roles and asker.in_area
            return lost or case.holder in asker.units
        case "task":
            return file.task_of(asker.units, OPENED, SIGNED) is not None
        case "lead":
            return any(t.lead and t.unit in asker.units for t in file.running_tasks())
        case "own":
            # row security admits a resident to exactly one case: their own
            return "resident" in asker.roles
        case "registered":
            return asker.person is not None and case.registered_by == asker.person
        case "asked" | "asker" | "stand_in":
            return any(_of_demand(relation, asker, d, t) for d in of(file, t.demands, *PENDING))


_MATTER = lazy("这是批示事项，不是诉求，只能签收、反馈、认可、要求再办或撤回")
_SIGNED = lazy("您单位已经签收，不必再签")
_SIGN_FIRST = lazy("您单位还没有签收，请先签收")
_NO_TASK = lazy("您单位现在没有这件诉求的任务，需要您单位办的，请由交办单位交办")
_SUMS_UP = lazy(
    "协办单位还没有都反馈，请等他们反馈以后，由您单位汇总反馈；"
    "协办期限到了，或者您单位的期限只剩一成时，不必再等"
)
_DESIGNATED = lazy("这项任务已经定由您单位办理，不能再退回，有困难的请申请延期")
_NO_REPORT = lazy("没有主办单位反馈的办理结果可以驳回，请改派或直接答复")
_REVIEWED = lazy("您已经评议过这一次办理，每次办结只评一次，重办后再次办结的可以再评")
_CALLED_BACK = lazy("这一次办理已经回访过，每次办结只回访一次，重办后再次办结的可以再回访")
_PAUSED = lazy("诉求已经暂停计时，恢复办理以后才能再暂停")
_NO_CLOCK = lazy("这件诉求没有正在走的时限，不必暂停")
_NOT_PAUSED = lazy("诉求没有暂停计时，不必恢复")
_NOTHING_ASKED = lazy("这件诉求上没有等着这样办的事项，可能刚刚办完，请刷新后再看")
_UNANSWERED = lazy("对方还没有反馈，请等反馈以后再办")
_PASSED = {
    "acknowledge": lazy("您单位已经签收过，请直接反馈"),
    "feed_back": lazy("您单位已经反馈过，正等提出的人认可"),
    "settle": _UNANSWERED,
    "press": _UNANSWERED,
}
"""Why an effect on a demand finds none, though some are pending."""


def _hindrance(t: Transition, asker: Asker, file: CaseFile) -> Text | None:
    """Why the effects do not find what they work on; None where they do."""
    effects, units = {*t.effects}, asker.units
    if file.case.is_matter and t.id not in ON_MATTERS:
        return _MATTER
    if "sign_task" in effects and not file.task_of(units, OPENED):
        return _SIGNED if file.task_of(units, SIGNED) else _NO_TASK
    if "finish_task" in effects and not file.task_of(units, SIGNED):
        return _SIGN_FIRST if file.task_of(units, OPENED) else _NO_TASK
    if "sum_up" in effects and outstanding(file, units, asker.at):
        return _SUMS_UP
    if {"return_task", "returnable"} & effects:
        task = file.task_of(units, OPENED, SIGNED)
        if task is None or task.designated:
            return _DESIGNATED if task else _NO_TASK
    if "rework" in effects and file.finished_lead() is None:
        return _NO_REPORT
    if "review" in effects and _reviewed(t, asker, file):
        return _REVIEWED
    if "call_back" in effects and _called_back(t, file):
        return _CALLED_BACK
    if "pause" in effects and (file.paused or not any(c.running for c in file.case_clocks())):
        return _PAUSED if file.paused else _NO_CLOCK
    if "resume" in effects and not file.paused:
        return _NOT_PAUSED
    on_one = next((e for e in t.effects if e in STANDING), "")
    return _PASSED.get(on_one, _NOTHING_ASKED) if on_one and not asked(t, asker, file) else None


_RESERVE = 10
"""The lead's last tenth is its own: nobody comes late by waiting for others."""


def outstanding(file: CaseFile, units: tuple[str, ...], at: datetime | None) -> list[Task]:
    """The tasks of assisting units that a lead among `units` has to wait for before it sums up:
    those with time left, while the lead has not come to the last tenth of its own."""
    lead = file.task_of(units, SIGNED)
    if lead is None or not lead.lead:
        return []
    if at and lead.due_at and at > lead.due_at - (lead.due_at - lead.opened_at) / _RESERVE:
        return []
    return [t for t in file.assisting() if not (at and t.due_at and at > t.due_at)]


def _reviewed(t: Transition, asker: Asker, file: CaseFile) -> bool:
    """Whether this person has reviewed the present handling already."""
    closed = file.case.closed_at
    return closed is not None and any(
        d.kind in t.demands and d.asked_by == asker.person and d.opened_at >= closed
        for d in file.demands
    )


def _called_back(t: Transition, file: CaseFile) -> bool:
    """Whether the resident has said already what they think of the present handling."""
    return CALLBACK in file.case.scores and not of(file, t.demands, *PENDING)


def _near(t: Transition, asker: Asker, file: CaseFile) -> bool:
    """Whether role and relation admit the person to the row."""
    return any(role in t.who and _related(t.who[role], asker, file, t) for role in asker.roles)


def may(t: Transition, asker: Asker, file: CaseFile) -> bool:
    """Whether this person may take this row now."""
    if file.case.stage not in t.sources:
        return False
    return _near(t, asker, file) and _hindrance(t, asker, file) is None


def allowed(workflow: Workflow, asker: Asker, file: CaseFile) -> list[Transition]:
    """The rows this person may take now, one per action id, the usual one first."""
    rows: dict[str, Transition] = {}
    for t in workflow.leaving(file.case.stage):
        if t.id not in rows and may(t, asker, file):
            rows[t.id] = t
    return sorted(rows.values(), key=lambda t: not t.usual)


_FAR: dict[Relation, Text] = {
    "area": lazy("诉求不在您的辖区，请由当地的人员办理"),
    "holder": lazy("诉求现在不由您单位承办，请由承办单位办理"),
    "task": _NO_TASK,
    "lead": lazy("您单位现在不是主办单位，请由主办单位办理"),
    "registered": lazy("这件诉求不是您登记的，请由登记人办理"),
    "asked": lazy("这不是向您单位提出的，请由被要求的单位办理"),
    "asker": lazy("这不是您或您单位提出的，请由提出的人办理"),
    "stand_in": lazy("这要由提出的人自己认可，提出人账号停用后才由您代办"),
}
"""Why the person is none of those whom the relation means."""
_OWN_REQUEST = lazy("自己或本单位提出的申请，自己不能审批，请由负责审批的人办理")
_BY_ROLES = lazy("您的角色不能这样办，请由{roles}办理")
_BY_ITSELF = lazy("这一步由系统自动办理")


def why_not(
    rows: Sequence[Transition], asker: Asker, file: CaseFile, role_name: Callable[[str], str]
) -> Text:
    """Why this person may take none of these rows, with the cure: of the row that they come
    closest to.

    Args:
        rows: all of one action in the case's present stage.
        role_name: what the county calls a role.
    """
    rows = [t for t in rows if STANDING.keys().isdisjoint(t.effects) or _pending(t, file)]
    if not rows:
        return _NOTHING_ASKED
    near = (_hindrance(t, asker, file) for t in rows if _near(t, asker, file))
    if found := next((why for why in near if why), None):
        return found
    theirs = next((t for t in rows if not t.who.keys().isdisjoint(asker.roles)), None)
    if theirs is not None:
        return _far(theirs, asker, file, role_name)
    people = dict.fromkeys(r for t in rows for r in t.who if r in (*STAFF_ROLES, "resident"))
    return _by(people, role_name) if people else _BY_ITSELF


def _pending(t: Transition, file: CaseFile) -> list[Demand]:
    return of(file, t.demands, *PENDING)


def _by(roles: Iterable[str], role_name: Callable[[str], str]) -> Text:
    return Text(_BY_ROLES.message, roles=_("、").join(role_name(r) for r in roles))


def _far(t: Transition, asker: Asker, file: CaseFile, role_name: Callable[[str], str]) -> Text:
    relation: Relation = next(t.who[role] for role in asker.roles if role in t.who)
    if relation == "asked":
        if not DECIDING.isdisjoint(t.effects) and any(
            _own_request(asker, d) for d in _pending(t, file)
        ):
            return _OWN_REQUEST
        if mine := next((d for d in _pending(t, file) if d.unit in asker.units), None):
            return _by([mine.role], role_name)
    return _FAR[relation]
