"""Rate limits that hold across processes: counts per bucket and hour in the table `hit`.

A bucket's name is an HMAC of what it counts, so the table holds no address and no number.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Text, bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from core.access.desk import Look, Work
from core.errors import TooMany
from core.now import now
from core.settings import Settings
from core.words import lazy
from db.models import Hit

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of something an hour, counted by the clock's full hours."""

    name: str
    most: int


CODES_OF_CASE = Limit("code.case", 10)
"""Wrong query codes for one number: six digits then last eleven years on average."""

CODES_FROM = Limit("code.from", 30)
"""Wrong query codes from one address; many phones share the address of their network."""

SIGN_INS_FROM = Limit("sign_in.from", 100)
"""Failed sign-ins from one address: one password tried on many accounts locks none of them."""


def anonymous(settings: Settings) -> Limit:
    """Appeals from one address by people who are not signed in."""
    return Limit("anonymous", settings.anonymous_per_hour)


def _slot(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _bucket(settings: Settings, limit: Limit, key: str) -> str:
    digest = hmac.new(settings.secret_key.encode(), key.encode(), hashlib.sha256)
    return f"{limit.name}:{digest.hexdigest()[:32]}"


def _too_many(instant: datetime) -> TooMany:
    left = (_slot(instant) + _HOUR - instant).total_seconds()
    minutes = max(1, -(-int(left) // 60))
    return TooMany(
        lazy("操作太频繁，请 {n} 分钟后再试", n=minutes), minutes=minutes, seconds=int(left) + 1
    )


_HELD = select(Hit.bucket, Hit.n).where(
    Hit.bucket == func.any(bindparam("buckets", type_=ARRAY(Text()))),
    Hit.slot == bindparam("slot"),
)


def check(look: Look, *limits: tuple[Limit, str]) -> None:
    """Pass while every (limit, key) has room; counts nothing.

    Raises:
        TooMany: says after how many minutes to try again.
    """
    instant = now()
    most = {_bucket(look.settings, limit, key): limit.most for limit, key in limits}
    rows = look.tx.execute(_HELD, {"buckets": list(most), "slot": _slot(instant)})
    if any(row.n >= most[row.bucket] for row in rows):
        raise _too_many(instant)


_COUNT = text(
    "insert into hit (bucket, slot, n) values (:bucket, :slot, 1)"
    " on conflict (bucket, slot) do update set n = hit.n + 1 returning n"
)


def count(work: Work, *limits: tuple[Limit, str]) -> None:
    """Count one towards each (limit, key). Locks the rows: do it last in a transaction.

    Raises:
        TooMany: this one is over the limit; whoever lets the transaction fail undoes it.
    """
    instant, over = now(), False
    for bucket, most in sorted((_bucket(work.settings, i, key), i.most) for i, key in limits):
        n = work.tx.scalar(_COUNT, {"bucket": bucket, "slot": _slot(instant)})
        over = over or (n or 0) > most
    if over:
        raise _too_many(instant)


def prune(work: Work) -> int:
    """Forget the counts of hours gone by; returns how many rows went. For the worker."""
    return work.tx.execute(delete(Hit).where(Hit.slot < _slot(now()))).rowcount
