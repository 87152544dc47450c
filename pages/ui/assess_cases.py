"""The cases behind a figure of an assessment, each with the way to have it excluded."""

import streamlit as st

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.queries import CaseLine
from core.kpi.assess.behind import Behind, Part
from core.kpi.assess.claims import STATES
from core.rules.permissions import Permission
from core.words import _, pick
from pages.ui.assess import address, period_words
from pages.ui.markup import empty, esc, icon, notice, tag
from pages.ui.rows import due_of, stage_name, subject, tick


def asked() -> tuple[str, str, str]:
    """Unit, line and part in the address; empty ones: the ranking itself."""
    query = st.query_params
    return query.get("unit", ""), query.get("line", ""), query.get("part", "") or "numerator"


def may_ask(actor: Actor, found: Behind) -> bool:
    """Whether the reader may ask for exclusions here: of the unit, or in charge of it."""
    if found.basis.state == "closed":
        return False
    area = found.basis.member(found.unit).area
    manages = Permission.ASSESS_MANAGE in actor.permissions and actor.covers(area)
    return manages or found.unit in actor.units


def cases(world: World, found: Behind, *, may_ask: bool, over: str = "") -> str:
    """The list, with the way back to the ranking.

    Args:
        over: what may be done with several of the cases, which can be ticked then.
    """
    on, rule = found.basis, found.basis.assessment.lines[found.line]
    parts: dict[Part, str] = {"numerator": _("分子")}
    if rule.is_rate:
        parts = {"rest": _("失分的"), "numerator": _("分子"), "denominator": _("分母")}
    tabs = "".join(
        f'<a href="{address(unit=found.unit, line=found.line, part=part)}"'
        f"{' aria-current=page' if part == found.part else ''}>{esc(words)}</a>"
        for part, words in parts.items()
    )
    name = on.member(found.unit).name
    title = _("{unit}：{line}，{period}", unit=name, line=pick(rule.label),
              period=period_words(on.period))  # fmt: skip
    back = f'<a class="back" href="{address()}">{icon("arrow_back")}{esc(_("返回排名"))}</a>'
    head = (
        f'{back}<div class="finding"><h2>{esc(title)}</h2></div>'
        f'<div class="filters"><nav class="seg">{tabs}</nav></div>'
    )
    if not found.total:
        return head + empty(_("没有诉求"), symbol="task_alt")
    said = _("共 {n} 件", n=f"{found.total:,}")
    hidden = ""
    if found.hidden:
        hidden = notice(_("另有 {n} 件您无权查看，或一页放不下，仍计入得分。", n=found.hidden))
    rows = "".join(
        _row(world, found, line, may_ask, tick(line) if over else "") for line in found.shown
    )
    count = f'<p class="count">{esc(said)}</p>'
    count = f'<div class="picks">{count}{over}</div>' if over else count
    return f'{head}{count}{hidden}<ol class="rows inbox">{rows}</ol>'


def _row(world: World, found: Behind, line: CaseLine, may_ask: bool, box: str) -> str:
    claim = next((c for c in found.exclusions if c.number == line.number), None)
    do = ""
    if claim is not None:
        do = tag(str(STATES[claim.state]), "good" if claim.state == "approved" else "", "rule")
    elif may_ask:
        do = (
            f'<button type="button" class="btn" data-tap="exclude:{esc(line.number)}">'
            f"{esc(_('申请剔除'))}</button>"
        )
    return (
        f'<li class="row task"><span class="c due-c">{box}{due_of(world, line)}</span>'
        f'<div class="what">{subject(world, line)}</div>'
        f'<span class="c place">{esc(world.area_path(line.area))}</span>'
        f'<span class="c holder">{esc(world.units.name(line.holder))}</span>'
        f'<span class="c stage">{esc(stage_name(world, line.stage))}</span>'
        f'<span class="c do">{do}</span></li>'
    )
