"""Why a case went where it went, in a sentence: the reason is kept and shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.blueprint.world import World
from core.rules.case import Entry
from core.words import _, lazy, pick

_SENDS = frozenset({"open_tasks", "pass_up", "take"})
"""Effects that send a case to another unit, whatever the dispatch table said when it came in."""


def why_now(world: World, because: Mapping[str, Any], area: str, timeline: Sequence[Entry]) -> str:
    """Why it is where it is now: who sent it there, or `why`, while nobody has."""
    rows = world.blueprint.workflow.transitions
    for entry in reversed(timeline):
        sent = next((t for t in rows if t.id == entry.action and _SENDS & {*t.effects}), None)
        if sent is not None and (entry.actor_id or "pass_up" in sent.effects):
            who = " · ".join(p for p in (_(entry.actor_name), entry.actor_unit) if p)
            return _("由{who}“{action}”", who=who, action=pick(sent.label))
        if sent is not None:
            break
    return why(world, because, area)


def why(world: World, because: Mapping[str, Any], area: str = "") -> str:
    """「因为：类别 供暖，地点 安平镇（规则“供暖交住建”）」, from `Case.because`.

    Args:
        area: where the case lies; named even if the rule did not ask for it, since the
            nearest unit follows from it.
    """
    blueprint = world.blueprint
    said: list[str] = []
    if code := because.get("category"):
        found = blueprint.categories.get(code)
        said.append(_("类别 {name}", name=pick(found.label) if found else code))
    for name, sentence, labels in (
        ("kind", lazy("性质 {name}"), blueprint.kinds),
        ("urgency", lazy("紧急程度 {name}"), blueprint.urgencies),
        ("inlet", lazy("渠道 {name}"), blueprint.inlets),
    ):
        if code := because.get(name):
            said.append(_(sentence.message, name=pick(labels.get(code) or code)))
    if words := because.get("words"):
        said.append(_("提到“{name}”", name=words))
    if place := because.get("area") or area:
        said.append(_("地点 {name}", name=world.area_name(place)))
    rule = pick(because.get("name") or "")
    reasons = _("，").join(said)
    if rule and reasons:
        return _("因为：{reasons}（规则“{rule}”）", reasons=reasons, rule=rule)
    return _("因为：{reasons}", reasons=reasons or rule) if reasons or rule else ""
