"""What may be done from a list: the usual action as a big button, dispatching on the board."""

from collections.abc import Sequence

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.inbox import ASKED, InboxLine
from core.cases.queries import CaseLine
from core.cases.standing import asker, to_sum_up
from core.oversight.supervision import PRESSING
from core.rules.case import Case, CaseFile, Demand, Task
from core.rules.may import allowed, may
from core.rules.workflow import Transition
from core.words import _, pick
from pages.ui.markup import esc, icon


def _file(line: CaseLine, tasks: Sequence[Task] = (), asked: Sequence[Demand] = ()) -> CaseFile:
    """As much of the case as a list knows; `act` asks the whole case again."""
    case = Case(
        county=line.area[:6], id=line.id, number=line.number, code_hash="", title=line.title,
        body="", category=line.category, kind=line.kind, inlet=line.inlet, urgency=line.urgency,
        area=line.area, stage=line.stage, stage_kind=line.stage_kind, holder=line.holder,
        config_version=0, received_at=line.received_at, reopened=line.reopened, score=line.score,
    )  # fmt: skip
    return CaseFile(case=case, tasks=[*tasks], demands=[*asked])


def _tasks(item: InboxLine) -> list[Task]:
    if item.opened_at is None:
        return []
    mine = Task(
        county=item.case.area[:6], id=0, case_id=item.case.id, unit=item.unit, lead=item.lead,
        state=item.state, opened_at=item.opened_at, due_at=item.due_at, note=item.note,
    )  # fmt: skip
    return [*item.assisting, mine]


def _file_of(item: InboxLine) -> CaseFile:
    return _file(item.case, _tasks(item), item.asked)


def _allowed(
    world: World, actor: Actor, line: CaseLine, item: InboxLine | None = None
) -> list[Transition]:
    file = _file_of(item) if item else _file(line)
    return allowed(world.blueprint.workflow, asker(world, actor, line.area), file)


def usual(
    world: World, actor: Actor, line: CaseLine, item: InboxLine | None = None
) -> Transition | None:
    """The first usual row that the actor may take, as far as a list can tell; where it is only
    asked something, the row that answers."""
    rows = _allowed(world, actor, line, item)
    deciding = [t for t in rows if "grant" in t.effects]
    if deciding:  # somebody waits for a word: that comes first
        return deciding[0]
    found = next((t for t in rows if t.usual), None)
    if item is not None and (item.state == ASKED or (item.asked and found is None)):
        return next((t for e in _ORDER for t in rows if e in t.effects), None)
    return found


_OF_TASKS = {"sign_task", "finish_task", "return_task"}


def works(world: World, actor: Actor, item: InboxLine) -> bool:
    """Whether the actor may do the unit's task; a clerk of its centre, for one, only sees it."""
    return any(_OF_TASKS & {*t.effects} for t in _allowed(world, actor, item.case, item))


def awaits(world: World, actor: Actor, item: InboxLine) -> str:
    """Whose reports the actor's unit waits for before it sums up, in words; empty: nobody's."""
    units = to_sum_up(world, actor, _file_of(item)) if item.assisting else []
    return summing_up(world, units)


def summing_up(world: World, units: Sequence[str]) -> str:
    """「等 A、B 反馈后，由您单位汇总」"""
    names = _("、").join(world.units.name(u) for u in units)
    return _("等{units}反馈后，由您单位汇总反馈", units=names) if units else ""


_ORDER = ("grant", "feed_back", "call_back", "keep", "settle")
ANSWERS = frozenset(_ORDER)
"""Effects that do what somebody waits for; the first that is possible is offered."""


def dispatching(world: World, actor: Actor, line: CaseLine) -> list[Transition]:
    """The rows that hand a case to units: assign, redispatch, join, by whatever name."""
    rows = _allowed(world, actor, line)
    return [t for t in rows if "open_tasks" in t.effects or "add_tasks" in t.effects]


def pressing(world: World, actor: Actor, line: CaseLine) -> list[Transition]:
    """The rows that press on whoever has the case: supervise, talk, chase …"""
    file, who = _file(line), asker(world, actor, line.area)
    tables = (world.blueprint.workflow.find(line.stage, action) for action in PRESSING)
    found = (next((t for t in rows if may(t, who, file)), None) for rows in tables)
    return [t for t in found if t]


def answering(world: World, actor: Actor, line: CaseLine, demand: Demand) -> list[Transition]:
    """The rows that the actor may take on this demand, in the order of `_ORDER`, press last."""
    file = _file(line, asked=[demand])
    rows = allowed(world.blueprint.workflow, asker(world, actor, line.area), file)
    own = [t for t in rows if demand.kind in t.demands]
    return [t for e in (*_ORDER, "refuse", "press") for t in own if e in t.effects]


def button(row: Transition | None, number: str, *, main: bool = True) -> str:
    """The row as a button that hands `action:number` to the page."""
    if row is None:
        return ""
    kind = "btn main" if main else "btn"
    return (
        f'<button class="{kind}" type="button" data-tap="{esc(f"{row.id}:{number}")}">'
        f"{esc(pick(row.label))}</button>"
    )


def ways(rows: Sequence[Transition], number: str, *, most: int, main: bool = True) -> str:
    """The rows as buttons, at most so many; what is left over goes under 更多.

    Args:
        main: whether the first one stands out; else those do that are usual at their stage.
    """
    first = rows if len(rows) <= most else rows[: most - 1]
    shown = "".join(
        button(t, number, main=i == 0 if main else t.usual) for i, t in enumerate(first)
    )
    rest = "".join(button(t, number, main=False) for t in rows[len(first) :])
    more = (
        f'<details class="menu right"><summary class="btn">{esc(_("更多"))}'
        f"{icon('expand_more')}</summary><div>{rest}</div></details>"
    )
    return shown + more if rest else shown
