"""The figures by brute force: counted anew from the raw cases, in plain words."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import median
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM, Actor
from core.access.desk import Office
from core.kpi.figures import BYS, FigureQuery, Figures, Report, figures
from core.now import ZONE
from db.models import CaseRow
from tests.core.kpi.lives import AREAS, BEGIN, CATEGORIES, INLETS
from tests.support import county


def ask(office: Office, who: Actor | str = SYSTEM, **query: Any) -> Report:
    """The report that somebody gets."""
    actor = county.actor(office, who) if isinstance(who, str) else who
    with office.look(actor) as look:
        return figures(look, FigureQuery(**query))


# What each measure counts, said once more in plain words: a predicate, and whose day it is.
SAID: dict[str, tuple[Callable[[Any], bool], str]] = {
    "received": (lambda c: True, "received_at"),
    "replied": (lambda c: c.replied_at is not None, "received_at"),
    "closed": (lambda c: c.stage_kind == "closed", "received_at"),
    "answered": (lambda c: bool(c.replied_at or c.closed_at), "received_at"),
    "on_time": (lambda c: bool(c.replied_at or c.closed_at) and not c.late, "received_at"),
    "rated": (lambda c: c.score is not None, "received_at"),
    "satisfied": (lambda c: c.score in (4, 5), "received_at"),
    "basically": (lambda c: c.score == 3, "received_at"),
    "reopened": (lambda c: c.reopened > 0, "received_at"),
    "day_replied": (lambda c: c.replied_at is not None, "replied_at"),
    "day_closed": (lambda c: c.closed_at is not None, "closed_at"),
}


def _day(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


def _key(case: Any, by: str, day: date, query: FigureQuery) -> str:
    digits = {"": 6, "131000": 6, "131024": 9, "131024104": 12, "131024104201": 15}
    parts = case.category.split("/")
    return {
        "": "",
        "area": case.area[: digits.get(query.area, 15)],
        "unit": case.holder,
        "category": "/".join(parts[: query.category.count("/") + 2 if query.category else 1]),
        "inlet": case.inlet,
        "month": f"{day:%Y-%m}",
        "day": f"{day:%Y-%m-%d}",
    }[by]


def _fits(case: Any, query: FigureQuery) -> bool:
    area = "1310" if query.area == "131000" else query.area
    return (
        case.area.startswith(area)
        and query.unit in ("", case.holder)
        and (case.category + "/").startswith(query.category + "/" if query.category else "")
        and query.inlet in ("", case.inlet)
    )


def _within(day: date, query: FigureQuery) -> bool:
    return (query.since is None or query.since <= day) and (
        query.until is None or day < query.until
    )


def recount(cases: list[Any], query: FigureQuery) -> tuple[dict[str, Counter[str]], Any]:
    """The same figures by brute force: counts by key, and days to reply by key."""
    counts: dict[str, Counter[str]] = {}
    days: dict[str, list[float]] = {}
    for case in cases:
        if not _fits(case, query):
            continue
        for measure, (holds, whose) in SAID.items():
            if holds(case) and _within(day := _day(getattr(case, whose)), query):
                counts.setdefault(_key(case, query.by, day, query), Counter())[measure] += 1
        received = _day(case.received_at)
        if case.replied_at and _within(received, query):
            waited = (case.replied_at - case.received_at).total_seconds() / 86_400
            days.setdefault(_key(case, query.by, received, query), []).append(waited)
    return counts, days


def raw(office: Office) -> list[Any]:
    """All cases as they stand in the table."""
    with office.look(SYSTEM) as look:
        rows = look.tx.execute(select(*CaseRow.__table__.c)).all()
    return [SimpleNamespace(**r._mapping) for r in rows]


def same(report: Any, cases: list[Any], query: FigureQuery) -> None:
    """Every count, rate and median of the report is the recount's."""
    counts, days = recount(cases, query)
    found = {row.key: row for row in report.rows} if query.by else {"": report.total}
    for key in found.keys() | counts.keys():
        line = found[key] if counts.get(key) or key in found else Figures()
        expected = {m: counts.get(key, {}).get(m, 0) for m in SAID}
        assert line.counts == expected or not query.by, (query, key)
        waits = days.get(key)
        assert line.median_days == (pytest.approx(median(waits)) if waits else None), (query, key)
    whole = sum(counts.values(), Counter())
    assert report.total.counts == {m: whole.get(m, 0) for m in SAID}, query
    waits = [w for values in days.values() for w in values]
    assert report.total.median_days == (pytest.approx(median(waits)) if waits else None), query
    rate = report.total.rates["response"]
    assert (rate.numerator, rate.denominator) == (whole["answered"], whole["received"])


def questions(chance: random.Random, until: date) -> Iterator[FigureQuery]:
    """Every split, by itself and under random filters and periods."""
    for by in BYS:
        yield FigureQuery(by=by)
        for _ in range(7):
            some = chance.choice((0.3, 0.6))
            since = BEGIN.date() + timedelta(days=chance.randint(-3, 60))
            query = FigureQuery(
                by=by,
                area=chance.choice((*AREAS, "131000")) if chance.random() < some else "",
                category=chance.choice(CATEGORIES) if chance.random() < some else "",
                inlet=chance.choice(INLETS) if chance.random() < some else "",
                unit=chance.choice(("131024104-C", "131024-ZJ", "131024104-ZF"))
                if chance.random() < some
                else "",
            )
            if chance.random() < 0.5:
                later = since + timedelta(days=chance.randint(1, 70))
                query = replace(query, since=since, until=chance.choice((None, later)))
            yield query
