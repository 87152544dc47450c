"""Many open cases at once: a few real stories, told by the county's own rules, copied by SQL.

Everything that `onedoor check` proves also holds for the copies: ids, numbers, the chains of
their timelines and their figures are their own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL

from core.access.actor import Actor
from core.access.desk import Office
from core.blueprint.world import World
from core.cases.intake import Appeal, begin_case
from core.cases.replay import Past, Story, stand_ins
from core.ledger.chain import _canonical
from core.ledger.write import DELTA_COLUMNS
from core.rules.case import Case, Clock, Entry, Task
from core.rules.ladders import next_fire
from core.rules.measures import Key, contribution

ROOM = 32
"""Ids that a copy has for its case, tasks and clocks."""
CHUNK = 20_000
"""Cases per statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A case that is copied, with what its copies will do in the pass to come."""

    rows: dict[str, Any]
    due: int
    """Rungs that come due in the pass."""
    closes: bool
    """Whether one of them takes an action."""
    then: datetime | None
    """When the first rung after the pass comes due."""
    figures: Counter[Key]


def models(world: World, before: datetime, at: datetime, n: int) -> list[Model]:
    """`n` cases as they stand at `before`, of which some have rungs due until `at`.

    They were received in the three weeks before, in places all over the county; most are with
    a unit, some wait for their rating. Rungs up to `before` have fired and are on record.
    """
    past = Past(world, stand_ins(world, "系统"))
    clerk = Actor(roles=("clerk",), name="张某", unit_name="群众说事中心")
    areas = sorted(a.code for a in world.areas.values() if a.level == "village")
    units = sorted(u.code for u in world.units.units.values() if u.kind == "department")
    categories = sorted(world.blueprint.categories)
    found = []
    for i in range(n):
        received = before - timedelta(minutes=11 + i * 37 % (60 * 24 * 21))
        body = f"第 {i} 类事情：门前的路灯不亮，晚上老人孩子出门看不见路，希望尽快来修"
        values = {"body": body, "category": categories[i % len(categories)]}
        change = begin_case(
            past.quiet, clerk, Appeal(values=values), area=areas[i * 7 % len(areas)],
            inlet=next(iter(world.blueprint.inlets)), running=0, code_hash="0" * 64, at=received,
        )  # fmt: skip
        story = Story(past, change)
        if i % 5 != 4:
            story.assign(units[i * 3 % len(units)], received + timedelta(minutes=10))
        elif i % 10 == 4:
            story.reply("已经办好", received + timedelta(minutes=10), "已经办好")
        story.settle(before, reminded=True)
        if story.file.case.closed_at is None:
            found.append(_model(story, at))
    return found


def _model(story: Story, at: datetime) -> Model:
    due, closes, later = 0, False, list[datetime]()
    blueprint = story.past.world.blueprint
    for clock in story.file.clocks:
        rung, fires, ladder = clock.next_rung, clock.next_fire_at, blueprint.ladders[clock.ladder]
        while clock.running and fires is not None and fires <= at:
            due, closes, rung = due + 1, closes or ladder[rung].do is not None, rung + 1
            fires = next_fire(
                ladder, rung, clock.started_at, clock.due_at, clock.term, blueprint.clock_calendar
            )
        if clock.running and fires is not None:
            later.append(fires)
    case = story.file.case
    return Model(rows=_rows(story), due=due, closes=closes, then=min(later, default=None),
                 figures=contribution(case))  # fmt: skip


def _plain(value: Case | Task | Clock | Entry) -> dict[str, Any]:
    return {f.name: getattr(value, f.name) for f in fields(value)}


def _rows(story: Story) -> dict[str, Any]:
    """The story's rows with ids 1, 2, …; each entry's canonical text around the case's id."""
    change, case = story.change, story.file.case
    ids = {case.id: 1}
    tasks = [_plain(t) for t in change.tasks.values()]
    clocks = [_plain(c) for c in change.clocks.values() if c.stopped_at is None]
    for row in (*tasks, *clocks):
        row["id"] = ids.setdefault(row["id"], len(ids) + 1)
    for row in clocks:
        row["task_id"] = ids.get(row["task_id"])
    assert len(ids) < ROOM
    entries = []
    for entry in change.entries:
        row = _plain(entry)
        row["text"] = _text(entry, case.id)
        entries.append(row)
    kept = {row["id"] for row in clocks}
    fired = [
        {"clock_id": ids[f.clock_id], "rung": f.rung, "at": f.at, "county": f.county}
        for f in story.fired
        if ids.get(f.clock_id) in kept
    ]
    return {"case": _plain(case), "tasks": tasks, "clocks": clocks, "entries": entries,
            "fired": fired}  # fmt: skip


def _text(entry: Entry, case_id: int) -> str:
    """What `entry_hash` covers, from behind the case's id on."""
    body = _canonical([
        entry.county, 0, entry.seq, entry.at.astimezone(UTC).isoformat(), entry.action,
        entry.actor_id, entry.actor_name, entry.actor_unit, entry.from_stage, entry.to_stage,
        entry.data, entry.public,
    ])  # fmt: skip
    head = f'["{entry.county}",0,'
    assert body.startswith(head) and str(case_id) not in body
    return body[len(head) :]


_CASE_COLUMNS = ", ".join(f.name for f in fields(Case))
_TASK_COLUMNS = ", ".join(f.name for f in fields(Task))
_CLOCK_COLUMNS = ", ".join(f.name for f in fields(Clock))
_ENTRY_COLUMNS = ", ".join(f.name for f in fields(Entry))

_PREPARE = (
    "set session_replication_role = replica",  # the copies' foreign keys hold by their making
    "set synchronous_commit = off",
    "create temp table model (k int primary key, due bool, place int, rows jsonb)",
    "create function pg_temp.link(last text, body text) returns text immutable language sql as"
    " $$ select encode(sha256(convert_to(last || E'\\n' || body, 'UTF8')), 'hex') $$",
    "create aggregate pg_temp.chain(text) (sfunc = pg_temp.link, stype = text, initcond = '')",
)
_COPY = text(f"""
with made as materialized (
  select n, m.rows, :ids + n::bigint * {ROOM} as base,
         m.rows->'case'->>'county' as county
  from generate_series(cast(:lo as int), cast(:hi as int)) n
  join model m on m.due = ((n::bigint * 7919) % :total < :due)
    and m.place = n % (case when (n::bigint * 7919) % :total < :due then :dues else :quiets end)
), lines as materialized (
  select made.base + 1 as case_id, e.*, pg_temp.chain(
      '["' || e.county || '",' || made.base + 1 || ',' || (e.text)
    ) over (partition by made.n order by e.seq) as link
  from made cross join lateral jsonb_to_recordset(made.rows->'entries') as e(
    county text, seq int, at timestamptz, action text, actor_id bigint, actor_name text,
    actor_unit text, from_stage text, to_stage text, data jsonb, public bool, text text)
), ends as materialized (
  select distinct on (case_id) case_id, link from lines order by case_id, seq desc
), a as (
  insert into cases ({_CASE_COLUMNS})
  select c.* from made join ends l on l.case_id = made.base + 1
  cross join lateral (
    select {_CASE_COLUMNS} from jsonb_populate_record(null::cases, made.rows->'case'
      || jsonb_build_object('id', made.base + 1, 'last_hash', l.link,
           'number', left(made.rows->'case'->>'number', 16)
             || lpad((:number + n)::text, greatest(6, length((:number + n)::text)), '0')))) c
), t as (
  insert into task ({_TASK_COLUMNS})
  select {
    ", ".join(f"t.{c}" for c in _TASK_COLUMNS.split(", "))
    .replace("t.id", "made.base + t.id")
    .replace("t.case_id", "made.base + 1")
}
  from made cross join lateral jsonb_populate_recordset(null::task, made.rows->'tasks') t
), k as (
  insert into clock ({_CLOCK_COLUMNS})
  select {
    ", ".join(f"k.{c}" for c in _CLOCK_COLUMNS.split(", "))
    .replace("k.id", "made.base + k.id")
    .replace("k.case_id", "made.base + 1")
    .replace("k.task_id", "made.base + k.task_id")
}
  from made cross join lateral jsonb_populate_recordset(null::clock, made.rows->'clocks') k
), f as (
  insert into fired (county, clock_id, rung, at)
  select f.county, made.base + f.clock_id, f.rung, f.at
  from made cross join lateral jsonb_populate_recordset(null::fired, made.rows->'fired') f
)
insert into timeline ({_ENTRY_COLUMNS})
select {_ENTRY_COLUMNS.replace("hash", "link")} from lines""")  # noqa: S608 (own names)


@dataclass(slots=True)
class Copier:
    """Copies models into the county, a growing number of times."""

    line: Connection
    due: Sequence[Model]
    quiet: Sequence[Model]
    made: int = 0

    def add(self, n: int, due: int = 0) -> int:
        """Add `n` cases, of which `due` are copies of models with rungs due; returns how many
        rungs that makes."""
        counts: Counter[int] = Counter()
        values = {
            "ids": self._draw("ids", n * ROOM // 1000 + 2, 1000),
            "number": self._draw("case_numbers", n + 1, 1),
            "total": n, "due": due, "dues": len(self.due) or 1, "quiets": len(self.quiet) or 1,
        }  # fmt: skip
        for start in range(0, n, CHUNK):
            span = {"lo": start + 1, "hi": min(start + CHUNK, n)}
            self.line.execute(_COPY, values | span)
            self.line.commit()
        for i in range(1, n + 1):
            is_due = i * 7919 % n < due
            group = self.due if is_due else self.quiet
            counts[(0 if is_due else len(self.due)) + i % len(group)] += 1
        self.made += n
        self._figures(counts)
        return sum(self.due[k].due * times for k, times in counts.items() if k < len(self.due))

    def _draw(self, sequence: str, n: int, step: int) -> int:
        """The first of `n` values of a sequence that nobody else draws."""
        first = self.line.scalar(text("select nextval(:s)"), {"s": sequence}) or 0
        last = {"s": sequence, "to": first + n * step}
        self.line.execute(text("select setval(:s, :to)"), last)
        self.line.commit()
        return first

    def _figures(self, counts: Counter[int]) -> None:
        both = [*self.due, *self.quiet]
        figures: Counter[Key] = Counter()
        for k, times in counts.items():
            for key, n in both[k].figures.items():
                figures[key] += n * times
        rows = [dict(zip(DELTA_COLUMNS, (*key, n), strict=True)) for key, n in figures.items()]
        names = ", ".join(DELTA_COLUMNS)
        self.line.execute(
            text(f"insert into delta ({names}) select {names}"  # noqa: S608 (own names)
                 " from jsonb_populate_recordset(null::delta, cast(:rows as jsonb))"),
            {"rows": to_json(rows).decode()},
        )  # fmt: skip
        self.line.commit()


@contextmanager
def copying(owner: URL, due: Sequence[Model], quiet: Sequence[Model]) -> Iterator[Copier]:
    """Copy these models on a connection of the database's owner, a superuser."""
    engine = create_engine(owner)
    try:
        with engine.connect() as line:
            for statement in _PREPARE:
                line.exec_driver_sql(statement)
            rows = [
                {"k": k, "due": is_due, "place": place, "rows": model.rows}
                for k, (is_due, place, model) in enumerate(
                    [(True, i, m) for i, m in enumerate(due)]
                    + [(False, i, m) for i, m in enumerate(quiet)]
                )
            ]
            line.execute(
                text("insert into model select * from"
                     " jsonb_populate_recordset(null::model, cast(:rows as jsonb))"),
                {"rows": to_json(rows).decode()},
            )  # fmt: skip
            line.exec_driver_sql("analyze model")
            line.commit()
            yield Copier(line, due, quiet)
            line.exec_driver_sql("set session_replication_role = origin")
            line.exec_driver_sql("discard temp")
            line.commit()
    finally:
        engine.dispose()


def world_of(office: Office) -> World:
    """The county's configuration in force."""
    from core.access.actor import SYSTEM

    with office.look(SYSTEM) as look:
        return look.world
