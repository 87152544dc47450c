"""What has happened to a case, line by line, as a colleague would tell it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.blueprint.world import World
from core.cases.climb import LAPSE, OVERDUE, REMIND
from core.cases.decide import fields_of
from core.cases.detail import OWN, Detail, line_label
from core.cases.rated import written_down
from core.cases.step import LATE_SINCE
from core.rules.case import CASE_CLOCK, DEMAND_CLOCK, STAGE_CLOCK, TASK_CLOCK, Entry
from core.rules.forms import Field
from core.rules.masking import mask_text
from core.words import _, lazy, pick
from pages.ui.markup import esc, icon, lines
from pages.ui.rows import stage_name
from pages.ui.times import exact, when

CLOCKS = {
    CASE_CLOCK: lazy("诉求时限"),
    STAGE_CLOCK: lazy("环节时限"),
    TASK_CLOCK: lazy("任务时限"),
    DEMAND_CLOCK: lazy("要求时限"),
}
_MARKS = {"create": "add_circle", REMIND: "alarm", OVERDUE: "error", LAPSE: "event_busy"}


def timeline(found: Detail) -> str:
    """Newest first: what happened last is what is asked for first."""
    return "".join(_entry(found, entry) for entry in reversed(found.timeline))


def _entry(found: Detail, entry: Entry) -> str:
    world = found.world
    rows = [t for t in world.blueprint.workflow.transitions if t.id == entry.action]
    label = line_label(world, entry.action)
    by = entry.actor_name if entry.actor_id else _(entry.actor_name)
    who = " · ".join(p for p in (by, entry.actor_unit) if p)
    moved = (
        f'<span class="tag">{esc(stage_name(world, entry.to_stage))}</span>'
        if entry.to_stage and entry.to_stage != entry.from_stage
        else ""
    )
    fields = {f.id: f for row in rows for f in fields_of(world, row)}
    said = (
        _rung(world, entry.data)
        if entry.action in OWN and not rows
        else _said(world, fields, entry.data)
    )
    if told := written_down(found, entry):
        said = f'<p class="given">{esc(told)}</p>{said}'
    kind = "late" if entry.action == OVERDUE else ""
    mark = icon(_MARKS.get(entry.action, "circle"))
    return (
        f'<li class="{kind}">{mark}<p><b>{esc(label)}</b>{moved}'
        f'<span class="quiet">{esc(who)}</span><span class="at">{when(entry.at)}</span></p>'
        f"{said}</li>"
    )


def _said(world: World, fields: Mapping[str, Field], data: Mapping[str, Any]) -> str:
    """What was filled in, by the names of the fields; units by theirs."""
    parts = []
    for name, value in data.items():
        one = fields.get(name)
        if one is None or value in (None, "", []):
            continue
        words = worded(world, one, value)
        if one.type == "long":
            parts.append(f"<blockquote>{lines(mask_text(words))}</blockquote>")
        else:
            parts.append(f'<p class="given">{esc(pick(one.label))}{_("：")}{esc(words)}</p>')
    if since := data.get(LATE_SINCE):
        parts.append(f'<p class="given late">{esc(late_since(since))}</p>')
    return "".join(parts)


def late_since(since: str) -> str:
    """Said where more time was granted only after the deadline."""
    time = exact(datetime.fromisoformat(since))
    return _("同意时已超过原期限 {time}，仍按超期计", time=time)


def worded(world: World, one: Field, value: Any) -> str:
    """A field's value as people say it."""
    match one.type:
        case "unit" | "units":
            codes: Sequence[str] = [value] if isinstance(value, str) else value
            return _("、").join(world.units.name(c) for c in codes)
        case "choice" | "choices":
            codes = [value] if isinstance(value, str) else value
            return _("、").join(pick(one.choices.get(c, c)) for c in codes)
        case "files":
            return _("{n} 个附件", n=len(value))
        case "score":
            return _("{n} 分", n=value)
        case "yes":
            return _("是") if value else _("否")
        case "time":
            return exact(datetime.fromisoformat(value)).removesuffix(" 00:00")  # the day alone
        case "area":
            return world.area_path(value)
        case "category":
            known = world.blueprint.categories.get(value)
            return pick(known.label) if known else str(value)
    return str(value)


def _rung(world: World, data: Mapping[str, Any]) -> str:
    """A clock's line: which clock, what it said, by when."""
    if "clock" not in data:
        return ""
    said = [str(CLOCKS.get(data["clock"], data["clock"]))]
    if data["clock"] == TASK_CLOCK and data.get("subject"):
        said.append(world.units.name(data["subject"]))
    if label := data.get("label"):
        said.append(pick(label))
    if due_at := data.get("due_at"):
        said.append(_("期限 {time}", time=exact(datetime.fromisoformat(due_at))))
    return f'<p class="given">{esc(" · ".join(said))}</p>'
