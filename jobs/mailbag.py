"""The worker's hand in the outbox: which lanes have something due, claim, and record.

Each in a transaction of its own: no lock is held while a slow server thinks, and a worker
that dies in between leaves a claim that runs out. Such a message is sent again under the same
idempotency key.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.now import now
from core.rules.addresses import server
from core.words import Text
from core.words.kept import keep
from jobs.letters import Away, Letter

BATCH = 20
CLAIM = timedelta(minutes=10)
"""How long a claimed message is ours: more than a batch takes with a silent server."""
ATTEMPTS = 10
"""Tries before a message is given up; with the waits below, eight and a half hours."""
PATIENCE = timedelta(hours=36)
"""A message this old is given up when its address fails again, though it was not its turn."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=12)
LONGEST_REST = timedelta(hours=1)
"""An address that has failed is tried again after an hour at the latest."""


def wait(attempts: int, most: timedelta = LONGEST_WAIT) -> timedelta:
    """The wait after so many failed attempts: doubling from one minute to twelve hours."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 20), most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What is delivered one after the other: all e-mails of a county, or one address."""

    way: str
    county: str
    person_id: int = 0
    unit: str = ""
    host: str = ""
    """Who answers there."""
    faults: int = 0
    """Failures in a row before this round."""

    @property
    def _whose(self) -> dict[str, Any]:
        return {"county": self.county, "person": self.person_id, "unit": self.unit}


_COUNTIES = text("""
select distinct county from message
where sent_at is null and try_at <= :at and way = 'email' order by 1""")
_ADDRESS = """address a on a.way = '{way}' and
  case when {m}.unit = '' then a.person_id = {m}.person_id else a.unit = {m}.unit end"""
_MINE = "and person_id = :person and unit = :unit"


def _lanes(way: str) -> str:
    return f"""
    select m.county, m.person_id, m.unit, a.url, coalesce(a.faults, 0) as faults from (
      select distinct county, person_id, unit from message
      where sent_at is null and try_at is not null and way = '{way}' and try_at <= :at) m
    left join {_ADDRESS.format(way=way, m="m")}
    where a.rest_until is null or a.rest_until <= :at
    order by 5, 1, 2, 3"""  # noqa: S608 (our own words)


def _claim(way: str) -> str:
    address = _ADDRESS.format(way=way, m="c")
    # Those that have failed go last, so that one that nobody can take holds up no other
    mine, first = ("", "") if way == "email" else (_MINE, "attempts, ")
    return f"""
    with mine as (
      select id from message
      where county = :county and sent_at is null and try_at is not null and try_at <= :at
        and way = '{way}' {mine}
      order by {first}try_at, id limit {BATCH} for update skip locked
    ), claimed as (
      update message m set attempts = attempts + 1, try_at = :until
      from mine where m.county = :county and m.id = mine.id
      returning m.*
    )
    select c.county, c.id, c.key, c.way, c.person_id, c.unit, c.number, c.template, c.data,
           c.created_at, c.attempts, coalesce(p.name, u.name, '') as name,
           coalesce(p.locale, :locale) as locale,
           coalesce(p.active, u.active, false) as active,
           coalesce(k.confidential, false) as confidential,
           coalesce(case when c.way = 'email' then p.email else a.url end, '') as "to",
           a.id as address_id, coalesce(a.secret, '') as secret
    from claimed c
    left join person p on p.id = c.person_id and c.unit = ''
    left join unit u on u.code = c.unit
    left join {address}
    left join cases k on k.county = :county and k.id = c.case_id
    order by c.attempts, c.id"""  # noqa: S608 (our own words)


_WAYS = ("email", "webhook", "robot")
_LANES = {way: text(_lanes(way)) for way in _WAYS}
_CLAIM = {way: text(_claim(way)) for way in _WAYS}
_SENT = text("""
update message set sent_at = :at, try_at = null, dropped_at = null, fault = ''
where county = :county and id = :id""")
_FAILED = text("""
update message set try_at = :try_at, attempts = :attempts, fault = :fault
where county = :county and id = :id and sent_at is null and dropped_at is null""")
_RELEASED = text("""
update message set try_at = :try_at, attempts = attempts - 1, fault = :fault
where county = :county and id = any(:ids) and sent_at is null and try_at is not null""")
_HEALTHY = text("update address set faults = 0, rest_until = null, fault = '' where id = :id")
_AILING = text("""
update address set faults = faults + 1, rest_until = :until, fault = :fault where id = :id""")
_RESTING = text("update address set rest_until = :until where id = :id")
_TOO_OLD = {
    way: text(
        "update message set try_at = null, fault = :fault where county = :county"  # noqa: S608
        f" and sent_at is null and try_at is not null and way = '{way}'"
        f" and person_id = :person and unit = :unit and created_at < :since and id <> :but"
    )
    for way in _WAYS
}
_FIELDS = tuple(f.name for f in fields(Letter))


class Mailbag:
    """One way's messages."""

    def __init__(self, office: Office, way: str) -> None:
        self.office, self.way = office, way

    def lanes(self) -> list[Lane]:
        """The lanes with something due, those that worked last time first."""
        with self.office.look(SYSTEM) as look:
            if self.way == "email":
                counties = look.tx.scalars(_COUNTIES, {"at": now()}).all()
                return [Lane(way=self.way, county=county) for county in counties]
            rows = look.tx.execute(_LANES[self.way], {"at": now()}).all()
        return [
            Lane(
                way=self.way, county=r.county, person_id=r.person_id, unit=r.unit,
                host=server(self.way, r.url or ""), faults=r.faults,
            )
            for r in rows
        ]  # fmt: skip

    def claim(self, lane: Lane) -> list[Letter]:
        """The next messages of a lane; ours for `CLAIM`."""
        at = now()
        values = lane._whose | {
            "at": at, "until": at + CLAIM, "locale": self.office.settings.locale,
        }  # fmt: skip
        with self.office.work(SYSTEM) as work:
            rows = work.tx.execute(_CLAIM[self.way], values).mappings().all()
        return [Letter(**{name: row[name] for name in _FIELDS}) for row in rows]

    def sent(self, letter: Letter, *, recovered: bool) -> None:
        """It has arrived; `recovered`: its address had failed before."""
        with self.office.work(SYSTEM) as work:
            values = {"county": letter.county, "id": letter.id, "at": now()}
            work.tx.execute(_SENT, values)
            if recovered and letter.address_id is not None:
                work.tx.execute(_HEALTHY, {"id": letter.address_id})

    def failed(
        self, letter: Letter, said: str | Text, *, never: bool, after: timedelta | None
    ) -> bool:
        """It has not; says whether it is given up."""
        dead = never or letter.attempts >= ATTEMPTS
        again = None if dead else now() + (after or wait(letter.attempts))
        values = {
            "county": letter.county, "id": letter.id, "attempts": letter.attempts,
            "try_at": again, "fault": keep(said),
        }  # fmt: skip
        with self.office.work(SYSTEM) as work:
            work.tx.execute(_FAILED, values)
        return dead

    def release(self, letters: Sequence[Letter], again: datetime, said: str | Text) -> int:
        """Give claimed messages of one county back as if nobody had tried; returns how many."""
        if not letters:
            return 0
        values = {
            "county": letters[0].county, "ids": [x.id for x in letters], "try_at": again,
            "fault": keep(said),
        }  # fmt: skip
        with self.office.work(SYSTEM) as work:
            return work.tx.execute(_RELEASED, values).rowcount

    def rest(self, lane: Lane, letter: Letter, away: Away) -> tuple[timedelta, int]:
        """Leave the letter's address in peace; says how long. What has waited too long for an
        address that fails is given up; says how many."""
        pause, at = away.after or wait(lane.faults + 1, LONGEST_REST), now()
        values = {"id": letter.address_id, "until": at + pause, "fault": keep(away.said)}
        with self.office.work(SYSTEM) as work:
            if away.well:
                work.tx.execute(_RESTING, values)
                return pause, 0
            work.tx.execute(_AILING, values)
            old = lane._whose | {"since": at - PATIENCE, "fault": values["fault"], "but": letter.id}
            return pause, work.tx.execute(_TOO_OLD[self.way], old).rowcount
