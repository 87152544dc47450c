"""Figures in words: values, changes, and the one sentence that a chart is there to say."""

from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

from core.blueprint.world import World
from core.kpi.figures import FigureQuery, Figures, Rate, Report
from core.kpi.query import last_day
from core.kpi.table import plain
from core.now import local_day, now
from core.rules.measures import MEASURES
from core.words import _, pick
from pages.ui.asked import MEDIAN, RECEIVED

FEW = 20
"""A rate of fewer cases says nothing about the part: it stands in the table, faint, and never
in chart or headline."""
RIPE = 0.95
"""Only when this share of a recent period has been answered are its rates laid beside another's:
until then they leave out whatever takes long."""
_FRESH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Value:
    """One figure, ready to be shown."""

    number: float | None
    text: str
    of: str = ""
    """The numerator and denominator behind a rate."""
    base: float = 0
    """How many cases stand behind it."""


def count(n: float) -> str:
    """「1,234」."""
    return f"{plain(n):,}"


def percent(value: float | None) -> str:
    """「82.1%」, or a dash."""
    return "—" if value is None else f"{value:.1%}"


def days(value: float | None) -> str:
    """「11.2 天」, or a dash."""
    return "—" if value is None else _("{n} 天", n=f"{value:,.1f}")


def value_of(show: str, row: Figures) -> Value:
    """What the row says of the figure that is shown."""
    received, replied = row.counts.get("received", 0), row.counts.get("replied", 0)
    if show == RECEIVED:
        return Value(received, count(received), base=received)
    if show == MEDIAN:
        of = _("{n} 件答复", n=count(replied)) if replied else ""
        return Value(row.median_days, days(row.median_days), of, replied)
    rate = row.rates.get(show, Rate(0, 0))
    of = f"{count(rate.numerator)} / {count(rate.denominator)}" if rate.denominator else ""
    return Value(rate.value, percent(rate.value), of, rate.denominator)


def name_of(world: World, show: str) -> str:
    """What the figure is called."""
    if show == RECEIVED:
        return _("受理量")
    return _("答复用时") if show == MEDIAN else pick(world.blueprint.kpis[show].label)


def change(show: str, now_: Value, before: Value) -> tuple[int, str]:
    """Direction (-1, 0, 1) and words of what changed; no words where nothing can be compared."""
    if now_.number is None or before.number is None:
        return 0, ""
    step = now_.number - before.number
    if show == RECEIVED:
        if not before.number:
            return (1, _("上期为 0")) if step else (0, "")
        step, words = step / before.number, f"{abs(step) / before.number:.1%}"
    elif show == MEDIAN:
        words = days(abs(step))
    else:
        words = _("{n} 个百分点", n=f"{abs(step) * 100:.1f}")
    if words in ("0.0%", days(0), _("{n} 个百分点", n="0.0")):
        return 0, _("持平")
    return (1 if step > 0 else -1), words


def ripe(report: Report) -> bool:
    """Whether the period's rates can be laid beside those of a period long over."""
    counts = report.total.counts
    done = counts["answered"] >= RIPE * counts["received"]
    return done or last_day(report.query) < local_day(now()) - _FRESH


def made_of(world: World, show: str, row: Figures) -> str:
    """「满意 2,000 ＋ 基本满意 796 × 0.9」: what a rate's numerator is made of."""
    if show not in world.blueprint.kpis:
        return ""
    parts = [
        f"{MEASURES[m].label} {count(row.counts[m])}" + ("" if w == 1 else f" × {w:g}")
        for m, w in world.blueprint.kpis[show].numerator.items()
        if m in MEASURES
    ]
    return " ＋ ".join(parts)


def beside(period: str) -> str:
    """「比上月同期」: what a change is a change against."""
    known = {
        "month": _("比上月同期"),
        "last_month": _("比前一个月"),
        "year": _("比去年同期"),
        "7d": _("比前 7 天"),
        "30d": _("比前 30 天"),
        "12m": _("比前 12 个月"),
    }
    return known.get(period, _("比前一段时间"))


def span(query: FigureQuery) -> str:
    """「2026-11-01 至 2026-11-22」."""
    last = last_day(query)
    if query.since is None:
        return _("截至 {until}", until=last)
    return _("{since} 至 {until}", since=query.since, until=last)


def daily(report: Report) -> str:
    """「日均 17.9 件」."""
    since = report.query.since
    n = (last_day(report.query) - since).days + 1 if since else 0
    each = report.total.counts["received"] / max(n, 1)
    return _("日均 {n} 件", n=f"{each:,.1f}") if n > 1 and each else ""


def comparison(report: Report, period: str) -> str:
    """What the changes are changes against, and where there are none, why."""
    if report.before is None:
        return ""
    against = _("{name}（{how}）", name=beside(period), how=span(report.before.query))
    if not report.before.total.counts["received"]:
        return _("{than}：那段时间没有诉求，不作比较", than=against)
    if not ripe(report):
        n = report.total.counts["received"] - report.total.counts["answered"]
        return _("{than}；还有 {n} 件没有答复，各项比率现在不作比较", than=against, n=count(n))
    return against


def finding(world: World, report: Report, show: str, period: str) -> str:
    """The sentence above the chart: what stands out, with its number."""
    if not report.total.counts.get("received"):
        return _("这段时间没有诉求")
    if report.query.by in ("month", "day"):
        return _by_time(world, report, show)
    if show == RECEIVED:
        return _risen(report, period) or _most(report)
    return _worst(world, report, show)


def _risen(report: Report, period: str) -> str:
    """The part that grew most beyond chance (two standard deviations of a Poisson count)."""
    if report.before is None:
        return ""
    earlier = {r.key: r.counts["received"] for r in report.before.rows}

    def beyond(row: Figures) -> float:
        new, old = row.counts["received"], earlier.get(row.key, 0)
        return (new - old) / sqrt(new + old) if new + old else 0.0

    row = max(report.rows, key=beyond)
    new, old = row.counts["received"], earlier.get(row.key, 0)
    if beyond(row) < 2 or old < FEW:
        return ""
    return _(
        "{part}{than}多 {share}（{old} → {new} 件）",
        part=row.label,
        than=beside(period),
        share=f"{new / old - 1:.0%}",
        old=count(old),
        new=count(new),
    )


def _most(report: Report) -> str:
    row, whole = report.rows[0], report.total.counts["received"]
    if len(report.rows) == 1:
        return _("全部 {n} 件都在{part}", n=count(whole), part=row.label)
    n = row.counts["received"]
    return _(
        "{part}最多，{n} 件，占 {share}",
        part=row.label,
        n=count(n),
        share=f"{n / whole:.0%}",
    )


def _worst(world: World, report: Report, show: str) -> str:
    whole = value_of(show, report.total)
    name = name_of(world, show)
    fit = [(v, r) for r in report.rows if (v := value_of(show, r)).base >= FEW]
    known = [(v, r) for v, r in fit if v.number is not None]
    if whole.number is None:
        return _("{name}还算不出来：没有可以计算的诉求", name=name)
    if len(known) < 2:
        return _("{name}：{whole}", name=name, whole=whole.text)
    slowest = show == MEDIAN
    value, row = sorted(known, key=lambda p: p[0].number or 0)[-1 if slowest else 0]
    said = _("{part}等答复最久，{value}") if slowest else _("{part}{name}最低，{value}")
    return said.format(part=row.label, name=name, value=value.text) + _(
        "；全部为 {whole}", whole=whole.text
    )


def _by_time(world: World, report: Report, show: str) -> str:
    name, whole = name_of(world, show), value_of(show, report.total)
    known = [(v, r) for r in report.rows if (v := value_of(show, r)).number is not None]
    over = [(v, r) for v, r in known if not partial(report, r)]
    if len(over) < 2:
        return _("{name}：{whole}", name=name, whole=whole.text)
    if show == RECEIVED:
        value, row = max(over, key=lambda p: p[0].number or 0)
        return _("{when}受理最多，{n} 件", when=when_words(row.key), n=value.text)
    (old, _old), (new, row) = over[-2:]
    way, words = change(show, new, old)
    if not way or min(old.base, new.base) < FEW:
        return _("{when}{name} {value}", when=when_words(row.key), name=name, value=new.text)
    than = _("比上月") if len(row.key) == 7 else _("比前一天")
    more = _("高") if way > 0 else _("低")
    if show == MEDIAN:
        more = _("长") if way > 0 else _("短")
    return _(
        "{when}{name} {value}，{than}{more} {words}",
        when=when_words(row.key), name=name, value=new.text, than=than, more=more, words=words,
    )  # fmt: skip


def partial(report: Report, row: Figures) -> bool:
    """Whether a month or day is not over yet, or cut by the period."""
    query, key = report.query, row.key
    if query.by not in ("month", "day"):
        return False
    first = query.since
    cut = first is not None and f"{first}".startswith(key) and f"{first:%Y-%m-%d}" > f"{key}-01"
    last = last_day(query) + timedelta(days=1)
    unfinished = f"{last}".startswith(key) and last.day > 1
    return f"{local_day(now())}".startswith(key) or (len(key) == 7 and (cut or unfinished))


def when_words(key: str) -> str:
    """「2026年11月」「11月21日」."""
    year, month, *day = (int(part) for part in key.split("-"))
    if day:
        return _("{month}月{day}日", month=month, day=day[0])
    return _("{year}年{month}月", year=year, month=month)
