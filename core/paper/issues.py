"""Orders and instructions as they went out: the number of each, and which of them still stand."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from core.cases.detail import Detail
from core.errors import NotFound
from core.paper.kinds import Paper
from core.paper.sentences import day
from core.rules.case import Case, Demand
from core.rules.demands import WITHDRAWN
from core.words import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What one sheet of paper writes down: what one person asked for at one instant, in the same
    words, of one unit or of several."""

    nth: int
    """Its place among the case's sheets of that kind, from 1. What was withdrawn keeps its own."""
    demands: tuple[Demand, ...] = ()
    """One for each unit, without the withdrawn; none: a form to be written on by hand."""


def _all(found: Detail, kinds: Container[str]) -> list[Issue]:
    asked = sorted(
        (d for d in found.file.demands if d.kind in kinds), key=lambda d: (d.opened_at, d.id)
    )
    groups: dict[tuple[Any, ...], list[Demand]] = {}
    for d in asked:
        groups.setdefault((d.opened_at, d.kind, d.asked_by, d.text), []).append(d)
    return [
        Issue(nth=nth, demands=tuple(d for d in group if d.state != WITHDRAWN))
        for nth, group in enumerate(groups.values(), 1)
    ]


def standing(found: Detail, kinds: Container[str]) -> list[Issue]:
    """Those of these kinds of demands that have not been withdrawn, newest first."""
    return [i for i in reversed(_all(found, kinds)) if i.demands]


def newest(found: Detail, kinds: Container[str]) -> Issue:
    """The last one that stands; where none does, the next to go out, still without words."""
    blank = Issue(nth=len(_all(found, kinds)) + 1)
    return next(iter(standing(found, kinds)), blank)


def issue(found: Detail, paper: Paper, demand: int | None) -> Issue:
    """What `paper` writes down: the newest, or that by which `demand` was asked.

    Raises:
        NotFound: the paper has no such demand, or it was withdrawn.
    """
    if demand is None:
        return newest(found, paper.demands)
    for one in standing(found, paper.demands):
        if any(d.id == demand for d in one.demands):
            return one
    raise NotFound(
        _("没有这张{paper}，或它已经撤回，请重新选择", paper=str(paper.label)), demand=demand
    )


def number_of(paper: Paper, case: Case, nth: int) -> str:
    """「督办〔2026〕123-2号」: the kind, the year and running number of the appeal, and from the
    second sheet on one case its place among them (GB/T 9704-2012, 7.2.5)."""
    running = case.number.rpartition("-")[2].lstrip("0") or "0"
    again = f"-{nth}" if nth > 1 else ""
    return f"{paper.sign}〔{day(case.received_at).partition('年')[0]}〕{running}{again}号"
