"""Signing in: passwords, lockout, server-side sessions.

A browser holds a random token in an HttpOnly cookie, the table its hash; signing out,
idling and locking end a session on the server (GB/T 22239-2019, 8.1.4.1).
"""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import bcrypt
from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select, update

from core.access import limits, strangers
from core.access.actor import NOBODY, Actor
from core.access.audit import audit
from core.access.desk import Look, Work
from core.errors import NotSignedIn, TooMany
from core.now import now
from core.words import Text, lazy
from db.models import Person, SignIn
from db.session import writing

COOKIE = "onedoor_session"
_SEEN_EVERY = timedelta(minutes=1)
"""How often a session's last use is written: idling is counted in minutes."""
_NOBODY = b"$2b$12$C6UzMDM.H6dfI/f/IKcEeO3VrZGZ0S5nKOyhKsSs7JB8Tm0u8MDq2"
"""Checked when the name is unknown, so that an answer takes as long as for a known one."""


class WrongPassword(NotSignedIn):
    """Unknown name or wrong password; which of the two is not said."""

    code = "sign_in.wrong"
    sentence = lazy("用户名或密码不正确")


class LockedOut(NotSignedIn):
    """Too many failures; the account opens again by itself."""

    code = "sign_in.locked"


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session; `token` is shown this once."""

    token: str
    actor: Actor
    expires_at: datetime


def hash_password(password: str, rounds: int = 12) -> str:
    """A bcrypt hash, as streamlit-authenticator's `Hasher` makes and reads it."""
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(rounds)).decode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


_PERSON = (
    Person.id, Person.username, Person.name, Person.password_hash, Person.roles, Person.unit,
    Person.area, Person.locale, Person.active, Person.failures, Person.locked_until,
)  # fmt: skip


def actor_of(look: Look, person: Row[*tuple[Any, ...]]) -> Actor:
    """The actor that a row of `person` stands for."""
    units = look.world.units
    unit = units.units.get(person.unit or "")
    return Actor(
        roles=tuple(person.roles),
        name=person.name,
        person=person.id,
        username=person.username,
        unit=person.unit,
        unit_name=unit.name if unit else "",
        units=units.answers_for(person.unit) if person.unit else (),
        lineage=units.lineage(person.unit) if person.unit else (),
        area=person.area or (unit.area if unit else None),
        locale=person.locale,
    )


def sign_in(work: Work, username: str, password: str, address: str) -> Opened | NotSignedIn:
    """Open a session, or say why not.

    A refusal is returned, not raised, so that the failure it counted is committed.

    Args:
        address: where from, as `core.access.address` believes it.

    Raises:
        TooMany: so many have failed from there that nothing more is tried this hour.
    """
    from_there = limits.SIGN_INS_FROM, address
    limits.check(work, from_there)
    found = identify(work, username, password)
    if isinstance(found, NotSignedIn):
        with suppress(TooMany):  # the next is told
            limits.count(work, from_there)
        return found
    return open_session(work, found)


def identify(work: Work, username: str, password: str) -> Actor | NotSignedIn:
    """Who has this name and password. A failure is counted, and locks the account in the end: it
    is returned, not raised, so that the count is committed. What is said and when, is the same
    for a name that nobody has."""
    name, instant = username.strip()[:64], now()
    query = select(*_PERSON).where(named(name)).order_by(Person.username != name)
    person = work.tx.execute(query.limit(1).with_for_update()).one_or_none()
    if person is None or not person.active:
        return _unknown(work, name, password)
    if person.locked_until and person.locked_until > instant:
        return _locked(person.locked_until - instant)
    if not bcrypt.checkpw(password.encode()[:72], person.password_hash.encode()):
        return _failed(work, person, instant)
    work.tx.execute(
        update(Person).where(Person.id == person.id).values(failures=0, locked_until=None)
    )
    return actor_of(work, person)


def named(username: str) -> ColumnElement[bool]:
    """Whose name this is, in capitals or not: nobody remembers which of them were."""
    return func.lower(Person.username) == username.lower()


def open_session(work: Work, actor: Actor) -> Opened:
    """A session for somebody whose identity is established."""
    token, instant = secrets.token_urlsafe(32), now()
    expires = instant + work.settings.session_life
    work.tx.execute(
        insert(SignIn).values(
            token_hash=_hash(token),
            person_id=actor.person,
            created_at=instant,
            seen_at=instant,
            expires_at=expires,
        )
    )
    audit(work, "sign_in", actor.username, by=actor)
    return Opened(token, actor, expires)


def _locked(left: timedelta) -> LockedOut:
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    return LockedOut(
        Text("密码多次输入错误，账号已锁定，请 {n} 分钟后再试", n=minutes), minutes=minutes
    )


def _unknown(work: Work, name: str, password: str) -> NotSignedIn:
    until = strangers.locked_until(work, name.lower())
    if until:
        return _locked(until - now())
    bcrypt.checkpw(password.encode()[:72], _NOBODY)
    audit(work, "sign_in.unknown", name)
    locked = strangers.failed(work, name.lower())
    return _locked(work.settings.lockout_for) if locked else WrongPassword()


def _failed(work: Work, person: Row[*tuple[Any, ...]], instant: datetime) -> NotSignedIn:
    failures, settings = person.failures + 1, work.settings
    locked = failures >= settings.lockout_after
    work.tx.execute(
        update(Person)
        .where(Person.id == person.id)
        .values(
            failures=0 if locked else failures,
            locked_until=instant + settings.lockout_for if locked else None,
        )
    )
    audit(work, "sign_in.locked" if locked else "sign_in.wrong", person.username)
    return _locked(settings.lockout_for) if locked else WrongPassword()


_SESSION = (
    select(*_PERSON, SignIn.seen_at, SignIn.expires_at)
    .join(SignIn, SignIn.person_id == Person.id)
    .where(SignIn.token_hash == bindparam("hash"))
)
"""Built once: every request begins with it."""


def who(look: Look, token: str, *, using: bool = True) -> Actor:
    """The actor behind a token; asked before the transaction begins (see `Asks`).

    Args:
        using: whether this counts as use of the session. That is noted at most once a minute, and
            on its own: a refused action counts as well.

    Raises:
        NotSignedIn: unknown, ended, idle for too long, or the account is disabled.
    """
    row = look.tx.execute(_SESSION, {"hash": _hash(token)}).one_or_none()
    instant = now()
    if row is None or not row.active or row.expires_at <= instant:
        raise NotSignedIn
    if instant - row.seen_at > look.settings.session_idle:
        raise NotSignedIn(lazy("长时间没有操作，已自动退出，请重新登录"))
    if using and instant - row.seen_at >= _SEEN_EVERY:
        with writing(look.tx, NOBODY.row_scope) as tx:  # a second connection might be waited for
            tx.execute(
                update(SignIn)
                .where(SignIn.token_hash == _hash(token), SignIn.seen_at < instant - _SEEN_EVERY)
                .values(seen_at=instant)
            )
    return actor_of(look, row)


def sign_out(work: Work, token: str) -> None:
    """End the session on the server."""
    work.tx.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


def issue_ticket(work: Work, token: str) -> str:
    """A one-time ticket for the route that sets the cookie: the open socket cannot."""
    ticket = secrets.token_urlsafe(24)
    work.tx.execute(
        update(SignIn).where(SignIn.token_hash == _hash(token)).values(ticket_hash=_hash(ticket))
    )
    return ticket


def redeem(work: Work, ticket: str) -> Opened:
    """Exchange a ticket, once and within a minute, for a token that only the cookie will know.

    Raises:
        NotSignedIn: unknown, used or too old.
    """
    token, instant = secrets.token_urlsafe(32), now()
    row = work.tx.execute(
        update(SignIn)
        .where(
            SignIn.ticket_hash == _hash(ticket), SignIn.created_at > instant - timedelta(minutes=1)
        )
        .values(token_hash=_hash(token), ticket_hash=None)
        .returning(SignIn.person_id, SignIn.expires_at)
    ).one_or_none()
    if row is None:
        raise NotSignedIn
    person = work.tx.execute(select(*_PERSON).where(Person.id == row.person_id)).one()
    return Opened(token, actor_of(work, person), row.expires_at)
