"""What a pass must know of a case to fire its reminders: the case without its long parts, the
clocks that run and what was asked where one of them times it.

A pass goes through a hundred thousand cases, and a reminder needs neither what was said nor
what was done. Only a case to which more is to happen is read whole (`load_some`).
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from core.access.desk import Look, Work
from core.blueprint.world import World
from core.cases.load import load_some
from core.rules.case import DEMAND_CLOCK, Case, CaseFile, Clock, Demand

_LONG = {"body": "", "reply": "", "form": {}, "because": {}, "scores": {}}
"""Left out, and what stands in their place."""
_CASE = tuple(f.name for f in fields(Case) if f.name not in _LONG)
_CLOCK = tuple(f.name for f in fields(Clock))
_DEMAND = tuple(f.name for f in fields(Demand))
_BRIEF = f"""
select {", ".join(_CASE)} from cases where county = %(county)s and id = any(%(ids)s)
order by id"""  # noqa: S608 (our own column names)
_LOCK = f"{_BRIEF} for update skip locked"
_CLOCKS = f"""
select {", ".join(_CLOCK)} from clock
where county = %(county)s and case_id = any(%(ids)s) and stopped_at is null
order by started_at, id"""  # noqa: S608
_DEMANDS = f"""
select {", ".join(_DEMAND)} from demand where county = %(county)s and case_id = any(%(ids)s)
order by opened_at, id"""  # noqa: S608


def lock_due(work: Work, county: str, ids: Sequence[int]) -> list[CaseFile]:
    """Those of the cases `ids` of a county that nobody else is busy with, locked, by id."""
    return _brief(work, _LOCK, county, ids)


def look_due(look: Look, county: str, ids: Sequence[int]) -> list[CaseFile]:
    """The cases `ids` of a county, by id."""
    return _brief(look, _BRIEF, county, ids)


def _brief(look: Look, query: str, county: str, ids: Sequence[int]) -> list[CaseFile]:
    values: dict[str, Any] = {"county": county, "ids": list(ids)}
    rows = look.tx.exec_driver_sql(query, values).all()
    files = {
        row.id: CaseFile(case=Case(**dict(zip(_CASE, row, strict=True)), **_LONG)) for row in rows
    }
    # Only now: whoever held a case until it was locked has committed, clocks and all.
    values["ids"] = list(files)
    for row in look.tx.exec_driver_sql(_CLOCKS, values):
        files[row.case_id].clocks.append(Clock(**dict(zip(_CLOCK, row, strict=True))))
    asked = [f.case.id for f in files.values() if any(c.kind == DEMAND_CLOCK for c in f.clocks)]
    if asked:
        values["ids"] = asked
        for row in look.tx.exec_driver_sql(_DEMANDS, values):
            files[row.case_id].demands.append(Demand(**dict(zip(_DEMAND, row, strict=True))))
    return list(files.values())


def wants_more(world: World, file: CaseFile, at: datetime) -> bool:
    """Whether more than reminders may happen to the case: a deadline becomes known, or a rung
    takes an action, after which everything else may be different."""
    ladders = world.blueprint.ladders
    return any(
        clock.due_at is None or any(rung.do for rung in ladders[clock.ladder][clock.next_rung :])
        for clock in file.clocks
        if clock.running
        and (clock.due_at is None or (clock.next_fire_at is not None and clock.next_fire_at <= at))
    )


def whole(look: Look, county: str, files: Sequence[CaseFile], ids: set[int]) -> list[CaseFile]:
    """`files` with those of the cases `ids` read whole."""
    if not ids:
        return list(files)
    full = {file.case.id: file for file in load_some(look, county, sorted(ids))}
    return [full.get(file.case.id, file) for file in files]
