"""One pass of the ladders: finds what is due, county by county, and fires it case by case.

The pass finds ids; each batch of cases is then locked as `act` locks one (busy ones are
left for the next pass), looked at again under the lock, changed by `climb` and written in
one transaction with its timeline, its fired rungs and its messages. So any number of
workers may sweep at once, and one that is killed leaves nothing half-done.

The ids come page by page along the index `ix_clock_due`, each clock once a pass: however
much is due and however many clocks run, a page costs the same, and a case that cannot be
swept never stands in the way of those behind it.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain

from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Look, Office
from core.cases.bulk import without_pauses
from core.cases.climb import Climb, climb
from core.cases.due import lock_due, look_due, wants_more, whole
from core.cases.spread import passed_on
from core.cases.staff import Staff
from core.cases.undated import Group, datable, undated
from core.ledger.rungs import write_rungs
from core.ledger.write import write
from core.now import moved_to, now
from core.rules.case import CaseFile
from core.rules.units import UnitMap
from core.words import _
from db.session import gone

log = logging.getLogger(__name__)

BATCH = 200
"""Cases per transaction: long enough to be quick, short enough that nobody waits to act."""
HANDS = 2
"""Batches in progress at a time: while the database writes one, the next is worked out."""
AHEAD = 10_000
"""Clocks found at a time, so that memory stays flat however much is due."""


@dataclass(slots=True, kw_only=True)
class SweepReport:
    """What a pass did; of a dry run, what it would have done."""

    at: datetime
    dry_run: bool = False
    fired: int = 0
    by_rung: dict[str, int] = field(default_factory=dict)
    """`ladder/label` → how many of `fired`."""
    acted: int = 0
    """Actions that the system took, such as closing what nobody rated."""
    refused: int = 0
    """Actions that a rung asked for and the workflow did not allow."""
    told: int = 0
    """Notices to persons."""
    dated: int = 0
    """Clocks whose deadline has become known."""
    busy: int = 0
    """Cases that somebody was acting on; the next pass comes back to them."""
    failed: list[str] = field(default_factory=list)
    """Ids of cases that could not be swept; the log says why. The others are not held up."""
    seconds: float = 0.0

    def words(self) -> str:
        """The report as a person reads it."""
        figures = {
            "fired": self.fired, "told": self.told, "acted": self.acted, "dated": self.dated,
        }  # fmt: skip
        if self.dry_run:
            line = _(
                "将触发提醒 {fired} 次，通知 {told} 人次，自动办理 {acted} 件，"
                "补算期限 {dated} 个（没有改动任何内容）",
                **figures,
            )
        else:
            line = _(
                "触发提醒 {fired} 次，通知 {told} 人次，自动办理 {acted} 件，补算期限 {dated} 个",
                **figures,
            )
        lines = [line, *(f"  {name}  {n}" for name, n in sorted(self.by_rung.items()))]
        if self.busy:
            lines.append(_("有 {n} 件正在被办理，下次再走", n=self.busy))
        if self.failed:
            lines.append(_("有 {n} 件没有走成，原因见日志", n=len(self.failed)))
        return "\n".join(lines)


@dataclass(slots=True)
class _Pass:
    """One pass in progress."""

    office: Office
    report: SweepReport
    stop: threading.Event
    rungs: Counter[str] = field(default_factory=Counter)
    groups: Mapping[str, Sequence[Group]] = field(default_factory=dict)
    """By county, what can be dated in this pass."""
    staff: Staff = field(default_factory=lambda: Staff(UnitMap.of(())))
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while the report is added to."""

    def due(self, county: str) -> Iterator[list[int]]:
        """Pages of cases with a rung that is due, due longest first; within a page by id, so
        that what lies together on the disk is written together."""
        after: tuple[datetime, int] = (LONG_AGO, 0)
        while not self.stop.is_set():
            values = {"county": county, "at": self.report.at, "since": after[0], "id": after[1]}
            with self.office.look(SYSTEM) as look:
                page = look.tx.execute(_PAGE, values | {"limit": AHEAD}).all()
            if page:
                yield sorted({row.case_id for row in page})
                after = page[-1].next_fire_at, page[-1].id
            if len(page) < AHEAD:
                return

    def datable(self, county: str, limit: int | None) -> list[int]:
        """Cases with a deadline that can be worked out now."""
        with self.office.look(SYSTEM) as look:
            found = undated(look, county, self.groups.get(county, ()), limit)
        return list(dict.fromkeys(found))

    def climb(self, look: Look, county: str, files: Sequence[CaseFile]) -> Iterator[Climb]:
        """What becomes of these cases, without those to which nothing happens."""
        at, calendar = self.report.at, look.world.blueprint.clock_calendar
        worlds = {v: look.world_of(v) for v in {f.case.config_version for f in files}}
        more = {f.case.id for f in files if wants_more(worlds[f.case.config_version], f, at)}
        for file in whole(look, county, files, more):
            world, case = worlds[file.case.config_version], file.case
            done = climb(world, calendar, self.staff, file, at, whole=case.id in more)
            if not done.empty:
                yield done

    def count(self, climbs: Sequence[Climb]) -> None:
        """Add what has been committed (or would have been)."""
        with self.lock:
            for done in climbs:
                self.rungs.update(done.labels)
                self.report.fired += len(done.fired)
                self.report.acted += done.acted
                self.report.refused += len(done.refused)
                self.report.told += sum(n.person is not None for n in done.change.notices)
                self.report.dated += done.dated
            self.report.by_rung = dict(self.rungs)

    def fail(self, case_id: int) -> None:
        """Note a case that could not be swept."""
        with self.lock:
            self.report.failed.append(str(case_id))


def sweep(
    office: Office,
    at: datetime | None = None,
    dry_run: bool = False,
    stop: threading.Event | None = None,
) -> SweepReport:
    """Fire every rung that is due at `at` (aware; None is now), each exactly once.

    Args:
        dry_run: say what would fire and change nothing.
        stop: ends the pass early, between two batches.
    """
    began, at = time.perf_counter(), at or now()
    report = SweepReport(at=at, dry_run=dry_run)
    this = _Pass(office, report, stop or threading.Event())
    with moved_to(at):
        with office.look(SYSTEM) as look:
            this.groups = datable(look)
            counties = sorted({*_counties(look, at), *this.groups})
            if counties:
                this.staff = Staff.now(look)
        for county in counties:
            if dry_run:
                _foresee(this, county)
            else:
                _county(this, county)
    report.seconds = time.perf_counter() - began
    return report


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_DUE = "next_fire_at <= :at and stopped_at is null and paused_at is null"
_COUNTIES = text(f"select distinct county from clock where county = any(:counties) and {_DUE}")  # noqa: S608
_PAGE = text(f"""
select next_fire_at, id, case_id from clock
where county = :county and {_DUE} and (next_fire_at, id) > (:since, :id)
order by next_fire_at, id limit :limit""")  # noqa: S608 (our own condition)


def _counties(look: Look, at: datetime) -> Sequence[str]:
    """Counties in which something is due: a few probes of an index when nothing is."""
    known = {code[:6] for code in look.world.areas}
    return look.tx.scalars(_COUNTIES, {"counties": sorted(known), "at": at}).all()


def _batches(ids: Sequence[int], stop: threading.Event) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        if stop.is_set():
            return
        yield ids[start : start + BATCH]


def _county(this: _Pass, county: str) -> None:
    for page in this.due(county):
        _all(this, county, page)
    while page := this.datable(county, AHEAD):
        if not _all(this, county, page) or len(page) < AHEAD:
            return


def _all(this: _Pass, county: str, page: Sequence[int]) -> int:
    """Sweep a page of cases, `HANDS` batches at a time; returns in how many something was done."""
    batches = list(_batches(page, this.stop))
    if len(batches) < HANDS:
        return sum(_batch(this, county, batch) for batch in batches)

    def work(batch: Sequence[int]) -> int:
        with moved_to(this.report.at):  # the moved clock stays behind in the other thread
            return 0 if this.stop.is_set() else _batch(this, county, batch)

    with ThreadPoolExecutor(HANDS, "sweep") as hands:
        return sum(hands.map(work, batches))


def _foresee(this: _Pass, county: str) -> None:
    seen: set[int] = set()  # nothing is changed, so a case with two clocks would come again
    for page in chain(this.due(county), [this.datable(county, None)]):
        fresh = [i for i in page if i not in seen]
        seen.update(fresh)
        for batch in _batches(fresh, this.stop):
            with this.office.look(SYSTEM) as look:
                this.count(list(this.climb(look, county, look_due(look, county, batch))))


def _batch(this: _Pass, county: str, ids: Sequence[int]) -> int:
    """Sweep these cases in one transaction; returns in how many something was done."""
    try:
        climbs, busy = _write(this, county, ids)
    except Exception as fault:
        if gone(fault):
            raise  # the next pass finds the same rungs
        if half := len(ids) // 2:  # one bad case must not hold up the others
            return _batch(this, county, ids[:half]) + _batch(this, county, ids[half:])
        log.exception("sweep: case %s of county %s", ids[0], county)
        this.fail(ids[0])
        return 0
    with this.lock:
        this.report.busy += busy
    this.count(climbs)
    return len(climbs)


_NOT_FOR_EVER = "set local idle_in_transaction_session_timeout = '10s'"
"""A worker that is frozen must not keep its cases locked."""


def _write(this: _Pass, county: str, ids: Sequence[int]) -> tuple[list[Climb], int]:
    at = this.report.at
    # without_pauses: looking for garbage among values that soon go costs a tenth of the time
    with without_pauses(), this.office.work(SYSTEM) as work:
        work.tx.exec_driver_sql(_NOT_FOR_EVER)
        files = lock_due(work, county, ids)
        climbs = list(this.climb(work, county, files))
        more = [done.change for done in climbs if not done.plain]
        if more:
            write(work.tx, *more)
        plain = [done.change for done in climbs if done.plain]
        fired = [f for done in climbs for f in done.fired]
        if climbs:
            write_rungs(work.tx, county, plain, fired, at)
        for change in more:
            passed_on(work, change)
        return climbs, len(ids) - len(files)
