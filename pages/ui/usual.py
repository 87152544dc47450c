"""What may be done from a list: the usual action as a big button, dispatching on the board."""

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.inbox import InboxLine
from core.cases.queries import CaseLine
from core.cases.standing import asker
from core.rules.case import RUNNING_TASKS, Case, CaseFile, Task
from core.rules.workflow import Transition, allowed
from core.words import pick
from pages.ui.markup import esc


def _file(line: CaseLine, task: Task | None) -> CaseFile:
    """As much of the case as a list knows; `act` asks the whole case again."""
    case = Case(
        county=line.area[:6], id=line.id, number=line.number, code_hash="", title=line.title,
        body="", category=line.category, kind=line.kind, inlet=line.inlet, urgency=line.urgency,
        area=line.area, stage=line.stage, stage_kind=line.stage_kind, holder=line.holder,
        config_version=0, received_at=line.received_at, reopened=line.reopened, score=line.score,
    )  # fmt: skip
    return CaseFile(case=case, tasks=[task] if task else [])


def _task(item: InboxLine) -> Task | None:
    if item.state not in RUNNING_TASKS:
        return None
    return Task(
        county=item.case.area[:6], id=0, case_id=item.case.id, unit=item.unit, lead=item.lead,
        state=item.state, opened_at=item.case.received_at, note=item.note,
    )  # fmt: skip


def _allowed(
    world: World, actor: Actor, line: CaseLine, item: InboxLine | None = None
) -> list[Transition]:
    file = _file(line, _task(item) if item else None)
    return allowed(world.blueprint.workflow, asker(world, actor, line.area), file)


def usual(
    world: World, actor: Actor, line: CaseLine, item: InboxLine | None = None
) -> Transition | None:
    """The first usual row that the actor may take, as far as a list can tell."""
    return next((t for t in _allowed(world, actor, line, item) if t.usual), None)


def dispatching(world: World, actor: Actor, line: CaseLine) -> list[Transition]:
    """The rows that hand a case to units: assign, redispatch, join, by whatever name."""
    rows = _allowed(world, actor, line)
    return [t for t in rows if "open_tasks" in t.effects or "add_tasks" in t.effects]


def button(row: Transition | None, number: str, *, main: bool = True) -> str:
    """The row as a button that hands `action:number` to the page."""
    if row is None:
        return ""
    kind = "btn main" if main else "btn"
    return (
        f'<button class="{kind}" type="button" data-tap="{esc(f"{row.id}:{number}")}">'
        f"{esc(pick(row.label))}</button>"
    )
