"""The registrar's form: which inputs there are, and what stands beside them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.access.actor import Actor
from core.access.desk import Look
from core.blueprint.world import World
from core.cases.alike import Caller, alike, caller, replies
from core.cases.because import why
from core.cases.intake import FIELDS, examine, facts_of, route
from core.cases.queries import CaseLine
from core.errors import OneDoorError
from core.rules.deadlines import Term
from core.rules.forms import Field
from core.rules.routing import first
from core.words import _, pick
from pages.ui import choices
from pages.ui.forms import Form
from pages.ui.markup import esc, icon, notice
from pages.ui.rows import short_list
from pages.ui.scope import base_of

_BY_ID = {f.id: f for f in FIELDS}
_FIRST = ("phone", "name")
_WHAT = ("body", "area", "address", "category")
_GRID_INLET = "grid"
_IN_THE_GRID = frozenset({"grid_worker", "grid_leader"})
_MORE = ("title", "kind", "urgency", "happened_at", "on_behalf", "accused")
_PHONE_INPUT = '[class*="st-key-reg"][class*="-phone"] input'
_MANY = 4
"""Cases shown beside the form of one caller, or of one matter."""


def _fields(world: World, *names: str) -> list[Field]:
    """Our own fields, with the county's choices where it has some."""
    blueprint = world.blueprint
    own = {"kind": blueprint.kinds, "urgency": blueprint.urgencies, "inlet": blueprint.inlets}
    return [
        _BY_ID[n].model_copy(update={"type": "choice", "choices": own[n]} if n in own else {})
        for n in names
    ]


def new_form(actor: Actor, world: World, key: str) -> Form:
    """An empty form with what can be picked; the inlet is remembered from case to case,
    and is at first that of whoever registers."""
    base = base_of(actor, world)
    places = world.memo.get(("areas", base))
    if places is None:
        places = world.memo[("areas", base)] = choices.areas_in(world, base)
    st.session_state.setdefault(f"{key}:area", base if len(base) > len(world.root) else None)
    inlets = world.blueprint.inlets
    outside = _GRID_INLET in inlets and not _IN_THE_GRID.isdisjoint(actor.roles)
    usual = _GRID_INLET if outside else next(iter(inlets))
    inlet = st.session_state.get("od_inlet") or usual
    st.session_state.setdefault(f"{key}:inlet", inlet)
    return Form(
        key,
        options={
            "area": places,
            "category": choices.categories(world),
            "accused": choices.units_near(world, base),
        },
    )


def draw(form: Form, world: World) -> None:
    """The inputs in the order in which a call goes: who, what, where, how to file it."""
    form.draw(_fields(world, "inlet"))
    left, right = st.columns(2)
    with left:
        form.draw(_fields(world, "phone"))
    with right:
        form.draw(_fields(world, "name"))
    form.draw(_fields(world, "body"))
    left, right = st.columns(2)
    with left:
        form.draw(_fields(world, "area"))
    with right:
        form.draw(_fields(world, "address"))
    form.draw(_fields(world, "category"))
    known = world.blueprint.categories.get(form.values.get("category", ""))
    if known and known.fields:
        form.draw(known.fields, prefix="form.")
    form.draw([Field(id="files", label=_("照片和附件"), type="files")])
    with st.container(horizontal=True):
        form.draw(_fields(world, "anonymous", "confidential"))
    if form.values.get("anonymous"):
        st.caption(_("匿名的诉求不保存姓名和电话，群众凭编号和查询码看答复、作评价"))
    with st.expander(_("更多：标题、性质、紧急程度、发生时间、代人反映、被反映单位")):
        form.draw(_fields(world, *_MORE))


def preview(world: World, raw: Mapping[str, Any], base: str) -> str:
    """Before the tap: what it will be taken for, who will get it, by when."""
    if len(str(raw.get("body", "")).strip()) < 4:
        return ""
    try:
        appeal = examine(world, {**raw, "phone": ""})
        inlet = raw.get("inlet") or next(iter(world.blueprint.inlets))
        facts, _because = facts_of(world, appeal, raw.get("area") or base, inlet)
        way = route(world, facts, appeal.values.get("accused", []))
    except OneDoorError:
        return ""
    row = first(world.blueprint.deadlines, facts)
    term = way.row.deadline or (row[0].case if row else "")
    category = world.blueprint.categories.get(facts.category)
    return notice(
        _(
            "将归入“{category}”（{urgency}），交{unit}，时限 {term}。",
            category=pick(category.label) if category else facts.category,
            urgency=pick(world.blueprint.urgencies[facts.urgency]),
            unit=way.unit.name,
            term=Term.parse(term).words() if term else "—",
        )
        + "\n"
        + why(world, way.because, facts.area),
        symbol="alt_route",
    )


def beside(look: Look, values: Mapping[str, Any], base: str) -> str:
    """Who is calling, and whether we have heard this before."""
    found = caller(look, str(values.get("phone", "")))
    text = str(values.get("body", ""))
    same = (
        alike(look, text, values.get("area") or base, values.get("category", ""))
        if len(text.strip()) >= 6
        else []
    )
    open_ones = {line.number for line in found.open_cases} if found else set()
    shown = [line for line in same if line.number not in open_ones][:_MANY]
    return _caller(look.world, values, found) + _same(look.world, shown, replies(look, shown))


def _caller(world: World, values: Mapping[str, Any], found: Caller | None) -> str:
    if found is None:
        if len(str(values.get("phone", ""))) < 7:
            hint = _("先填电话：来过的群众和没办完的诉求会显示在这里。")
            return (
                f"<section class=\"aside\" data-focus='{_PHONE_INPUT}'>"
                f'<p class="quiet">{icon("call")}{esc(hint)}</p></section>'
            )
        words = _("没有查到这个号码的诉求")
        return f'<section class="aside"><h2>{icon("person_add")}{esc(words)}</h2></section>'
    name = found.name or _("未留姓名")
    head = _("{name}，来过 {n} 次", name=name, n=found.earlier) if found.earlier else name
    if not found.open_cases:
        body = f'<p class="quiet">{esc(_("没有正在办的诉求"))}</p>'
    else:
        body = short_list(world, found.open_cases[:_MANY])
    return f'<section class="aside"><h2>{icon("person")}{esc(head)}</h2>{body}</section>'


def _same(world: World, found: list[CaseLine], answered: Mapping[str, str]) -> str:
    """The open ones can be added to; of the closed, the answer is what is of use."""

    def part(symbol: str, title: str, hint: str, lines: list[CaseLine]) -> str:
        shown = short_list(world, lines, said=lambda line: answered.get(line.number, ""))
        head = f"<h2>{icon(symbol)}{esc(title)}</h2><p>{esc(hint)}</p>"
        kind = "" if lines[0].number in answered else " warn"
        return f'<section class="aside{kind}">{head}{shown}</section>'

    live = [line for line in found if line.number not in answered]
    over = [line for line in found if line.number in answered]
    return (
        part(
            "content_copy",
            _("附近有相似的诉求"),
            _("可能是同一件事。如果是，打开它补充说明，不必再登记。"),
            live,
        )
        if live
        else ""
    ) + (
        part(
            "task_alt",
            _("附近办结过相似的诉求"),
            _("已经办结，不再办理。可以把当时的答复告诉群众；群众还要反映的，照常登记。"),
            over,
        )
        if over
        else ""
    )
