"""Names that nobody has are locked like those of people, so that a lock tells nobody which exist.

One row of `hit` a name: while `n` counts failures it is kept up to `slot`, with `n` at 0 the name
is locked until then.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, text

from core.access.desk import Work
from core.access.limits import bucket
from core.now import now
from db.models import Hit

_REMEMBERED = timedelta(days=30)
"""Somebody's failures wait for their next sign-in; these wait long enough to look the same."""


def locked_until(work: Work, name: str) -> datetime | None:
    """Until when `name` is locked; of attempts at the same time one waits for the other."""
    found = _row(work, name)
    return found[0] if found and not found[1] else None


def failed(work: Work, name: str) -> bool:
    """Count a failure; whether it locks the name."""
    found, settings = _row(work, name), work.settings
    failures = (found[1] if found else 0) + 1
    locks = failures >= settings.lockout_after
    lasts = settings.lockout_for if locks else _REMEMBERED
    key = bucket(settings, "sign_in.as", name)
    work.tx.execute(delete(Hit).where(Hit.bucket == key))
    work.tx.execute(insert(Hit).values(bucket=key, slot=now() + lasts, n=0 if locks else failures))
    return locks


def _row(work: Work, name: str) -> tuple[datetime, int] | None:
    key = bucket(work.settings, "sign_in.as", name)
    work.tx.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    row = work.tx.execute(
        select(Hit.slot, Hit.n).where(Hit.bucket == key, Hit.slot > now())
    ).one_or_none()
    return (row.slot, row.n) if row else None
