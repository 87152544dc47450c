"""From rows to a ranking: counts by unit, less what is excluded, through the points table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.access.desk import Look
from core.blueprint.world import World
from core.kpi.assess.claims import Claim, in_force
from core.kpi.assess.rows import Rows, counted, counted_for
from core.rules.areas import contains
from core.rules.assessment import Assessment, LineScore, Sheet, UnitScore, plainly, ranks, score


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A unit that is assessed."""

    unit: str
    name: str
    area: str
    group: str
    of: tuple[str, ...]
    """Whose work counts as its own: itself, what was merged into it, and with a group's `below`
    the units below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A member with its points."""

    member: Member
    score: UnitScore
    rank: int | None
    """Among its like; None: no total."""
    excluded: int = 0
    """Approved exclusions that hold for it."""


def members(world: World, assessment: Assessment, area: str) -> list[Member]:
    """The active units in an area that belong to a group."""
    units, found = world.units, []
    for unit in units.units.values():
        group = assessment.group_of(unit) if unit.active and contains(area, unit.area) else None
        if group is not None:
            of = units.answers_for(unit.code, below=assessment.groups[group].below)
            found.append(Member(unit=unit.code, name=unit.name, area=unit.area, group=group, of=of))
    return found


def units_of(found: Sequence[Member]) -> list[str]:
    """Every unit whose work counts for somebody."""
    return sorted({code for m in found for code in m.of})


def scored(
    look: Look,
    assessment: Assessment,
    found: Sequence[Member],
    rows: Rows,
    claims: Sequence[Claim],
) -> dict[str, Scored]:
    """Everybody's points, by unit.

    Args:
        claims: those that count; the rest of them change nothing.
    """
    counts = counted(look, rows)
    excluded, points = in_force(claims)
    gone = counted_for(look, rows, sorted({c.case_id for c in excluded})) if excluded else {}
    scores = {m.unit: score(assessment, _sheet(m, counts, excluded, gone, points)) for m in found}
    result: dict[str, Scored] = {}
    for group in assessment.groups:
        own = [m for m in found if m.group == group]
        places = ranks({m.unit: scores[m.unit].total for m in own})
        for m in own:
            n = sum(c.unit == m.unit for c in excluded)
            result[m.unit] = Scored(
                member=m, score=scores[m.unit], rank=places.get(m.unit), excluded=n
            )
    return result


def _sheet(
    member: Member,
    counts: Mapping[str, Counter[str]],
    excluded: Sequence[Claim],
    gone: Mapping[tuple[str, int], Counter[str]],
    points: Mapping[str, dict[str, Decimal]],
) -> Sheet:
    own: Counter[str] = Counter()
    for code in member.of:
        own.update(counts.get(code, {}))
    sheet = Sheet(counts=own, set_to=points.get(member.unit, {}))
    mine = [c for c in excluded if c.unit == member.unit]
    whole = {c.case_id for c in mine if not c.line}
    for claim in mine:
        if claim.line and claim.case_id in whole:
            continue  # taken out of every line already
        left = sheet.without.setdefault(claim.line, {})
        for code in member.of:
            for measure, n in gone.get((code, claim.case_id), {}).items():
                left[measure] = left.get(measure, 0) + n
    return sheet


def to_body(assessment: Assessment, result: Mapping[str, Scored]) -> dict[str, Any]:
    """The result as it is kept: what was counted, for whom, and what came of it."""
    return {
        "measures": list(assessment.measures),
        "units": {
            unit: {
                "name": s.member.name,
                "area": s.member.area,
                "group": s.member.group,
                "of": list(s.member.of),
                "rank": s.rank,
                "total": _text(s.score.total),
                "sample": _text(s.score.sample),
                "why": s.score.why,
                "lines": {name: _line(x) for name, x in s.score.lines.items()},
            }
            for unit, s in result.items()
        },
    }


def _line(x: LineScore) -> dict[str, Any]:
    return {
        "numerator": _text(x.numerator),
        "denominator": _text(x.denominator),
        "points": _text(x.points),
        "why": x.why,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plainly(number)


def members_of(body: Mapping[str, Any]) -> list[Member]:
    """The units of a kept result, as they were."""
    return [
        Member(unit=unit, name=u["name"], area=u["area"], group=u["group"], of=tuple(u["of"]))
        for unit, u in body["units"].items()
    ]


def published_of(body: Mapping[str, Any]) -> dict[str, tuple[Decimal | None, int | None]]:
    """Total and rank by unit, as they were published."""
    return {
        unit: (None if u["total"] is None else Decimal(u["total"]), u["rank"])
        for unit, u in body["units"].items()
    }
