"""Proves the invariants: what is written down agrees with itself and with the raw cases.

Each rule is one statement, so it sees the database at one instant even while people work;
the timeline is streamed. A sound county gives an empty list.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from core.access.actor import SYSTEM
from core.access.desk import Look, Office
from core.kpi.assess.prove import unlike_published
from core.kpi.grains import GRAINS, NARROW
from core.ledger.chain import entry_hash
from core.now import ZONE
from core.rules.case import Entry
from core.rules.demands import GRANTED, NOTE
from core.rules.measures import COUNTED, INSTANT, MEASURES
from core.words import Text, _, lazy

SHOWN = 5
"""Examples named per finding."""

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold: how often, and where for example."""

    rule: str
    message: str
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        return _(
            "{what}：{n} 处，例如 {examples}",
            what=self.message,
            n=self.count,
            examples=_("、").join(self.examples),
        )


def check(office: Office, progress: Progress | None = None) -> list[Finding]:
    """Every rule that is broken; empty when all is well.

    Args:
        progress: called with the cases whose timeline has been verified, and their number.

    Raises:
        NotSetUp: there is no county to prove anything of.
    """
    found: list[Finding] = []
    with office.look(SYSTEM) as look:
        look.world  # noqa: B018 (an empty database would pass)
    for rule, (message, examine) in RULES.items():
        with office.look(SYSTEM) as look:
            broken = _gather(rule, message, examine(look, progress))
        if broken:
            found.append(broken)
    return found


def _gather(rule: str, message: Text, subjects: Iterable[str]) -> Finding | None:
    count, examples = 0, []
    for subject in subjects:
        count += 1
        if count <= SHOWN:
            examples.append(subject)
    return Finding(rule, str(message), count, tuple(examples)) if count else None


Examine = Callable[[Look, Progress | None], Iterable[str]]


def _sql(statement: str) -> Examine:
    """A rule as a statement whose one column names what breaks it."""

    def examine(look: Look, progress: Progress | None) -> Iterator[str]:
        return (str(subject) for subject in look.tx.execute(text(statement)).scalars())

    return examine


_KEYS = "county, day, area, unit, category, inlet, measure"


def _recount() -> str:
    """Every measure counted anew from the raw cases, by all keys."""
    measures = " union all ".join(
        f"select '{name}' as measure, {INSTANT[m.basis]} as moment where {m.sql}"
        for name, m in MEASURES.items()
    )
    return f"""
    select county, (moment at time zone '{ZONE}')::date as day, area, holder as unit, category,
           inlet, measure, count(*) as n
    from cases cross join lateral ({measures}) as m where {COUNTED}
    group by {_KEYS}"""  # noqa: S608


def _unlike(one: str, other: str, keys: str) -> str:
    """The keys at which two counts differ."""
    return f"""
    select concat_ws(' ', {keys}) || ': ' || coalesce(a.n, 0) || ' ≠ ' || coalesce(b.n, 0)
    from ({one}) a full join ({other}) b using ({keys})
    where coalesce(a.n, 0) <> coalesce(b.n, 0)"""  # noqa: S608


_KEPT = f"""
    select {_KEYS}, sum(n) as n from (
      select {_KEYS}, n from ({NARROW}) total where grain = 'fine'
      union all select {_KEYS}, n from delta) kept group by {_KEYS}"""  # noqa: S608


def _grains(look: Look, progress: Progress | None) -> Iterator[str]:
    """Each coarser grain says the same as the finest."""
    for grain in GRAINS:
        if grain.name == "fine":
            continue
        columns = ", ".join(
            c if c in grain.columns else f"'' as {c}" for c in ("unit", "category", "inlet")
        )
        day = "date_trunc('month', day)::date" if grain.monthly else "day"
        coarse = f"""
        select {_KEYS}, sum(n) as n from (
          select county, {day} as day, left(area, {grain.digits}) as area, {columns}, measure, n
          from ({NARROW}) total where grain = 'fine') fine group by {_KEYS}"""  # noqa: S608
        kept = f"select {_KEYS}, n from ({NARROW}) total where grain = '{grain.name}'"  # noqa: S608
        for subject in _sql(_unlike(coarse, kept, _KEYS))(look, progress):
            yield f"{grain.name} {subject}"


_LINES = text("""
select c.number, c.version as _version, c.last_hash as _last, t.*
from cases c left join timeline t on t.county = c.county and t.case_id = c.id
order by c.county, c.id, t.seq""")


def _chain(look: Look, progress: Progress | None) -> Iterator[str]:
    """Entries count up from one without a gap, each covering the one before, up to the case."""
    total = look.tx.scalar(text("select count(*) from cases"))
    lines = look.tx.execution_options(stream_results=True, yield_per=2000).execute(_LINES)
    before: Row[*tuple[Any, ...]] | None = None
    seq, last, sound, done = 0, "", True, 0
    for line in lines:
        if before is None or line.number != before.number:
            if before is not None and not (sound and _ends(before, seq, last)):
                yield before.number
            seq, last, sound, done = 0, "", True, done + 1
            if progress and done % 1000 == 0:
                progress(done, total)
        if sound and line.seq is not None:
            seq += 1
            entry = _entry(line)
            sound = entry.seq == seq and entry_hash(last, entry) == entry.hash
            last = entry.hash
        before = line
    if before is not None and not (sound and _ends(before, seq, last)):
        yield before.number
    if progress:
        progress(done, total)


def _ends(line: Row[*tuple[Any, ...]], seq: int, last: str) -> bool:
    return seq > 0 and line._version == seq and line._last == last


def _entry(line: Row[*tuple[Any, ...]]) -> Entry:
    values = line._mapping
    return Entry(**{name: values[name] for name in Entry.__slots__})


_OF = "join cases c on c.county = k.county and c.id = k.case_id"
_CLOCK = "c.number || ' ' || k.kind || ' ' || k.id"
_RUNNING = "k.stopped_at is null and k.paused_at is null"


_ASLEEP = text(f"""
select c.config_version, k.ladder, k.next_rung, {_CLOCK} as subject from clock k {_OF}
where {_RUNNING} and k.due_at is not null and k.next_fire_at is null""")  # noqa: S608


def _stuck(look: Look, progress: Progress | None) -> Iterator[str]:
    """A running clock below the top of its ladder knows when it fires next."""
    for version, ladder, rung, subject in look.tx.execute(_ASLEEP):
        if rung < len(look.world_of(version).blueprint.ladders.get(ladder, ())):
            yield subject


_UNTIMED = text("""
select c.config_version, d.kind, d.due_at is not null as dated, c.number || ' ' || d.kind as subject
from demand d join cases c on c.county = d.county and c.id = d.case_id
where d.state in ('open', 'acknowledged') and not exists (
  select 1 from clock k
  where k.county = d.county and k.demand_id = d.id and k.case_id = d.case_id
  and k.stopped_at is null)""")
_OVERTIMED = text("""
select c.config_version, d.kind, d.state, c.number || ' ' || d.kind as subject, exists (
  select 1 from clock p where p.county = d.county and p.case_id = d.case_id
  and p.paused_at is not null and p.stopped_at is null) as paused
from demand d
join clock k on k.county = d.county and k.case_id = d.case_id and k.demand_id = d.id
join cases c on c.county = d.county and c.id = d.case_id
where k.stopped_at is null and (d.state = 'answered' or d.ended_at is not null)""")


def _demands(look: Look, progress: Progress | None) -> Iterator[str]:
    """What waits for an answer is timed where its kind has a term or somebody named a date; what
    is answered or over is not, but for the review of a shelved case and for the day up to which
    the resident is waited for."""
    for version, kind, dated, subject in look.tx.execute(_UNTIMED):
        known = look.world_of(version).blueprint.demands.get(kind)
        if dated or (known is not None and known.term):
            yield subject
    for version, kind, state, subject, paused in look.tx.execute(_OVERTIMED):
        known = look.world_of(version).blueprint.demands.get(kind)
        note = known is not None and known.answer == NOTE
        if not (paused and (state == GRANTED or note)):
            yield subject


RULES: dict[str, tuple[Text, Examine]] = {
    "figures": (lazy("统计与原始诉求不一致"), _sql(_unlike(_recount(), _KEPT, _KEYS))),
    "grains": (lazy("各级汇总互相不一致"), _grains),
    "chain": (lazy("时间线的链条断裂"), _chain),
    "holder": (
        lazy("未办结的诉求没有承办单位"),
        _sql("""
        select number from cases c left join unit u on u.code = c.holder
        where stage_kind <> 'closed' and u.code is null"""),
    ),
    "clock": (
        lazy("未办结的诉求没有计时"),
        _sql("""
        select number from cases c where stage_kind <> 'closed' and not exists (
          select 1 from clock k
          where k.county = c.county and k.case_id = c.id and k.stopped_at is null)"""),
    ),
    "closed_clock": (
        lazy("已办结的诉求还在计时"),
        _sql(f"""
        select {_CLOCK} from (
          select * from clock where kind <> 'demand' and stopped_at is null offset 0) k
        join lateral (select number from cases where county = k.county and id = k.case_id
          and stage_kind = 'closed') c on true"""),  # noqa: S608
    ),
    "fired": (
        lazy("提醒触发的次数与时钟不符"),
        _sql(f"""
        select {_CLOCK} from clock k {_OF} left join (
          select county, clock_id, count(*) as n, max(rung) as top from fired group by 1, 2
        ) f on f.county = k.county and f.clock_id = k.id
        where coalesce(f.n, 0) <> k.next_rung or coalesce(f.top, -1) <> k.next_rung - 1
        union all
        select f.county || ' ' || f.clock_id from fired f
        left join clock k on k.county = f.county and k.id = f.clock_id where k.id is null"""),  # noqa: S608
    ),
    "stuck": (lazy("时钟不会再提醒"), _stuck),
    "task_clock": (
        lazy("在办任务没有计时，或已结束的任务还在计时"),
        _sql("""
        with odd as materialized (
          select coalesce(t.county, k.county) as county, coalesce(t.case_id, k.case_id) as case_id,
                 coalesce(t.id, k.task_id) as task_id
          from (select * from task where state in ('open', 'signed')) t
          full join (select * from clock where stopped_at is null and task_id is not null) k
            on k.county = t.county and k.case_id = t.case_id and k.task_id = t.id
          where t.id is null or k.task_id is null)
        select c.number || ' ' || coalesce(t.unit, '') from odd
        join cases c on c.county = odd.county and c.id = odd.case_id
        left join task t on t.county = odd.county and t.id = odd.task_id"""),
    ),
    "demand_clock": (lazy("等待中的要求没有计时，或已了结的要求还在计时"), _demands),
    "one_lead": (
        lazy("一件诉求有几个主办单位在办"),
        _sql("""
        select c.number from task t join cases c on c.county = t.county and c.id = t.case_id
        where t.lead and t.state in ('open', 'signed')
        group by c.county, c.number having count(*) > 1"""),
    ),
    "closed_task": (
        lazy("已办结的诉求还有在办任务"),
        _sql("""
        select c.number || ' ' || t.unit from task t
        join cases c on c.county = t.county and c.id = t.case_id
        where c.stage_kind = 'closed' and t.state in ('open', 'signed')"""),
    ),
    "assessments": (
        lazy("已公布的考核结果与当时保存的数据不符"),
        lambda look, _progress: unlike_published(look),
    ),
}
"""What must hold, in the order in which it is examined."""
