"""The page of figures as HTML: the strip, the choices, the table, what is drawn."""

from collections.abc import Callable, Mapping

from core.blueprint.world import World
from core.kpi.figures import FigureQuery, Figures, Report
from core.kpi.table import SPLITS
from core.words import _, lazy
from pages.ui import charts, choices, said
from pages.ui.asked import MEDIAN, RECEIVED, Asked, address, cases, cases_of, daily, inner
from pages.ui.charts import Bar
from pages.ui.files import downloads
from pages.ui.markup import esc, icon
from pages.ui.said import Value, value_of

_MOST_RATES = 4
"""Rates in the strip: with the number received and the median that makes six."""
_GAPS = {
    "response": ("unanswered", lazy("未答复 {n} 件")),
    "closure": ("live", lazy("未办结 {n} 件")),
    "on_time": ("late", lazy("超期才答复 {n} 件")),
    "satisfaction": ("unhappy", lazy("不满意 {n} 件")),
}
"""Rates whose missing part is a list: its state there, and its words."""
SHOWN = 16
"""Bars in a chart; the rest stand in the table."""


def strip(world: World, a: Asked, report: Report) -> str:
    """At most six figures: value, what is behind it, the change, and the cases."""
    shown = [RECEIVED, *list(world.blueprint.kpis)[:_MOST_RATES], MEDIAN]
    cells = "".join(_cell(world, a, report, show) for show in shown)
    than = said.comparison(report, a.period["period"])
    note = f'<p class="than">{icon("compare_arrows")}{esc(than)}</p>' if than else ""
    return f'<nav class="strip figures" aria-label="{esc(_("主要数字"))}">{cells}</nav>{note}'


def _cell(world: World, a: Asked, report: Report, show: str) -> str:
    value = value_of(show, report.total)
    of = said.daily(report) if show == RECEIVED else value.of
    gap, link = _behind(world, a, report.total, show)
    moved = ""
    before = report.before.total if report.before else None
    if before and before.counts["received"] and (show == RECEIVED or said.ripe(report)):
        old = value_of(show, before)
        moved = _moved(said.change(show, value, old), old)
    made = esc(said.made_of(world, show, report.total))
    return (
        f'<a class="cell" href="{link}"><span>{esc(said.name_of(world, show))}</span>'
        f'<b>{esc(value.text)}</b>{moved}<small title="{made}">{esc(of)}</small>'
        f'<i class="behind">{esc(gap)}{icon("chevron_right") if gap else ""}</i></a>'
    )


def _moved(change: tuple[int, str], before: Value) -> str:
    way, words = change
    if not words:
        return ""
    marks = {1: "arrow_upward", -1: "arrow_downward", 0: "drag_handle"}
    was = _("上期 {value}", value=f"{before.text} {before.of}".strip())
    return f'<em title="{esc(was)}">{icon(marks[way])}{esc(words)}</em>'


def _behind(world: World, a: Asked, row: Figures, show: str) -> tuple[str, str]:
    """The words and the list behind a figure: for a rate, what it is short of."""
    counts = row.counts
    if not counts["received"]:
        return "", cases(a)
    if show in _GAPS and show in world.blueprint.kpis:
        state, words = _GAPS[show]
        n = {
            "response": counts["received"] - counts["answered"],
            "closure": counts["received"] - counts["closed"],
            "on_time": counts["answered"] - counts["on_time"],
            "satisfaction": counts["rated"] - counts["satisfied"] - counts["basically"],
        }[show]
        return _(words.message, n=said.count(n)), cases(a, state=state)
    if show == MEDIAN:
        return _("看已答复的"), cases(a, state="replied")
    return _("看诉求"), cases(a)


def bar(world: World, a: Asked) -> str:
    """What to split by, what to show, what to narrow to, chart or table, downloads."""
    q = a.query
    splits = "".join(
        f'<a href="{address(by=by)}"{" aria-current=page" if by == q.by else ""}>{esc(word)}</a>'
        for by, word in SPLITS.items()
        if by != "day" or daily(q.since, q.until)
    )
    shows = {s: said.name_of(world, s) for s in (RECEIVED, *world.blueprint.kpis, MEDIAN)}
    views = "".join(
        f'<a href="{address(view=view)}"{" aria-current=page" if on else ""}>'
        f"{icon(mark)}<span>{esc(words)}</span></a>"
        for view, mark, words, on in (
            ("", "bar_chart", _("图"), not a.table),
            ("table", "table_rows", _("表"), a.table),
        )
    )
    return (
        f'<div class="filters split"><nav class="seg" aria-label="{esc(_("按什么分"))}">{splits}'
        f"</nav>{_filter('category', _('全部类别'), q.category, choices.categories(world))}"
        f"{_filter('inlet', _('全部渠道'), q.inlet, choices.labels(world.blueprint.inlets))}"
        f"{_unit(world, q)}"
        f'<span class="rest">{_menu("show", shows[a.show], shows, a.show)}'
        f'<nav class="seg" aria-label="{esc(_("图或表"))}">{views}</nav>{_files(a)}</span></div>'
    )


def _menu(name: str, words: str, known: Mapping[str, str], chosen: str = "") -> str:
    items = "".join(
        f'<a href="{address(**{name: code})}"{" aria-current=true" if code == chosen else ""}>'
        f"{esc(label)}</a>"
        for code, label in known.items()
    )
    return (
        f'<details class="menu"><summary class="chip">{esc(words)}{icon("expand_more")}</summary>'
        f'<div class="long">{items}</div></details>'
    )


def _filter(name: str, words: str, chosen: str, known: Mapping[str, str]) -> str:
    return _taken(name, known[chosen]) if chosen else _menu(name, words, known)


def _unit(world: World, q: FigureQuery) -> str:
    return _taken("unit", world.units.name(q.unit)) if q.unit else ""


def _taken(name: str, words: str) -> str:
    """A narrowing that is in force, and can be taken back."""
    return (
        f'<a class="chip on" href="{address(**{name: ""})}" title="{esc(_("取消这个条件"))}">'
        f"{esc(words)}{icon('close')}</a>"
    )


def _files(a: Asked) -> str:
    q = a.query
    query = {n: getattr(q, n) for n in FigureQuery.__slots__}
    return downloads("figures", (_("表格"), query))


def heading(world: World, a: Asked, report: Report) -> str:
    """The finding, and what it is a finding about."""
    found = said.finding(world, report, a.show, a.period["period"])
    n = said.count(report.total.counts["received"])
    about = _("{span} 受理的 {n} 件", span=said.span(report.query), n=n)
    return f'<div class="finding"><h2>{esc(found)}</h2><p>{esc(about)}</p></div>'


Mark = Callable[[Figures], str]
"""What stands behind a row's name, beside the ways to its cases and its parts."""


def table(world: World, a: Asked, report: Report, mark: Mark | None = None) -> str:
    """Every part with every figure; a row leads to its cases."""
    kpis = list(world.blueprint.kpis)
    names = [said.name_of(world, s) for s in (RECEIVED, *kpis, MEDIAN)]
    head = "".join(f"<th>{esc(n)}</th>" for n in names)
    earlier = {r.key: r for r in report.before.rows} if report.before else {}
    rows = "".join(
        _row(world, a, report, r, earlier.get(r.key), names, mark(r) if mark else "")
        for r in report.rows
    )
    whole = "".join(
        _numbers(value_of(s, report.total), n)
        for s, n in zip((RECEIVED, *kpis, MEDIAN), names, strict=True)
    )
    first = esc(SPLITS[a.query.by])
    return (
        f'<table class="figures"><thead><tr><th>{first}</th>{head}</tr></thead><tbody>{rows}'
        f"</tbody><tfoot><tr><th>{esc(_('合计'))}</th>{whole}</tr></tfoot></table>"
    )


def _row(
    world: World,
    a: Asked,
    report: Report,
    row: Figures,
    earlier: Figures | None,
    names: list[str],
    mark: str,
) -> str:
    to, down = cases_of(a, report, row), inner(a, world, report, row)
    label = said.when_words(row.label) if a.query.by in ("month", "day") else row.label
    name = f'<a href="{to}">{esc(label)}</a>' if to else esc(label)
    if down:
        name += (
            f'<a class="open" href="{down}" title="{esc(_("看“{name}”的细分", name=label))}">'
            f"{icon('account_tree')}</a>"
        )
    cells = []
    for show, title in zip((RECEIVED, *world.blueprint.kpis, MEDIAN), names, strict=True):
        value, moved = value_of(show, row), ""
        if show == RECEIVED and report.before is not None and report.before.rows:
            old = value_of(show, earlier or Figures())
            moved = _moved(said.change(show, value, old), old)
        cells.append(_numbers(value, title, moved))
    return f"<tr><th>{name}{mark}</th>{''.join(cells)}</tr>"


def _numbers(value: Value, title: str, moved: str = "") -> str:
    of = f"<small>{esc(value.of)}</small>" if value.of else ""
    few = ' class="few"' if value.of and value.base < said.FEW else ""
    return f'<td data-name="{esc(title)}"{few}><span>{esc(value.text)}{moved}</span>{of}</td>'


def drawn(world: World, a: Asked, report: Report) -> tuple[tuple[Bar, ...], str]:
    """The bars of a chart that splits by place, unit, category or inlet; and what is left out."""
    known = [(v, r) for r in report.rows if (v := value_of(a.show, r)).number is not None]
    known = [(v, r) for v, r in known if v.base]
    few = [] if a.show == RECEIVED else [p for p in known if p[0].base < said.FEW]
    if a.show != RECEIVED and len(few) < len(known):
        known = [p for p in known if p[0].base >= said.FEW]
    else:
        few = []
    known.sort(key=lambda p: p[0].number or 0, reverse=a.show in (RECEIVED, MEDIAN))
    notes = []
    if len(known) > SHOWN:
        notes.append(_("还有 {n} 个没有画出，在表里", n=len(known) - SHOWN))
    if few:
        notes.append(_("不足 {few} 件的 {n} 个没有画出，在表里", few=said.FEW, n=len(few)))
    cut = world.area_name(report.query.area or world.root)
    bars = tuple(_bar(world, a, v, r, cut) for v, r in known[:SHOWN])
    return bars, _("；").join(notes)


def _bar(world: World, a: Asked, value: Value, row: Figures, cut: str) -> Bar:
    colour = charts.colour_of(world, row.key) if a.query.by == "category" else charts.ACCENT
    bare = row.label.removeprefix(cut)
    label = bare if len(bare) > 1 and a.query.by == "unit" else row.label
    hover = f"<b>{esc(row.label)}</b><br>{esc(said.name_of(world, a.show))} {esc(value.text)}"
    if value.of:
        hover += f"<br>{esc(value.of)}"
    return Bar(row.key, label, value.number, value.text, hover, colour, value.of)


def course(world: World, a: Asked, report: Report) -> tuple[tuple[Bar, ...], tuple[str, ...]]:
    """The columns of a chart over time, and the words below them."""
    found, ticks = [], []
    step = max(1, -(-len(report.rows) // 13))
    for i, row in enumerate(report.rows):
        value, part = value_of(a.show, row), said.partial(report, row)
        words = said.when_words(row.key)
        hover = f"<b>{esc(words)}</b><br>{esc(said.name_of(world, a.show))} {esc(value.text)}"
        hover += f"<br>{esc(value.of)}" if value.of else ""
        if part:
            hover += f"<br>{esc(_('不满一个月') if len(row.key) == 7 else _('今天还没有过完'))}"
        colour = charts.FAINT if part else charts.ACCENT
        text = "" if value.number is None else value.text
        found.append(Bar(row.key, words, value.number, text, hover, colour))
        ticks.append(_tick(row.key, i == 0) if i % step == 0 else "")
    return tuple(found), tuple(ticks)


def _tick(key: str, first: bool) -> str:
    """「11月」, with the year below where it begins; 「21」, with the month below."""
    year, month, *day = (int(part) for part in key.split("-"))
    if day:
        under = f"<br>{_('{month}月', month=month)}" if first or day[0] == 1 else ""
        return f"{day[0]}{under}"
    words = _("{month}月", month=month)
    return f"{words}<br>{_('{year}年', year=year)}" if first or month == 1 else words


def whole(a: Asked, report: Report) -> tuple[float | None, str]:
    """Where a rate of the whole stands, as a line through its parts."""
    value = value_of(a.show, report.total)
    if a.show == RECEIVED or value.number is None or len(report.rows) < 2:
        return None, ""
    return value.number, _("全部 {value}", value=value.text)
