"""Instructions 批示 as they are tracked: what was asked, of whom, and what came back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from core.access.desk import Look, Work
from core.access.taken import Table, taken
from core.access.visible import in_area
from core.cases.act import act
from core.cases.standing import asker
from core.errors import Invalid, NotFound
from core.now import now
from core.oversight.instruct import kinds
from core.oversight.slices import Slice, kept, words
from core.rules.areas import contains, validate
from core.rules.case import MATTER, Demand
from core.rules.demands import (
    ACKNOWLEDGED,
    ANSWERED,
    LABELS,
    OPEN,
    OWED,
    PENDING,
    SETTLED,
    WITHDRAWN,
)
from core.rules.masking import mask_text
from core.rules.may import works_on
from core.rules.permissions import Permission
from core.words import Text, _, lazy
from db.models import CaseRow, DemandRow

LATE = "late"
STATES: dict[str, Text] = {
    LATE: lazy("超期未反馈"),
    OPEN: lazy("待签收"),
    ACKNOWLEDGED: lazy("办理中"),
    ANSWERED: lazy("已反馈，待领导认可"),
    SETTLED: lazy("已办结"),
    WITHDRAWN: lazy("已撤回"),
}
"""Of an instruction: that of its part which is furthest behind."""
ACTIVE = (LATE, *PENDING)
"""Somebody has still to do something about it."""
_ORDER = list(STATES)
MOST = 4000
"""Parts that are read at once: pending ones of any age, ended ones of the period."""
USUAL = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One unit asked on one case."""

    id: int
    case_id: int
    number: str
    title: str
    area: str
    unit: str
    state: str
    due_at: datetime | None
    answer: str
    answered_by: str
    answered_at: datetime | None
    ended_at: datetime | None
    pressed: int
    late: bool
    """Answered after its date, or not yet and past it."""

    def status(self, at: datetime) -> str:
        """Its state, `late` where an answer is owed and past its date."""
        owed = self.state in OWED and self.due_at is not None and self.due_at < at
        return LATE if owed else self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """What one person asked for at one instant, on however many cases."""

    id: int
    """Of its first part."""
    at: datetime
    by: str
    by_id: int | None
    text: str
    due_at: datetime | None
    """The earliest date by which something is still owed; else the last one that was."""
    about: Slice | None
    """The class of appeals, where it is not on single cases."""
    parts: Sequence[Part]
    state: str
    counts: Mapping[str, int]
    """How many parts stand in each of `STATES`."""
    ways: frozenset[str]
    """Which of `FOLLOWS` the reader may do now."""

    @property
    def answered(self) -> Sequence[Part]:
        """What has come back: to be settled, or pressed for more."""
        return [p for p in self.parts if p.state == ANSWERED]

    @property
    def numbers(self) -> list[str]:
        """The cases, or the one matter, in the order in which they were asked about."""
        return list(dict.fromkeys(p.number for p in self.parts))

    @property
    def units(self) -> list[str]:
        """Who was asked."""
        return list(dict.fromkeys(p.unit for p in self.parts))


_D, _C = DemandRow, CaseRow
_READ = (
    _D.id, _D.case_id, _D.unit, _D.state, _D.due_at, _D.answer, _D.answered_by, _D.answered_at,
    _D.ended_at, _D.pressed, _D.late, _D.text, _D.opened_at, _D.asked_by, _D.asker_name,
    _D.kind, _D.asker_unit,
    _C.number, _C.title, _C.area, _C.source, _C.form,
)  # fmt: skip


def instructions(
    look: Look,
    *,
    mine: bool = False,
    area: str = "",
    state: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Instruction]:
    """Instructions on what lies in an area (the reader's own if none is named), late ones first,
    then by how far they have come, newest first. What is pending is never left out.

    Args:
        mine: only what the reader asked for.
        state: one of `STATES`.
        since: instructions given in [since, until); a year if nothing is said.

    Raises:
        NotPermitted: without `instruction:read`.
        NotFound: another's area.
    """
    look.actor.require(Permission.INSTRUCTION_READ)
    base = look.actor.area or look.world.root
    where = validate(area) if area else base
    if not contains(base, where):
        raise NotFound
    begin = since or now() - USUAL
    period = _D.opened_at >= begin if until is None else and_(
        _D.opened_at >= begin, _D.opened_at < until
    )  # fmt: skip
    query = (
        select(*_READ)
        .join(_C, and_(_C.county == _D.county, _C.id == _D.case_id))
        .where(_D.kind.in_(kinds(look.world)), or_(_D.state.in_(PENDING), period))
        .order_by(_D.state.in_(PENDING).desc(), _D.opened_at.desc(), _D.id)
        .limit(MOST)
    )
    query = query.where(_D.asked_by == look.actor.person) if mine else query.where(in_area(where))
    found = _grouped(look, look.tx.execute(query).mappings())
    found = [i for i in found if not state or i.state == state]
    return sorted(found, key=lambda i: (_ORDER.index(i.state), -i.at.timestamp()))


def instruction(look: Look, id: int) -> Instruction:
    """One instruction, by the id of any of its parts.

    Raises:
        NotFound: there is none, or it is not visible to the reader.
    """
    look.actor.require(Permission.INSTRUCTION_READ)
    one = look.tx.execute(
        select(_D.asked_by, _D.opened_at).where(_D.id == id, _D.kind.in_(kinds(look.world)))
    ).one_or_none()
    if one is None:
        raise NotFound(_("没有这条批示，或您无权查看"))
    query = (
        select(*_READ)
        .join(_C, and_(_C.county == _D.county, _C.id == _D.case_id))
        .where(_D.kind.in_(kinds(look.world)), _D.opened_at == one.opened_at)
        .where(_D.asked_by.is_not_distinct_from(one.asked_by))
        .order_by(_D.id)
    )
    found = _grouped(look, look.tx.execute(query).mappings())
    return next(i for i in found if any(p.id == id for p in i.parts))


def _grouped(look: Look, rows: Iterable[Mapping[Any, Any]]) -> list[Instruction]:
    groups: dict[tuple[Any, ...], list[Mapping[Any, Any]]] = {}
    for row in rows:
        alone = row["case_id"] if row["source"] == MATTER else 0
        key = (row["asked_by"], row["opened_at"], row["text"], alone)
        groups.setdefault(key, []).append(row)
    return [_instruction(look, group) for group in groups.values()]


def _part(row: Mapping[Any, Any]) -> Part:
    values: dict[str, Any] = {n: row[n] for n in Part.__slots__}
    for name in ("title", "answer"):
        values[name] = mask_text(values[name])
    return Part(**values)


def _instruction(look: Look, rows: list[Mapping[Any, Any]]) -> Instruction:
    first, at = rows[0], now()
    parts = [_part(row) for row in rows]
    counts = Counter(p.status(at) for p in parts)
    owed = [p.due_at for p in parts if p.due_at and p.state in PENDING]
    ended = [p.due_at for p in parts if p.due_at]
    return Instruction(
        id=first["id"],
        at=first["opened_at"],
        by=first["asker_name"],
        by_id=first["asked_by"],
        text=mask_text(first["text"]),
        due_at=min(owed) if owed else max(ended, default=None),
        about=kept(first["form"]) if first["source"] == MATTER else None,
        parts=parts,
        state=next((s for s in _ORDER if counts[s]), SETTLED),
        counts=counts,
        ways=_ways(look, rows),
    )


FOLLOWS = ("settle", "press")
"""What is done with an answer, or without one."""


def _ways(look: Look, rows: list[Mapping[Any, Any]]) -> frozenset[str]:
    table = [t for t in look.world.blueprint.workflow.transitions if t.id in FOLLOWS]
    found: set[str] = set()
    for row in rows:
        who = asker(look.world, look.actor, row["area"])
        named = ("id", "case_id", "kind", "state", "unit", "text", "opened_at", "asked_by")
        demand = Demand(
            county=row["area"][:6], asker_unit=row["asker_unit"], **{n: row[n] for n in named}
        )
        found |= {t.id for t in table if works_on(t, who, demand)}
    return frozenset(found)


def follow(work: Work, id: int, action: str, data: Mapping[str, Any]) -> int:
    """Settle or press every part of an instruction that has been answered; where none has been,
    press for all that is owed. Returns how many.

    Raises:
        NotFound: no such instruction for this reader.
        NotPermitted: the workflow leaves it to somebody else.
        Invalid: nothing to settle or to press any more; a field is missing or wrong.
    """
    found = instruction(work, id)
    owed = [p for p in found.parts if p.state in OWED] if action == "press" else []
    ready = found.answered or owed
    if action not in FOLLOWS or not ready:
        raise Invalid(_("这条批示还没有反馈，或已经办结，现在不能这样办"), field="action")
    for part in sorted(ready, key=lambda p: (p.number, p.id)):
        act(work, part.number, action, {**data, "demand": str(part.id)})
    return len(ready)


def said(look: Look, i: Instruction) -> str:
    """What it is about: the class, the one case, or how many cases."""
    if i.about is not None:
        return words(look.world, i.about)
    if len(i.numbers) == 1:
        return i.parts[0].title
    return _("{title}等 {n} 件诉求", title=i.parts[0].title, n=len(i.numbers))


def progress(i: Instruction) -> str:
    """「3 项：1 项超期未反馈，2 项已反馈」, or the state alone where there is one part."""
    if len(i.parts) == 1:
        return str(STATES[i.state])
    named = [
        _("{n} 项{state}", n=i.counts[s], state=LABELS[s] if s in LABELS else STATES[s])
        for s in _ORDER
        if i.counts.get(s)
    ]
    return _("共 {n} 项：{parts}", n=len(i.parts), parts=_("，").join(named))


COLUMNS: tuple[Text, ...] = (
    lazy("批示时间"), lazy("批示领导"), lazy("批示内容"), lazy("涉及事项"), lazy("编号"),
    lazy("承办单位"), lazy("反馈期限"), lazy("状态"), lazy("是否超期"), lazy("要求再办次数"),
    lazy("反馈时间"), lazy("反馈人"), lazy("反馈内容"), lazy("办结时间"),
)  # fmt: skip


def ledger(work: Work, found: Iterable[Instruction]) -> Table:
    """批示台账 as a table to take away: a row for each unit asked on each case.

    Raises:
        Invalid: too many.
    """
    head = [str(c) for c in COLUMNS]
    return taken(work, "instructions.export", head, _ledger(work, found), {})


def _ledger(look: Look, found: Iterable[Instruction]) -> list[tuple[Any, ...]]:
    at, rows = now(), list[tuple[Any, ...]]()
    for i in found:
        about = said(look, i)
        rows += [
            (
                i.at, i.by, i.text, about if i.about is not None else p.title, p.number,
                look.world.units.name(p.unit), p.due_at, str(STATES[p.status(at)]),
                p.late or p.status(at) == LATE, p.pressed, p.answered_at, p.answered_by, p.answer,
                p.ended_at,
            )
            for p in i.parts
        ]  # fmt: skip
    return rows
