"""One pass of the ladders: finds what is due, county by county, and fires it case by case.

The pass finds ids; each batch of cases is then locked as `act` locks one (busy ones are
left for the next pass), looked at again under the lock, changed by `climb` and written in
one transaction with its timeline, its fired rungs and its messages. So any number of
workers may sweep at once, and one that is killed leaves nothing half-done.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError

from core.access.actor import SYSTEM
from core.access.desk import Look, Office
from core.cases.climb import Climb, climb
from core.cases.load import load_some, lock_some
from core.cases.staff import Staff
from core.cases.undated import Group, datable, undated
from core.ledger.rungs import write_rungs
from core.ledger.write import write
from core.now import moved_to, now
from core.rules.case import CaseFile
from core.words import _

log = logging.getLogger(__name__)

BATCH = 200
"""Cases per transaction: long enough to be quick, short enough that nobody waits to act."""
AHEAD = 10_000
"""Ids found at a time, so that memory stays flat however much is due."""


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
    staff: Staff | None = None

    def ids(self, look: Look, county: str, limit: int | None) -> list[int]:
        """Cases with something to do: due longest first, then those that can be dated."""
        values = {"county": county, "at": self.report.at, "limit": limit}
        due = look.tx.scalars(_IDS, values).all()
        return list(
            dict.fromkeys((*due, *undated(look, county, self.groups.get(county, ()), limit)))
        )

    def climb(self, look: Look, file: CaseFile) -> Climb:
        if self.staff is None:
            self.staff = Staff.now(look)
        world = look.world_of(file.case.config_version)
        calendar = look.world.blueprint.clock_calendar
        return climb(world, calendar, self.staff, file, self.report.at)

    def count(self, climbs: Sequence[Climb]) -> None:
        """Add what has been committed (or would have been)."""
        for done in climbs:
            self.rungs.update(done.labels)
            self.report.fired += len(done.fired)
            self.report.acted += done.acted
            self.report.refused += len(done.refused)
            self.report.told += sum(n.person is not None for n in done.change.notices)
            self.report.dated += done.dated
        self.report.by_rung = dict(self.rungs)


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
        for county in counties:
            if dry_run:
                _foresee(this, county)
            else:
                _county(this, county)
    report.seconds = time.perf_counter() - began
    return report


_DUE = "next_fire_at <= :at and stopped_at is null and paused_at is null"
_COUNTIES = text(f"select distinct county from clock where county = any(:counties) and {_DUE}")  # noqa: S608
_IDS = text(f"""
select case_id from clock where county = :county and {_DUE}
group by case_id order by min(next_fire_at) limit :limit""")  # noqa: S608 (our own condition)


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
    while not this.stop.is_set():
        with this.office.look(SYSTEM) as look:
            ids = this.ids(look, county, AHEAD)
        done = sum(_batch(this, county, batch) for batch in _batches(ids, this.stop))
        if len(ids) < AHEAD or not done:
            return


def _foresee(this: _Pass, county: str) -> None:
    with this.office.look(SYSTEM) as look:
        for batch in _batches(this.ids(look, county, None), this.stop):
            this.count([this.climb(look, file) for file in load_some(look, county, batch)])


def _batch(this: _Pass, county: str, ids: Sequence[int]) -> int:
    """Sweep these cases in one transaction; returns in how many something was done."""
    try:
        climbs, busy = _write(this, county, ids)
    except (OperationalError, InterfaceError):
        raise  # the database is gone; the next pass finds the same rungs
    except Exception:
        if len(ids) > 1:  # one bad case must not hold up the others
            return sum(_batch(this, county, [i]) for i in ids)
        log.exception("sweep: case %s of county %s", ids[0], county)
        this.report.failed.append(str(ids[0]))
        return 0
    this.report.busy += busy
    this.count(climbs)
    return len(climbs)


def _write(this: _Pass, county: str, ids: Sequence[int]) -> tuple[list[Climb], int]:
    at = this.report.at
    with this.office.work(SYSTEM) as work:
        files = lock_some(work, county, ids)
        climbs = [c for file in files if not (c := this.climb(work, file)).empty]
        for done in climbs:
            if not done.plain:
                write(work.tx, done.change)
        plain = [done.change for done in climbs if done.plain]
        fired = [f for done in climbs for f in done.fired]
        if climbs:
            write_rungs(work.tx, county, plain, fired, at)
        return climbs, len(ids) - len(files)
