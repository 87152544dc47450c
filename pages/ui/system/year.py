"""The calendar as it works: days off and make-up days of each year, in stretches."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from core.blueprint.world import World
from core.now import local_day, now
from core.rules.calendar import Calendar
from core.words import _, lazy
from pages.ui.markup import esc, notice, tag
from pages.ui.system.parts import table

_WEEKDAYS = (
    lazy("周一"), lazy("周二"), lazy("周三"), lazy("周四"), lazy("周五"), lazy("周六"),
    lazy("周日"),
)  # fmt: skip


def calendar_html(world: World) -> str:
    """This year, the next, and whatever the county has entered besides."""
    b, this = world.blueprint, local_day(now()).year
    years = sorted({this, this + 1, *(y for y in b.calendar if y >= this)})
    hours = _("办公时间 {a} 到 {b}，工作日期限到最后一天 {b} 止。",
              a=f"{b.hours.opens:%H:%M}", b=f"{b.hours.closes:%H:%M}")  # fmt: skip
    return f'<p class="quiet">{esc(hours)}</p>' + "".join(
        _year(b.clock_calendar, y, own=y in b.calendar) for y in years
    )


def _year(calendar: Calendar, year: int, *, own: bool) -> str:
    head = f'<h2 class="group">{esc(_("{year} 年", year=year))} '
    if not calendar.knows(year):
        words = _(
            "还没有录入 {year} 年的放假安排，跨到这一年的工作日期限算不出来。\n"
            "在配置文件的 calendar 里加上（日期照国务院办公厅的通知），再在“版本和发布”里上传：",
            year=year,
        )
        return (
            f"{head}{tag(_('未录入'), 'amber', 'warning')}</h2>{notice(words, 'warn', 'warning')}"
            f"<pre>{esc(sample(year))}</pre>"
        )
    source = _("本县录入") if own else _("国务院通知（系统自带）")
    off, on = _exceptions(calendar, year)
    rows = [
        *((_("放假"), esc(_stretch(a, b)), esc(_("{n} 天", n=(b - a).days + 1))) for a, b in off),
        *(
            (_("调休上班"), esc(_stretch(a, b)), esc(_("{n} 天", n=(b - a).days + 1)))
            for a, b in on
        ),
    ]
    working = calendar.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) \
        if calendar.knows(year - 1) else None  # fmt: skip
    total = _("全年 {n} 个工作日", n=working) if working is not None else ""
    return f"{head}{tag(source, 'good', 'check_circle')} <span>{esc(total)}</span></h2>" + table(
        (_("安排"), _("日期"), _("天数")), rows, kind="narrow"
    )


def sample(year: int) -> str:
    """How to write it; the dots keep anybody from taking the dates as they are."""
    off, on = _("放假的日期"), _("调休上班的周六、周日")
    return (
        f"calendar:\n  {year}:\n    holidays: [{year}-01-01, ……]  # {off}\n"
        f"    workdays: [……]  # {on}\n"
    )


_Stretch = tuple[date, date]


def _exceptions(calendar: Calendar, year: int) -> tuple[list[_Stretch], list[_Stretch]]:
    """Stretches off that hold a weekday, and weekend days that are worked."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    days = [d for d in days if d.year == year]
    free = [d for d in days if not calendar.is_working_day(d)]
    worked = [d for d in days if d.weekday() >= 5 and calendar.is_working_day(d)]
    off = [(a, b) for a, b in _stretches(free) if any(_weekday(a, b))]
    return off, list(_stretches(worked))


def _weekday(first: date, last: date) -> Iterator[bool]:
    return ((first + timedelta(days=n)).weekday() < 5 for n in range((last - first).days + 1))


def _stretches(days: Sequence[date]) -> Iterator[_Stretch]:
    start = last = None
    for day in days:
        if start is None or last is None or day != last + timedelta(days=1):
            if start is not None and last is not None:
                yield start, last
            start = day
        last = day
    if start is not None and last is not None:
        yield start, last


def _stretch(a: date, b: date) -> str:
    first = _day(a)
    return first if a == b else _("{a} 至 {b}", a=first, b=_day(b))


def _day(day: date) -> str:
    weekday = _WEEKDAYS[day.weekday()]
    return _("{month}月{day}日（{weekday}）", month=day.month, day=day.day, weekday=weekday)
