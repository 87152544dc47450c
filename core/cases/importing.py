"""History, or another system's export: each row becomes a case with all that happened to it.

Routing, deadlines and the way to the reply are the county's own; only the times are those
of the file. A row is imported whole or left out with its reason, and a row that is there
already (county, source and its own id) is left alone, so running twice imports nothing twice.
"""

import hashlib
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from core.access.actor import SYSTEM, Actor
from core.access.desk import Office
from core.blueprint.world import World
from core.cases.bulk import BATCH, Bulk, draw_numbers, own_ids, without_pauses
from core.cases.intake import Appeal, begin_case, examine
from core.cases.mapping import CaseMapping, Line, read_mapping
from core.cases.replay import Past, Story, stand_ins
from core.cases.step import parties_of
from core.errors import Invalid, NotPermitted, OneDoorError
from core.now import now
from core.places.report import Checking, Progress, Report
from core.places.sheets import Source
from core.places.tables import Column, Row, open_table
from core.rules.areas import county_of, validate
from core.words import _, lazy
from db.models import CaseRow

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


@dataclass(frozen=True, slots=True)
class _Ready:
    """A row that has passed every check that needs no other row."""

    row: Row
    line: Line
    appeal: Appeal
    area: str
    inlet: str


@dataclass(slots=True)
class _Import:
    """One import in progress."""

    office: Office
    plan: CaseMapping
    past: Past
    checking: Checking
    until: datetime
    dry_run: bool
    actor: Actor
    saved: int = 0
    known: int = 0
    replied: int = 0
    closed: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.past.quiet

    def check(self, row: Row) -> _Ready:
        line = self.plan.read(row.values, _content(row))
        if not line.ref:
            raise Invalid(_("没有编号"), field=self.plan.ref or "")
        self.checking.once(row, self.plan.ref or "", line.ref)
        self._times(line)
        appeal = examine(self.world, line.raw)
        area = validate(appeal.values.get("area") or self.world.root)
        if area not in self.world.areas:
            raise Invalid(_("没有区划“{area}”", area=area), field="area")
        inlet = appeal.values.get("inlet") or next(iter(self.world.blueprint.inlets))
        appeal = replace(appeal, source=self.plan.source, source_ref=line.ref)
        return _Ready(row, line, appeal, area, inlet)

    def _times(self, line: Line) -> None:
        """Nothing lies ahead, and nothing was answered before it was said."""
        last, plan = line.received_at, self.plan
        if last > self.until:
            raise Invalid(_("受理时间晚于现在"), field=plan.received_at)
        for at, column in (
            (line.replied_at, plan.replied_at),
            (line.rated_at, plan.rated_at),
            (line.closed_at, plan.closed_at),
        ):
            if at is None:
                continue
            if at < last:
                raise Invalid(_("{column}早于前一步的时间", column=column), field=column or "")
            if at > self.until:
                raise Invalid(_("{column}晚于现在", column=column), field=column or "")
            last = at

    def new(self, ready: Sequence[_Ready]) -> list[_Ready]:
        """Those that are not there yet."""
        wanted = [r.line.ref for r in ready]
        counties = {county_of(r.area) for r in ready}
        with self.office.look(SYSTEM) as look:
            found = set(
                look.tx.scalars(
                    select(CaseRow.source_ref).where(
                        CaseRow.county.in_(counties),
                        CaseRow.source == self.plan.source,
                        CaseRow.source_ref.in_(wanted),
                    )
                )
            )
        return [r for r in ready if r.line.ref not in found]

    def take(self, bulk: Bulk, ready: Sequence[_Ready]) -> None:
        """Import those of the rows that are new."""
        new = self.new(ready)
        self.known += len(ready) - len(new)
        residents = {} if self.dry_run else _residents(self.office, new)
        numbers = range(1, len(new) + 1) if self.dry_run else draw_numbers(self.office, len(new))
        for one, running in zip(new, numbers, strict=True):
            values = one.appeal.values
            key = county_of(one.area), values.get("phone", "")
            resident = None if values.get("anonymous") else residents.get(key)
            try:
                story = self._tell(one, running, resident)
            except (Invalid, NotPermitted) as fault:
                named = fault if isinstance(fault, Invalid) else Invalid(fault.message)
                self.checking.reject(one.row, named)
                continue
            case = story.file.case
            self.saved += 1
            self.replied += case.replied_at is not None
            self.closed += case.closed_at is not None
            if not self.dry_run:
                bulk.add(story)

    def _tell(self, one: _Ready, running: int, resident: int | None) -> Story:
        line, notes = one.line, []
        change = begin_case(
            self.world,
            self.actor,
            one.appeal,
            area=one.area,
            inlet=one.inlet,
            running=running,
            code_hash=secrets.token_hex(16),  # nobody was given a query code
            at=line.received_at,
            resident_id=resident,
        )
        story = Story(self.past, change)
        if line.unit:
            story.assign(line.unit, line.received_at)
        if line.reply and line.replied_at:
            story.reply(line.reply, line.replied_at, _("（历史导入，原系统没有办理过程的记录）"))
        if line.score is not None:
            notes += self._rate(story, line)
        if line.closed_at and story.file.case.closed_at is None:
            if story.file.case.reopened:
                notes.append(_("原系统已办结，但评价不满意，按本县流程重新办理"))
            else:
                story.close(line.closed_at, _("（历史导入，原系统已办结）"))
        story.settle(self.until)
        if line.reply and not line.replied_at:
            self._keep(story, line.reply)
            notes.append(_("答复没有日期，不计入已答复；答复原文记在“补充说明”里，诉求仍在办"))
        where = _("第 {n} 行（{ref}）", n=one.row.number, ref=line.ref[:40])
        self.notes += [f"{where}{_('：')}{note}" for note in notes]
        return story

    def _rate(self, story: Story, line: Line) -> list[str]:
        """Give the resident's score where the workflow has a place for it."""
        case = story.file.case
        rows = self.world.blueprint.workflow.transitions
        row = next(
            (t for t in rows if case.stage in t.sources and "record_rating" in t.effects), None
        )
        at = line.rated_at or line.closed_at or line.replied_at
        if row is None or at is None:
            return [_("评分没有计入：按本县流程，诉求答复以后才能评价")]
        parties = parties_of(self.world.blueprint, case)
        data: dict[str, Any] = {"score": line.score}
        story.act(row.id, data | ({"party": next(iter(parties))} if parties else {}), at)
        return []

    def _keep(self, story: Story, reply: str) -> None:
        """A reply of which nobody knows when it was given: kept as a note, not as a reply."""
        text = _("原系统的答复（没有日期）：") + reply
        for start in range(0, len(text), 2000):
            story.act("comment", {"text": text[start : start + 2000]}, self.until)


def _content(row: Row) -> str:
    """The id of a row that has none of its own: what stands in it."""
    return hashlib.sha256("\x1f".join(row.cells.values()).encode()).hexdigest()[:32]


def _residents(office: Office, ready: Sequence[_Ready]) -> dict[tuple[str, str], int]:
    """Find or create who gave a phone number; returns their ids by county and number."""
    people: dict[tuple[str, str], dict[str, Any]] = {}
    for one in ready:
        values = one.appeal.values
        if not values.get("phone") or values.get("anonymous"):
            continue
        key = county_of(one.area), values["phone"]
        person = people.get(key)
        if person is None:
            person = people[key] = {
                "county": key[0],
                "id": office.new_id(),
                "name": "",
                "phone": key[1],
                "at": one.line.received_at,
            }
        person["name"] = person["name"] or values.get("name", "")
    if not people:
        return {}
    with office.work(SYSTEM) as work:
        rows = [work.tx.execute(_RESIDENT, person).one() for person in people.values()]
    return {(row.county, row.phone): row.id for row in rows}


_RESIDENT = text("""
insert into resident (county, id, name, phone, created_at) values (:county, :id, :name, :phone, :at)
on conflict (county, phone) do update
set name = case when resident.name = '' then excluded.name else resident.name end
returning county, phone, id""")


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


def import_cases(
    office: Office,
    file: Source,
    mapping: str | Path | CaseMapping,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> CasesReport:
    """Import the rows of a CSV, CSV.GZ or XLSX file.

    Args:
        mapping: a shipped name, a YAML file, or the mapping itself.
        dry_run: check everything, write nothing.
        progress: called with rows done and rows in all.

    Raises:
        NotFound: no such file or mapping.
        Invalid: the file is no table, lacks columns, or the mapping has faults.
        Importing: the same source is being imported at this moment.
    """
    began = time.perf_counter()
    plan = mapping if isinstance(mapping, CaseMapping) else read_mapping(mapping)
    columns = [Column(name, (), required=True) for name in plan.columns]
    with office.look(SYSTEM) as look:
        world = look.world
    world = replace(world, new_id=count(1).__next__) if dry_run else own_ids(office, world)
    name = _("历史导入")
    with _alone(office, plan.source), open_table(file, columns, most_rows=MOST_ROWS) as table:
        this = _Import(
            office=office,
            plan=plan,
            past=Past(world, stand_ins(world, name)),
            checking=Checking(table, columns, progress),
            until=now(),
            dry_run=dry_run,
            actor=Actor(roles=("system",), name=name),
        )
        with without_pauses(), Bulk(office) as bulk:
            for some in _in_batches(this):
                this.take(bulk, some)
    report = this.checking.report(this.saved, 0)
    notes = this.notes[:_NOTES]
    if more := len(this.notes) - len(notes):
        notes.append(_("还有 {n} 行也有说明，未一一列出", n=more))
    return CasesReport(
        rows=report.rows,
        saved=this.saved,
        rejected=report.rejected,
        ignored=report.ignored,
        known=this.known,
        replied=this.replied,
        closed=this.closed,
        notes=notes,
        seconds=time.perf_counter() - began,
        dry_run=dry_run,
    )


def _in_batches(this: _Import) -> Iterator[list[_Ready]]:
    ready: list[_Ready] = []
    for _row, one in this.checking.good(this.check):
        ready.append(one)
        if len(ready) == BATCH:
            yield ready
            ready = []
    if ready:
        yield ready
