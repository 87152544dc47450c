"""An assessment as it is read: a running period as it stands, a published one as it was kept.

A published period is worked out again each time from the rows that were kept with it and the
decisions since, by the configuration of that day: what changed afterwards is there to be seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Row, select

from core.access.actor import Actor
from core.access.desk import Look
from core.blueprint.world import World
from core.errors import Invalid, NotFound, NotPermitted
from core.kpi.assess.claims import Claim, Key, claims
from core.kpi.assess.result import (
    Member,
    Scored,
    members,
    members_of,
    published_of,
    scored,
    units_of,
)
from core.kpi.assess.rows import Rows, kept, live
from core.now import local_day, now
from core.rules.areas import contains, county_of, level, validate
from core.rules.assessment import Assessment
from core.rules.permissions import Permission, Scope
from core.rules.spans import Period
from core.words import _
from db.models import AssessmentResult

State = Literal["running", "ended", "published", "closed"]
"""running: not over yet; ended: over, to be published; published: may be appealed against;
closed: nothing changes any more, except what was asked for in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """When and by whom a result was made public."""

    version: int
    hash: str
    at: datetime
    name: str
    note: str
    totals: Mapping[str, tuple[Decimal | None, int | None]]
    """Total and rank by unit on that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Everything that a period's scores are worked out from."""

    key: Key
    assessment: Assessment
    world: World
    period: Period
    members: Sequence[Member]
    rows: Rows
    publication: Publication | None

    @property
    def closes(self) -> date | None:
        """The last day on which something may be asked for; None before publication."""
        if self.publication is None:
            return None
        return local_day(self.publication.at) + timedelta(days=self.assessment.appeal_days)

    @property
    def state(self) -> State:
        """Where the period stands today."""
        today, closes = local_day(now()), self.closes
        if closes is not None:
            return "published" if today <= closes else "closed"
        return "ended" if today >= self.period.until else "running"

    def member(self, unit: str) -> Member:
        """One of the units.

        Raises:
            NotFound: it is not assessed.
        """
        found = next((m for m in self.members if m.unit == unit), None)
        if found is None:
            raise NotFound(_("{unit}不在这次考核里", unit=self.world.units.name(unit)[:40]))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """A period of an assessment, as far as the reader may see it."""

    basis: Basis
    scored: Sequence[Scored]
    """The units that the reader may see: by group, rank and name."""
    sizes: Mapping[str, int]
    """By group: how many units have a rank, seen or not."""
    claims: Sequence[Claim]

    def of(self, group: str, *, ranked: bool) -> list[Scored]:
        """The units of a group with a rank, or those without."""
        return [s for s in self.scored if s.member.group == group and (s.rank is None) != ranked]

    def changed(self, s: Scored) -> bool:
        """Whether the unit's total or rank is another than on the day of publication."""
        was = self.basis.publication and self.basis.publication.totals.get(s.member.unit)
        return was is not None and was != (s.score.total, s.rank)


def sees(actor: Actor, unit: str, area: str) -> bool:
    """Whether the actor may see this unit's score: their own, or any in the area they watch."""
    if unit in actor.units or actor.scope is Scope.ALL:
        return True
    watches = Permission.ASSESS_READ in actor.permissions
    return watches and actor.scope in (Scope.AREA, Scope.BOTH) and actor.covers(area)


def area_of(look: Look, area: str = "") -> str:
    """The city or county whose units are compared: the one asked for, else the reader's own.

    Raises:
        Invalid: not a code, or unknown here.
    """
    world = look.world
    own = look.actor.area or world.root
    if not area and contains(own, world.root):
        return world.root
    code = validate(area or own)
    code = county_of(code) if level(code) in ("township", "village", "grid") else code
    code = code if contains(world.root, code) else world.root
    if code not in world.areas:
        raise Invalid(_("没有区划“{area}”", area=code), field="area")
    return code


def basis(look: Look, assessment: str, period: str = "", area: str = "") -> Basis:
    """What the scores of a period are worked out from.

    Args:
        period: its name; empty: the present one.

    Raises:
        NotPermitted: no figures for this role.
        NotFound: no such assessment.
        Invalid: no such period, or one that has not begun.
    """
    look.actor.require(Permission.KPI_READ)
    area = area_of(look, area)
    world = look.world
    if period and (row := _result(look, Key(assessment, period, area))):
        return kept_result(look, row)
    rule = world.blueprint.assessments.get(assessment)
    if rule is None:
        raise NotFound(_("没有考核“{name}”", name=assessment[:40]))
    today = local_day(now())
    span = rule.period.named(period) if period else rule.period.around(today)
    if span.since > today:
        raise Invalid(_("考核期 {period} 还没有开始", period=span.id), field="period")
    key = Key(assessment, span.id, area)
    if not period and (row := _result(look, key)):
        return kept_result(look, row)
    found = members(world, rule, area)
    return Basis(
        key=key, assessment=rule, world=world, period=span, members=found,
        rows=live(rule, world.blueprint, span, units_of(found)), publication=None,
    )  # fmt: skip


def _result(look: Look, key: Key) -> Row[Any] | None:
    r = AssessmentResult
    return look.tx.execute(
        select(*r.__table__.c).where(
            r.assessment == key.assessment, r.period == key.period, r.area == key.area
        )
    ).one_or_none()


def kept_result(look: Look, row: Row[Any]) -> Basis:
    """What a published result was worked out from."""
    world = look.world_of(row.version)
    rule = world.blueprint.assessments[row.assessment]
    return Basis(
        key=Key(row.assessment, row.period, row.area),
        assessment=rule,
        world=world,
        period=rule.period.named(row.period),
        members=members_of(row.body),
        rows=kept(row.assessment, row.period, row.area, row.body["measures"]),
        publication=Publication(
            version=row.version,
            hash=row.hash,
            at=row.published_at,
            name=row.published_name,
            note=row.note,
            totals=published_of(row.body),
        ),
    )


def assess(look: Look, assessment: str, period: str = "", area: str = "") -> Assessed:
    """A period with everybody's points, as far as the reader may see them.

    Raises:
        As `basis`; NotPermitted also where the reader may see none of the units.
    """
    on = basis(look, assessment, period, area)
    everybody = scored(look, on.assessment, on.members, on.rows, claims(look, on.key, whole=True))
    sizes = dict.fromkeys(on.assessment.groups, 0)
    for s in everybody.values():
        sizes[s.member.group] = sizes.get(s.member.group, 0) + (s.rank is not None)
    mine = [s for s in everybody.values() if sees(look.actor, s.member.unit, s.member.area)]
    if not mine and on.members and not look.actor.units:
        raise NotPermitted(_("您的单位不在这次考核里，也没有您可以查看的单位"))
    order = list(on.assessment.groups)
    mine.sort(key=lambda s: (order.index(s.member.group), s.rank or 10**9, s.member.unit))
    seen = {s.member.unit for s in mine}
    return Assessed(
        basis=on,
        scored=mine,
        sizes=sizes,
        claims=[c for c in claims(look, on.key) if c.unit in seen],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An assessment of the county, with the periods that can be looked at."""

    id: str
    assessment: Assessment
    periods: Sequence[tuple[Period, bool]]
    """The newest first; whether it is published."""


def offered(look: Look, area: str = "", *, most: int = 24) -> list[Offered]:
    """The county's assessments, each with its present and earlier periods.

    Raises:
        NotPermitted: no figures for this role.
    """
    look.actor.require(Permission.KPI_READ)
    r, where = AssessmentResult, area_of(look, area)
    published = look.tx.execute(select(r.assessment, r.period).where(r.area == where))
    known = {(name, period) for name, period in published}
    found = []
    for name, rule in look.world.blueprint.assessments.items():
        period, periods = rule.period.around(local_day(now())), list[tuple[Period, bool]]()
        count = {"month": most, "quarter": 12, "year": 6}[rule.period.every]
        for _step in range(min(count, most)):
            periods.append((period, (name, period.id) in known))
            period = rule.period.before(period)
        found.append(Offered(id=name, assessment=rule, periods=periods))
    return found
