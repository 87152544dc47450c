"""Folds the deltas that actions left into the totals, in every grain at once.

Taking the deltas away and adding them to the totals is one statement, so a reader that
adds both up in one statement is exact at any moment, and no delta counts twice or never.
"""

import threading
from dataclasses import dataclass

from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.kpi.grains import GRAINS, MEASURE_COLUMNS, best_grain

__all__ = ["GRAINS", "Folded", "best_grain", "fold"]

BATCH = 50_000
"""Deltas per transaction."""

_KEYS = "grain, day, area, unit, category, inlet"
_COLUMNS = ("unit", "category", "inlet")
_GRAINS = ", ".join(
    f"('{g.name}', {g.digits}, {g.monthly}, {', '.join(str(c in g.columns) for c in _COLUMNS)})"
    for g in GRAINS
)
_COUNTS = ", ".join(MEASURE_COLUMNS)
_PIVOT = ", ".join(
    f"coalesce(sum(n) filter (where measure = '{m}'), 0) as {m}" for m in MEASURE_COLUMNS
)
_SUMS = ", ".join(f"sum({m}) as {m}" for m in MEASURE_COLUMNS)
_SOME = " or ".join(f"{m} <> 0" for m in MEASURE_COLUMNS)
_ADDED = ", ".join(f"{m} = total.{m} + excluded.{m}" for m in MEASURE_COLUMNS)
_FOLD = text(f"""
with taken as (
  delete from delta where county = :county and id in (
    select id from delta where county = :county order by id limit :limit)
  returning day, area, unit, category, inlet, measure, n
), finest as (
  select day, area, unit, category, inlet, {_PIVOT} from taken group by 1, 2, 3, 4, 5
), added as (
  select g.grain,
         case when g.monthly then date_trunc('month', day)::date else day end as day,
         left(area, g.digits) as area,
         case when g.unit then t.unit else '' end as unit,
         case when g.category then t.category else '' end as category,
         case when g.inlet then t.inlet else '' end as inlet, {_SUMS}
  from finest t
  cross join (values {_GRAINS}) as g(grain, digits, monthly, unit, category, inlet)
  group by 1, 2, 3, 4, 5, 6
), kept as (
  insert into total (county, {_KEYS}, {_COUNTS})
  select :county, {_KEYS}, {_COUNTS} from added where {_SOME}
  on conflict (county, {_KEYS}) do update set {_ADDED}
  returning {_KEYS}, not ({_SOME}) as empty
)
select (select count(*) from taken) as taken, {_KEYS} from (select 1) as one
left join kept on kept.empty""")  # noqa: S608 (our own names)
_EMPTY = text(f"""
delete from total where county = :county and not ({_SOME}) and ({_KEYS}) in (
  select * from unnest(cast(:grain as text[]), cast(:day as date[]), cast(:area as text[]),
    cast(:unit as text[]), cast(:category as text[]), cast(:inlet as text[])))""")  # noqa: S608 (our own names)


@dataclass(frozen=True, slots=True)
class Folded:
    """How many deltas became part of the totals."""

    deltas: int


def fold(office: Office, stop: threading.Event | None = None) -> Folded:
    """Fold all deltas that are there; several processes may do so at once.

    Args:
        stop: ends the work early, between two transactions.
    """
    with office.look(SYSTEM) as look:
        counties = look.tx.scalars(text("select distinct county from delta")).all()
    done = 0
    for county in sorted(counties):
        while not (stop and stop.is_set()):
            taken = _some(office, county)
            done += taken
            if taken < BATCH:
                break
    return Folded(done)


def _some(office: Office, county: str) -> int:
    with office.work(SYSTEM) as work:
        # Two folds of one county would wait for each other's totals in changing order.
        free = work.tx.scalar(
            text("select pg_try_advisory_xact_lock(hashtext('onedoor fold'), hashtext(:county))"),
            {"county": county},
        )
        if not free:
            return 0
        rows = work.tx.execute(_FOLD, {"county": county, "limit": BATCH}).mappings().all()
        zeros = [row for row in rows if row["grain"] is not None]
        if zeros:
            names = _KEYS.split(", ")
            columns = {name: [row[name] for row in zeros] for name in names}
            work.tx.execute(_EMPTY, {"county": county, **columns})
        return rows[0]["taken"]
