"""A leader instructs 批示: on several cases at once, or on a whole class of them.

One instruction is what one person asks for at one instant: all its demands, on however many
cases and towards however many units, carry the same asker and moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.access.desk import Look, Work
from core.blueprint.world import World
from core.cases.act import act
from core.cases.queries import CaseFilter, count_cases, list_cases
from core.errors import Invalid, NotFound
from core.now import moved_to, now
from core.oversight.matter import open_matter
from core.oversight.slices import Slice
from core.rules.forms import Field, check
from core.rules.permissions import Permission
from core.words import _

MOST = 200
"""Cases of one instruction; whoever means more instructs on the class."""
ACTION, KIND = "instruct", "instruction"


@dataclass(frozen=True, slots=True)
class Given:
    """An instruction that has just been given."""

    numbers: tuple[str, ...]
    """The cases, or the one matter, that it stands on."""
    units: tuple[str, ...]


def kinds(world: World) -> tuple[str, ...]:
    """What the county calls an instruction among its kinds of demand."""
    rows = (t for t in world.blueprint.workflow.transitions if t.id == ACTION)
    return tuple(dict.fromkeys([*(k for t in rows for k in t.demands), KIND]))


def fields(world: World) -> tuple[Field, ...]:
    """What a leader fills in: text, to whom, by when."""
    found = world.blueprint.demands.get(kinds(world)[0])
    return found.fields if found else ()


def instruct_cases(work: Work, numbers: Iterable[str], data: Mapping[str, Any]) -> Given:
    """Instruct on each of these cases through `act`: all of them, or none.

    Raises:
        NotPermitted: the actor is no leader.
        Invalid: no case, too many, one outside the leader's area; nobody to ask, a unit that is
            unknown or closed, a date gone by. Each names its field.
    """
    work.actor.require(Permission.CASE_INSTRUCT)
    wanted = sorted({n.strip() for n in numbers if n.strip()})  # one order: no deadlocks
    if not wanted:
        raise Invalid(_("请选择要批示的诉求"), field="cases")
    if len(wanted) > MOST:
        raise Invalid(_too_many(len(wanted)), field="cases")
    given = _checked(work.world, data)
    with moved_to(now()):
        for number in wanted:
            try:
                act(work, number, ACTION, data)
            except NotFound as gone:
                raise Invalid(
                    _("没有诉求 {number}，或它不在您的辖区内", number=number[:40]), field="cases"
                ) from gone
            except Invalid as fault:
                if len(wanted) == 1:
                    raise
                named = fault.data.get("fields") or {fault.field or "cases": fault.message}
                raise Invalid.of({k: f"{number}：{words}" for k, words in named.items()}) from fault
    return Given(tuple(wanted), tuple(given["to"]))


def instruct_slice(work: Work, about: Slice, data: Mapping[str, Any]) -> Given:
    """Instruct on a whole class of appeals: it stands on a matter of its own.

    Raises:
        NotPermitted: the actor is no leader.
        Invalid: as `instruct_cases`; an area outside the leader's own.
    """
    work.actor.require(Permission.CASE_INSTRUCT)
    if not work.actor.covers(about.area):
        name = work.world.area_name(about.area)
        raise Invalid(_("“{area}”不在您的辖区内", area=name), field="area")
    given = _checked(work.world, data)
    return Given((open_matter(work, about, given).number,), tuple(given["to"]))


def matching(look: Look, f: CaseFilter) -> list[str]:
    """The numbers of all cases that a list shows.

    Raises:
        Invalid: more than `MOST`.
    """
    look.actor.require(Permission.CASE_INSTRUCT)
    n = count_cases(look, f)
    if n > MOST:
        raise Invalid(_too_many(n), field="cases")
    return [line.number for line in list_cases(look, f, limit=MOST).lines] if n else []


def _too_many(n: int) -> str:
    return _(
        "一次最多批示 {most} 件，现有 {n} 件。请缩小范围，或在统计图上对这一类诉求批示",
        most=MOST, n=f"{n:,}",
    )  # fmt: skip


def _checked(world: World, data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, before any case is touched: every fault at once."""
    faults: dict[str, Any] = {}
    given: dict[str, Any] = {}
    asked = fields(world)
    for one in asked:
        try:
            given |= check((one,), {k: v for k, v in data.items() if k == one.id})
        except Invalid as fault:
            faults |= fault.data["fields"]
    if strange := data.keys() - {f.id for f in asked}:
        faults |= {str(n)[:64]: _("没有“{name}”这一项", name=str(n)[:40]) for n in strange}
    for code in given.get("to", ()):
        if fault := world.units.why_gone(code):
            faults["to"] = fault
    day = given.get("due")
    if day and world.blueprint.clock_calendar.closing(date.fromisoformat(day)) <= now():
        faults["due"] = _("日期应晚于现在，请改一个日期")
    if faults:
        raise Invalid.of(faults)
    return given
