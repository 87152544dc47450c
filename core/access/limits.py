"""Rate limits that hold across processes: counts per bucket and hour in the table `hit`.

A bucket's name is an HMAC of what it counts, so the table holds no address and no number.
"""

import hashlib
import hmac
from collections import Counter
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


CODES_OF_CASE_FROM = Limit("code.case.from", 10)
"""Wrong query codes for one number from one address: of a million codes half are tried after
50,000 hours, nearly six years."""

CODES_OF_CASE = Limit("code.case", 100)
"""Wrong query codes for one number from wherever: half of the codes after 5,000 hours, seven
months of ten addresses at it day and night; and fewer than ten do not keep its resident out."""

CODES_FROM = Limit("code.from", 30)
"""Wrong query codes from one address; many phones share the address of their network."""

SIGN_INS_FROM = Limit("sign_in.from", 100)
"""Failed sign-ins from one address: one password tried on many accounts locks none of them."""


def anonymous(settings: Settings) -> Limit:
    """Appeals from one address by people who are not signed in."""
    return Limit("anonymous", settings.anonymous_per_hour)


def photos(settings: Settings) -> Limit:
    """Files from one address by people who are not signed in: nine to an appeal."""
    return Limit("door.photo", 9 * settings.anonymous_per_hour)


def _slot(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def bucket(settings: Settings, name: str, key: str) -> str:
    """Under which name `key` is counted."""
    digest = hmac.new(settings.secret_key.encode(), key.encode(), hashlib.sha256)
    return f"{name}:{digest.hexdigest()[:32]}"


def too_many() -> TooMany:
    """The refusal, with how long the hour still lasts."""
    instant = now()
    left = (_slot(instant) + _HOUR - instant).total_seconds()
    minutes = max(1, -(-int(left) // 60))
    return TooMany(
        lazy("操作太频繁，请 {n} 分钟后再试", n=minutes), minutes=minutes, seconds=int(left) + 1
    )


_HELD = select(Hit.bucket, Hit.n).where(
    Hit.bucket == func.any(bindparam("buckets", type_=ARRAY(Text()))),
    Hit.slot == bindparam("slot"),
)


def room(look: Look, *limits: tuple[Limit, str]) -> dict[tuple[Limit, str], int]:
    """How many more of each (limit, key) this hour may see; counts nothing."""
    names = {bucket(look.settings, limit.name, key): (limit, key) for limit, key in limits}
    held = {
        row.bucket: row.n
        for row in look.tx.execute(_HELD, {"buckets": list(names), "slot": _slot(now())})
    }
    return {limit: limit[0].most - held.get(name, 0) for name, limit in names.items()}


def check(look: Look, *limits: tuple[Limit, str]) -> None:
    """Pass while every (limit, key) has room; counts nothing.

    Raises:
        TooMany: says after how many minutes to try again.
    """
    if min(room(look, *limits).values()) <= 0:
        raise too_many()


_COUNT = text(
    "insert into hit (bucket, slot, n)"
    " select bucket, :slot, n from unnest(cast(:buckets as text[]), cast(:ns as int[]))"
    " as counted(bucket, n) order by bucket"
    " on conflict (bucket, slot) do update set n = hit.n + excluded.n returning bucket, n"
)


def count(work: Work, *limits: tuple[Limit, str]) -> None:
    """Count one towards each (limit, key), as often as it is named. Locks the rows: do it last
    in a transaction.

    Raises:
        TooMany: this one is over the limit; whoever lets the transaction fail undoes it.
    """
    counted = Counter(bucket(work.settings, limit.name, key) for limit, key in limits)
    most = {bucket(work.settings, limit.name, key): limit.most for limit, key in limits}
    rows = work.tx.execute(
        _COUNT,
        {"slot": _slot(now()), "buckets": list(counted), "ns": list(counted.values())},
    )
    if any(row.n > most[row.bucket] for row in rows.all()):
        raise too_many()


def prune(work: Work) -> int:
    """Forget the counts of hours gone by; returns how many rows went."""
    return work.tx.execute(delete(Hit).where(Hit.slot < _slot(now()))).rowcount
