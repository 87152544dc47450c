"""Ladders: who is reminded when a deadline comes near or has passed.

"Everything with a deadline is a clock"; a ladder is the list of its rungs. Shares are
of the time *allotted*: `left: 0.5` fires when half of it remains.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator
from pydantic import Field as Constraint

from core.now import ZONE
from core.rules.calendar import Calendar, UnknownYear
from core.rules.deadlines import Term, moment, shift, term_text
from core.rules.forms import Label, Rule
from core.rules.routing import To
from core.words import _

DEFAULT = "default"
"""The ladder of whatever has none of its own."""
Named = Literal["handler", "head", "centre", "leader", "registrar", "asker"]
Recipient = Named | To
"""
handler    everybody who works in the unit that the clock runs for; its head only if nobody else
head       the head of that unit
centre     the dispatchers whose area holds the case, nearest level first
leader     the leader of the case's county
registrar  whoever registered the case
asker      whoever asked, where the clock times a demand
To         everybody of the unit that a rule means: `{duty: political_legal, level: township}`
"""

DAY = "1wd"
"""How the share of a deadline is counted that somebody named: in working days."""

Way = Literal["app", "email", "webhook", "robot"]
"""How somebody is told. In the application everybody is; the others only reach those who have
such an address: `webhook` another program, `robot` a group's robot or an SMS gateway."""
OUTSIDE: tuple[Way, ...] = ("email", "webhook", "robot")
"""Those that leave the house; the worker delivers them."""
GROUPED: frozenset[Way] = frozenset({"webhook", "robot"})
"""Those by which a unit as a whole can be reached."""

DUE = "due"

REMIND, OVERDUE, LAPSE, DATED = "remind", "overdue", "lapse", "dated"
"""What the timeline calls a rung: before the deadline, from it on, one that tells nobody and
only lets the system act; and a deadline that became known later than its clock started."""
REMINDERS = frozenset({REMIND, OVERDUE, LAPSE, DATED})
"""Entries that the clock wrote, not a person."""


def _after(text: str) -> str:
    return text if text == DUE else term_text(text)


class Rung(Rule):
    """One step of a ladder: exactly one of `left` and `after`."""

    label: Label
    left: Annotated[float, Constraint(gt=0, lt=1)] | None = None
    """Share of the time that is left: 0.5, 0.1."""
    after: Annotated[str, AfterValidator(_after)] | None = None
    """`due` for the deadline itself, or a term after it: `1wd`."""
    to: tuple[Recipient, ...] = ()
    by: tuple[Way, ...] = ("app",)
    do: str | None = None
    """An action that the system then takes, e.g. `close` when nobody rated."""
    remind: bool = False
    """A day has come, and nobody is late: a reminder although it fires at the deadline."""

    @model_validator(mode="after")
    def _one_moment(self) -> "Rung":
        if (self.left is None) == (self.after is None):
            raise ValueError(_("阶梯的一级要么写 left（剩余时间的比例），要么写 after，只能写一个"))
        return self

    @property
    def late(self) -> bool:
        """Whether it says that somebody has let a deadline pass."""
        return self.after is not None and not self.remind

    def fires_at(self, start: datetime, due: datetime, term: Term, calendar: Calendar) -> datetime:
        """The instant of this rung for a clock that started at `start` and ends at `due`."""
        if self.left is not None:
            return moment(start, due, 1 - self.left, term, calendar)
        return due if self.after == DUE else shift(due, Term.parse(self.after), 1, calendar)


Ladder = tuple[Rung, ...]


def next_fire(
    ladder: Sequence[Rung],
    index: int,
    start: datetime,
    due: datetime | None,
    term: str,
    calendar: Calendar,
) -> datetime | None:
    """When rung `index` fires, or None past the top (or while the deadline is unknown).

    A rung that falls in a year nobody has entered yet is looked at again when that year begins.
    """
    if due is None or index >= len(ladder):
        return None
    try:
        return ladder[index].fires_at(start, due, Term.parse(term or DAY), calendar)
    except UnknownYear as unknown:
        return datetime(unknown.data["year"], 1, 1, tzinfo=ZONE).astimezone(UTC)
