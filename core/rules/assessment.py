"""Assessments 考核: a county's points table, and how points come out of counts.

A unit's *measures* (`rules.unit_measures`) are counted over a period; a line makes points of
them; units are ranked among their like. All of it is arithmetic on whole counts and decimal
weights, so that anybody can do it again by hand: each line is rounded half up, the total is
the sum of what is shown.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal

from pydantic import Field as Constraint
from pydantic import model_validator

from core.rules.areas import level
from core.rules.forms import Label, Rule
from core.rules.spans import Span
from core.rules.units import Unit
from core.words import _

LineId = Annotated[str, Constraint(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Weight = Annotated[float, Constraint(gt=0, le=1000, allow_inf_nan=False)]
Points = Annotated[float, Constraint(ge=-1000, le=1000, allow_inf_nan=False)]
Share = Annotated[float, Constraint(ge=0, le=1000, allow_inf_nan=False)]
ALL_LINES = ""
"""An exclusion that counts for every line."""
MOST_MEASURES = 60
"""Each is a bit of a number of 64."""
FEW, EMPTY = "few", "empty"
"""Why a line or a unit has no points: too small a sample, or nothing to divide by."""


class Group(Rule):
    """Units that are alike, so that ranking them is fair; the first group that fits takes one."""

    label: Label
    kinds: tuple[
        Literal["centre", "department", "station", "grid", "volunteers", "office"], ...
    ] = ()
    levels: tuple[
        Literal["province", "prefecture", "county", "township", "village", "grid"], ...
    ] = ()
    duties: tuple[str, ...] = ()
    """Any of these."""
    units: tuple[str, ...] = ()
    """Only these, by code."""
    below: bool = False
    """Whether the work of the units below counts as the unit's own: a township as a whole."""

    def holds(self, unit: Unit) -> bool:
        """Whether the unit is one of them; what the group does not say holds for all."""
        return (
            (not self.kinds or unit.kind in self.kinds)
            and (not self.levels or level(unit.area) in self.levels)
            and (not self.duties or bool({*self.duties} & {*unit.duties}))
            and (not self.units or unit.code in self.units)
        )


class Line(Rule):
    """One line of the points table.

    With a denominator it is a rate: full points at `full_at`, none at `zero_at`, in a straight
    line between. Without one each case of the numerator adds or takes away points.
    """

    label: Label
    numerator: dict[str, Weight] = Constraint(min_length=1)
    """Measures with their weights."""
    denominator: dict[str, Weight] = {}
    points: Annotated[float, Constraint(ge=0, le=1000, allow_inf_nan=False)] = 0
    """Of a rate the most it gives; else where the line begins."""
    full_at: Share = 1
    zero_at: Share = 0
    """Turned round (0.2 down to 0) for rates that should be small."""
    each: Points | None = None
    """Points per case: below zero takes away."""
    cap: Annotated[float, Constraint(gt=0, le=1000, allow_inf_nan=False)] | None = None
    """The most that all cases together add or take away."""
    least: int = Constraint(default=0, ge=0)
    """A denominator below it is too small to be judged."""
    note: Label = ""

    @model_validator(mode="after")
    def _is_one_of_two(self) -> "Line":
        if self.is_rate:
            if self.each is not None or self.cap is not None:
                raise ValueError(_("有分母的是比率项，不能再写 each 和 cap"))
            if not self.points:
                raise ValueError(_("比率项必须写 points（满分）"))
            if self.full_at == self.zero_at:
                raise ValueError(_("full_at 和 zero_at 不能相同，否则无法折算得分"))
        elif not self.each:
            raise ValueError(_("没有分母的是计件项，必须写 each（每件加分或扣分，不能为 0）"))
        return self

    @property
    def is_rate(self) -> bool:
        """Whether something is divided."""
        return bool(self.denominator)


class Assessment(Rule):
    """One assessment of the county: over which period, of whom, by which lines."""

    label: Label
    period: Span = Span()
    basis: Literal["received", "answered", "closed"] = "received"
    """The day of a case that must lie in the period. What is asked of a unit (`to:`, `by:`,
    `on:`) counts by the day on which it was asked."""
    answers: Literal["lead", "first", "holder"] = "lead"
    """Who answers for a case: the unit that leads or led it last, the one that first received
    it 首接负责, or whoever holds it."""
    groups: dict[LineId, Group] = Constraint(min_length=1)
    lines: dict[LineId, Line] = Constraint(min_length=1)
    sample: dict[str, Weight] = {"received": 1}
    """What the sample is counted in."""
    least: int = Constraint(default=0, ge=0)
    """Units with a smaller sample are listed apart, without a rank."""
    digits: int = Constraint(default=2, ge=0, le=4)
    """Decimals of points, rounded half up."""
    appeal_days: int = Constraint(default=10, ge=0, le=366)
    """Days after publication in which a unit may appeal or have a case excluded."""
    note: Label = ""

    @model_validator(mode="after")
    def _is_not_endless(self) -> "Assessment":
        if len(self.measures) > MOST_MEASURES:
            raise ValueError(_("一次考核最多用 {n} 个计数", n=MOST_MEASURES))
        return self

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure it reads, once each, in a fixed order."""
        found: dict[str, None] = dict.fromkeys(self.sample)
        for line in self.lines.values():
            found |= dict.fromkeys((*line.numerator, *line.denominator))
        return tuple(found)

    @property
    def full(self) -> Decimal:
        """The points of all rates together."""
        return sum((_exact(x.points) for x in self.lines.values() if x.is_rate), Decimal(0))

    def group_of(self, unit: Unit) -> str | None:
        """The first group that holds the unit."""
        return next((g for g, group in self.groups.items() if group.holds(unit)), None)

    def faults(self, known: "Iterable[str]") -> Iterator[tuple[str, str]]:
        """(place, measure) for each measure that is not among the known."""
        known = set(known)
        sides = [("sample", self.sample)]
        for name, line in self.lines.items():
            sides += [(f"lines.{name}.numerator", line.numerator)]
            sides += [(f"lines.{name}.denominator", line.denominator)]
        return ((place, m) for place, side in sides for m in side if m not in known)


Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineScore:
    """What a unit got in one line, with the two numbers behind it."""

    numerator: Decimal
    denominator: Decimal | None
    """None: the line divides nothing."""
    value: Decimal | None
    """The rate, unrounded."""
    points: Decimal | None
    """None: not judged, and left out of the total."""
    why: str = ""
    """`few` or `empty` where it is not judged."""
    set_to: bool = False
    """An appeal was upheld: the points are the decider's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitScore:
    """What a unit got in all."""

    lines: Mapping[str, LineScore]
    sample: Decimal
    total: Decimal | None
    """None: nothing could be judged, or the sample is too small for a rank."""
    why: str = ""
    scaled: bool = False
    """Some rates could not be judged: the others were scaled up to the full points."""


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What is known of one unit before points are given."""

    counts: Counts
    without: dict[str, dict[str, int]] = field(default_factory=dict)
    """By line (`ALL_LINES` for all): what excluded cases had counted."""
    set_to: dict[str, Decimal] = field(default_factory=dict)
    """By line: points that a decided appeal set."""

    def of(self, line: str) -> Counts:
        """The counts that hold for a line."""
        left = dict(self.counts)
        for key in dict.fromkeys((ALL_LINES, line)):
            for measure, n in self.without.get(key, {}).items():
                left[measure] = left.get(measure, 0) - n
        return left


def _exact(number: float) -> Decimal:
    return Decimal(str(number))


def rounded(number: Decimal, digits: int) -> Decimal:
    """Half up, as people do it by hand; nothing is zero, never minus zero."""
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0


def plainly(number: Decimal) -> str:
    """「60」「36.2」: without the zeros that say nothing."""
    return f"{number.normalize():f}"


def weighted(weights: Mapping[str, float], counts: Counts) -> Decimal:
    """Σ weight × count, exactly: 7 satisfied and 2 basically × 0.9 are 8.8."""
    return sum((_exact(w) * counts.get(m, 0) for m, w in weights.items()), Decimal(0))


def line_score(line: Line, counts: Counts, digits: int, set_to: Decimal | None) -> LineScore:
    """The points of one line."""
    n = weighted(line.numerator, counts)
    if not line.is_rate:
        change = n * _exact(line.each or 0)
        if line.cap is not None:
            cap = _exact(line.cap)
            change = max(-cap, min(cap, change))
        start = _exact(line.points)
        points = max(Decimal(0), start + change) if start else change
        return _line(n, None, None, rounded(points, digits), set_to)
    d = weighted(line.denominator, counts)
    if not d:
        return _line(n, d, None, None, None, EMPTY)
    value = n / d
    if d < line.least:
        return _line(n, d, value, None, None, FEW)
    full, zero = _exact(line.full_at), _exact(line.zero_at)
    share = min(Decimal(1), max(Decimal(0), (value - zero) / (full - zero)))
    return _line(n, d, value, rounded(share * _exact(line.points), digits), set_to)


def _line(
    n: Decimal,
    d: Decimal | None,
    value: Decimal | None,
    points: Decimal | None,
    set_to: Decimal | None,
    why: str = "",
) -> LineScore:
    given = points if set_to is None else set_to
    return LineScore(
        numerator=n, denominator=d, value=value, points=given, why=why, set_to=set_to is not None
    )


def score(assessment: Assessment, sheet: Sheet) -> UnitScore:
    """The points of one unit.

    Rates that cannot be judged are left out and the others scaled to the full points, so that
    nobody gains or loses by what nobody asked of them. A total is never below zero.
    """
    digits = assessment.digits
    lines = {
        name: line_score(line, sheet.of(name), digits, sheet.set_to.get(name))
        for name, line in assessment.lines.items()
    }
    sample = weighted(assessment.sample, sheet.of(ALL_LINES))
    judged = [n for n, x in assessment.lines.items() if x.is_rate and lines[n].points is not None]
    there = sum((_exact(assessment.lines[n].points) for n in judged), Decimal(0))
    if sample < assessment.least:
        return UnitScore(lines=lines, sample=sample, total=None, why=FEW)
    if assessment.full and not there:
        return UnitScore(lines=lines, sample=sample, total=None, why=EMPTY)
    rates = sum((lines[n].points or Decimal(0) for n in judged), Decimal(0))
    scaled = there != assessment.full
    if scaled:
        rates = rates * assessment.full / there
    rest = sum(
        (lines[n].points or Decimal(0) for n, x in assessment.lines.items() if not x.is_rate),
        Decimal(0),
    )
    total = rounded(max(Decimal(0), rates + rest), digits)
    return UnitScore(lines=lines, sample=sample, total=total, scaled=scaled)


def ranks(totals: Mapping[str, Decimal | None]) -> dict[str, int]:
    """Rank by unit, the highest first; equal totals share a rank: 1, 2, 2, 4."""
    known = sorted((t for t in totals.values() if t is not None), reverse=True)
    return {unit: known.index(t) + 1 for unit, t in totals.items() if t is not None}


def bounds(line: Line) -> tuple[Decimal, Decimal]:
    """The least and the most points that a line can give."""
    start, each = _exact(line.points), line.each or 0
    if line.is_rate:
        return Decimal(0), start
    reach = _exact(line.cap) if line.cap is not None else Decimal(1000)
    if each > 0:
        return start, start + reach
    return (max(Decimal(0), start - reach) if start else -reach), start
