"""The county's other decisions as tables: categories, dispatch, terms, reminders, the rest."""

from collections.abc import Mapping

from core.blueprint.world import World
from core.rules.deadlines import Term
from core.rules.demands import DemandKind
from core.rules.forms import Label
from core.rules.ladders import DUE, Recipient, Rung
from core.rules.measures import MEASURES
from core.rules.routing import To
from core.words import _, pick
from pages.ui.choices import categories
from pages.ui.markup import esc, tag
from pages.ui.rows import stage_name
from pages.ui.system.loop import field_words, ladder_name
from pages.ui.system.parts import table
from pages.ui.system.people import role_names
from pages.ui.system.words import ANSWERS, ASKED, RECIPIENTS, WAYS, to_words, when_words


def _head(words: str, n: int, hint: str = "") -> str:
    more = f'<p class="quiet">{esc(hint)}</p>' if hint else ""
    return f'<h2 class="group">{esc(words)} <span>{n}</span></h2>{more}'


def categories_html(world: World) -> str:
    """Categories with their own forms, and the words that an appeal is filed by."""
    names = categories(world)
    rows = [
        (
            f"<b>{esc(names[code])}</b>",
            f"<code>{esc(code)}</code>",
            esc(_("、").join(field_words(f) for f in c.fields)) or "—",
            tag(_("敏感，身份默认隐藏"), "amber", "lock") if c.sensitive else "",
        )
        for code, c in world.blueprint.categories.items()
    ]
    head = (_("类别"), _("代码"), _("要填的内容"), _("保护"))
    return _head(_("类别"), len(rows)) + table(head, rows) + _triage(world)


def _triage(world: World) -> str:
    b, names = world.blueprint, categories(world)
    rows = []
    for n, row in enumerate(b.triage, 1):
        told = [
            names.get(row.category, row.category) if row.category else "",
            pick(b.kinds.get(row.kind, row.kind)) if row.kind else "",
            pick(b.urgencies.get(row.urgency, row.urgency)) if row.urgency else "",
        ]
        result = "".join(tag(w, "blue") for w in told if w)
        rows.append((str(n), esc(when_words(world, row.when)), result))
    hint = _("没有人选类别、性质或紧急程度时，从上往下，第一条符合的算数。")
    head = (_("顺序"), _("条件"), _("归为"))
    return _head(_("自动归类"), len(rows), hint) + table(head, rows, kind="ruled")


def dispatch_html(world: World) -> str:
    """Who gets it."""
    rows = []
    for n, row in enumerate(world.blueprint.dispatch, 1):
        assist = _("、").join(to_words(world, to) for to in row.assist)
        more = f"<br>{esc(_('协办：{units}', units=assist))}" if assist else ""
        how = (
            tag(_("直接派单"), "good", "bolt")
            if row.dispatch
            else tag(_("由调度员派"), "", "person")
        )
        term = Term.parse(row.deadline).words() if row.deadline else _("按时限表")
        rows.append(
            (
                str(n),
                f"<b>{esc(pick(row.name)) or '—'}</b><br>"
                f'<span class="quiet">{esc(when_words(world, row.when))}</span>',
                esc(to_words(world, row.to)) + more,
                how,
                esc(term),
            )
        )
    hint = _("从上往下，第一条符合的算数。“最近”是从事发地往上找：网格、村、乡镇、县。")
    head = (_("顺序"), _("什么诉求"), _("派给"), _("方式"), _("时限"))
    return _head(_("派单表"), len(rows), hint) + table(head, rows, kind="ruled")


def terms_html(world: World) -> str:
    """By when, and who is reminded."""
    rows = [
        (
            str(n),
            f"<b>{esc(pick(row.name)) or '—'}</b><br>"
            f'<span class="quiet">{esc(when_words(world, row.when))}</span>',
            esc(Term.parse(row.case).words()),
            esc(Term.parse(row.of_task).words()),
            "<br>".join(
                esc(_("{who}：{text}", who=stage_name(world, s), text=Term.parse(t).words()))
                for s, t in row.stages.items()
            )
            or "—",
        )
        for n, row in enumerate(world.blueprint.deadlines, 1)
    ]
    head = (_("顺序"), _("什么诉求"), _("答复群众"), _("单位办理"), _("环节另有规定的"))
    hint = _("从上往下，第一条符合的算数。工作日扣除节假日，到最后一天下班时止。")
    terms = _head(_("时限表"), len(rows), hint) + table(head, rows, kind="ruled")
    return terms + _demands(world) + _ladders(world)


def _ladders(world: World) -> str:
    flow, parts = world.blueprint.workflow, []
    for name, ladder in world.blueprint.ladders.items():
        where = _("所有没有另外规定的时限")
        if name != "default":
            used = [s.label for s in flow.stages.values() if s.ladder == name]
            used += [k.label for k in world.blueprint.demands.values() if k.ladder == name]
            where = _("、").join(pick(label) for label in used) or ladder_name(name)
        rows = [_rung(world, r) for r in ladder]
        head = (_("什么时候"), _("叫什么"), _("提醒谁"), _("怎么提醒"), _("系统自动办"))
        parts.append(
            _head(
                _("提醒阶梯：{name}", name=ladder_name(name)),
                len(rows),
                _("用于：{where}", where=where),
            )
            + table(head, rows)
        )
    return "".join(parts)


def _told(world: World, to: Recipient) -> str:
    return to_words(world, to) if isinstance(to, To) else str(RECIPIENTS[to])


def _demands(world: World) -> str:
    """What may be asked on a case: whom, by when, who reminds, within which limits."""
    rows = [
        (
            f"<b>{esc(pick(kind.label))}</b>",
            esc(str(ANSWERS[kind.answer])),
            esc(to_words(world, kind.to) if isinstance(kind.to, To) else str(ASKED[kind.to])),
            esc(Term.parse(kind.term).words()) if kind.term else "—",
            esc(_limits(kind)) or "—",
        )
        for kind in world.blueprint.demands.values()
    ]
    head = (_("要求"), _("怎么算办完"), _("交给谁"), _("时限"), _("限制"))
    return _head(_("要求的种类"), len(rows)) + table(head, rows) if rows else ""


def _limits(kind: DemandKind) -> str:
    said = []
    if kind.cap:
        most = Term.parse(kind.cap).words()
        longer = "extend" in kind.then
        said.append(_("最多延 {term}", term=most) if longer else _("最多等 {term}", term=most))
    if kind.within:
        said.append(_("收到后 {term}内提出", term=Term.parse(kind.within).words()))
    if kind.most:
        said.append(_("每单位最多 {n} 次", n=kind.most))
    if kind.grounds:
        said.append(_("要写明依据：{list}", list=_("；").join(map(pick, kind.grounds.values()))))
    return _("，").join(said)


def _rung(world: World, rung: Rung) -> tuple[str, ...]:
    if rung.left is not None:
        moment = _("还剩 {n}% 的时间", n=round(rung.left * 100))
    elif rung.after == DUE:
        moment = _("到期时")
    else:
        moment = _("超期 {term}后", term=Term.parse(rung.after).words())
    actions = {t.id: pick(t.label) for t in world.blueprint.workflow.transitions}
    return (
        f"<b>{esc(moment)}</b>",
        esc(pick(rung.label)),
        esc(_("、").join(_told(world, r) for r in rung.to)) or "—",
        esc(_("、").join(str(WAYS[w]) for w in rung.by)) if rung.to else "—",
        esc(actions.get(rung.do, rung.do)) if rung.do else "—",
    )


def rest_html(world: World) -> str:
    """Short lists of words, and the formulas of the figures."""
    b = world.blueprint
    lists: tuple[tuple[str, Mapping[str, Label]], ...] = (
        (_("渠道"), b.inlets),
        (_("性质"), b.kinds),
        (_("紧急程度"), b.urgencies),
        (_("角色"), dict(role_names(world))),
        (_("职责"), b.duties),
        (_("评价理由"), b.rating.reasons),
    )
    words = "".join(
        f"<section>{_head(name, len(items))}<p>"
        + "".join(tag(pick(label)) for label in items.values())
        + "</p></section>"
        for name, items in lists
        if items
    )
    return f'<div class="lists">{words}</div>' + _kpis(world)


def _kpis(world: World) -> str:
    def side(parts: Mapping[str, float]) -> str:
        said = [
            str(MEASURES[m].label) if w == 1 else _("{name} × {w}", name=MEASURES[m].label, w=w)
            for m, w in parts.items()
        ]
        return esc(" + ".join(said))

    rows = [
        (f"<b>{esc(pick(k.label))}</b>", side(k.numerator), side(k.denominator))
        for k in world.blueprint.kpis.values()
    ]
    head = (_("指标"), _("分子"), _("分母"))
    hint = _("评分低于 {n} 分为不满意，要重新办理。", n=world.blueprint.rating.satisfied_from)
    return _head(_("指标"), len(rows), hint) + table(head, rows)
