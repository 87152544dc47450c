"""督查督办: what was asked and not answered, what is late, what was ordered and what came back.

Everything is read from the cases and demands that the reader may see; pressing goes through
`cases.act`, on one case or on several at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from core.access.desk import Look, Work
from core.access.visible import bound, in_area
from core.blueprint.world import World
from core.cases.act import act
from core.cases.queries import DEMAND, LINE, CaseFilter, CaseLine, filtered, overdue_at, with_demand
from core.errors import Invalid, NotFound, NotPermitted
from core.now import moved_to, now
from core.rules.areas import validate
from core.rules.case import RUNNING_TASKS, Demand
from core.rules.demands import ANSWERED, DECISION, NOTE, PENDING, SETTLED
from core.rules.permissions import Permission
from core.words import _, lazy
from db.models import CaseRow, DemandRow, TaskRow

View = Literal["unanswered", "overdue", "orders", "requests", "callbacks", "records"]
VIEWS: dict[str, Any] = {
    "unanswered": lazy("有问不答"),
    "overdue": lazy("超期未办"),
    "orders": lazy("督办催办"),
    "requests": lazy("待批申请"),
    "callbacks": lazy("回访"),
    "records": lazy("约谈通报"),
}
OF_CASES: tuple[str, ...] = ("unanswered", "overdue")
"""Lists of cases; the others are of demands."""
STATES = {
    "": lazy("未了结"),
    "open": lazy("等反馈"),
    "late": lazy("逾期未反馈"),
    "answered": lazy("已反馈，待认可"),
    "settled": lazy("已了结"),
}
MOST = 100
"""Cases that are pressed on at once."""
SHOWN = 50
PRESSING = ("supervise", "list", "talk", "circulate", "chase")
"""Actions that a list offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a list is narrowed to."""

    area: str = ""
    unit: str = ""
    """Who holds the case, or of whom it is asked."""
    state: str = ""
    """Of orders: a key of `STATES`; of requests only `late`."""
    since: datetime | None = None
    until: datetime | None = None
    """When talks and circulars were recorded, in [since, until)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """A demand with the case that it stands on."""

    demand: Demand
    case: CaseLine


def kinds_of(world: World, view: str) -> list[str]:
    """The county's kinds of demand that a view is about."""
    kinds, rows = world.blueprint.demands, world.blueprint.workflow.transitions
    called = {k for t in rows if "call_back" in t.effects for k in t.demands}
    ordered = {k for t in rows if t.id in PRESSING for k in t.demands}
    match view:
        case "orders":
            return [k for k, kind in kinds.items() if k in ordered and kind.answer != NOTE]
        case "records":
            return [k for k, kind in kinds.items() if k in ordered and kind.answer == NOTE]
        case "requests":
            return [k for k, kind in kinds.items() if kind.answer == DECISION]
        case _:
            return [k for k in kinds if k in called]


def _unit_late(at: datetime) -> ColumnElement[bool]:
    """Some unit's own part is late. Not as `exists`: that would be asked of each open case."""
    late = select(TaskRow.case_id).where(TaskRow.state.in_(RUNNING_TASKS), TaskRow.due_at < at)
    return CaseRow.id.in_(late)


def _of_cases(look: Look, f: Watch, *columns: Any) -> Select[*tuple[Any, ...]]:
    narrowed = CaseFilter(area=f.area, unit=f.unit, stage_kind="open")
    return filtered(look.actor, narrowed, *columns)


def _late(view: str) -> ColumnElement[bool]:
    """Which open cases a view is about."""
    at = now()
    late = overdue_at(at)
    if view == "overdue":
        return or_(
            late, CaseRow.stage_due_at < at, and_(CaseRow.replied_at.is_(None), _unit_late(at))
        )
    return late


def _of_demands(look: Look, f: Watch, *columns: Any) -> Select[*tuple[Any, ...]]:
    d, actor = DemandRow, look.actor
    query = (
        select(*columns)
        .select_from(d)
        .join(CaseRow, and_(d.county == CaseRow.county, d.case_id == CaseRow.id))
        .where(bound(actor))
    )
    if f.area:
        query = query.where(in_area(validate(f.area)))
    if f.unit:
        query = query.where(d.unit == f.unit)
    return query


def _asked(look: Look, view: str, f: Watch) -> ColumnElement[bool]:
    """Which demands a view is about."""
    d = DemandRow
    found = [d.kind.in_(kinds_of(look.world, view)), *_states(view, f)]
    if view == "records":
        for bound_, operator in ((f.since, d.opened_at.__ge__), (f.until, d.opened_at.__lt__)):
            if bound_:
                found.append(operator(bound_))
    return and_(*found)


def _of(look: Look, view: str, f: Watch, *columns: Any) -> Select[*tuple[Any, ...]]:
    """What a view lists."""
    if view in OF_CASES:
        return _of_cases(look, f, *columns).where(_late(view))
    return _of_demands(look, f, *columns).where(_asked(look, view, f))


def _states(view: str, f: Watch) -> list[ColumnElement[bool]]:
    d = DemandRow
    if view == "records":
        return []
    if view != "orders":
        late = [d.due_at < now()] if view == "requests" and f.state == "late" else []
        return [d.state.in_(PENDING), *late]
    match f.state:
        case "open":
            return [d.state.in_([s for s in PENDING if s != ANSWERED])]
        case "late":
            return [d.state.in_([s for s in PENDING if s != ANSWERED]), d.due_at < now()]
        case "answered":
            return [d.state == ANSWERED]
        case "settled":
            return [d.state == SETTLED]
        case _:
            return [d.state.in_(PENDING)]


def _allow(look: Look) -> None:
    look.actor.require(Permission.BOARD_READ)


def counts(look: Look, f: Watch) -> dict[str, int]:
    """How many each view holds: one pass over the open cases, one over what was asked."""
    _allow(look)
    late = {v: func.count().filter(_late(v)).label(v) for v in OF_CASES}
    asks = {v: _asked(look, v, f) for v in VIEWS if v not in OF_CASES}
    counted = (func.count().filter(condition).label(v) for v, condition in asks.items())
    found = (
        look.tx.execute(_of_cases(look, f, *late.values())).one(),
        look.tx.execute(_of_demands(look, f, *counted).where(or_(*asks.values()))).one(),
    )
    return {view: n for row in found for view, n in row._mapping.items()}


def by_unit(look: Look, view: str, f: Watch, *, limit: int = 12) -> list[tuple[str, int]]:
    """The units that a view is about, most first."""
    _allow(look)
    whose = CaseRow.holder if view in OF_CASES else DemandRow.unit
    query = _of(look, view, f, whose.label("unit"), func.count().label("n"))
    rows = look.tx.execute(query.group_by(whose).order_by(func.count().desc(), whose).limit(limit))
    return [(row.unit, row.n) for row in rows]


def late_cases(look: Look, view: str, f: Watch, *, limit: int = SHOWN) -> list[CaseLine]:
    """Cases of a view, late longest first."""
    _allow(look)
    query = _of(look, view, f, *LINE)
    rows = look.tx.execute(query.order_by(CaseRow.due_at.nulls_last(), CaseRow.id).limit(limit))
    return [CaseLine(**row._mapping) for row in rows]


def numbers(look: Look, view: str, f: Watch, *, limit: int) -> list[str]:
    """The cases that a view is about, each once, at most so many."""
    _allow(look)
    query = _of(look, view, f, CaseRow.number).distinct()
    return list(look.tx.scalars(query.order_by(CaseRow.number).limit(limit)))


def asked(look: Look, view: str, f: Watch, *, limit: int = SHOWN) -> list[AskedLine]:
    """Demands of a view: those with the nearest date first; records newest first."""
    _allow(look)
    d = DemandRow
    query = _of(look, view, f, *LINE, *DEMAND)
    newest = view == "records" or f.state == "settled"
    order = (d.opened_at.desc(),) if newest else (d.due_at.nulls_last(), d.id)
    found = (with_demand(row) for row in look.tx.execute(query.order_by(*order).limit(limit)))
    return [AskedLine(demand=demand, case=case) for case, demand in found]


def press_on(
    work: Work, numbers: Iterable[str], action: str, data: Mapping[str, Any]
) -> Sequence[str]:
    """Take one of `PRESSING` on each of these cases: on all of them, or on none.

    Raises:
        NotPermitted: the actor may not, on one of them.
        Invalid: no case, too many, one that the actor does not see; a field is wrong.
    """
    wanted = sorted({n.strip() for n in numbers if n.strip()})  # one order: no deadlocks
    if action not in PRESSING:
        raise NotPermitted
    if not wanted:
        raise Invalid(_("请先勾选诉求"), field="cases")
    if len(wanted) > MOST:
        raise Invalid(_("一次最多 {most} 件，请分几次办", most=MOST), field="cases")
    with moved_to(now()):  # one order is given at one instant
        for number in wanted:
            try:
                act(work, number, action, data)
            except NotFound as gone:
                words = _("没有找到诉求 {number}", number=number[:40])
                raise Invalid(words, field="cases") from gone
            except NotPermitted as refusal:
                words = _("{number}：{why}", number=number, why=refusal.message)
                raise NotPermitted(words) from refusal
    return wanted
