"""Ordered decision tables: the first row whose conditions all hold decides.

One grammar serves three tables: triage (what is it?), dispatch (who gets it?) and
deadlines (by when?). A condition is a closed list; nothing is evaluated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.rules.areas import contains
from core.rules.forms import Label, Rule


class When(Rule):
    """All given conditions must hold; an absent one holds always."""

    category: tuple[str, ...] = ()
    """Codes; a parent covers its children (`housing` covers `housing/heating`)."""
    area: tuple[str, ...] = ()
    """Area codes; an area covers what lies below it."""
    kind: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    inlet: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Any of these in title or text."""
    all_words: tuple[str, ...] = ()


class To(Rule):
    """Who gets it, in terms that fit every area: the nearest unit that matches."""

    unit: str | None = None
    """One particular unit's code."""
    duty: str | None = None
    """The nearest unit, going up from the case's area, that has this duty."""
    kind: str | None = None
    """The nearest unit of this kind (`grid`, `centre`, `station` …)."""
    level: Literal["village", "township", "county", "prefecture"] | None = None
    """Only units of this level."""


class TriageRow(Rule):
    """What an appeal is, when nobody said so."""

    name: Label = ""
    when: When = When()
    category: str | None = None
    kind: str | None = None
    urgency: str | None = None


class DispatchRow(Rule):
    """Who gets it; `dispatch` hands it over at once, otherwise the holder decides."""

    name: Label = ""
    when: When = When()
    to: To
    assist: tuple[To, ...] = ()
    dispatch: bool = False
    deadline: str | None = None
    """Overrides the deadline table."""


class DeadlineRow(Rule):
    """By when: for the case as a whole and for each unit's task."""

    name: Label = ""
    when: When = When()
    case: str
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tables may look at."""

    category: str
    area: str
    kind: str
    urgency: str
    inlet: str
    text: str
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The row that decided and why: kept with the case and shown."""

    row: int
    because: dict[str, Any] = field(default_factory=dict)


def _covers(codes: Iterable[str], code: str) -> str | None:
    return next((c for c in codes if code == c or code.startswith(c + "/")), None)


def holds(when: When, facts: Facts) -> dict[str, Any] | None:
    """The conditions that held, by name, or None if one did not."""
    because: dict[str, Any] = {}
    if when.category:
        found = _covers(when.category, facts.category)
        if found is None:
            return None
        because["category"] = facts.category
    if when.area:
        found = next((a for a in when.area if contains(a, facts.area)), None)
        if found is None:
            return None
        because["area"] = found
    for name in ("kind", "urgency", "inlet", "stage"):
        wanted = getattr(when, name)
        if wanted:
            value = getattr(facts, name)
            if value not in wanted:
                return None
            because[name] = value
    if when.words:
        found = next((w for w in when.words if w in facts.text), None)
        if found is None:
            return None
        because["words"] = found
    if when.all_words:
        if not all(w in facts.text for w in when.all_words):
            return None
        because["words"] = "、".join(when.all_words)
    return because


def first(rows: Iterable[Any], facts: Facts, *, start: int = 0) -> tuple[Any, Match] | None:
    """The first row from position `start` whose conditions hold, with the reason."""
    for index, row in enumerate(rows):
        if index < start:
            continue
        because = holds(row.when, facts)
        if because is not None:
            return row, Match(index, because)
    return None


def unknown_codes(
    rows: Iterable[Any], known: Mapping[str, Iterable[str]]
) -> list[tuple[int, str, str]]:
    """(row, condition, code) for every condition that names something the county lacks."""
    return [
        (index, name, code)
        for index, row in enumerate(rows)
        for name, codes in known.items()
        for code in getattr(row.when, name)
        if code not in set(codes)
    ]
