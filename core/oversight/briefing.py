"""领导简报: what is hot in my area, what is late, what I asked for and what came back.

Each line is one sentence with a number, and knows the appeals behind it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func

from core.access.desk import Look
from core.cases.queries import count_cases, filtered
from core.errors import NotFound
from core.kpi.figures import FigureQuery, Figures, Report, figures
from core.now import now
from core.oversight.instructions import (
    ACTIVE,
    LATE,
    Instruction,
    instructions,
    progress,
    said,
)
from core.oversight.slices import Slice
from core.rules.areas import contains, validate
from core.rules.deadlines import describe_left, time_left
from core.rules.demands import ANSWERED
from core.rules.permissions import Permission
from core.words import _, pick
from db.models import CaseRow

FEW = 3
"""So many cases make a category hot at the least: one more than none is no finding."""
SHOWN = 8
"""Lines of a list; the whole is one tap away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence, with its number and the appeals that it speaks of."""

    said: str
    n: int
    before: int | None = None
    """The same over the period before, where there is one."""
    about: Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """What a leader reads first."""

    area: str
    since: date | None
    hot: Sequence[Line]
    compared: bool
    """Whether there is a period before to compare with; else the most frequent are shown."""
    received: int
    overdue: Line
    """All that is late, and then by who holds it, the most first."""
    late: Sequence[Line]
    mine: Sequence[Instruction]
    """What I asked for and is not settled yet, what is late first; then what was settled lately."""


def briefing(look: Look, *, area: str = "", since: date | None, until: date | None) -> Briefing:
    """The briefing of an area (the leader's own if none is named) over [since, until).

    Raises:
        NotPermitted: the reader is no leader.
        NotFound: another's area.
    """
    look.actor.require(Permission.CASE_INSTRUCT)
    base = look.actor.area or look.world.root
    where = validate(area) if area else base
    if not contains(base, where):
        raise NotFound
    query = FigureQuery(area=where, since=since, until=until, by="category")
    report = figures(look, query, compare=True)
    overdue = Slice(area=where, state="overdue")
    n = count_cases(look, overdue.live(look.world.blueprint.clock_calendar))
    return Briefing(
        area=where,
        since=since,
        hot=_hot(look, report),
        compared=report.before is not None,
        received=report.total.counts["received"],
        overdue=Line(said=_("共 {n} 件超期", n=f"{n:,}"), n=n, about=overdue),
        late=list(_late(look, overdue)),
        mine=_mine(look),
    )


def _received(rows: Sequence[Figures]) -> dict[str, int]:
    return {row.key: row.counts["received"] for row in rows}


def _hot(look: Look, report: Report) -> list[Line]:
    """Categories that more people spoke of than before, by how many more; each as narrow as it
    explains the rise."""
    top = _rises(report)
    lines = []
    for key, n, before in top[:SHOWN]:
        inner = [c for c in look.world.blueprint.categories if c.startswith(key + "/")]
        if inner and report.before is not None:
            narrow = figures(look, replace(report.query, category=key), compare=True)
            deeper = [r for r in _rises(narrow) if r[0] != key]
            lines += deeper or [(key, n, before)]
        else:
            lines.append((key, n, before))
    lines.sort(key=lambda r: (-(r[1] - (r[2] or 0)), r[0]))
    return [_hot_line(look, report, *line) for line in lines[:SHOWN]]


def _rises(report: Report) -> list[tuple[str, int, int | None]]:
    now_, then = _received(report.rows), report.before and _received(report.before.rows)
    found = [(k, n, then.get(k, 0) if then is not None else None) for k, n in now_.items()]
    risen = [(k, n, old) for k, n, old in found if n >= FEW and (old is None or n > old)]
    return sorted(risen, key=lambda r: (-(r[1] - (r[2] or 0)), r[0]))


def _hot_line(look: Look, report: Report, key: str, n: int, before: int | None) -> Line:
    query, known = report.query, look.world.blueprint.categories.get(key)
    name = pick(known.label) if known else key
    if before is None:
        words = _("{category}：{n} 件", category=name, n=n)
    elif before == 0:
        words = _("{category}：{n} 件，上期没有", category=name, n=n)
    else:
        words = _(
            "{category}：{n} 件，比上期多 {more} 件（{before} → {n}，升 {rate}）",
            category=name, n=n, more=n - before, before=before, rate=f"{(n - before) / before:.0%}",
        )  # fmt: skip
    about = Slice(area=query.area, category=key, since=query.since, until=query.until)
    return Line(said=words, n=n, before=before, about=about)


def _late(look: Look, overdue: Slice) -> Iterator[Line]:
    """Who holds what is past its deadline, the most first."""
    n, first = func.count().label("n"), func.min(CaseRow.due_at).label("first")
    live = overdue.live(look.world.blueprint.clock_calendar)
    query = filtered(look.actor, live, CaseRow.holder, n, first)
    rows = look.tx.execute(
        query.group_by(CaseRow.holder).order_by(n.desc(), CaseRow.holder).limit(SHOWN)
    )
    for row in rows:
        words = _(
            "{unit}：{n} 件超期，最久的{how}",
            unit=look.world.units.name(row.holder), n=row.n, how=_how_late(look, row.first),
        )  # fmt: skip
        yield Line(said=words, n=row.n, about=replace(overdue, unit=row.holder))


def _how_late(look: Look, due_at: datetime) -> str:
    return describe_left(time_left(now(), due_at, look.world.blueprint.clock_calendar))


def _mine(look: Look) -> list[Instruction]:
    found = instructions(look, mine=True)
    waiting = [i for i in found if i.state in ACTIVE]
    # what has come back is read first: it is the leader's turn
    waiting.sort(key=lambda i: (i.state != LATE, i.state != ANSWERED, -i.at.timestamp()))
    ended = [i for i in found if i.state not in ACTIVE]
    ended.sort(key=lambda i: -i.at.timestamp())
    return [*waiting, *ended[: max(0, SHOWN - len(waiting))]]


def asked_line(look: Look, i: Instruction) -> str:
    """「“立即整改”：香河县 · 供暖，共 2 项：1 项已反馈，1 项待签收」."""
    text = i.text if len(i.text) <= 40 else i.text[:39] + "…"
    return _(
        "“{text}”：{about}，{progress}", text=" ".join(text.split()), about=said(look, i),
        progress=progress(i),
    )  # fmt: skip


def counts(found: Sequence[Instruction]) -> Mapping[str, int]:
    """How many instructions stand in each state."""
    result: dict[str, int] = {}
    for i in found:
        result[i.state] = result.get(i.state, 0) + 1
    return result
