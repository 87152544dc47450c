"""The county's health as HTML: a verdict, what is wrong with its cure, what is well."""

from core.kpi.finding import Finding
from core.kpi.health import Health, Published
from core.places.configure import Draft
from core.words import _, lazy
from pages.ui.markup import esc, href, icon, tag
from pages.ui.system.parts import figures, size_words
from pages.ui.times import when

_STATES = {
    "now": ("bad", "error", lazy("马上处理")),
    "soon": ("warn", "warning", lazy("需要完善")),
    "good": ("good", "check_circle", lazy("正常")),
}
_WAYS = {
    "units": ("/people", {"part": "import"}, lazy("去导入人员")),
    "grids": ("/places", {"part": "import", "kind": "grids"}, lazy("去导入网格")),
    "centres": ("/places", {"part": "import", "kind": "units"}, lazy("去导入单位")),
    "roles": ("/people", {}, lazy("去人员账号")),
    "routes": ("/config", {"part": "dispatch"}, lazy("看派单表")),
    "calendar": ("/config", {"part": "calendar"}, lazy("看日历")),
    "undated": ("/config", {"part": "calendar"}, lazy("看日历")),
    "undelivered": ("/undelivered", {}, lazy("去处理")),
}
"""Where the cure begins, for the findings that can be cured in the browser."""
_SET_UP = "init"


def health_html(found: Health, draft: Draft | None, *, may_cure: bool) -> str:
    """The whole page; `may_cure`: the reader may go where the cures are."""
    wrong = [*found.of("now"), *found.of("soon")]
    rows = "".join(_finding(f, may_cure) for f in wrong)
    well = "".join(_finding(f, may_cure) for f in found.of("good"))
    open_ = "" if wrong else " open"
    return (
        f"{_verdict(found)}{_numbers(found, may_cure)}"
        '<div class="health"><section>'
        + (f'<ol class="findings">{rows}</ol>' if rows else "")
        + f'<details class="well"{open_}><summary>{icon("expand_more")}'
        f"{esc(_('正常的 {n} 项', n=len(found.of('good'))))}</summary>"
        f'<ol class="findings">{well}</ol></details></section>'
        f"<aside>{_draft(draft, may_cure)}{_published(found, may_cure)}</aside></div>"
    )


def _verdict(found: Health) -> str:
    now, soon = len(found.of("now")), len(found.of("soon"))
    if now:
        kind, mark, words = "bad", "error", _("{n} 项要马上处理", n=now)
        more = _("另有 {n} 项需要完善", n=soon) if soon else ""
    elif soon:
        kind, mark, words = "warn", "warning", _("系统在正常运行，{n} 项需要完善", n=soon)
        more = ""
    else:
        kind, mark, words, more = "good", "verified", _("一切正常"), ""
    small = f"<small>{esc(more)}</small>" if more else ""
    return f'<p class="verdict {kind}" role="status">{icon(mark)}<b>{esc(words)}</b>{small}</p>'


def _numbers(found: Health, may_cure: bool) -> str:
    n = found.numbers
    cases = _("约 {n}", n=f"{n.cases:,}") if n.about else f"{n.cases:,}"
    people, places = (href("/people"), href("/places")) if may_cure else ("", "")
    return figures(
        [
            (_("诉求"), cases, ""),
            (_("人员"), f"{n.people:,}", people),
            (_("单位数"), f"{n.units:,}", places),
            (_("区划数"), f"{n.areas:,}", places),
            (_("数据库"), size_words(n.database), ""),
            (_("磁盘剩余"), size_words(n.free) if n.free is not None else "—", ""),
        ]
    )


def _finding(f: Finding, may_cure: bool) -> str:
    kind, mark, word = _STATES[f.state]
    rest = f.n - len(f.examples)
    more = _("等 {n} 个", n=f"{f.n:,}") if f.examples and rest > 0 else ""
    some = f'<p class="some">{esc(_("、").join(f.examples))}{esc(more)}</p>' if f.examples else ""
    cure = f'<p class="cure">{icon("build")}<span>{esc(f.cure)}</span></p>' if f.cure else ""
    return (
        f'<li class="{kind}"><h3>{esc(f.title)}{tag(str(word), kind, mark)}</h3>'
        f"<p>{esc(f.said)}</p>{some}{cure}{_way(f, may_cure)}</li>"
    )


def _way(f: Finding, may_cure: bool) -> str:
    if not may_cure or f.state == "good" or f.id not in _WAYS:
        return ""
    path, query, words = _WAYS[f.id]
    return f'<a class="btn" href="{href(path, **query)}">{esc(words)}</a>'


def _draft(draft: Draft | None, may_cure: bool) -> str:
    if draft is None:
        return ""
    state = (
        tag(_("有 {n} 处要改", n=len(draft.faults)), "amber", "warning")
        if draft.faults
        else tag(_("检查通过，待发布"), "good", "check_circle")
    )
    link = (
        f'<a class="btn" href="{href("/config", part="publish")}">{esc(_("去处理草稿"))}</a>'
        if may_cure
        else ""
    )
    return (
        f'<section><h2 class="group">{esc(_("配置草稿"))}</h2><p>{esc(draft.name)} {state}</p>'
        f'<p class="quiet">{esc(draft.by)} {when(draft.at)}</p>{link}</section>'
    )


def note_words(note: str) -> str:
    """A publication's note as it was written; the first one is the founding."""
    return _("建立本县") if note == _SET_UP else note or _("没有写说明")


def _published(found: Health, may_cure: bool) -> str:
    items = "".join(publication(p) for p in found.publications)
    to = href("/config", part="publish")
    more = f'<a class="more" href="{to}">{esc(_("全部版本"))}</a>' if may_cure else ""
    return (
        f'<section><h2 class="group">{esc(_("最近发布的配置"))}</h2>'
        f'<ol class="published">{items}</ol>{more}</section>'
    )


def publication(p: Published) -> str:
    """One publication in a short list."""
    by = p.by or _("命令行")
    return (
        f"<li><b>{esc(_('第 {n} 版', n=p.version))}</b> {esc(note_words(p.note))}"
        f'<span class="quiet">{esc(by)} {when(p.at)}</span></li>'
    )
