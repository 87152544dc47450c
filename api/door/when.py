"""Times as people say them, in the reader's language and the county's zone."""

from datetime import datetime

from babel.dates import format_date, format_skeleton, format_time

from core.now import ZONE, local, now
from core.words import _, locale


def day(instant: datetime) -> str:
    """「11月21日」, with the year where it is not this one."""
    here = local(instant)
    skeleton = "MMMd" if here.year == local(now()).year else "yMMMd"
    return format_skeleton(skeleton, here, tzinfo=ZONE, locale=locale())


def clock(instant: datetime) -> str:
    """「14:20」"""
    return format_time(local(instant), "HH:mm", tzinfo=ZONE, locale=locale())


def moment(instant: datetime) -> str:
    """「今天 14:20」「昨天 09:05」「11月19日 14:20」."""
    gone = (local(now()).date() - local(instant).date()).days
    at = clock(instant)
    if gone == 0:
        return _("今天 {time}", time=at)
    if gone == 1:
        return _("昨天 {time}", time=at)
    return _("{day} {time}", day=day(instant), time=at)


def deadline(instant: datetime) -> str:
    """「11月25日（周三）17:30」, for something that lies ahead."""
    weekday = format_date(local(instant), "EEE", locale=locale())
    return _("{day}（{weekday}）{time}", day=day(instant), weekday=weekday, time=clock(instant))


def exact(instant: datetime) -> str:
    """To the second, for the title of a `<time>`."""
    return f"{local(instant):%Y-%m-%d %H:%M:%S}"
