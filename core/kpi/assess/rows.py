"""The rows behind a score: for which unit each case, task and demand counts, and as what.

Which of an assessment's measures a row counts as stands in the bits of one number, so that a
whole county is one statement, a published period can be kept row by row, and the cases behind
any figure are found by the same bits.

Rows are read with the system's eyes: a score counts every case, whoever looks at it. What leaves
such a block are numbers of units, never a case.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from core.access.actor import SYSTEM
from core.access.desk import Look
from core.blueprint.schema import Blueprint
from core.now import midnight, now
from core.rules.assessment import Assessment
from core.rules.measures import COUNTED
from core.rules.spans import Period
from core.rules.unit_measures import UnitMeasure, measure_of
from core.words import pick
from db.models.base import C

_BASIS = {
    "received": "c.received_at >= :since and c.received_at < :until",
    "answered": "c.received_at < :until and coalesce(c.replied_at, c.closed_at) >= :since"
    " and coalesce(c.replied_at, c.closed_at) < :until",
    "closed": "c.received_at < :until and c.closed_at >= :since and c.closed_at < :until",
}
_LEAD = """left join lateral (
  select t.unit, t.state from task t where t.county = c.county and t.case_id = c.id and t.lead
  {which} limit 1) l on true"""


def _answering(how: str, at: str = "") -> tuple[str, str]:
    """Who answers for a case `c`: the join, and the unit. A lead that gave the case back, or from
    whom it was taken, no longer answers for it; then whoever holds it does.

    Args:
        how: `Assessment.answers`.
        at: the moment that is meant, a column; without one, now.
    """
    before, last, holder = "", "", "c.holder"
    if at:
        before = f" and t.opened_at <= {at}"
        last = f"t.opened_at < {at} desc, "  # whom the very action asked to lead did not do it
        # Nobody writes down who held a case; it is whoever next handed it out.
        holder = f"""coalesce((select n.opened_by from task n
  where n.county = c.county and n.case_id = c.id and n.lead and n.opened_at > {at}
  order by n.opened_at, n.id limit 1), c.holder)"""
    match how:
        case "lead":
            join = _LEAD.format(which=f"{before} order by {last}t.opened_at desc, t.id desc")
            led = "case when l.state in ('open', 'signed', 'done') then l.unit end"
            return join, f"coalesce({led}, {holder})"
        case "first":
            which = f"{before} and t.state <> 'returned' order by t.opened_at, t.id"
            return _LEAD.format(which=which), f"coalesce(l.unit, {holder})"
        case _:
            return "", holder


LIFE = timedelta(seconds=10)
"""A year of a county with 100,000 cases takes half a second to count."""
_DEMANDED = "d.kind = any(:kinds) and d.opened_at >= :since and d.opened_at < :until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A query that gives (unit, county, case_id, mask), with its parameters."""

    sql: str
    values: Mapping[str, Any]
    measures: tuple[str, ...]
    """By bit, the lowest first."""

    def counts(self, mask: int, n: int = 1) -> dict[str, int]:
        """The measures of a mask, each `n` times."""
        return {m: n for bit, m in enumerate(self.measures) if mask >> bit & 1}

    def mask(self, measures: Sequence[str]) -> int:
        """The bits of these measures."""
        return sum(1 << bit for bit, m in enumerate(self.measures) if m in measures)


def words_of(blueprint: Blueprint) -> dict[str, str]:
    """What the county calls its kinds of demand and its actions."""
    found = {t.id: pick(t.label) for t in blueprint.workflow.transitions}
    return found | {k: pick(v.label) for k, v in blueprint.demands.items()}


def live(
    assessment: Assessment, blueprint: Blueprint, period: Period, units: Sequence[str]
) -> Rows:
    """The rows of a period as they stand now, for these units."""
    words = words_of(blueprint)
    known = {name: measure_of(name, words) for name in assessment.measures}
    values: dict[str, Any] = {
        "since": midnight(period.since),
        "until": midnight(period.until),
        "at": now(),
        "line": blueprint.rating.satisfied_from,
        "units": list(units),
    }
    parts = [
        part
        for part in (
            _cases(assessment, known, values),
            _tasks(assessment, known),
            _ratings(assessment, known),
            *(_demands(assessment, known, values, source) for source in ("to", "by", "on")),
        )
        if part
    ]
    sql = " union all ".join(parts)
    return Rows(
        sql=f"select * from ({sql}) r where r.unit = any(:units) and r.mask <> 0",
        values=values,
        measures=assessment.measures,
    )


def kept(assessment: str, period: str, area: str, measures: Sequence[str]) -> Rows:
    """The rows of a published period as they were."""
    return Rows(
        sql="select unit, county, case_id, mask from assessment_input"
        " where assessment = :assessment and period = :period and area = :area",
        values={"assessment": assessment, "period": period, "area": area},
        measures=tuple(measures),
    )


def _mask(bits: Mapping[int, str]) -> str:
    # A comparison with an empty time is null, and one null would be the end of the whole mask
    return " | ".join(
        f"(coalesce({sql}, false)::int::bigint << {bit})" for bit, sql in bits.items()
    )


def _bits(known: Mapping[str, UnitMeasure], source: str) -> dict[int, str]:
    return {bit: m.sql for bit, m in enumerate(known.values()) if m.source == source}


def _cases(assessment: Assessment, known: Mapping[str, UnitMeasure], values: dict[str, Any]) -> str:
    bits = _bits(known, "case")
    for bit, measure in enumerate(known.values()):
        if measure.action:
            values[f"a{bit}"] = measure.action
            bits[bit] = (
                "exists (select 1 from timeline e where e.case_id = c.id and e.county = c.county"
                f" and e.action = :a{bit})"
            )
    if not bits:
        return ""
    join, unit = _answering(assessment.answers)
    return (
        f"select {unit} as unit, c.county, c.id as case_id, {_mask(bits)} as mask"
        f" from cases c {join} where c.{COUNTED} and {_BASIS[assessment.basis]}"
    )


def _tasks(assessment: Assessment, known: Mapping[str, UnitMeasure]) -> str:
    bits = _bits(known, "task")
    if not bits:
        return ""
    return (
        f"select t.unit, c.county, c.id as case_id, {_mask(bits)} as mask from cases c"
        f" join task t on t.county = c.county and t.case_id = c.id"
        f" where c.{COUNTED} and {_BASIS[assessment.basis]}"
    )


def _ratings(assessment: Assessment, known: Mapping[str, UnitMeasure]) -> str:
    bits = _bits(known, "rating")
    if not bits:
        return ""
    join, unit = _answering(assessment.answers, "r.at")
    return (
        f"select {unit} as unit, c.county, c.id as case_id, {_mask(bits)} as mask from rating r"
        " join cases c on c.county = r.county and c.id = r.case_id"
        " left join timeline e on e.county = r.county and e.case_id = r.case_id and e.seq = r.seq"
        f" {join} where r.party in ('callback', 'deputy') and r.at >= :since and r.at < :until"
    )


def _demands(
    assessment: Assessment,
    known: Mapping[str, UnitMeasure],
    values: dict[str, Any],
    source: str,
) -> str:
    bits: dict[int, str] = {}
    for bit, measure in enumerate(known.values()):
        if measure.source == source:
            values[f"k{bit}"] = measure.kind
            bits[bit] = f"d.kind = :k{bit} and {measure.sql}"
    if not bits:
        return ""
    values["kinds"] = sorted({m.kind for m in known.values() if m.kind})
    if source != "on":
        unit = "d.unit" if source == "to" else "d.asker_unit"
        return (
            f"select {unit} as unit, d.county, d.case_id, {_mask(bits)} as mask from demand d"
            f" where {_DEMANDED}"
        )
    join, unit = _answering(assessment.answers, "d.opened_at")
    return (
        f"select {unit} as unit, d.county, d.case_id, {_mask(bits)} as mask from demand d"
        f" join cases c on c.county = d.county and c.id = d.case_id {join} where {_DEMANDED}"
    )


def statement(sql: str, values: Mapping[str, Any]) -> Any:
    """The text with its parameters; lists travel as arrays of codes."""
    lists = [bindparam(k, type_=ARRAY(C)) for k in ("units", "kinds") if k in values]
    return text(sql).bindparams(*lists)


def counted(look: Look, rows: Rows) -> Mapping[str, Counter[str]]:
    """How often each unit counts as each measure: one count for all readers, of this moment, or
    of at most `LIFE` ago where only other processes have written since."""
    told = (tuple(v) if isinstance(v, list) else v for k, v in rows.values.items() if k != "at")
    return look.shared((counted, rows.sql, *told), LIFE, lambda: _counted(look, rows))


def _counted(look: Look, rows: Rows) -> dict[str, Counter[str]]:
    sql = f"select unit, mask, count(*) as n from ({rows.sql}) x group by 1, 2"
    found: dict[str, Counter[str]] = {}
    with look.acting(SYSTEM):
        for row in look.tx.execute(statement(sql, rows.values), rows.values):
            found.setdefault(row.unit, Counter()).update(rows.counts(row.mask, row.n))
    return found


def counted_for(
    look: Look, rows: Rows, cases: Sequence[int]
) -> dict[tuple[str, int], Counter[str]]:
    """The same for a few cases, by unit and case."""
    sql = f"select unit, case_id, mask from ({rows.sql}) x where case_id = any(:cases)"
    values = {**rows.values, "cases": list(cases)}
    found: dict[tuple[str, int], Counter[str]] = {}
    with look.acting(SYSTEM):
        for row in look.tx.execute(statement(sql, values), values):
            found.setdefault((row.unit, row.case_id), Counter()).update(rows.counts(row.mask))
    return found
