"""History, or another system's export: each row becomes a case with all that happened to it.

Routing, deadlines and the way to the reply are the county's own; only the times are those
of the file. A row is imported whole or left out with its reason, and a row that is there
already (county, source and its own id) is left alone, so running twice imports nothing twice.
"""

import hashlib
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.bulk import BATCH
from core.cases.crew import hands, spread
from core.cases.mapping import CaseMapping, read_mapping
from core.cases.telling import Piece, Told, tell_rows
from core.errors import Invalid, OneDoorError
from core.now import now
from core.places.report import Checking, Progress, Report
from core.places.sheets import Source
from core.places.tables import Column, Row, open_table
from core.words import _, lazy

MOST_ROWS = 5_000_000
_NOTES = 50
"""Notes that are worded; a file with more of them has one thing wrong with it."""


class Importing(OneDoorError):
    """Another import of the same source is running; two would fetch the same rows."""

    status = 409
    code = "importing"
    sentence = lazy("同一来源的另一次导入正在进行，请等它结束")


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesReport(Report):
    """`rows` = `saved` + `known` + `len(rejected)`."""

    known: int = 0
    """Imported before."""
    replied: int = 0
    closed: int = 0
    notes: Sequence[str] = ()
    """What became of rows whose data do not say all that is needed."""
    seconds: float = 0.0
    dry_run: bool = False


def import_cases(
    office: Office,
    file: Source,
    mapping: str | Path | CaseMapping,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    processes: int | None = None,
) -> CasesReport:
    """Import the rows of a CSV, CSV.GZ or XLSX file.

    Args:
        mapping: a shipped name, a YAML file, or the mapping itself.
        dry_run: check everything, write nothing.
        progress: called with rows done and rows in all.
        processes: how many work on it; None lets the number of rows decide.

    Raises:
        NotFound: no such file or mapping.
        Invalid: the file is no table, lacks columns, or the mapping has faults.
        Importing: the same source is being imported at this moment.
    """
    began = time.perf_counter()
    plan = mapping if isinstance(mapping, CaseMapping) else read_mapping(mapping)
    columns = [Column(name, (), required=True) for name in plan.columns]
    whole = Told()
    with _alone(office, plan.source), open_table(file, columns, most_rows=MOST_ROWS) as table:
        this = _Reading(Checking(table, columns, progress), plan, dry_run)
        for told in spread(office, tell_rows, this.pieces(), processes or hands(table.total)):
            this.take(told, whole)
    report = this.checking.report(whole.saved, 0)
    notes = whole.notes[:_NOTES]
    if more := len(whole.notes) - len(notes):
        notes.append(_("还有 {n} 行也有说明，未一一列出", n=more))
    return CasesReport(
        rows=report.rows,
        saved=whole.saved,
        rejected=report.rejected,
        ignored=report.ignored,
        known=whole.known,
        replied=whole.replied,
        closed=whole.closed,
        notes=notes,
        seconds=time.perf_counter() - began,
        dry_run=dry_run,
    )


class _Reading:
    """The file while it is read: rows go out in pieces, refusals come back."""

    def __init__(self, checking: Checking, plan: CaseMapping, dry_run: bool) -> None:
        self.checking, self.plan, self.dry_run = checking, plan, dry_run
        self.until = now()
        self._out: deque[dict[int, Row]] = deque()

    def pieces(self) -> Iterator[Piece]:
        """The rows, each with an id that no other has, a thousand at a time."""
        good = self.checking.good(self._ref)
        while some := list(islice(good, BATCH)):
            self._out.append({row.number: row for row, _ref in some})
            rows = [(row.number, ref, row.values) for row, ref in some]
            yield Piece(self.plan, rows, self.until, self.dry_run)

    def _ref(self, row: Row) -> str:
        column = self.plan.ref
        if column is None:
            ref = hashlib.sha256("\x1f".join(row.cells.values()).encode()).hexdigest()[:32]
        elif not (ref := row[column]):
            raise Invalid(_("没有编号"), field=column)
        return self.checking.once(row, column or "", ref)

    def take(self, told: Told, whole: Told) -> None:
        """Add what became of a piece."""
        rows = self._out.popleft()
        for number, message, fields in told.refused:
            fault = Invalid.of({**fields}) if fields else Invalid(message)
            self.checking.reject(rows[number], fault)
        whole.saved += told.saved
        whole.known += told.known
        whole.replied += told.replied
        whole.closed += told.closed
        whole.notes += told.notes


@contextmanager
def _alone(office: Office, source: str) -> Iterator[None]:
    """One import of a source at a time: two would both find the same rows missing."""
    with office.work(SYSTEM) as work:
        free = work.tx.scalar(
            text("select pg_try_advisory_xact_lock(hashtext('import cases'), hashtext(:source))"),
            {"source": source},
        )
        if not free:
            raise Importing
        yield
