"""Many cases at once, with all that happened to them: history and the demo county.

The same pure functions decide (`intake`, `decide`, `replay`); only the writing differs.
Rows are COPYed to staging tables of the session and from there inserted, one statement a
table, because COPY itself cannot pass row-level security. While the database writes one
batch, the next is being worked out.

Nobody is written to about the past, and a clock that stopped before it was ever written is
left out: nobody could have seen it run, and the deadlines stand in case and task.
"""

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any

from psycopg import Cursor
from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.world import World
from core.cases.replay import Fired, Story
from core.ledger.change import Change
from core.ledger.outbox import queue_all
from core.ledger.words import words_of
from core.ledger.write import DELTA_COLUMNS, RATING_COLUMNS
from core.now import now
from core.rules.case import Case, Clock, Entry, Task
from core.rules.measures import Key, contribution
from db.models import Base, CaseRow, ClockRow, EntryRow, TaskRow

BATCH = 1000
"""Cases in one transaction."""


def _json(value: Any) -> str:
    return to_json(value).decode()


def _array(items: Sequence[str]) -> str:
    """A `text[]` as PostgreSQL reads it."""
    quoted = (i.replace("\\", "\\\\").replace('"', '\\"') for i in items)
    return "{" + ",".join(f'"{i}"' for i in quoted) + "}"


class _Columns:
    """How values of one kind become rows of their table."""

    def __init__(self, kind: type, table: type[Base]) -> None:
        self.names = tuple(f.name for f in fields(kind))
        self._get = attrgetter(*self.names)
        columns = table.__table__.c
        self._written = [
            (i, _json if isinstance(columns[name].type, JSONB) else _array)
            for i, name in enumerate(self.names)
            if isinstance(columns[name].type, JSONB | ARRAY)
        ]

    def row(self, value: Any) -> list[Any]:
        """The value's columns in order; JSON and arrays as text."""
        row = list(self._get(value))
        for index, write in self._written:
            row[index] = write(row[index]) if row[index] else "{}"
        return row


_CASE, _TASK = _Columns(Case, CaseRow), _Columns(Task, TaskRow)
_CLOCK, _ENTRY = _Columns(Clock, ClockRow), _Columns(Entry, EntryRow)
_FIRED = tuple(f.name for f in fields(Fired))
_FIRED_ROW = attrgetter(*_FIRED)


@dataclass(slots=True)
class _Batch:
    """Rows ready to be written."""

    cases: list[list[Any]] = field(default_factory=list)
    tasks: list[list[Any]] = field(default_factory=list)
    clocks: list[list[Any]] = field(default_factory=list)
    entries: list[list[Any]] = field(default_factory=list)
    ratings: list[Sequence[Any]] = field(default_factory=list)
    fired: list[Sequence[Any]] = field(default_factory=list)
    deltas: Counter[Key] = field(default_factory=Counter)
    told: list[Change] = field(default_factory=list)

    def add(self, story: Story) -> None:
        change = story.change
        case = change.file.case
        self.cases.append([*_CASE.row(case), words_of(case.title, case.body)])
        self.tasks += [_TASK.row(t) for t in change.tasks.values()]
        self.clocks += [_CLOCK.row(c) for c in change.clocks.values() if c.stopped_at is None]
        self.entries += [_ENTRY.row(e) for e in change.entries]
        if change.ratings:
            times = {e.seq: e.at for e in change.entries}
            self.ratings += [
                (case.county, case.id, seq, times[seq], r.party, r.score, _array(r.reasons), r.text)
                for seq, r in change.ratings
            ]
        kept = {c.id for c in change.clocks.values() if c.stopped_at is None}
        self.fired += [_FIRED_ROW(f) for f in story.fired if f.clock_id in kept]
        self.deltas.update(contribution(case))


class Bulk:
    """Takes stories and writes them a batch at a time.

    Use as a context; leaving it well writes what is left. Each batch is a transaction of its
    own, so what was written stays if a later one fails.
    """

    def __init__(self, office: Office, *, size: int = BATCH) -> None:
        self.office = office
        self.size = size
        self.until = now()
        """How far the stories go."""
        self.written = 0
        self._batch = _Batch()
        self._writer = ThreadPoolExecutor(1, "bulk")
        self._writing: Future[int] | None = None

    def __enter__(self) -> "Bulk":
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        try:
            if kind is None:
                self._flush()
            self._wait()
        finally:
            self._writer.shutdown()

    def add(self, story: Story, *, told: bool = False) -> None:
        """Write this case in the present batch, its clocks brought up to now.

        Args:
            told: its notices become messages after all; they count as written now.
        """
        story.settle(self.until)
        self._batch.add(story)
        if told:
            self._batch.told.append(story.change)
        if len(self._batch.cases) >= self.size:
            self._flush()

    def _flush(self) -> None:
        self._wait()
        if self._batch.cases:
            self._writing = self._writer.submit(self._write, self._batch)
            self._batch = _Batch()

    def _wait(self) -> None:
        if self._writing is not None:
            writing, self._writing = self._writing, None
            self.written += writing.result()

    def _write(self, batch: _Batch) -> int:
        with self.office.work(SYSTEM) as work:
            driver: Any = work.tx.connection.driver_connection
            with driver.cursor() as cursor:
                words = {"words": ("text", "array_to_tsvector(string_to_array(words, ' '))")}
                _insert(cursor, "cases", (*_CASE.names, "words"), batch.cases, words)
                _insert(cursor, "task", _TASK.names, batch.tasks)
                _insert(cursor, "clock", _CLOCK.names, batch.clocks)
                _insert(cursor, "timeline", _ENTRY.names, batch.entries)
                _insert(cursor, "rating", RATING_COLUMNS, batch.ratings)
                _copy(cursor, "fired", _FIRED, batch.fired)
                deltas = [(*key, n) for key, n in batch.deltas.items()]
                _copy(cursor, "delta", DELTA_COLUMNS, deltas)
            for county in {change.file.case.county for change in batch.told}:
                some = [c for c in batch.told if c.file.case.county == county]
                queue_all(work.tx, some, self.until)
        return len(batch.cases)


# Tables and columns are our own names; what people wrote travels as rows.


def _copy(
    cursor: Cursor[Any], table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    if rows:
        with cursor.copy(f"copy {table} ({', '.join(names)}) from stdin") as copy:  # pyright: ignore
            for row in rows:
                copy.write_row(row)


def _insert(
    cursor: Cursor[Any],
    table: str,
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    made: dict[str, tuple[str, str]] | None = None,
) -> None:
    """COPY to a staging table, then insert; `made` gives a column's type on the way and how
    it is made of that."""
    if not rows:
        return
    columns = ", ".join(names)
    cursor.execute(
        f"create temp table staged_{table} on commit drop as"  # noqa: S608
        f" select {columns} from {table} limit 0"  # pyright: ignore
    )
    for name, (kind, _how) in (made or {}).items():
        cursor.execute(f"alter table staged_{table} alter {name} type {kind}")  # pyright: ignore
    _copy(cursor, f"staged_{table}", names, rows)
    values = ", ".join(made[n][1] if made and n in made else n for n in names)
    cursor.execute(
        f"insert into {table} ({columns}) select {values} from staged_{table}"  # noqa: S608  # pyright: ignore
    )


def own_ids(office: Office, world: World) -> World:
    """The same world with ids drawn in large lots: a case of history takes about ten."""

    def ids() -> Iterator[int]:
        while True:
            with office.work(SYSTEM) as work:
                starts = work.tx.scalars(
                    text("select nextval('ids') from generate_series(1, 10)")
                ).all()
            for start in starts:
                yield from range(start, start + 1000)

    return replace(world, new_id=ids().__next__)


def draw_numbers(office: Office, n: int) -> list[int]:
    """The next `n` running numbers of cases."""
    with office.work(SYSTEM) as work:
        return list(
            work.tx.scalars(
                text("select nextval('case_numbers') from generate_series(1, :n)"), {"n": n}
            )
        )


@contextmanager
def without_pauses() -> Iterator[None]:
    """No garbage collection inside the block: history is built of values without cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
