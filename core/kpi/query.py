"""What is asked of the figures, and how much of the county the reader may count."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from core.access.desk import Look
from core.cases.known import require_known
from core.errors import Invalid, NotPermitted
from core.now import local_day, now
from core.rules.areas import contains, validate
from core.rules.permissions import Permission, Scope
from core.words import _

By = Literal["", "area", "unit", "category", "inlet", "month", "day"]
BYS: tuple[By, ...] = ("", "area", "unit", "category", "inlet", "month", "day")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureQuery:
    """What to count: cases *received* in [since, until), narrowed, split by one thing.

    Days are the county's own. A split by area or category goes one level below the one asked
    for, so that each part can be opened in turn.
    """

    area: str = ""
    unit: str = ""
    """The unit that holds the case."""
    category: str = ""
    """A parent covers its children."""
    inlet: str = ""
    since: date | None = None
    until: date | None = None
    by: By = ""


@dataclass(frozen=True, slots=True)
class Bounded:
    """A query within what the reader may count."""

    query: FigureQuery
    units: tuple[str, ...] | None
    """Only what one of these holds; None: whoever holds it."""
    top: str
    """The area whose parts a split by area shows."""


def bounded(look: Look, query: FigureQuery) -> Bounded:
    """The query within what the reader may count.

    Raises:
        NotPermitted: no figures for this role, or another area's or unit's figures.
        Invalid: an unknown split, code or area, or a period that ends before it begins.
    """
    actor = look.actor
    actor.require(Permission.KPI_READ)
    if query.by not in BYS:
        raise Invalid(_("不能按“{by}”统计", by=str(query.by)[:20]), field="by")
    if query.since and query.until and query.until <= query.since:
        raise Invalid(_("结束日期应晚于开始日期"), field="until")
    require_known(look, query)
    query = replace(query, area=validate(query.area) if query.area else "")
    units = (query.unit,) if query.unit else None
    if actor.scope is Scope.UNIT or (actor.scope is Scope.BOTH and not actor.area):
        if query.unit and query.unit not in actor.units:
            raise NotPermitted(_("只能查看本单位的统计数据"))
        units = units or actor.units
    elif actor.scope is not Scope.ALL:
        query = replace(query, area=query.area or actor.area or "")
        if not query.area or not contains(actor.area or "", query.area):
            raise NotPermitted(_("只能查看本辖区的统计数据"))
    return Bounded(query, units, query.area or look.world.root)


def last_day(query: FigureQuery) -> date:
    """The last day that the query can have figures for: today, or the day before `until`."""
    today = local_day(now())
    return min(today, query.until - timedelta(days=1)) if query.until else today


def period_before(query: FigureQuery) -> FigureQuery | None:
    """The same query over the period before; None where it has no beginning.

    A period that begins with a year, or else with a month, is laid beside the same days of
    the year or month before (同期): 1 to 21 November beside 1 to 21 October. Any other is laid
    beside as many days right before it.
    """
    since = query.since
    if since is None:
        return None
    until = last_day(query) + timedelta(days=1)
    if until <= since:
        return None
    months = (until.year - since.year) * 12 + until.month - since.month + (until.day > 1)
    if since.day > 1:
        return replace(query, since=since - (until - since), until=since)
    if since.month == 1 and months > 1:
        months = -(-months // 12) * 12
    return replace(query, since=_back(since, months), until=_back(until, months))


def _back(day: date, months: int) -> date:
    """The same day some months earlier, or that month's end: 31 March → 1 March by one month.

    The end of a period is the day after its last, so a day that the shorter month lacks
    becomes the first of the month after it.
    """
    count = day.year * 12 + day.month - 1 - months
    first = date(count // 12, count % 12 + 1, 1)
    after = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=day.day - 1), after)
