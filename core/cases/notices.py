"""A person's own messages in the application: what is new, and what has been read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from core.access.desk import Look, Work
from core.now import now
from core.rules.messages import render
from db.models import MessageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class InApp:
    """One message, worded in the reader's language."""

    id: int
    number: str
    """The case it is about; empty where it is about none."""
    template: str
    subject: str
    body: str
    at: datetime
    read: bool
    leads: Mapping[str, str]
    """Which assessment it is about (`id`, `period`, `area`), where it is about one."""


def my_notices(
    look: Look, *, unread_only: bool = False, limit: int = 50, before: int | None = None
) -> list[InApp]:
    """The actor's messages, newest first; none for somebody without an account.

    Args:
        before: id of the last message of the page before.
    """
    m, person = MessageRow, look.actor.person
    if person is None:
        return []
    query = (
        select(m.id, m.number, m.template, m.data, m.created_at, m.read_at)
        .where(m.person_id == person, m.way == "app")
        .order_by(m.created_at.desc(), m.id.desc())
        .limit(limit)
    )
    if unread_only:
        query = query.where(m.read_at.is_(None))
    if before is not None:
        last = select(m.created_at).where(m.person_id == person, m.way == "app", m.id == before)
        at = last.scalar_subquery()
        query = query.where((m.created_at < at) | ((m.created_at == at) & (m.id < before)))
    found: list[InApp] = []
    for row in look.tx.execute(query):
        subject, body = render(row.template, row.number, row.data)
        found.append(
            InApp(
                id=row.id,
                number=row.number,
                template=row.template,
                subject=subject,
                body=body,
                at=row.created_at,
                read=row.read_at is not None,
                leads=row.data.get("leads", {}),
            )
        )
    return found


def unread_count(look: Look) -> int:
    """How many messages the actor has not read."""
    m = MessageRow
    if look.actor.person is None:
        return 0
    query = select(func.count()).where(
        m.person_id == look.actor.person, m.way == "app", m.read_at.is_(None)
    )
    return look.tx.scalar(query) or 0


def mark_read(work: Work, ids: Sequence[int] | None = None) -> int:
    """Note that the actor has read these messages (None: all); returns how many were new.

    Other people's messages are left alone, whatever `ids` says.
    """
    m = MessageRow
    if work.actor.person is None:
        return 0
    statement = update(m).where(
        m.person_id == work.actor.person, m.way == "app", m.read_at.is_(None)
    )
    if ids is not None:
        statement = statement.where(m.id.in_(ids))
    return work.tx.execute(statement.values(read_at=now())).rowcount
