"""Dead letters: messages that were given up, with the reason; sent again, or put aside.

The administrator sees no case, so a line says what kind of message it was and about which
number, never what the case says. The house itself looks (`SYSTEM`), after asking whether this
person may know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update

from core.access.actor import SYSTEM, Actor
from core.access.audit import audit
from core.access.desk import Look, Work
from core.now import now
from core.rules.addresses import masked
from core.rules.ladders import OUTSIDE
from core.rules.masking import mask_email
from core.rules.messages import render
from core.rules.permissions import Permission
from core.words.kept import worded
from db.models import Address, MessageRow, Person, Unit

REASONS = 8
"""So many reasons are offered as filters, the most frequent first."""
_M, _P, _U, _A = MessageRow, Person, Unit, Address
_DEAD = and_(_M.sent_at.is_(None), _M.try_at.is_(None), _M.dropped_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadFilter:
    """Which of them; empty fields do not narrow them."""

    way: str = ""
    fault: str = ""
    """A reason, as it is kept (`core.words.kept`)."""
    q: str = ""
    """Part of a name, a username, a unit's name, a number or a reason as the reader reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message that did not arrive."""

    id: int
    created_at: datetime
    way: str
    name: str
    """Of the person or the unit."""
    username: str
    """Empty: a unit's own address."""
    unit: str
    about: str
    """What kind of message, about which number."""
    number: str
    address: str
    """Masked; empty: there is none any more."""
    attempts: int
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetters:
    """A page of the list."""

    lines: Sequence[DeadLetter]
    total: int
    cursor: str
    """Where the next page begins; empty: this is the last one."""
    ways: dict[str, int]
    """How many by way, whatever the filter."""
    reasons: dict[str, int]
    """How many by reason as it is kept, within the way: the most frequent."""


def undelivered(
    look: Look, which: DeadFilter | Sequence[int], *, limit: int = 50, cursor: str = ""
) -> DeadLetters:
    """Newest first.

    Args:
        which: a filter, or ids.
        cursor: `DeadLetters.cursor` of the page before; one that is none begins anew.

    Raises:
        NotPermitted: without `message:manage`.
    """
    found = (
        select(
            _M.id, _M.created_at, _M.way, _M.number, _M.template, _M.data, _M.attempts, _M.fault,
            _M.unit, _P.name, _P.username, _P.email, _U.name.label("unit_name"), _A.url,
        )
        .outerjoin(_P, and_(_P.id == _M.person_id, _M.unit == ""))
        .outerjoin(_U, _U.code == _M.unit)
        .outerjoin(_A, and_(_A.way == _M.way, or_(
            and_(_M.unit == "", _A.person_id == _M.person_id), _A.unit == _M.unit)))
        .order_by(_M.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if cursor.isdecimal() and len(cursor) < 19:
        found = found.where(_M.id < int(cursor))
    look.actor.require(Permission.MESSAGE_MANAGE)
    with look.acting(SYSTEM):
        meant = _which(look, which)
        rows = look.tx.execute(found.where(*meant)).all()
        count = select(func.count()).select_from(_M).where(*meant)
        total = look.tx.scalar(count) or 0
        ways = _tally(look, _M.way)
        by_way = [_M.way == which.way] if isinstance(which, DeadFilter) and which.way else []
        reasons = _tally(look, _M.fault, *by_way)
    lines = [_line(row) for row in rows[:limit]]
    last = str(lines[-1].id) if len(rows) > limit else ""
    return DeadLetters(lines=lines, total=total, cursor=last, ways=ways, reasons=reasons)


def _tally(look: Look, column: Any, *more: ColumnElement[bool]) -> dict[str, int]:
    n = func.count()
    rows = look.tx.execute(
        select(column, n).where(_DEAD, *more).group_by(column).order_by(n.desc()).limit(REASONS)
    )
    return {row[0]: row[1] for row in rows}


def _line(row: Any) -> DeadLetter:
    about, _body = render(row.template, "", row.data | {"title": row.number})
    if row.way == "email":
        address = mask_email(row.email or "")  # its spelling is on the person's own page
    else:
        address = masked(row.way, row.url) if row.url else ""
    return DeadLetter(
        id=row.id, created_at=row.created_at, way=row.way, name=row.name or row.unit_name or "",
        username=row.username or "", unit=row.unit, about=about, number=row.number,
        address=address, attempts=row.attempts, fault=worded(row.fault),
    )  # fmt: skip


def _conditions(look: Look, f: DeadFilter) -> Iterator[ColumnElement[bool]]:
    yield _DEAD
    if f.way:
        yield _M.way == f.way
    if f.fault:
        yield _M.fault == f.fault
    if f.q:
        reasons = look.tx.scalars(select(_M.fault).where(_DEAD).distinct())
        said = [kept for kept in reasons if f.q.casefold() in worded(kept).casefold()]
        like = [_M.number.icontains(f.q, autoescape=True), _M.fault.in_(said)]
        names = [c.icontains(f.q, autoescape=True) for c in (_P.name, _P.username)]
        yield or_(
            *like,
            and_(_M.unit == "", _M.person_id.in_(select(_P.id).where(or_(*names)))),
            _M.unit.in_(select(_U.code).where(_U.name.icontains(f.q, autoescape=True))),
        )


def send_again(work: Work, which: Sequence[int] | DeadFilter) -> int:
    """Try these once more, from the beginning, at once; returns how many.

    Those that are no dead letters (any more) are passed over: twice does no harm. The
    idempotency key is the same as before, so a receiver that has it after all takes it once.

    Raises:
        NotPermitted: without `message:manage`.
    """
    actor = work.actor
    actor.require(Permission.MESSAGE_MANAGE)
    with work.acting(SYSTEM):
        chosen = update(_M).where(*_which(work, which)).values(try_at=now(), attempts=0)
        rows = work.tx.execute(chosen.returning(_M.person_id, _M.unit, _M.way)).all()
        people = {r.person_id for r in rows if not r.unit and r.way != "email"}
        units = {r.unit for r in rows if r.unit}
        work.tx.execute(
            update(_A)
            .where(or_(_A.person_id.in_(people), _A.unit.in_(units)))
            .values(rest_until=None)
        )
        _note(work, actor, "message.again", which, len(rows))
    return len(rows)


def discard(work: Work, which: Sequence[int] | DeadFilter) -> int:
    """Put these aside for good; they stay on record. Returns how many.

    Raises:
        NotPermitted: without `message:manage`.
    """
    actor = work.actor
    actor.require(Permission.MESSAGE_MANAGE)
    with work.acting(SYSTEM):
        gone = work.tx.execute(update(_M).where(*_which(work, which)).values(dropped_at=now()))
        _note(work, actor, "message.discard", which, gone.rowcount)
    return gone.rowcount


def _which(look: Look, which: Sequence[int] | DeadFilter) -> list[ColumnElement[bool]]:
    if isinstance(which, DeadFilter):
        return list(_conditions(look, which))
    return [_DEAD, _M.id.in_(list(which))]


def _note(work: Work, actor: Actor, what: str, which: Sequence[int] | DeadFilter, n: int) -> None:
    if not n:
        return
    if isinstance(which, DeadFilter):
        kept = {k: v for k, v in asdict(which).items() if v}
        audit(work, what, by=actor, n=n, filter=kept)
        return
    numbers = work.tx.scalars(
        select(_M.number).where(_M.id.in_(list(which)), _M.number != "").distinct().limit(10)
    )
    audit(work, what, "、".join(sorted(numbers)), by=actor, n=n)


_COUNT = text("""
select way, count(*) as n, max(fault) as fault from message
where sent_at is null and try_at is null and dropped_at is null group by way""")


def count_by_way(look: Look) -> dict[str, tuple[int, str]]:
    """How many dead letters by way, with one of the reasons; for whoever sees everything."""
    found = {row.way: (row.n, row.fault) for row in look.tx.execute(_COUNT)}
    return {way: found[way] for way in OUTSIDE if way in found}
