"""Clocks without a deadline: they started when the calendar did not know the year yet.

A term in days ends on a day that follows from the term and the day it started on, so the
undated clocks are looked at in groups of these two: a handful, however many clocks wait.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time

from sqlalchemy import text

from core.access.desk import Look
from core.now import ZONE
from core.rules.calendar import UnknownYear
from core.rules.deadlines import Term, due

_UNDATED = "due_at is null and stopped_at is null and paused_at is null"
_DAY = f"(started_at at time zone '{ZONE}')::date"
_GROUPS = text(f"select distinct county, term, {_DAY} from clock where {_UNDATED}")  # noqa: S608
_IDS = text(f"""
select distinct case_id from clock
join unnest(cast(:terms as text[]), cast(:days as date[])) as known(t, d)
  on term = known.t and {_DAY} = known.d
where county = :county and {_UNDATED} limit :limit""")  # noqa: S608 (our own conditions)


Group = tuple[str, date]
"""A term and the day, in the county's zone, on which it began to run."""


def datable(look: Look) -> Mapping[str, Sequence[Group]]:
    """By county, the groups of undated clocks that today's calendar can date."""
    calendar = look.world.blueprint.clock_calendar
    groups: dict[str, list[Group]] = {}
    for county, term, day in look.tx.execute(_GROUPS):
        with suppress(UnknownYear):
            due(datetime.combine(day, time(12), ZONE), Term.parse(term), calendar)
            groups.setdefault(county, []).append((term, day))
    return groups


def undated(look: Look, county: str, groups: Sequence[Group], limit: int | None) -> Sequence[int]:
    """The cases of a county that have an undated clock of these groups."""
    if not groups:
        return ()
    terms, days = zip(*groups, strict=True)
    values = {"county": county, "terms": list(terms), "days": list(days), "limit": limit}
    return look.tx.scalars(_IDS, values).all()
