"""The live board: how today flows, what is late and with whom, what has just happened.

One value for all who watch the same area with the same eyes (`watcher`), in three
statements over live cases and two days of flow; their cost does not grow with history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select, text, union_all

from core.access.actor import Actor
from core.access.desk import Look
from core.access.visible import in_area, visible_cases
from core.blueprint.world import World
from core.cases.queries import due_within, overdue_at
from core.errors import Invalid, NotFound
from core.kpi.happened import Happened, newest
from core.now import local_day, midnight, now
from core.rules.areas import contains, digits_below, validate
from core.rules.case import CLOSED, OPEN
from core.rules.lateness import ladder
from core.rules.permissions import Permission, Scope
from db.models import CaseRow

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How many cases came or went, each beside yesterday at the same time of day."""

    what: str
    """`received`, `answered` (a reply was given) or `closed`."""
    hour: int
    """Since the full hour."""
    hour_before: int
    today: int
    so_far: int
    """Yesterday, up to this time of day."""
    yesterday: int
    """All of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Open cases without an answer, by how long they are past their deadline."""

    today: int
    """Due today, and not past it yet."""
    one: int
    """Past it by at most one working day."""
    three: int
    """By two or three."""
    more: int
    """By more."""
    longest: datetime | None
    """The oldest deadline among them."""
    working: bool
    """False where nobody has entered this year's holidays: calendar days instead."""

    @property
    def all(self) -> int:
        """Past their deadline, however long."""
        return self.one + self.three + self.more


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """Live cases of one stage, unit or place; `key` is its code."""

    key: str
    n: int
    late: int
    longest: datetime | None = None
    """The oldest deadline that is past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBoard:
    """An area as of `at`."""

    area: str
    at: datetime
    open: int
    waiting: int
    """For the resident."""
    flow: Sequence[Flow]
    late: Late
    stages: Sequence[Pile]
    """Live stages in the order of the loop, also those where nothing stands."""
    units: Sequence[Pile]
    """In the red: who holds something late; the most first."""
    places: Sequence[Pile]
    """The areas right below, the most late first."""
    events: Sequence[Happened]
    """Of today and yesterday, newest first."""


def watcher(world: World, actor: Actor, area: str = "") -> Actor:
    """Whoever watches `area` with these eyes: equal for all who may share one board.

    It sees that area and nothing else, and no accusation of the unit that the person works in
    or of one above it.

    Raises:
        NotPermitted: no boards for this role.
        NotFound: an area that does not exist or lies outside the person's own.
    """
    actor.require(Permission.BOARD_READ)
    base = world.root if actor.scope is Scope.ALL else actor.area
    try:
        asked = validate(area or base or "")
    except Invalid as fault:
        raise NotFound from fault
    if not base or not contains(base, asked) or (asked != base and asked not in world.areas):
        raise NotFound
    return Actor(roles=("supervisor",), area=asked, lineage=actor.lineage)


def board(look: Look, area: str = "") -> LiveBoard:
    """The board of an area; of the reader's own if none is named.

    Raises:
        NotPermitted: no boards for this role.
        NotFound: an area that does not exist or lies outside the reader's own.
    """
    eyes, at = watcher(look.world, look.actor, area), now()
    assert eyes.area is not None  # noqa: S101 (`watcher` has set it)
    rungs = ladder(look.world.blueprint.clock_calendar, at)
    whole, piles = _live(look, eyes, at, rungs.spans)
    return LiveBoard(
        area=eyes.area,
        at=at,
        open=whole["open"],
        waiting=whole["n"] - whole["open"],
        flow=_flow(look, eyes, at),
        late=Late(
            **{name: whole[name] for name in ("today", "one", "three", "more", "longest")},
            working=rungs.working,
        ),
        stages=_stages(look.world, piles["stage"]),
        units=sorted((p for p in piles["holder"] if p.late), key=_reddest),
        places=sorted(piles["place"], key=_reddest),
        events=[Happened(**r._mapping) for r in look.tx.execute(newest(eyes, at))],
    )


def _reddest(pile: Pile) -> tuple[int, int, str]:
    return -pile.late, -pile.n, pile.key


def _flow(look: Look, eyes: Actor, at: datetime) -> list[Flow]:
    """One pass over what was received, answered or closed since yesterday began."""
    today, hour = midnight(local_day(at)), at.replace(minute=0, second=0, microsecond=0)
    moments = {
        "received": CaseRow.received_at,
        "answered": CaseRow.replied_at,
        "closed": CaseRow.closed_at,
    }
    some = union_all(
        *(
            visible_cases(eyes, literal(what).label("what"), moment.label("at")).where(
                in_area(eyes.area or ""), moment >= today - _DAY, moment <= at
            )
            for what, moment in moments.items()
        )
    ).subquery()

    def within(since: datetime, until: datetime) -> Any:
        return func.count().filter(some.c.at >= since, some.c.at <= until)

    rows = look.tx.execute(
        select(
            some.c.what,
            within(hour, at).label("hour"),
            within(hour - _DAY, at - _DAY).label("hour_before"),
            within(today, at).label("today"),
            within(today - _DAY, at - _DAY).label("so_far"),
            func.count().filter(some.c.at < today).label("yesterday"),
        ).group_by(some.c.what)
    )
    found = {row.what: Flow(**row._mapping) for row in rows}
    none = {"hour": 0, "hour_before": 0, "today": 0, "so_far": 0, "yesterday": 0}
    return [found.get(what) or Flow(what=what, **none) for what in moments]


def _live(
    look: Look, eyes: Actor, at: datetime, rungs: Mapping[str, tuple[datetime | None, datetime]]
) -> tuple[dict[str, Any], dict[str, list[Pile]]]:
    """One pass over what is not closed: the whole, and by stage, holder and place."""
    c, late, one, three = CaseRow, overdue_at(at), rungs["one"][0], rungs["three"][0]

    def count(*conditions: ColumnElement[bool]) -> Any:
        return func.count().filter(*conditions)

    lines = visible_cases(
        eyes,
        c.stage,
        c.holder,
        func.left(c.area, digits_below(eyes.area or "")).label("place"),
        c.stage_kind,
        c.due_at,
        late.label("late"),
        and_(*due_within(*rungs["today"])).label("today"),
    )
    some = lines.where(in_area(eyes.area or ""), c.stage_kind != CLOSED).subquery().c
    rows = look.tx.execute(
        select(
            func.grouping(some.stage, some.holder, some.place).label("by"),
            func.coalesce(some.stage, some.holder, some.place, "").label("key"),
            func.count().label("n"),
            count(some.stage_kind == OPEN).label("open"),
            count(some.today).label("today"),
            count(some.late).label("late"),
            count(some.late, some.due_at >= one).label("one"),
            count(some.late, some.due_at >= three, some.due_at < one).label("three"),
            count(some.late, some.due_at < three).label("more"),
            func.min(some.due_at).filter(some.late).label("longest"),
        ).group_by(func.grouping_sets(some.stage, some.holder, some.place, text("()")))
    )
    whole: dict[str, Any] = {}
    piles: dict[str, list[Pile]] = {"stage": [], "holder": [], "place": []}
    which = {0b011: "stage", 0b101: "holder", 0b110: "place"}
    for row in rows:
        if row.by in which:
            pile = Pile(key=row.key, n=row.n, late=row.late, longest=row.longest)
            piles[which[row.by]].append(pile)
        else:
            whole = dict(row._mapping)
    return whole, piles


def _stages(world: World, found: Sequence[Pile]) -> list[Pile]:
    """In the order of the loop; what the county has dropped since comes last."""
    by_key = {p.key: p for p in found}
    known = [s for s, v in world.blueprint.workflow.stages.items() if v.kind != CLOSED]
    return [by_key.pop(s, Pile(key=s, n=0, late=0)) for s in known] + list(by_key.values())
