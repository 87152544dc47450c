"""Is the county healthy, what is half-configured? Each finding with its cure.

The administrator and the auditor see no case; what stands here are counts and names of
places, so the house itself looks (`SYSTEM`), after asking whether this person may know.
"""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from core.access.actor import SYSTEM, Actor
from core.access.desk import Look, Office
from core.blueprint.versions import history
from core.kpi.finding import Finding, Ground, State
from core.kpi.gaps import GAPS
from core.kpi.symptoms import SYMPTOMS, invariants
from core.rules.permissions import Permission
from db.models import Person

PUBLICATIONS = 5
"""Publications shown."""
_MANY = 20_000
"""Above so many cases their number is the database's estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A publication, with who did it."""

    version: int
    note: str
    at: datetime
    by: str
    """Empty: the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How large the house is."""

    cases: int
    about: bool
    """Whether `cases` is an estimate."""
    areas: int
    units: int
    people: int
    """With an open account."""
    database: int
    """Bytes."""
    free: int | None
    """Bytes left on the disk of files and embedded database; None: not to be found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The whole picture."""

    findings: Sequence[Finding]
    """What is wrong first: `now`, then `soon`, then `good`."""
    numbers: Numbers
    publications: Sequence[Published]

    def of(self, state: State) -> list[Finding]:
        """The findings of one state."""
        return [f for f in self.findings if f.state == state]


def health(office: Office, actor: Actor) -> Health:
    """Look at everything that can be told in a fraction of a second.

    Raises:
        NotPermitted: without `system:read`.
    """
    actor.require(Permission.SYSTEM_READ)
    with office.look(SYSTEM) as look:
        ground = _ground(look)
        found = [check(ground) for check in (*SYMPTOMS, *GAPS)]
        numbers, publications = _numbers(ground), published(look, PUBLICATIONS)
    found.append(invariants(office))
    order = ("now", "soon", "good")
    return Health(
        findings=sorted(found, key=lambda f: order.index(f.state)),
        numbers=numbers,
        publications=publications,
    )


def _ground(look: Look) -> Ground:
    p = Person
    staff: dict[str, int] = {}
    roles: dict[str, int] = {}
    people = 0
    rows = look.tx.execute(
        select(p.unit, p.roles, func.count()).where(p.active).group_by(p.unit, p.roles)
    )
    for unit, held, n in rows:
        people += n
        if unit:
            staff[unit] = staff.get(unit, 0) + n
        for role in held:
            roles[role] = roles.get(role, 0) + n
    return Ground(look=look, world=look.world, staff=staff, roles=roles, people=people)


def _numbers(ground: Ground) -> Numbers:
    tx, world = ground.look.tx, ground.world
    guess = text("select reltuples::bigint from pg_class where oid = to_regclass('cases')")
    cases = tx.scalar(guess) or 0
    about = cases > _MANY
    if not about:
        cases = tx.scalar(text("select count(*) from cases")) or 0
    free = None
    with suppress(OSError):
        free = shutil.disk_usage(ground.look.settings.home).free
    return Numbers(
        cases=cases,
        about=about,
        areas=len(world.areas),
        units=sum(u.active for u in world.units.units.values()),
        people=ground.people,
        database=tx.scalar(text("select pg_database_size(current_database())")) or 0,
        free=free,
    )


def published(look: Look, limit: int | None = None) -> list[Published]:
    """The publications of the configuration, newest first, with who did each."""
    rows = history(look.tx)[:limit]
    by = {r.published_by for r in rows if r.published_by}
    people = look.tx.execute(select(Person.id, Person.name).where(Person.id.in_(by)))
    names = {p.id: p.name for p in people}
    return [
        Published(
            version=r.version,
            note=r.note,
            at=r.published_at,
            by=names.get(r.published_by or 0, ""),
        )
        for r in rows
    ]
