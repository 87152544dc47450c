"""Times as people say them, with the exact one on hover."""

from datetime import datetime

from core.blueprint.world import World
from core.now import local, local_day, now
from core.rules.deadlines import OVERDUE, SOON, TODAY, describe_left, time_left
from core.words import _
from pages.ui.markup import esc, icon


def clock_words() -> str:
    """「今天 14:20」."""
    return _("今天 {time}", time=f"{local(now()):%H:%M}")


def exact(instant: datetime) -> str:
    """「2026-11-21 14:20」, the county's wall clock."""
    return f"{local(instant):%Y-%m-%d %H:%M}"


def said(instant: datetime) -> str:
    """「今天 14:20」「昨天 09:05」「11月3日 14:20」「2025年11月3日」."""
    here, today = local(instant), local_day(now())
    days = (today - here.date()).days
    clock = f"{here:%H:%M}"
    if days == 0:
        return _("今天 {time}", time=clock)
    if days == 1:
        return _("昨天 {time}", time=clock)
    if days == -1:
        return _("明天 {time}", time=clock)
    if here.year == today.year:
        return _("{month}月{day}日 {time}", month=here.month, day=here.day, time=clock)
    return _("{year}年{month}月{day}日", year=here.year, month=here.month, day=here.day)


def when(instant: datetime | None) -> str:
    """HTML of a time, or a dash where there is none."""
    if instant is None:
        return "—"
    return f'<time datetime="{instant.isoformat()}" title="{exact(instant)}">{said(instant)}</time>'


_MARKS = {OVERDUE: ("late", "error"), TODAY: ("soon", "schedule"), SOON: ("soon", "schedule")}


def late_once(late: bool) -> str:
    """「曾超期」: a deadline was missed once, whatever the present one says."""
    return f'<span class="due none">{icon("history")}{esc(_("曾超期"))}</span>' if late else ""


def due_badge(world: World, due_at: datetime | None, done: str = "", *, here: bool = False) -> str:
    """State of a deadline as colour **and** word **and** icon; `done` is said where none runs.

    Args:
        here: it is the present stage's, not that of the whole.
    """
    if due_at is None:
        return f'<span class="due none">{icon("check_circle")}{esc(done)}</span>' if done else ""
    left = time_left(now(), due_at, world.blueprint.clock_calendar)
    kind, mark = _MARKS.get(left.state, ("ok", "hourglass_top"))
    said = describe_left(left)
    exactly = _("期限 {time}", time=exact(due_at))
    return (
        f'<span class="due {kind}" title="{esc(exactly)}">{icon(mark)}'
        f"{esc(_('本环节{left}', left=said) if here else said)}</span>"
    )
