"""Asking 要求: what somebody asks on a case, of whom, and by when (`core.rules.demands`)."""

from collections.abc import Iterator
from datetime import date, datetime

from core.cases.step import Step
from core.errors import Invalid
from core.rules.calendar import Calendar, UnknownYear, wall_clock
from core.rules.case import CASE_CLOCK, DEMAND_CLOCK, DONE, SIGNED, Demand
from core.rules.case import OPENED as TASK_OPEN
from core.rules.deadlines import Term, due, extend
from core.rules.demands import (
    DECISION,
    GRANTED,
    NOTE,
    OPEN,
    PENDING,
    SETTLED,
    DemandKind,
    of,
)
from core.rules.routing import To
from core.rules.units import GRID, Unit
from core.words import Text, _, lazy, pick


def ask(step: Step) -> None:
    """Open the row's demand towards everybody whom it means."""
    name = step.row.demands[0]
    kind, data = step.world.blueprint.demands[name], step.data
    label = pick(kind.label)
    ours = [d for d in of(step.file, (name,), *PENDING, GRANTED) if _ours(step, d)]
    again = step.file.case.reopened
    if kind.most and sum(d.data.get(ROUND, 0) == again for d in ours) >= kind.most:
        told = _("每次办理，一个单位的“{kind}”最多 {n} 次，已经用完", kind=label, n=kind.most)
        raise Invalid(told)
    if kind.answer == DECISION and any(d.state in PENDING for d in ours):
        raise Invalid(_("您单位的“{kind}”还在等待审批，不必再提", kind=label))
    _not_drawn_twice(step, name)
    _in_time(step, kind)
    if "extend" in kind.then:
        _extendable(step, kind)
    if "pause" in kind.then:
        within_cap(step, kind, closing(step, data["until"], "until"), step.at, _REVIEWED)
    text = data.get("reason") or data.get("text") or data.get("suggestion") or ""
    ends = closing(step, data["due"], "due") if data.get("due") else None
    for unit in addressees(step, kind):
        open_demand(step, name, unit, text=text, ends=ends)


def _ours(step: Step, demand: Demand) -> bool:
    """Whether the actor or a colleague asked it."""
    own = demand.asked_by is not None and demand.asked_by == step.actor.person
    return own or (demand.asker_unit != "" and demand.asker_unit == step.actor.unit)


def _not_drawn_twice(step: Step, name: str) -> None:
    """A closed case is drawn for a call-back once, whoever draws."""
    closed, rows = step.file.case.closed_at, step.world.blueprint.workflow.transitions
    if closed is None or not any("call_back" in t.effects and name in t.demands for t in rows):
        return
    if any(d.kind == name and d.opened_at >= closed for d in step.file.demands):
        raise Invalid(_("这件诉求已经列入回访，不必再列"))


def open_demand(
    step: Step,
    name: str,
    unit: str,
    *,
    text: str,
    ends: datetime | None = None,
    noted: bool = False,
    told: bool = True,
) -> Demand:
    """Ask `unit`, with a clock where an answer is expected.

    Args:
        noted: it is only recorded, whatever its kind.
        told: the unit hears of it.
    """
    kind, case, actor = step.world.blueprint.demands[name], step.file.case, step.actor
    noted = noted or kind.answer == NOTE
    task = step.file.task_of(actor.units, TASK_OPEN, SIGNED)
    demand = Demand(
        county=case.county,
        id=step.world.new_id(),
        case_id=case.id,
        kind=name,
        state=SETTLED if noted else OPEN,
        unit=unit,
        role=_role(step, kind, unit),
        text=text,
        opened_at=step.at,
        asked_by=actor.person,
        asker_name=actor.name,
        asker_unit=actor.unit or "",
        data={k: v for k, v in step.data.items() if k in _KEPT}
        | ({"task": task.id} if task else {})
        | ({ROUND: case.reopened} if case.reopened else {}),
    )
    step.file.demands.append(demand)
    step.change.demands[demand.id] = demand
    step.change.fresh.add(demand.id)
    if noted:
        demand.ended_at = step.at
    elif ends or kind.term:
        start_demand_clock(step, demand, kind.term or "", kind.ladder, ends)
    if unit not in case.units:
        case.units = [*case.units, unit]
    if not told:
        return demand
    named = {"demand": kind.label, "text": text, "asker": actor.name}
    if demand.due_at:
        named["due_at"] = demand.due_at.isoformat()
    step.tell("demand", unit=unit, role=demand.role or None, **named)
    return demand


ROUND = "round"
"""In the data of a demand: how often the case had been reopened by then."""
_KEPT = ("until", "score", "satisfied", "suggestion", "reached", "members", "grounds")


def start_demand_clock(
    step: Step, demand: Demand, term: str, ladder: str, ends: datetime | None = None
) -> None:
    """Time the demand: by a term, or until a date that somebody named."""
    clock = step.start_clock(
        DEMAND_CLOCK, demand.unit, "" if ends else term, ladder, demand_id=demand.id, ends=ends
    )
    demand.due_at = clock.due_at or ends


def closing(step: Step, day: str, field: str) -> datetime:
    """Close of business of the day that somebody named.

    Raises:
        Invalid: it lies behind.
    """
    ends = step.world.blueprint.clock_calendar.closing(date.fromisoformat(day))
    if ends <= step.at:
        raise Invalid(_("日期应晚于现在，请改一个日期"), field=field)
    return ends


def addressees(step: Step, kind: DemandKind) -> list[str]:
    """The units that the kind means here; the accused are passed over.

    Nobody decides their own request: it goes past the asker's unit, up the climb, except to the
    unit's head, who decides what the others ask for. Where nobody is above, a colleague decides,
    but never what the unit above has to decide. A unit in which nobody could decide is passed
    over as well, while there is another.

    Raises:
        Invalid: nobody is left to ask, or a unit that was named cannot be asked.
    """
    units, case = step.world.units, step.file.case
    if kind.to == "given":
        return [askable(step, code, "to") for code in step.data["to"]]
    tried = (u.code for u in _tried(step, kind) if u and u.active)
    fit = [code for code in tried if not units.is_part(code, case.accused)]
    if kind.answer == DECISION and not _left_to_head(step, kind):
        others = [u for u in fit if u != step.actor.unit]
        fit = others if kind.to == "above" else others or fit
    if kind.answer == DECISION:
        fit = [u for u in fit if step.decides(u, _role(step, kind, u))] or fit
    if fit:
        return fit[:1]
    raise Invalid(_("没有可以办理“{kind}”的单位", kind=pick(kind.label)))


def _tried(step: Step, kind: DemandKind) -> Iterator[Unit | None]:
    """Whom the kind means, and who comes next where that unit cannot be asked."""
    case, units = step.file.case, step.world.units
    if kind.answer == DECISION and kind.to == "above":
        yield from units.climb(case.holder)
        return
    found = units.heir(_meant(step, kind))
    asked = units.units.get(found)
    yield asked
    if asked and _left_to_head(step, kind):  # it has no head: what it is part of, or its centre
        yield from (units.units[code] for code in units.lineage(found)[1:] if code in units.units)
        yield from units.ladder(asked.area)
    if kind.answer == DECISION:
        yield from units.climb(found)
    yield from units.ladder(case.area)


def _meant(step: Step, kind: DemandKind) -> str:
    case, units, tasks = step.file.case, step.world.units, step.file.tasks
    leads = [t.unit for t in tasks if t.lead]
    match kind.to:
        case "lead":
            kept = [t.unit for t in tasks if t.lead and (t.running or t.state == DONE)]
            return kept[-1] if kept else case.holder
        case "first":
            return leads[0] if leads else case.holder
        case "head" if _of_grid(step):
            return units.units[step.actor.unit or ""].parent or ""
        case "head" | "own":
            return step.actor.unit or case.holder
        case "sender":
            task = step.file.task_of(step.actor.units, TASK_OPEN, SIGNED)
            return task.opened_by if task else case.holder
        case "above":
            above: Unit | None = next(iter(units.climb(case.holder)), None)
            return above.code if above else case.holder
        case To():
            unit = units.nearest(kind.to, case.area)
            return unit.code if unit else ""
        case _:
            centre = units.centre(case.area)
            return centre.code if centre else case.holder


GRID_LEADER = "grid_leader"


def _of_grid(step: Step) -> bool:
    """Whether the actor is one of a grid's workers, whose head is the grid leader above them."""
    unit = step.world.units.units.get(step.actor.unit or "")
    return unit is not None and unit.kind == GRID and unit.parent is not None


def _left_to_head(step: Step, kind: DemandKind) -> bool:
    """Whether somebody in the asker's own unit decides, and the asker is not that one."""
    return kind.to in ("head", "own") and not (kind.role and kind.role in step.actor.roles)


def _role(step: Step, kind: DemandKind, unit: str) -> str:
    """Whom of `unit` is asked; the unit above has no head of its own towards the one below."""
    if kind.to != "head" or not kind.role:
        return kind.role
    if _of_grid(step):
        return GRID_LEADER if step.decides(unit, GRID_LEADER) else ""
    return kind.role if unit == step.actor.unit else ""


def askable(step: Step, code: str, field: str) -> str:
    """The unit `code`, if work on this case can be given to it.

    Args:
        field: where it was named; empty where the person named none.

    Raises:
        Invalid: it does not exist, is closed down or merged away, or the appeal is about it.
    """
    units = step.world.units
    if fault := units.why_gone(code):
        raise Invalid(fault, field=field)
    if units.is_part(code, step.file.case.accused):
        raise Invalid(_("{unit}是被反映的单位，不能承办", unit=units.name(code)), field=field)
    return code


def _in_time(step: Step, kind: DemandKind) -> None:
    task = step.file.task_of(step.actor.units, TASK_OPEN, SIGNED)
    if kind.within is None:
        return
    term, since = Term.parse(kind.within), task.opened_at if task else step.file.case.received_at
    if step.at > due(since, term, step.world.blueprint.clock_calendar):
        named = {"kind": pick(kind.label), "term": term.words()}
        if task:
            raise Invalid(_("“{kind}”应在收到任务后 {term}内提出", **named))
        raise Invalid(_("“{kind}”应在收到诉求后 {term}内提出", **named))


_EXTENDED = lazy("最多延期 {cap}，不能晚于 {day}")
_REVIEWED = lazy("“哪天复核”不能晚于 {day}，最长 {cap}")


def _extendable(step: Step, kind: DemandKind) -> None:
    case, calendar = step.file.case, step.world.blueprint.clock_calendar
    until = closing(step, step.data["until"], "until")
    if step.file.paused:
        raise Invalid(_("诉求正在暂停计时，恢复办理后再申请延期"))
    task = step.file.task_of(step.actor.units, TASK_OPEN, SIGNED)
    present = task.due_at if task is not None else case.due_at
    if present is not None and until <= present:
        raise Invalid(_("新的期限应晚于现在的期限"), field="until")
    first = next((c for c in reversed(step.file.clocks) if c.kind == CASE_CLOCK and c.term), None)
    if first is not None:
        ends = first.due_at or latest(first.started_at, Term.parse(first.term), calendar)
        within_cap(step, kind, until, ends, _EXTENDED)


def within_cap(step: Step, kind: DemandKind, until: datetime, since: datetime, told: Text) -> None:
    """Refuse a date beyond the kind's cap.

    Args:
        since: from when the cap counts.
        told: what is said then, with {cap} and {day}.

    Raises:
        Invalid: it lies beyond.
    """
    if kind.cap is None:
        return
    cap = Term.parse(kind.cap)
    last = latest(since, cap, step.world.blueprint.clock_calendar)
    if until > last:
        day = f"{last.astimezone(step.zone):%Y-%m-%d}"
        raise Invalid(_(told.message, cap=cap.words(), day=day), field="until")


def latest(since: datetime, term: Term, calendar: Calendar) -> datetime:
    """The last instant that a date may reach; in a year that nobody has entered a term counts
    calendar days, and no day off is made up for."""
    try:
        return extend(since, term, calendar)
    except UnknownYear:
        return calendar.closing((wall_clock(since) + term.elapsed()).date())
