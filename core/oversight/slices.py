"""A slice 一类诉求: the appeals of an area, narrowed as a bar of a chart or a line of a board is.

A leader can instruct on it. It is kept in the `form` of the matter that carries the instruction,
and leads back to the appeals that it means.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.queries import CaseFilter
from core.errors import Invalid
from core.now import midnight, now
from core.rules import lateness
from core.rules.areas import validate
from core.rules.calendar import Calendar
from core.rules.lateness import RUNGS, ladder
from core.words import Text, _, lazy, pick

STATES = {"open": lazy("正在办"), "overdue": lazy("已超期"), **RUNGS}
"""What a slice may be narrowed to beside what is not closed, in the words of the list of cases."""
NARROWER = ("category", "unit", "inlet", "stage", "state")
DAYS = ("since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Appeals of an area received in [since, until), days of the county."""

    area: str
    category: str = ""
    """A parent covers its children."""
    unit: str = ""
    """Who holds them."""
    inlet: str = ""
    stage: str = ""
    state: str = ""
    """One of `STATES`; empty: all that is not closed."""
    since: date | None = None
    until: date | None = None

    def stored(self) -> dict[str, Any]:
        """As JSON, without what is empty."""
        return {k: str(v) for k, v in asdict(self).items() if v}

    def live(self, calendar: Calendar) -> CaseFilter:
        """The appeals that it means now: those that are not closed."""
        due_since, due_until = ladder(calendar, now()).spans.get(self.state, (None, None))
        return CaseFilter(
            area=self.area,
            category=self.category,
            unit=self.unit,
            inlet=self.inlet,
            stage=self.stage,
            since=midnight(self.since) if self.since else None,
            until=midnight(self.until) if self.until else None,
            stage_kind="open" if self.state == "open" else "live",
            overdue=self.state == "overdue",
            due_since=due_since,
            due_until=due_until,
        )


def kept(form: Mapping[str, Any]) -> Slice | None:
    """The slice that a matter keeps; None where it keeps none."""
    if "area" not in form:
        return None
    texts = {name: str(form.get(name, "")) for name in ("area", *NARROWER)}
    days = {name: date.fromisoformat(form[name]) for name in DAYS if form.get(name)}
    return Slice(**texts, **days)  # pyright: ignore[reportArgumentType]


def read(world: World, actor: Actor, raw: Mapping[str, Any]) -> Slice:
    """The slice that somebody names; without an area, of their own.

    Raises:
        Invalid: every faulty field by name: nothing the county knows, another's area, no date.
    """
    faults: dict[str, str | Text] = {}
    found: dict[str, Any] = {}
    area = raw.get("area") or actor.area or world.root
    try:
        found["area"] = validate(area)
    except Invalid as fault:
        faults["area"] = fault.message
    else:
        if area not in world.areas:
            faults["area"] = _("没有区划“{area}”", area=area)
        elif not actor.covers(area):
            faults["area"] = _("“{area}”不在您的辖区内", area=world.area_name(area))
    known = {
        "category": world.blueprint.categories,
        "unit": world.units.units,
        "inlet": world.blueprint.inlets,
        "stage": world.blueprint.workflow.stages,
        "state": STATES,
    }
    for name in NARROWER:
        value = raw.get(name) or ""
        if value and (not isinstance(value, str) or value not in known[name]):
            faults[name] = _("没有“{item}”这一项", item=str(value)[:40])
        found[name] = value
    for name in DAYS:
        try:
            found[name] = date.fromisoformat(str(raw[name])) if raw.get(name) else None
        except ValueError:
            faults[name] = _("{name} 应为日期，如 2026-11-21", name=name)
    if not faults and found["since"] and found["until"] and found["until"] <= found["since"]:
        faults["until"] = _("结束日期应晚于开始日期")
    if faults:
        raise Invalid.of(faults)
    return Slice(**found)


def words(world: World, s: Slice) -> str:
    """「香河县 · 供暖 · 2026-11-01 至 2026-11-30」, without the day after the last."""
    parts = [world.area_name(s.area)]
    if s.category:
        category = world.blueprint.categories.get(s.category)
        parts.append(pick(category.label) if category else s.category)
    if s.unit:
        parts.append(world.units.name(s.unit))
    if s.inlet:
        parts.append(pick(world.blueprint.inlets.get(s.inlet, s.inlet)))
    if s.stage:
        stage = world.blueprint.workflow.stages.get(s.stage)
        parts.append(pick(stage.label) if stage else s.stage)
    if s.state:
        working = ladder(world.blueprint.clock_calendar, now()).working
        parts.append(lateness.words(working).get(s.state) or str(STATES[s.state]))
    if s.since and s.until:
        last = date.fromordinal(s.until.toordinal() - 1)
        parts.append(_("{since} 至 {until}", since=s.since, until=last))
    elif s.since:
        parts.append(_("{day} 以来", day=s.since))
    elif s.until:
        parts.append(_("{day} 以前", day=s.until))
    return " · ".join(parts)
