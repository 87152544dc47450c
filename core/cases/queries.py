"""Lists of cases: queries bypass the rules and return frozen rows."""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, tuple_

from core.access.actor import Actor
from core.access.desk import Look
from core.access.visible import in_area, visible_cases
from core.cases.known import require_known
from core.cases.numbers import sought_number
from core.errors import Invalid
from core.ledger.words import query_of
from core.now import now
from core.rules.areas import digits_below, validate
from core.rules.case import Demand
from core.rules.masking import mask_address, mask_text
from core.rules.permissions import Permission, Scope
from core.words import _
from db.models import CaseRow, ClockRow, DemandRow

Order = Literal["due", "newest"]
Answer = Literal["", "none", "given", "replied", "late"]
"""none: the resident has no answer; given: a reply, or closed without one; replied: a reply;
late: given after its deadline. The same that the measures `answered`, `replied` and `on_time`
count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """What a list is narrowed to; empty means no narrowing. The actor's own bound always holds."""

    stage: str = ""
    stage_kind: str = ""
    """`open`, `waiting`, `closed`; `live` is open or waiting."""
    kind: str = ""
    area: str = ""
    unit: str = ""
    """Cases that this unit holds."""
    category: str = ""
    """A parent covers its children."""
    inlet: str = ""
    urgency: str = ""
    q: str = ""
    """Of a number all, its beginning or its running digits; or words of title and text."""
    overdue: bool = False
    due_since: datetime | None = None
    due_until: datetime | None = None
    """Open, unanswered, and to be answered in [due_since, due_until)."""
    score_max: int = 0
    answer: Answer = ""
    since: datetime | None = None
    until: datetime | None = None
    """Receipt in [since, until)."""
    closed_since: datetime | None = None
    closed_until: datetime | None = None
    order: Order = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case as one line of a list."""

    number: str
    title: str
    category: str
    kind: str
    inlet: str
    urgency: str
    area: str
    address: str
    stage: str
    stage_kind: str
    holder: str
    received_at: datetime
    due_at: datetime | None
    stage_due_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    late: bool
    score: int | None
    reopened: int
    chased: int
    version: int
    id: int
    paused: bool
    """Its clocks stand still: it waits for the resident, or is shelved."""

    @property
    def due(self) -> datetime | None:
        """The deadline that still runs: none once the resident has an answer."""
        return None if self.replied_at or self.closed_at else self.due_at

    @property
    def stage_first(self) -> bool:
        """Whether the offices have to bring it to its next stage before anything else is due;
        what is late as a whole is that first."""
        ends, whole = self.stage_due_at if self.stage_kind == "open" else None, self.due
        return ends is not None and (whole is None or ends < whole >= now())


_STANDS_STILL = exists().where(
    ClockRow.county == CaseRow.county, ClockRow.case_id == CaseRow.id,
    ClockRow.paused_at.is_not(None), ClockRow.stopped_at.is_(None),
)  # fmt: skip
_PAUSED = case(  # looked up only where there is no deadline
    (and_(CaseRow.due_at.is_(None), CaseRow.stage_kind == "open"), _STANDS_STILL), else_=False
).label("paused")
LINE = [_PAUSED if f.name == "paused" else getattr(CaseRow, f.name) for f in fields(CaseLine)]

DEMAND = [getattr(DemandRow, f.name).label(f"demand_{f.name}") for f in fields(Demand)]
"""What is asked on a case, beside its `LINE`."""


def with_demand(row: Row[*tuple[Any, ...]]) -> tuple[CaseLine, Demand]:
    """The case and the demand of a row of `LINE` and `DEMAND`."""
    values: dict[str, Any] = dict(row._mapping)
    own = {f.name: values.pop(f"demand_{f.name}") for f in fields(Demand)}
    return CaseLine(**values), Demand(**own)


NEXT_DUE = func.least(CaseRow.due_at, CaseRow.stage_due_at)
"""What an open case has to keep first: its stage's deadline, or its own."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and where to go on."""

    lines: Sequence[CaseLine]
    cursor: str | None


def overdue_at(instant: datetime) -> ColumnElement[bool]:
    """Open, unanswered and past its deadline."""
    return and_(*due_within(None, instant))


def due_within(since: datetime | None, until: datetime | None) -> Iterator[ColumnElement[bool]]:
    """Open, unanswered, and to be answered in [since, until)."""
    yield CaseRow.stage_kind == "open"
    if until:
        yield CaseRow.due_at < until
    yield CaseRow.replied_at.is_(None)
    if since:
        yield CaseRow.due_at >= since


def conditions(f: CaseFilter) -> list[ColumnElement[bool]]:
    """The filter as SQL conditions over `cases`."""
    c, found = CaseRow, []
    for name in ("stage", "kind", "inlet", "urgency"):
        if value := getattr(f, name):
            found.append(getattr(c, name) == value)
    if f.stage_kind == "live":
        found.append(c.stage_kind != "closed")
    elif f.stage_kind:
        found.append(c.stage_kind == f.stage_kind)
    if f.area:
        found.append(in_area(validate(f.area)))
    if f.unit:
        found.append(c.holder == f.unit)
    if f.category:
        inside = c.category.startswith(f.category + "/", autoescape=True)
        found.append(or_(c.category == f.category, inside))
    if f.overdue:
        found.append(overdue_at(now()))
    if f.due_since or f.due_until:
        found.extend(due_within(f.due_since, f.due_until))
    if f.score_max:
        found.append(c.score <= f.score_max)
    if f.answer:
        given = func.coalesce(c.replied_at, c.closed_at)
        answered = c.replied_at if f.answer == "replied" else given
        found.append(answered.is_(None) if f.answer == "none" else answered.is_not(None))
        if f.answer == "late":
            found.append(c.late)
    for column, since, until in (
        (c.received_at, f.since, f.until),
        (c.closed_at, f.closed_since, f.closed_until),
    ):
        if since:
            found.append(column >= since)
        if until:
            found.append(column < until)
    if asked := f.q.strip():
        found.append(_asked(asked))
    return found


def _asked(asked: str) -> ColumnElement[bool]:
    if number := sought_number(asked):
        if number.running:
            return CaseRow.running.in_(number.running)
        # A range, since row security keeps `like` away from the index
        first = number.beginning
        return and_(CaseRow.number >= first, CaseRow.number < first + "~")
    words = query_of(asked)
    if not words:
        return CaseRow.title.contains(asked[:50], autoescape=True)
    return CaseRow.words.op("@@")(func.to_tsquery("simple", words))


def filtered(actor: Actor, f: CaseFilter, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The cases that `actor` may see, narrowed by `f`; unordered.

    To those outside the offices no number answers that would be masked before them.
    """
    if actor.scope is Scope.OUTSIDE:
        f = replace(f, q=mask_text(f.q))
    return visible_cases(actor, *columns).where(*conditions(f))


def _encode(values: Sequence[Any]) -> str:
    raw = json.dumps([v.isoformat() if isinstance(v, datetime) else v for v in values])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[datetime, int]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        at, last = json.loads(raw)
        return datetime.fromisoformat(at), int(last)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise Invalid(_("翻页标记无效，请从第一页重新查看"), field="cursor") from error


def list_cases(
    look: Look, f: CaseFilter | None = None, *, limit: int = 50, cursor: str | None = None
) -> Page:
    """A page of the cases that the actor may see.

    Args:
        limit: lines a page, 1 to 500.
        cursor: `Page.cursor` of the page before.

    Raises:
        NotPermitted: the actor reads no cases at all.
        Invalid: a bad cursor, limit or area, or a code that the county does not know.
    """
    look.actor.require(Permission.CASE_READ)
    f = f or CaseFilter()
    require_known(look, f)
    if not 1 <= limit <= 500:
        raise Invalid(_("每页条数应在 1 到 500 之间"), field="limit")
    query = filtered(look.actor, f, *LINE)
    by_due = f.order == "due"
    key = CaseRow.due_at if by_due else CaseRow.received_at
    if by_due:
        query = query.where(CaseRow.due_at.is_not(None)).order_by(key, CaseRow.id)
    else:
        query = query.order_by(key.desc(), CaseRow.id.desc())
    if cursor:
        at, last = _decode(cursor)
        position = tuple_(key, CaseRow.id)
        query = query.where(position > (at, last) if by_due else position < (at, last))
    rows = look.tx.execute(query.limit(limit + 1)).all()
    lines = [line_for(look.actor, CaseLine(**r._mapping)) for r in rows[:limit]]
    more = len(rows) > limit and lines
    after = _encode([getattr(lines[-1], key.key), lines[-1].id]) if more else None
    return Page(lines, after)


def line_for(actor: Actor, line: CaseLine) -> CaseLine:
    """The line as this reader may see it: to those outside the offices no house is named."""
    if actor.scope is not Scope.OUTSIDE:
        return line
    return replace(line, title=mask_text(line.title), address=mask_address(line.address))


def count_cases(look: Look, f: CaseFilter) -> int:
    """How many cases the filter finds."""
    look.actor.require(Permission.CASE_READ)
    query = filtered(look.actor, f, func.count())
    return look.tx.scalar(query) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """One column of the dispatcher's board."""

    stage: str
    n: int
    overdue: int
    untaken: int
    """Cases that no unit has a signed task in."""
    lines: Sequence[CaseLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCount:
    """The open cases of one area below the board's own."""

    area: str
    n: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The dispatcher's board: untaken on top, then by stage; by sub-area on the side."""

    area: str
    stages: Sequence[StageCount]
    places: Sequence[PlaceCount]


def board(look: Look, area: str | None = None, *, per_stage: int = 30) -> Board:
    """The open cases of an area, by stage (loop order, due first) and by the areas below it."""
    look.actor.require(Permission.BOARD_READ)
    area = validate(area or look.actor.area or look.world.root)
    live = CaseFilter(area=area, stage_kind="open")
    counts = _piles(look, live, func.left(CaseRow.area, digits_below(area)).label("place"))
    lines: dict[str, list[CaseLine]] = {}
    for row in look.tx.execute(_first_of_each_stage(look.actor, live, per_stage)):
        line = CaseLine(**row._mapping)
        lines.setdefault(line.stage, []).append(line)
    untaken = untaken_stages(look.world)
    stages = [
        StageCount(
            stage=stage,
            n=row.n,
            overdue=row.overdue,
            untaken=row.n if stage in untaken else 0,
            lines=lines.get(stage, []),
        )
        for stage in look.world.blueprint.workflow.stages
        if (row := counts.get(("stage", stage)))
    ]
    stages.sort(key=lambda s: s.untaken == 0)
    places = [
        PlaceCount(area=key, n=row.n, overdue=row.overdue)
        for (by, key), row in counts.items()
        if by == "place"
    ]
    return Board(area=area, stages=stages, places=places)


def _piles(
    look: Look, f: CaseFilter, place: ColumnElement[str]
) -> dict[tuple[str, str], Row[*tuple[Any, ...]]]:
    """By stage and by place, the most first: how many (`n`), how many of them late."""
    late = overdue_at(now()).label("late")
    some = filtered(look.actor, f, CaseRow.stage, place, late).subquery().c
    n = func.count().label("n")
    rows = look.tx.execute(
        select(some.stage, some.place, n, func.count().filter(some.late).label("overdue"))
        .group_by(func.grouping_sets(some.stage, some.place))
        .order_by(n.desc())
    )
    return {("stage", r.stage) if r.place is None else ("place", r.place): r for r in rows}


def _first_of_each_stage(actor: Actor, f: CaseFilter, n: int) -> Select[*tuple[Any, ...]]:
    """The `n` cases of every stage that are due first."""
    order = (NEXT_DUE.nulls_last(), CaseRow.id)
    nth = func.row_number().over(partition_by=CaseRow.stage, order_by=order).label("nth")
    some = filtered(actor, f, *LINE, nth).subquery().c
    lines = (getattr(some, f.name) for f in fields(CaseLine))
    return select(*lines).where(some.nth <= n).order_by(some.nth)


def untaken_stages(world: Any) -> set[str]:
    """Stages in which nobody has taken the case: they can be accepted, assigned or signed."""
    taking = {"accept", "assign", "sign"}
    stages = world.blueprint.workflow.stages
    return {
        s for t in world.blueprint.workflow.transitions if t.id in taking for s in t.sources
    } - {s for t in world.blueprint.workflow.transitions if t.id == "report" for s in t.sources} & {
        *stages
    }
