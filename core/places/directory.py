"""Who has an account: the administrator's list, and one person for changing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, any_, func, literal, or_, select

from core.access.desk import Look
from core.errors import NotFound
from core.now import now
from core.rules.areas import scope
from core.rules.permissions import Permission
from core.words import _
from db.models import Person, SignIn

State = Literal["", "active", "disabled", "locked"]
"""Everybody; open accounts; closed ones; those shut for a while after wrong passwords."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFilter:
    """What the list shows; empty fields do not narrow it."""

    q: str = ""
    """Part of a username, a name or a phone number."""
    role: str = ""
    unit: str = ""
    area: str = ""
    """People whose area, or whose unit's code, lies within it."""
    state: State = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """Somebody with an account."""

    username: str
    name: str
    roles: tuple[str, ...]
    unit: str
    area: str
    phone: str
    email: str
    active: bool
    locked_until: datetime | None
    seen_at: datetime | None
    """When a session of theirs was last used; None: they have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """A page of the list."""

    lines: Sequence[PersonLine]
    total: int
    after: str
    """Username to go on after; empty: this is the last page."""


_COLUMNS = (
    Person.username, Person.name, Person.roles, Person.unit, Person.area, Person.phone,
    Person.email, Person.active, Person.locked_until,
)  # fmt: skip
_SEEN = (
    select(func.max(SignIn.seen_at))
    .where(SignIn.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
    .label("seen_at")
)


def people(look: Look, f: PersonFilter, *, limit: int = 50, after: str = "") -> People:
    """People by username.

    Args:
        after: the last username of the page before.

    Raises:
        NotPermitted: without `people:manage`.
    """
    look.actor.require(Permission.PEOPLE_MANAGE)
    found = select(*_COLUMNS, _SEEN).where(*_conditions(f))
    rows = look.tx.execute(
        found.where(Person.username > after).order_by(Person.username).limit(limit + 1)
    ).all()
    total = look.tx.scalar(select(func.count(Person.id)).where(*_conditions(f))) or 0
    lines = [_line(r) for r in rows[:limit]]
    return People(lines=lines, total=total, after=lines[-1].username if len(rows) > limit else "")


def person(look: Look, username: str) -> PersonLine:
    """One person.

    Raises:
        NotPermitted: without `people:manage`.
        NotFound: nobody has this username.
    """
    look.actor.require(Permission.PEOPLE_MANAGE)
    row = look.tx.execute(select(*_COLUMNS, _SEEN).where(Person.username == username)).one_or_none()
    if row is None:
        raise NotFound(_("没有用户“{username}”", username=username[:64]))
    return _line(row)


def _line(row: Any) -> PersonLine:
    locked = row.locked_until if row.locked_until and row.locked_until > now() else None
    return PersonLine(
        username=row.username,
        name=row.name,
        roles=tuple(row.roles),
        unit=row.unit or "",
        area=row.area or "",
        phone=row.phone,
        email=row.email,
        active=row.active,
        locked_until=locked,
        seen_at=row.seen_at,
    )


def _conditions(f: PersonFilter) -> Iterator[ColumnElement[bool]]:
    p = Person
    if f.q:
        yield or_(*(c.icontains(f.q, autoescape=True) for c in (p.username, p.name, p.phone)))
    if f.role:
        yield literal(f.role) == any_(p.roles)
    if f.unit:
        yield p.unit == f.unit
    if f.area:
        lo, hi = scope(f.area)
        yield or_(and_(p.area >= lo, p.area < hi), and_(p.unit >= lo, p.unit < hi))
    match f.state:
        case "active":
            yield p.active.is_(True)
        case "disabled":
            yield p.active.is_(False)
        case "locked":
            yield p.locked_until > now()
