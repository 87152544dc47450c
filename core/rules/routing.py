"""Ordered decision tables: the first row whose conditions all hold decides.

One grammar serves three tables: triage (what is it?), dispatch (who gets it?) and
deadlines (by when?). A condition is a closed list; nothing is evaluated.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, NamedTuple

from core.rules.areas import contains
from core.rules.deadlines import TermText
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
    difficulty: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Any of these in title or text."""
    all_words: tuple[str, ...] = ()

    @cached_property
    def tests(self) -> "tuple[tuple[str, Test], ...]":
        """The given conditions by name: each finds what held, or None."""
        return tuple(_tests(self))


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

    @cached_property
    def says(self) -> dict[str, str]:
        """What it decides, by name."""
        said = {"category": self.category, "kind": self.kind, "urgency": self.urgency}
        return {name: value for name, value in said.items() if value}


class DispatchRow(Rule):
    """Who gets it; `dispatch` hands it over at once, otherwise the holder decides."""

    name: Label = ""
    when: When = When()
    to: To
    assist: tuple[To, ...] = ()
    dispatch: bool = False
    deadline: TermText | None = None
    """Overrides the deadline table."""


class DeadlineRow(Rule):
    """By when: for the case as a whole, for each unit's task, and for stages."""

    name: Label = ""
    when: When = When()
    case: TermText
    task: TermText | None = None
    """As the case's, where nothing is said."""
    stages: Mapping[str, TermText] = {}
    """Stages that have another term here than the workflow gives them."""
    ladder: str = "default"
    """Who is reminded of all these, except in a stage that has a ladder of its own."""

    @property
    def of_task(self) -> TermText:
        """By when a unit has to be done."""
        return self.task or self.case


class Facts(NamedTuple):
    """What the tables may look at."""

    category: str
    area: str
    kind: str
    urgency: str
    inlet: str
    text: str
    stage: str = ""
    difficulty: str = ""


class Match(NamedTuple):
    """The row that decided and why: kept with the case and shown."""

    row: int
    because: dict[str, Any]


Test = Callable[[Facts], str | None]
"""What held of a condition, or None."""


def _tests(when: When) -> Iterator[tuple[str, Test]]:
    if when.category:
        yield "category", lambda f: f.category if _covers(when.category, f.category) else None
    if when.area:
        yield "area", lambda f: next((a for a in when.area if contains(a, f.area)), None)
    if when.kind:
        yield "kind", lambda f: f.kind if f.kind in when.kind else None
    if when.urgency:
        yield "urgency", lambda f: f.urgency if f.urgency in when.urgency else None
    if when.inlet:
        yield "inlet", lambda f: f.inlet if f.inlet in when.inlet else None
    if when.stage:
        yield "stage", lambda f: f.stage if f.stage in when.stage else None
    if when.difficulty:
        yield "difficulty", lambda f: f.difficulty if f.difficulty in when.difficulty else None
    if when.words:
        yield "words", _any_of(when.words)
    if when.all_words:
        both = "、".join(when.all_words)
        yield "words", lambda f: both if all(w in f.text for w in when.all_words) else None


def _any_of(words: tuple[str, ...]) -> Test:
    def test(facts: Facts) -> str | None:
        text = facts.text
        for word in words:
            if word in text:
                return word
        return None

    return test


def _covers(codes: Iterable[str], code: str) -> str | None:
    for known in codes:
        if code == known or code.startswith(known + "/"):
            return known
    return None


def holds(when: When, facts: Facts) -> dict[str, Any] | None:
    """The conditions that held, by name, or None if one did not."""
    because: dict[str, Any] = {}
    for name, test in when.tests:
        if (found := test(facts)) is None:
            return None
        because[name] = found
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
