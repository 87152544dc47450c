"""The page of assessments as HTML: which one, which period, the ranking with what is behind it."""

from decimal import Decimal
from pathlib import Path

import streamlit as st

from core.access.actor import Actor
from core.kpi.assess.read import Assessed, Offered
from core.kpi.assess.result import Scored
from core.kpi.assess.rows import words_of
from core.kpi.assess.sheet import WHY, WHY_LINE, remarks
from core.rules.areas import contains
from core.rules.assessment import Line, rounded
from core.rules.permissions import Permission, Scope
from core.rules.spans import Period
from core.rules.unit_measures import measure_of
from core.words import _, pick
from pages.ui.files import downloads
from pages.ui.markup import empty, esc, href, icon, notice, tag
from pages.ui.times import exact

PATH = "/assess"
_KEPT = ("id", "period", "area")
_CSS = Path(__file__).with_name("assess.css")


def dress() -> None:
    """The look of this page, beside the office's own."""
    st.html(_CSS)


def compared(actor: Actor, area: str) -> str:
    """The area whose units are compared; a unit's own people do not choose one."""
    return "" if actor.scope is Scope.UNIT else area


def chosen(known: list[Offered], area: str) -> dict[str, str]:
    """Which assessment and period are asked for in the address; the first, if none is known."""
    asked, period = st.query_params.get("id", ""), st.query_params.get("period", "")
    own = next((o for o in known if o.id == asked), known[0])
    there = any(p.id == period for p, _published in own.periods)
    return {"assessment": own.id, "period": period if there else "", "area": area}


def address(**changed: str) -> str:
    """The same period with another choice; the cases behind a figure are left."""
    kept = {k: v for k in _KEPT if (v := st.query_params.get(k, ""))}
    return href(PATH, **kept | changed)


def shown(number: Decimal | None, digits: int) -> str:
    """「28.80」, or a dash."""
    return "—" if number is None else f"{rounded(number, digits):,}"


def count(number: Decimal) -> str:
    """「48」「36.2」: as many decimals as a weight makes."""
    return f"{number.normalize():,f}"


def period_words(period: Period) -> str:
    """「2026-11（10-19 至 11-18）」: the days are said where they are not the month itself."""
    first, last = period.since, period.last
    if first.day == 1 and first.month in (1, last.month):
        return period.id
    return _("{name}（{since} 至 {until}）", name=period.id, since=first, until=last)


def bar(actor: Actor, offered: list[Offered], found: Assessed) -> str:
    """Which assessment, which period, downloads, and what may be done with the whole."""
    key = found.basis.key
    tabs = "".join(
        f'<a href="{address(id=o.id, period="")}"'
        f"{' aria-current=page' if o.id == key.assessment else ''}>"
        f"{esc(pick(o.assessment.label))}</a>"
        for o in offered
    )
    own = next((o for o in offered if o.id == key.assessment), None)
    periods = "".join(
        f'<a href="{address(id=key.assessment, period=p.id)}"'
        f"{' aria-current=true' if p.id == key.period else ''}>{esc(period_words(p))}"
        f"{tag(_('已公布'), 'good') if published else ''}</a>"
        for p, published in (own.periods if own else ())
    )
    same = {"id": key.assessment, "period": key.period, "area": key.area}
    files = downloads("assessment", (_("表格"), same))
    publish = ""
    may = Permission.ASSESS_MANAGE in actor.permissions and actor.covers(key.area)
    if may and found.basis.state == "ended":
        publish = (
            f'<button type="button" class="btn main" data-tap="publish:">{icon("campaign")}'
            f"{esc(_('公布结果'))}</button>"
        )
    return (
        f'<div class="filters split"><nav class="seg" aria-label="{esc(_("考核"))}">{tabs}</nav>'
        f'<details class="menu"><summary class="chip on">{icon("calendar_month")}'
        f"{esc(period_words(found.basis.period))}{icon('expand_more')}</summary>"
        f'<div class="long">{periods}</div></details>'
        f'<span class="rest">{files}{publish}</span></div>'
    )


def standing(found: Assessed) -> str:
    """How final the numbers are."""
    on, publication = found.basis, found.basis.publication
    if publication is None:
        if on.state == "running":
            text = _("考核期到 {day} 结束，以下是截至现在的得分，还会变化。", day=on.period.last)
            return notice(text, symbol="hourglass_top")
        text = _("考核期已经结束，结果还没有公布，得分还会变化。")
        return notice(text, "warn", "pending")
    said = _(
        "{at} 由{name}公布，按第 {version} 版配置计算，公布后只有已决定的剔除和申诉会改变得分。",
        at=exact(publication.at), name=publication.name, version=publication.version,
    )  # fmt: skip
    until = (
        _("申诉和剔除申请到 {day} 截止。", day=on.closes)
        if on.state == "published"
        else _("申诉期已于 {day} 结束。", day=on.closes)
    )
    mark = _("输入数据指纹 {hash}", hash=publication.hash[:12])
    lines = [said + until + mark, *([publication.note] if publication.note else [])]
    return notice("\n".join(lines), "good", "verified")


def table_of_points(found: Assessed) -> str:
    """How points come about, line by line."""
    rule, words = found.basis.assessment, words_of(found.basis.world.blueprint)

    def side(weights: dict[str, float]) -> str:
        parts = [
            str(measure_of(m, words).label) + ("" if w == 1 else f" × {w:g}")
            for m, w in weights.items()
        ]
        said = " ＋ ".join(parts)
        return f"({said})" if len(parts) > 1 else said

    def gives(line: Line) -> str:
        if not line.is_rate:
            each = _("每件 {points} 分", points=f"{line.each:+g}")
            cap = _("，最多 {cap} 分", cap=f"{line.cap:g}") if line.cap else ""
            return each + cap
        reach = ""
        if (line.zero_at, line.full_at) != (0, 1):
            reach = _("（{zero} 为 0 分，{full} 为满分）", zero=f"{line.zero_at:.0%}",
                      full=f"{line.full_at:.0%}")  # fmt: skip
        return _("满分 {points} 分", points=f"{line.points:g}") + reach

    rows = "".join(
        f"<li><b>{esc(pick(line.label))}</b><span>{esc(side(line.numerator))}"
        f"{' ÷ ' + esc(side(line.denominator)) if line.is_rate else ''}</span>"
        f"<em>{esc(gives(line))}</em></li>"
        for line in rule.lines.values()
    )
    answers = {
        "lead": _("诉求由主办单位负责"),
        "first": _("诉求由首接单位负责"),
        "holder": _("诉求由现承办单位负责"),
    }[rule.answers]
    basis = {
        "received": _("按受理日期归入考核期"),
        "answered": _("按答复日期归入考核期"),
        "closed": _("按办结日期归入考核期"),
    }[rule.basis]
    least = _("样本少于 {n} 的单位不排名", n=rule.least) if rule.least else ""
    facts = _("；").join(x for x in (pick(rule.note).rstrip("。."), answers, basis, least) if x)
    return (
        f'<details class="rules"><summary>{icon("function")}{esc(_("得分怎么算"))}</summary>'
        f"<p>{esc(facts)}</p><ul>{rows}</ul></details>"
    )


def ranking(actor: Actor, found: Assessed, area: str) -> str:
    """Every group with its table; units without a rank stand apart, and why is said."""
    parts = []
    for name, group in found.basis.assessment.groups.items():
        ranked = [s for s in found.of(name, ranked=True) if contains(area, s.member.area)]
        apart = [s for s in found.of(name, ranked=False) if contains(area, s.member.area)]
        if not ranked and not apart:
            continue
        size = _("{n} 个单位参加排名", n=found.sizes[name])
        head = f'<h2 class="group">{esc(pick(group.label))} <span>{esc(size)}</span></h2>'
        table = _table(actor, found, ranked) if ranked else ""
        parts.append(head + table + _apart(found, apart))
    return "".join(parts) or empty(
        _("没有您可以查看的单位"), _("换一个区域、考核或考核期再看看。"), "leaderboard"
    )


def _table(actor: Actor, found: Assessed, ranked: list[Scored]) -> str:
    lines = found.basis.assessment.lines
    head = "".join(f"<th>{esc(pick(line.label))}</th>" for line in lines.values())
    rows = "".join(_row(actor, found, s) for s in ranked)
    return (
        f'<table class="figures ranks"><thead><tr><th>{esc(_("名次和单位"))}</th>'
        f"<th>{esc(_('总分'))}</th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(actor: Actor, found: Assessed, s: Scored) -> str:
    on = found.basis
    was = ""
    if found.changed(s) and on.publication:
        total, rank = on.publication.totals[s.member.unit]
        was = _("公布时 {total} 分，第 {rank} 名",
                total=shown(total, on.assessment.digits), rank=rank or "—")  # fmt: skip
    said = remarks(found, s)
    if s.excluded:
        said.append(_("已剔除 {n} 件", n=s.excluded))
    note = f"<small>{esc(_('；').join(said))}</small>" if said else ""
    cells = "".join(_cell(found, s, name, line) for name, line in on.assessment.lines.items())
    before = f"<em>{icon('history')}{esc(was)}</em>" if was else ""
    points = shown(s.score.total, on.assessment.digits)
    total = f'<td data-name="{esc(_("总分"))}"><b>{points}</b>{before}</td>'
    return (
        f'<tr><th><b class="rank">{s.rank}</b>{esc(s.member.name)}{note}'
        f"{_appeal(actor, found, s)}</th>{total}{cells}</tr>"
    )


def _appeal(actor: Actor, found: Assessed, s: Scored) -> str:
    if found.basis.state != "published" or s.member.unit not in actor.units:
        return ""
    return (
        f'<button type="button" class="link" data-tap="appeal:{esc(s.member.unit)}">'
        f"{icon('gavel')}{esc(_('申诉'))}</button>"
    )


def _cell(found: Assessed, s: Scored, name: str, line: Line) -> str:
    got, digits = s.score.lines[name], found.basis.assessment.digits
    of = count(got.numerator)
    if got.denominator is not None:
        of = f"{count(got.numerator)} / {count(got.denominator)}"
    value = "" if got.value is None else f"{got.value:.1%} · "
    part = "rest" if line.is_rate else "numerator"
    to = address(unit=s.member.unit, line=name, part=part)
    behind = f'<a href="{to}">{value}{of}</a>' if got.denominator or got.numerator else of
    why = f"<em>{esc(WHY_LINE[got.why])}</em>" if got.why else ""
    mark = icon("gavel") if got.set_to else ""
    nothing = "" if line.is_rate or got.numerator or got.set_to or line.points else " class=none"
    points = mark + shown(got.points, digits)
    return (
        f'<td{nothing} data-name="{esc(pick(line.label))}"><span>{points}</span>'
        f"<small>{behind}</small>{why}</td>"
    )


def _apart(found: Assessed, apart: list[Scored]) -> str:
    """Units that are not ranked: those with cases by name and number, the others counted."""
    if not apart:
        return ""
    some = [s for s in apart if s.score.sample]
    rest = len(apart) - len(some)
    items = "".join(
        f"<li>{esc(s.member.name)} <span>{esc(_('样本 {n}', n=count(s.score.sample)))} · "
        f"{esc(WHY[s.score.why])}</span> {_links(found, s)}</li>"
        for s in some
    )
    if rest:
        items += f'<li class="quiet">{esc(_("另有 {n} 个单位本期没有样本", n=rest))}</li>'
    title = icon("do_not_disturb_on") + esc(_("不参加排名的单位 {n} 个", n=len(apart)))
    return (
        f'<details class="rules apart"{" open" if some else ""}><summary>{title}</summary>'
        f"<ul>{items}</ul></details>"
    )


def _links(found: Assessed, s: Scored) -> str:
    links = [
        f'<a href="{address(unit=s.member.unit, line=name, part="denominator")}">'
        f"{esc(pick(line.label))} {count(s.score.lines[name].numerator)} / "
        f"{count(s.score.lines[name].denominator or Decimal(0))}</a>"
        for name, line in found.basis.assessment.lines.items()
        if line.is_rate and s.score.lines[name].denominator
    ]
    return " ".join(links)
