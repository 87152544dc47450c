"""Topics for the deputies' inspections: where their area's appeals go wrong, over a year."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_

from core.access.desk import Look
from core.access.visible import in_area, visible_cases
from core.cases.checking import DEPUTY
from core.kpi.figures import counts_by
from core.kpi.query import Bounded, FigureQuery
from core.now import local_day, midnight, now
from core.oversight.deputy import own_area
from core.words import Text, lazy, pick
from db.models import CaseRow, EntryRow, RatingRow

YEAR = timedelta(days=365)
FEW = 3
"""A rate of fewer cases than this says nothing."""
SHOWN = 5
_PARENTS = 8
"""So many of the largest categories are looked at closely."""

TOPICS: dict[str, Text] = {
    "reviewed_low": lazy("代表评议不满意最多"),
    "reopened": lazy("重办最多"),
    "late": lazy("超期答复最多"),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """A category with a rate and the two numbers behind it."""

    category: str
    label: str
    n: int
    of: int

    @property
    def rate(self) -> float:
        """Between 0 and 1."""
        return self.n / self.of


def topics(look: Look, *, area: str = "") -> dict[str, list[Topic]]:
    """For each of `TOPICS` the categories that are worst, the most cases first.

    Reopened is of all received; late of all answered; low of all reviews by deputies. Figures
    also count what was told in confidence: they name nobody.
    """
    where = own_area(look, area)
    since = local_day(now()) - YEAR
    counts = _counts(look, FigureQuery(area=where, since=since, by="category"))
    at = midnight(since)
    return {
        "reviewed_low": _worst(look, _reviews(look, where, at)),
        "reopened": _worst(look, ((k, c["reopened"], c["received"]) for k, c in counts.items())),
        "late": _worst(
            look, ((k, c["answered"] - c["on_time"], c["answered"]) for k, c in counts.items())
        ),
    }


def _counts(look: Look, query: FigureQuery) -> Mapping[str, Mapping[str, int]]:
    """By category, the large ones split into their own parts."""
    found: dict[str, Mapping[str, int]] = dict(counts_by(look, Bounded(query, None, query.area)))
    known = look.world.blueprint.categories
    for parent in sorted(found, key=lambda k: -found[k]["received"])[:_PARENTS]:
        if any(c.startswith(parent + "/") for c in known):
            narrow = FigureQuery(area=query.area, since=query.since, category=parent, by="category")
            del found[parent]
            found |= counts_by(look, Bounded(narrow, None, query.area))
    return found


def _reviews(look: Look, area: str, since: datetime) -> Iterable[tuple[str, int, int]]:
    line = look.world.blueprint.rating.satisfied_from
    unhappy = EntryRow.data["satisfied"].as_boolean().is_(False)  # as `checking.content` has it
    low = func.count().filter(or_(RatingRow.score < line, unhappy))
    query = (
        visible_cases(look.actor, CaseRow.category, low.label("low"), func.count().label("n"))
        .join(
            RatingRow,
            and_(RatingRow.county == CaseRow.county, RatingRow.case_id == CaseRow.id),
        )
        .outerjoin(
            EntryRow,
            and_(
                EntryRow.county == RatingRow.county,
                EntryRow.case_id == RatingRow.case_id,
                EntryRow.seq == RatingRow.seq,
            ),
        )
        .where(in_area(area), RatingRow.party == DEPUTY, RatingRow.at >= since)
        .group_by(CaseRow.category)
    )
    return [(r.category, r.low, r.n) for r in look.tx.execute(query)]


def _worst(look: Look, found: Iterable[tuple[str, int, int]]) -> list[Topic]:
    known = look.world.blueprint.categories
    topics: Sequence[Topic] = [
        Topic(k, pick(known[k].label) if k in known else k, n, of)
        for k, n, of in found
        if n > 0 and of >= FEW
    ]
    return sorted(topics, key=lambda t: (-t.n, -t.rate, t.category))[:SHOWN]
