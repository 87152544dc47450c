"""A department's list of 50 under row-level security, beside `select 1`."""

import time
from typing import Any

from sqlalchemy import select, text

from core.access.actor import SYSTEM
from core.access.sessions import _PERSON, actor_of
from core.cases.queries import CaseFilter, list_cases
from db.models import Person
from tests.bench.house import Bench


def _p95(times: list[float]) -> float:
    return round(sorted(times)[int(len(times) * 0.95)] * 1000, 2)


def measure(bench: Bench) -> dict[str, Any]:
    """p95 in milliseconds of several lists, transaction and row scope included."""
    office = bench.office
    with office.look(SYSTEM) as look:
        people = {
            p.username: actor_of(look, p)
            for p in look.tx.execute(
                select(*_PERSON).where(Person.username.in_(["handler", "county", "dispatcher"]))
            )
        }
    found: dict[str, Any] = {"cases in the database": bench.cases}
    times = []
    for _round in range(200):
        start = time.perf_counter()
        with office.look(SYSTEM) as look:
            look.tx.execute(text("select 1"))
        times.append(time.perf_counter() - start)
    found["floor: select 1, p95 ms"] = _p95(times)
    lists = {
        "newest": CaseFilter(),
        "live, due first": CaseFilter(stage_kind="live", order="due"),
        "one category": CaseFilter(category="housing/heating"),
        "search 暖气": CaseFilter(q="暖气"),
    }
    for username, actor in people.items():
        for title, f in lists.items():
            times = []
            for _round in range(60):
                start = time.perf_counter()
                with office.look(actor) as look:
                    list_cases(look, f, limit=50)
                times.append(time.perf_counter() - start)
            found[f"{username}: {title}, p95 ms"] = _p95(times)
    return found
