"""What an action amounts to, before it is written: values only."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.rules.case import Case, CaseFile, Clock, Demand, Entry, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to whoever fits, worded later in each reader's language."""

    template: str
    """Id in `core.rules.messages`."""
    key: str
    """Unique with person and way: the same notice is never written twice."""
    unit: str | None = None
    """Everybody who works in this unit …"""
    role: str | None = None
    """… only those with this role …"""
    area: str | None = None
    """… or those with `role` whose own area is exactly this one …"""
    person: int | None = None
    """… or one person …"""
    group: str | None = None
    """Besides, or alone: the addresses that this unit has of its own (a group's robot). A notice
    to everybody in a unit goes to these anyhow."""
    by: tuple[str, ...] = ("app",)
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One rating by one party."""

    party: str
    score: int
    reasons: list[str]
    text: str


@dataclass(slots=True, kw_only=True)
class Change:
    """Everything one or more actions do to one case; `ledger.write` makes it so."""

    file: CaseFile
    """The case as it stands afterwards."""
    before: Case | None
    """As it stood; None for a new one."""
    at: datetime
    entries: list[Entry] = field(default_factory=list)
    tasks: dict[int, Task] = field(default_factory=dict)
    """New or changed, by id."""
    clocks: dict[int, Clock] = field(default_factory=dict)
    """New or changed, by id."""
    demands: dict[int, Demand] = field(default_factory=dict)
    """New or changed, by id."""
    fresh: set[int] = field(default_factory=set)
    """Ids of the tasks, clocks and demands that are new."""
    notices: list[Notice] = field(default_factory=list)
    ratings: list[tuple[int, Rated]] = field(default_factory=list)
    """(timeline seq, rating)"""
