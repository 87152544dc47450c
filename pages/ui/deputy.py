"""代表评议 as HTML: closed lately, open, sent back, topics, my own record."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.access.desk import Look
from core.cases.queries import CaseLine
from core.oversight.deputy import Closed, Said, came_of
from core.oversight.duty import READING, WHAT, Record
from core.oversight.topics import TOPICS, Topic
from core.rules.demands import ANSWERED
from core.words import Text, _, lazy
from pages.ui.files import downloads
from pages.ui.forms import score_words
from pages.ui.markup import empty, esc, href, lines, tag
from pages.ui.rows import stage_name, subject
from pages.ui.scope import download_period
from pages.ui.times import due_badge, when

VIEWS: dict[str, Text] = {
    "": lazy("待评议"),
    "back": lazy("退回重办"),
    "open": lazy("在办诉求"),
    "topics": lazy("视察选题"),
    "duty": lazy("履职记录"),
}
_HELP = {
    "": lazy("近 30 天办结、您还没有评议的。点一下就打分；不满意的请写意见，诉求会退回重办。"),
    "back": lazy("您评为不满意、退回重办的。单位反馈后，由您认可或要求再办。"),
    "open": lazy("正在办的诉求。您的建议承办单位能看到。"),
    "topics": lazy("近一年辖区里问题最集中的类别，附分子和分母，供视察调研选题。"),
    "duty": lazy("您查阅、建议、评议的记录，只有您自己能看到。"),
}


def views(chosen: str, counts: Mapping[str, int]) -> str:
    """The five views, with how many wait in each."""
    links = "".join(
        f'<a class="chip{" on" if v == chosen else ""}" href="{_view(v)}"'
        f"{' aria-current=true' if v == chosen else ''}>{esc(words)}{_count(counts, v)}</a>"
        for v, words in VIEWS.items()
    )
    return f'<div class="filters">{links}</div><p class="count">{esc(_HELP[chosen])}</p>'


def _count(counts: Mapping[str, int], view: str) -> str:
    return f" {counts[view]}" if counts.get(view) else ""


def _view(view: str) -> str:
    kept = {k: v for k, v in st.query_params.to_dict().items() if k in ("area",)}
    return href("/deputy", **kept, view=view)


def _about(look: Look, line: CaseLine) -> str:
    world = look.world
    place, unit = world.area_path(line.area), world.units.name(line.holder)
    return f"{esc(place)} · {esc(unit)}"


def closed(look: Look, found: Sequence[Closed]) -> str:
    """Closed cases, each with five buttons."""
    if not found:
        return empty(_("近期办结的都评议过了"), _("有新办结的诉求时会出现在这里。"), "task_alt")
    items = "".join(
        f'<li><div class="what">{subject(look.world, c.case)}<p>{_about(look, c.case)} · '
        f"{esc(_('办结'))} {when(c.case.closed_at)}</p>{_reply(c.reply)}</div>"
        f'<span class="scores">{_scores(c.case.number)}</span></li>'
        for c in found
    )
    return f'<ol class="said">{items}</ol>'


def _reply(text: str) -> str:
    cut = text if len(text) <= 120 else text[:119] + "…"
    return f"<blockquote>{lines(cut)}</blockquote>" if text else ""


def _scores(number: str) -> str:
    return "".join(
        f'<button type="button" class="btn" data-tap="score:{n}:{esc(number)}"'
        f' aria-label="{esc(score_words(n))}">{n}<small>{esc(score_words(n)[2:])}</small></button>'
        for n in (1, 2, 3, 4, 5)
    )


def open_ones(look: Look, found: Sequence[CaseLine]) -> str:
    """Open cases, each with a way to suggest something."""
    if not found:
        return empty(_("辖区里没有在办的诉求"), "", "task_alt")
    items = "".join(
        f'<li><div class="what">{subject(look.world, line)}<p>{_about(look, line)} · '
        f"{esc(stage_name(look.world, line.stage))} {due_badge(look.world, line.due)}</p></div>"
        f'<span class="ways"><button type="button" class="btn"'
        f' data-tap="suggest:{esc(line.number)}">{esc(_("提建议"))}</button></span></li>'
        for line in found
    )
    return f'<ol class="said">{items}</ol>'


def back(look: Look, found: Sequence[Said]) -> str:
    """What was sent back, with the unit's answer."""
    if not found:
        return empty(_("没有退回重办的诉求"), _("评为不满意的会出现在这里。"), "task_alt")
    return f'<ol class="said">{"".join(_back(look, s) for s in found)}</ol>'


def _back(look: Look, s: Said) -> str:
    answered = s.state == ANSWERED
    ways = ""
    if answered:
        ways = (
            f'<span class="ways"><button type="button" class="btn main"'
            f' data-tap="settle:{esc(s.number)}">{esc(_("认可反馈"))}</button>'
            f'<button type="button" class="btn" data-tap="press:{esc(s.number)}">'
            f"{esc(_('要求再办'))}</button></span>"
        )
    answer = f"<blockquote>{lines(s.answer)}</blockquote>" if s.answer else ""
    due = "" if answered else due_badge(look.world, s.due_at)
    score = tag(score_words(s.score)) if s.score else ""
    return (
        f'<li><div class="what"><a class="case" href="{href("/case", number=s.number)}">'
        f'<b>{esc(s.title)}</b> <span class="no">{esc(s.number)}</span></a>'
        f"<p>{score} {esc(s.text)} {when(s.at)}</p><p>{esc(came_of(look, s))} {due}</p>"
        f"{answer}</div>{ways}</li>"
    )


def topics(found: Mapping[str, Sequence[Topic]], area: str) -> str:
    """Where it goes wrong, with numerator and denominator."""
    parts = []
    for name, words in TOPICS.items():
        items = "".join(_topic(t, name, area) for t in found[name])
        body = (
            f'<ol class="said">{items}</ol>'
            if items
            else f'<p class="quiet">{esc(_("数量太少，还看不出问题"))}</p>'
        )
        parts.append(f"<section><h2>{esc(words)}</h2>{body}</section>")
    return f'<div class="topics">{"".join(parts)}</div>'


def _topic(t: Topic, name: str, area: str) -> str:
    state = {"late": "late"}.get(name, "")
    to = href("/cases", area=area, category=t.category, period="12m", state=state)
    words = _("{label}：{n} / {of}（{rate}）", label=t.label, n=t.n, of=t.of, rate=f"{t.rate:.0%}")
    return f'<li><a href="{to}">{esc(words)}</a></li>'


def duty(found: Record) -> str:
    """My own record, with what came of it."""
    tallies = (
        (_("查阅"), found.reads), (_("建议"), found.suggestions), (_("评议"), found.reviews),
        (_("退回重办"), found.low), (_("退回的已反馈"), found.answered),
    )  # fmt: skip
    strip = "".join(f"<div><dt>{esc(name)}</dt><dd>{n:,}</dd></div>" for name, n in tallies)
    files = downloads("duty", (_("表格"), download_period()))
    if not found.lines:
        body = empty(_("这段时间没有履职记录"), _("换一段时间再看看。"), "history")
    else:
        items = "".join(
            f'<li><div class="what"><a class="case" href="{href("/case", number=d.number)}">'
            f"{tag(str(WHAT[d.what]), '' if d.what == READING else 'blue')} "
            f"<b>{esc(d.title or d.number)}</b></a><p>{when(d.at)}"
            f"{' · ' + esc(score_words(d.score)) if d.score else ''}"
            f"{' · ' + esc(d.came) if d.came else ''}</p>"
            f"{f'<blockquote>{lines(d.text)}</blockquote>' if d.text else ''}</div></li>"
            for d in found.lines
        )
        body = f'<ol class="said">{items}</ol>'
    files = f'<div class="filters"><span class="rest">{files}</span></div>'
    return f'<dl class="tallies">{strip}</dl>{files}{body}'
