"""我的待办: what my units have to do, and what is asked of them; chased and urged first, then
due first."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from core.access.desk import Look
from core.access.visible import in_area
from core.cases.queries import DEMAND, LINE, NEXT_DUE, CaseLine, line_for, with_demand
from core.now import now
from core.rules.case import CLOSED, RUNNING_TASKS, Demand, Task
from core.rules.demands import ANSWERED, DECISION, OWED, URGED
from core.rules.permissions import Permission, Scope
from db.models import CaseRow, DemandRow, TaskRow

HELD, ASKED = "held", "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxLine:
    """What one of my units has to do: its task, a case it holds, or what is asked of it."""

    case: CaseLine
    unit: str
    lead: bool
    state: str
    """State of the task; `held` where the unit holds the case and must dispatch it; `asked`
    where it only has to answer or decide."""
    note: str
    due_at: datetime | None
    opened_at: datetime | None = None
    """Since when the task is the unit's."""
    assisting: tuple[Task, ...] = ()
    """What assisting units are still at work on, where mine leads."""
    asked: tuple[Demand, ...] = ()
    """What waits for me: to be answered or decided, or to be accepted after an answer."""

    @property
    def first_due(self) -> datetime | None:
        """The nearest date of the line."""
        dates = [self.due_at, *(d.due_at for d in self.asked if d.state != ANSWERED)]
        if self.state != ASKED and self.case.stage_first:
            dates.append(self.case.stage_due_at)
        return min((d for d in dates if d is not None), default=None)

    @property
    def chased(self) -> bool:
        """Whether somebody chases it, and no answer has been given yet."""
        case = self.case
        return case.chased > 0 and case.replied_at is None and case.stage_kind != CLOSED

    @property
    def urged(self) -> bool:
        """Whether somebody urges an answer that is still owed."""
        return any(d.data.get(URGED) for d in self.asked if d.state in OWED)


def inbox(look: Look, *, limit: int = 200) -> list[InboxLine]:
    """Mine: chased and urged first, then due first. Running tasks of my units, what they hold and
    nobody works on, and cases in which something is asked of me."""
    look.actor.require(Permission.CASE_ACT)
    outside = look.actor.scope is Scope.OUTSIDE  # whatever unit a deputy works in
    units = [] if outside else list(look.actor.units)
    found = [*_tasks(look, limit), *_held(look, limit)] if units else []
    asked = _asked(look, units, limit)
    lines: list[InboxLine] = []
    for line in found:
        mine = asked.pop(line.case.id, None)
        lines.append(replace(line, asked=tuple(mine[1])) if mine else line)
    for case, demands in asked.values():
        lines.append(
            InboxLine(
                case=case, unit=demands[0].unit, lead=False, state=ASKED, note="", due_at=None,
                asked=tuple(demands),
            )
        )  # fmt: skip
    far = datetime.max.replace(tzinfo=now().tzinfo)
    return sorted(lines, key=lambda i: (not (i.chased or i.urged), i.first_due or far))[:limit]


def _mine(look: Look, unit: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether it is my unit's; for a dispatcher also what lies here with units that are closed
    and that nothing has taken the place of."""
    mine, lost = unit.in_(look.actor.units), look.world.units.lost
    if "dispatcher" not in look.actor.roles or not look.actor.area:
        return mine
    return or_(mine, and_(unit.in_(lost), in_area(look.actor.area))) if lost else mine


def _tasks(look: Look, limit: int) -> Iterator[InboxLine]:
    mine = (
        select(*LINE, *(c.label(f"task_{c.key}") for c in _TASK))
        .join(TaskRow, and_(TaskRow.county == CaseRow.county, TaskRow.case_id == CaseRow.id))
        .where(_mine(look, TaskRow.unit), TaskRow.state.in_(RUNNING_TASKS))
        .order_by(*_urgency(TaskRow.due_at, TaskRow.id))
        .limit(limit)
    )
    found = [dict(row._mapping) for row in look.tx.execute(mine)]
    others = _assisting(look, {v["id"] for v in found if v["task_lead"]})
    for values in found:
        task = {c.key: values.pop(f"task_{c.key}") for c in _TASK}
        assisting = tuple(others.get(values["id"], ())) if task["lead"] else ()
        yield InboxLine(case=CaseLine(**values), **task, assisting=assisting)


def _urgency(due: Any, last: Any) -> tuple[Any, ...]:
    """Chased first, then due first: as `InboxLine.chased` has it."""
    row = CaseRow
    chased = and_(row.chased > 0, row.replied_at.is_(None), row.stage_kind != CLOSED)
    return chased.desc(), due.nulls_last(), last


_TASK = (
    TaskRow.unit, TaskRow.lead, TaskRow.state, TaskRow.note, TaskRow.due_at, TaskRow.opened_at,
)  # fmt: skip
_PART = [getattr(TaskRow, f.name) for f in fields(Task)]


def _assisting(look: Look, cases: Collection[int]) -> dict[int, list[Task]]:
    """By case, the tasks that assisting units still have."""
    found: dict[int, list[Task]] = {}
    running = and_(TaskRow.lead.is_(False), TaskRow.state.in_(RUNNING_TASKS))
    query = select(*_PART).where(TaskRow.case_id.in_(cases), running).order_by(TaskRow.id)
    for row in look.tx.execute(query) if cases else ():
        found.setdefault(row.case_id, []).append(Task(**row._mapping))
    return found


def _held(look: Look, limit: int) -> Iterator[InboxLine]:
    running = exists().where(
        TaskRow.county == CaseRow.county,
        TaskRow.case_id == CaseRow.id,
        _mine(look, TaskRow.unit),
        TaskRow.state.in_(RUNNING_TASKS),
    )
    held = (
        select(*LINE)
        .where(_mine(look, CaseRow.holder), CaseRow.stage_kind == "open", ~running)
        .order_by(*_urgency(NEXT_DUE, CaseRow.id))
        .limit(limit)
    )
    for row in look.tx.execute(held):
        line = CaseLine(**row._mapping)
        yield InboxLine(
            case=line, unit=line.holder, lead=True, state=HELD, note="", due_at=line.due_at
        )


PROMISE = "promise"
"""The ladder of what is checked on its day: nobody is asked before."""


def _asked(
    look: Look, units: Sequence[str], limit: int
) -> dict[int, tuple[CaseLine, list[Demand]]]:
    """By case, what waits for me, the most urgent first."""
    d, found = DemandRow, dict[int, tuple[CaseLine, list[Demand]]]()
    for condition in _whose(look, units):
        query = (
            select(*LINE, *DEMAND)
            .join(d, and_(d.county == CaseRow.county, d.case_id == CaseRow.id))
            .where(condition)
            .order_by(*_urgency(d.due_at, d.id))
            .limit(limit)
        )
        for row in look.tx.execute(query):
            case, demand = with_demand(row)
            _case, demands = found.setdefault(row.id, (line_for(look.actor, case), []))
            if all(one.id != demand.id for one in demands):
                demands.append(demand)
    return found


def _whose(look: Look, units: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    d, actor, at = DemandRow, look.actor, now()
    kinds = look.world.blueprint.demands
    deciding = [k for k, kind in kinds.items() if kind.answer == DECISION]
    later = [k for k, kind in kinds.items() if kind.ladder == PROMISE]
    if units:
        to_me = or_(d.role == "", d.role.in_(actor.roles))
        due = or_(d.kind.not_in(later), d.due_at <= at)
        mine = and_(d.kind.in_(deciding), d.asked_by == actor.person)
        yield and_(d.unit.in_(units), d.state.in_(OWED), to_me, due, mine.is_not(True))
    if actor.person is not None:
        yield and_(d.asked_by == actor.person, d.state == ANSWERED)
    if (left := look.world.left) and actor.area:
        rows = (t for t in look.world.blueprint.workflow.transitions if "settle" in t.effects)
        mine = (t for t in rows if "stand_in" in (t.who.get(r) for r in actor.roles))
        theirs = d.kind.in_({k for t in mine for k in t.demands}) & d.asked_by.in_(left)
        yield and_(theirs, d.state == ANSWERED, in_area(actor.area))
    if "dispatcher" in actor.roles and actor.area:
        late = and_(d.kind.in_(deciding), d.due_at < at)
        stand_in = or_(late, d.unit.in_(lost)) if (lost := look.world.units.lost) else late
        ours = or_(
            d.asked_by == actor.person, and_(d.asker_unit == actor.unit, d.unit != d.asker_unit)
        )
        yield and_(d.state.in_(OWED), stand_in, in_area(actor.area), ours.is_not(True))
