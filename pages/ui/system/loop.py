"""The loop as two tables: the stages, and what may be done in them."""

from core.blueprint.world import World
from core.rules.deadlines import Term
from core.rules.forms import Field
from core.rules.workflow import Transition
from core.words import _, lazy, pick
from pages.ui.markup import esc, icon, tag
from pages.ui.system.parts import table
from pages.ui.system.words import EFFECTS, FIELD_TYPES, ONCE, STAGE_KINDS, TOLD, who_words

_KINDS = {"open": "blue", "waiting": "amber", "closed": "good"}


def loop_html(world: World) -> str:
    """Stages, then actions."""
    return f"{_steps(world)}{_stages(world)}{_actions(world)}"


def _steps(world: World) -> str:
    items = "".join(f"<li>{esc(pick(s))}</li>" for s in world.blueprint.workflow.steps.values())
    return f'<ol class="steps loop" aria-label="{esc(_("群众看到的步骤"))}">{items}</ol>'


def _stages(world: World) -> str:
    flow = world.blueprint.workflow
    rows = []
    for code, stage in flow.stages.items():
        start = tag(_("起点"), "", "flag") if code == flow.start else ""
        step = flow.steps.get(stage.step, "")
        term = Term.parse(stage.term).words() if stage.term else _("随诉求时限")
        rows.append(
            (
                f"<b>{esc(pick(stage.label))}</b>{start}",
                tag(str(STAGE_KINDS[stage.kind]), _KINDS[stage.kind]),
                esc(pick(step)) or "—",
                esc("—" if stage.kind == "closed" else term),
                f'<a href="/config?part=terms">{esc(ladder_name(stage.ladder))}</a>',
            )
        )
    head = (_("环节"), _("状态"), _("步骤"), _("本环节时限"), _("提醒阶梯"))
    return f'<h2 class="group">{esc(_("环节"))} <span>{len(rows)}</span></h2>{table(head, rows)}'


def _actions(world: World) -> str:
    rows = [_action(world, t) for t in world.blueprint.workflow.transitions]
    head = (_("操作"), _("在哪些环节"), _("到哪个环节"), _("谁可以办"), _("会发生什么"))
    return (
        f'<h2 class="group">{esc(_("操作"))} <span>{len(rows)}</span></h2>'
        f"{table(head, rows, kind='loop')}"
    )


def _action(world: World, t: Transition) -> tuple[str, ...]:
    stages = world.blueprint.workflow.stages
    sources = "".join(tag(pick(stages[s].label)) for s in t.sources)
    once = f'<span class="quiet">{esc(ONCE[t.once])}</span> ' if t.once in ONCE else ""
    target = tag(pick(stages[t.target].label), "blue") if t.target else esc(_("不变"))
    usual = tag(_("常用"), "good", "star") if t.usual else ""
    who = "<br>".join(esc(w) for w in who_words(world, dict(t.who)))
    return (
        f"<b>{esc(pick(t.label))}</b> {usual}",
        sources,
        once + target,
        who,
        _follows(t),
    )


def _follows(t: Transition) -> str:
    said = [str(EFFECTS[e]) for e in t.effects]
    if t.fields:
        said.append(_("要填：{fields}", fields=_("、").join(field_words(f) for f in t.fields)))
    if t.notify:
        said.append(_("通知{who}", who=_("、").join(str(TOLD[n]) for n in t.notify)))
    items = "".join(f"<li>{esc(x)}</li>" for x in said)
    eye = f"<li>{icon('visibility')}{esc(_('群众能看到这一步'))}</li>" if t.public else ""
    return f'<ul class="said">{items}{eye}</ul>' if items or eye else "—"


_LADDERS = {
    "default": lazy("通用"),
    "rating": lazy("评价"),
    "demand": lazy("要求"),
    "promise": lazy("承诺"),
    "shelf": lazy("挂账"),
}


def ladder_name(code: str) -> str:
    """What a ladder is for: 「通用」 for every clock that has none of its own; the code of one
    that a county has thought of by itself."""
    return str(_LADDERS.get(code, code))


def field_words(field: Field) -> str:
    """「理由（长文字，必填）」."""
    kind = str(FIELD_TYPES[field.type])
    how = _("{kind}，必填", kind=kind) if field.required else kind
    return _("{name}（{how}）", name=pick(field.label), how=how)
