"""Rows of an export become stories: each row is told whole, or left out with its reason."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from pydantic_core import to_json
from sqlalchemy import select

from core.access.actor import SYSTEM, Actor
from core.access.desk import Office
from core.blueprint.world import World
from core.cases.bulk import Bulk, draw_numbers, own_ids
from core.cases.intake import Appeal, begin_case, examine
from core.cases.mapping import CaseMapping, Line
from core.cases.replay import Past, Story, stand_ins
from core.cases.residents import Caller, finding
from core.cases.standing import parties_of
from core.errors import Invalid, NotPermitted
from core.rules.areas import county_of, validate
from core.words import _
from db.models import CaseRow


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of one import."""

    plan: CaseMapping
    rows: Sequence[tuple[int, str, dict[str, str]]]
    """Line number, the row's own id, and its columns."""
    until: datetime
    """Now, for the whole import."""
    dry_run: bool


@dataclass(slots=True)
class Told:
    """What became of a piece."""

    rows: int = 0
    saved: int = 0
    known: int = 0
    """Imported before."""
    replied: int = 0
    closed: int = 0
    notes: list[str] = field(default_factory=list)
    refused: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    """Line number, reason and faulty fields of each row that stays out."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A row that has passed every check that needs no other row."""

    number: int
    line: Line
    appeal: Appeal
    area: str
    inlet: str

    @property
    def caller(self) -> Caller:
        """Who gave a phone number with it; of nobody the number is empty."""
        values = self.appeal.values
        return county_of(self.area), "" if values.get("anonymous") else values.get("phone") or ""


def tell_rows(office: Office, bulk: Bulk, piece: Piece) -> Told:
    """Tell the rows that are not known yet, and leave the others alone."""
    with office.look(SYSTEM) as look:
        world = look.world
    bulk.until = piece.until
    name = _("历史导入")
    world = replace(world, new_id=count(1).__next__) if piece.dry_run else own_ids(office, world)
    teller = _Teller(
        piece=piece,
        past=Past(world, stand_ins(world, name)),
        actor=Actor(roles=("system",), name=name),
        told=Told(rows=len(piece.rows)),
    )
    teller.tell(office, bulk)
    return teller.told


@dataclass(slots=True)
class _Teller:
    piece: Piece
    past: Past
    actor: Actor
    told: Told

    @property
    def world(self) -> World:
        return self.past.quiet

    def tell(self, office: Office, bulk: Bulk) -> None:
        new = _unknown(office, self.piece, self._ready())
        self.told.known = self.told.rows - len(new) - len(self.told.refused)
        dry_run = self.piece.dry_run
        numbers = range(1, len(new) + 1) if dry_run else draw_numbers(office, len(new))
        stories = list[tuple[_Ready, Story]]()
        for one, running in zip(new, numbers, strict=True):
            try:
                story = self._story(one, running)
            except (Invalid, NotPermitted) as fault:
                self._refuse(one.number, fault)
                continue
            case = story.file.case
            self.told.saved += 1
            self.told.replied += case.replied_at is not None
            self.told.closed += case.closed_at is not None
            stories.append((one, story))
        if not dry_run:
            residents = _residents(office, [one for one, _story in stories])
            for one, story in stories:
                case = replace(story.file.case, resident_id=residents.get(one.caller))
                story.file.case = case
                bulk.add(story)

    def _refuse(self, number: int, fault: Invalid | NotPermitted) -> None:
        named = {str(k): str(v) for k, v in fault.data.get("fields", {}).items()}
        self.told.refused.append((number, fault.message, named))

    def _ready(self) -> list[_Ready]:
        ready: list[_Ready] = []
        for number, ref, columns in self.piece.rows:
            try:
                ready.append(self._check(number, ref, columns))
            except Invalid as fault:
                self._refuse(number, fault)
        return ready

    def _check(self, number: int, ref: str, columns: dict[str, str]) -> _Ready:
        line = self.piece.plan.read(columns, ref)
        self._times(line)
        appeal = examine(self.world, line.raw)
        area = validate(appeal.values.get("area") or self.world.root)
        if area not in self.world.areas:
            raise Invalid(_("没有区划“{area}”", area=area), field="area")
        inlet = appeal.values.get("inlet") or next(iter(self.world.blueprint.inlets))
        appeal = replace(appeal, source=self.piece.plan.source, source_ref=ref)
        return _Ready(number, line, appeal, area, inlet)

    def _times(self, line: Line) -> None:
        """Nothing lies ahead, and nothing was answered before it was said."""
        last, plan, until = line.received_at, self.piece.plan, self.piece.until
        if last > until:
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
            if at > until:
                raise Invalid(_("{column}晚于现在", column=column), field=column or "")
            last = at

    def _story(self, one: _Ready, running: int) -> Story:
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
        story.settle(self.piece.until)
        if line.reply and not line.replied_at:
            self._keep(story, line.reply)
            notes.append(_("答复没有日期，不计入已答复；答复原文记在“补充说明”里，诉求仍在办"))
        where = _("第 {n} 行（{ref}）", n=one.number, ref=line.ref[:40])
        self.told.notes += [_("{where}：{note}", where=where, note=note) for note in notes]
        return story

    def _rate(self, story: Story, line: Line) -> list[str]:
        """Give the resident's score where the workflow has a place for it."""
        case, table = story.file.case, self.world.blueprint.workflow.transitions
        rows = (t for t in table if case.stage in t.sources and "record_rating" in t.effects)
        row, at = next(rows, None), line.rated_at or line.closed_at or line.replied_at
        if row is None or at is None:
            return [_("评分没有计入：按本县流程，诉求答复以后才能评价")]
        data: dict[str, Any] = {"score": line.score}
        parties = parties_of(self.world.blueprint, case)
        story.act(row.id, data | ({"party": next(iter(parties))} if parties else {}), at)
        return []

    def _keep(self, story: Story, reply: str) -> None:
        """A reply of which nobody knows when it was given: kept as a note, not as a reply."""
        text = _("原系统的答复（没有日期）：") + reply
        for start in range(0, len(text), 2000):
            story.act("comment", {"text": text[start : start + 2000]}, self.piece.until)


def _unknown(office: Office, piece: Piece, ready: Sequence[_Ready]) -> list[_Ready]:
    """Those that are not there yet."""
    query = select(CaseRow.source_ref).where(
        CaseRow.county.in_({county_of(r.area) for r in ready}),
        CaseRow.source == piece.plan.source,
        CaseRow.source_ref.in_([r.line.ref for r in ready]),
    )
    with office.look(SYSTEM) as look:
        known = set(look.tx.scalars(query))
    return [r for r in ready if r.line.ref not in known]


def _residents(office: Office, ready: Sequence[_Ready]) -> dict[Caller, int]:
    """Find or create who gave a phone number; returns their ids by county and number. Of a row
    that stays out nobody is kept."""
    people: dict[Caller, dict[str, Any]] = {}
    for one in ready:
        key = one.caller
        if not key[1]:
            continue
        person = people.get(key)
        if person is None:
            person = people[key] = {
                "county": key[0],
                "id": office.new_id(),
                "name": "",
                "phone": key[1],
                "at": one.line.received_at,
            }
        person["name"] = person["name"] or one.appeal.values.get("name", "")
    if not people:
        return {}
    with office.work(SYSTEM) as work:
        given = {"people": to_json([*people.values()]).decode()}
        rows = work.tx.exec_driver_sql(finding("known"), given).all()
    return {(row.county, row.phone): row.id for row in rows}
