"""Demands 要求: what somebody asks of somebody else on a case, by when, and what became of it.

Extension, objection, shelving, chase, supervision order, instruction, call-back, promise: all
of them are one thing. A *decision* is granted or refused; *feedback* is given and accepted or
pressed for; a *note* is only recorded. The county names the kinds; code knows these three.
"""

from collections.abc import Iterable
from typing import Literal

from core.rules.case import CaseFile, Demand
from core.rules.deadlines import TermText
from core.rules.forms import Code, Field, Label, Rule
from core.rules.routing import To
from core.words import lazy

DECISION, FEEDBACK, NOTE = "decision", "feedback", "note"

Addressee = Literal["given", "lead", "first", "head", "centre", "above", "sender", "own"]
"""
given   the units that the asker names
lead    the unit that leads the case now (or led it last), else the holder
first   the first unit that ever led it 首接负责
head    the head of the asker's own unit
centre  the nearest centre of the case's area
above   the unit above the holder
sender  the unit that assigned the asker's task: where a wrong dispatch is objected to
own     the asker's own unit
"""

Then = Literal["extend", "return_task", "pause", "close", "decline"]
"""
extend       the case and the asker's tasks get the new date
return_task  the asker's task ends as wrongly dispatched
pause        all clocks of the case stand still until it is resumed or reviewed
close        nothing of its own: the row's target closes the case
decline      nor has this: the row's target is where what is not accepted ends
"""


class DemandKind(Rule):
    """One kind of demand, as the county knows it."""

    label: Label
    answer: Literal["decision", "feedback", "note"]
    to: Addressee | To = "lead"
    role: str = ""
    """Only people with this role in the unit are asked; empty: everybody who works there."""
    term: TermText | None = None
    """By when, where the asker names no date."""
    ladder: str = "demand"
    then: tuple[Then, ...] = ()
    """What granting does."""
    cap: TermText | None = None
    """How far beyond the date of today's rules an extension may reach; how far off a shelved
    case's review may be; how long the resident may be waited for."""
    within: TermText | None = None
    """How long after the asker's task was opened (without a task: after the case came in) it may
    still be asked."""
    grounds: dict[Code, Label] = {}
    """Grounds that the law knows, one of which the asker has to name."""
    lapses: bool = False
    """Ends by itself once the resident is answered: a chase 催办 has then done its work. What waits
    for a decision ends with it in any case."""
    most: int | None = None
    """How many of the kind a unit may ask for (granted or pending) until the case is reopened."""

    @property
    def dated(self) -> bool:
        """Whether the asker has to name a date."""
        return bool({"extend", "pause"} & {*self.then})

    @property
    def fields(self) -> tuple[Field, ...]:
        """What the asker fills in."""
        found: list[Field] = []
        if self.answer == DECISION:
            if self.dated:
                label = "延到哪天" if "extend" in self.then else "哪天复核"
                found.append(_field("until", label, "date", required=True, future=True))
            if self.grounds:
                found.append(
                    _field("grounds", "依据", "choice", required=True, choices=self.grounds)
                )
            found.append(_field("reason", "理由", "long", required=True, max=2000))
            return tuple(found)
        label = "要求" if self.answer == FEEDBACK else "内容"
        found.append(_field("text", label, "long", required=True, max=2000))
        if self.to == "given":
            found.append(_field("to", "交给哪些单位", "units", required=True))
        if self.answer == FEEDBACK:
            found.append(_field("due", "何时前反馈", "date", future=True))
        return tuple(found)


def _field(name: str, label: str, kind: str, **more: object) -> Field:
    return Field(id=name, label=label, type=kind, **more)  # pyright: ignore[reportArgumentType]


_WORDS = (
    lazy("延到哪天"), lazy("哪天复核"), lazy("理由"), lazy("要求"), lazy("内容"),
    lazy("交给哪些单位"), lazy("何时前反馈"), lazy("依据"),
)  # fmt: skip
"""The labels above, known to the translators."""


OPEN, ACKNOWLEDGED, ANSWERED = "open", "acknowledged", "answered"
GRANTED, REFUSED, SETTLED, FAILED, WITHDRAWN = (
    "granted", "refused", "settled", "failed", "withdrawn",
)  # fmt: skip
STATES = (OPEN, ACKNOWLEDGED, ANSWERED, GRANTED, REFUSED, SETTLED, FAILED, WITHDRAWN)
PENDING = (OPEN, ACKNOWLEDGED, ANSWERED)
"""Somebody has still to do something about it."""
OWED = (OPEN, ACKNOWLEDGED)
"""The asked unit has not answered yet."""
URGED = "urged"
"""In `Demand.data`: how often its answer was urged 催促; what was urged stands first."""
LABELS = {
    OPEN: lazy("待签收"), ACKNOWLEDGED: lazy("办理中"), ANSWERED: lazy("已反馈"),
    GRANTED: lazy("已同意"), REFUSED: lazy("未同意"), SETTLED: lazy("已办结"),
    FAILED: lazy("未兑现"), WITHDRAWN: lazy("已撤回"),
}  # fmt: skip


def awaited(file: CaseFile) -> Demand | None:
    """By what the resident is waited for while the case stands still: a note with a clock."""
    notes = {d.id: d for d in of(file, (), SETTLED)}
    clocks = (c for c in file.clocks if c.running) if file.paused else ()
    return next((notes[c.demand_id] for c in clocks if c.demand_id in notes), None)


def of(file: CaseFile, kinds: Iterable[str], *states: str) -> list[Demand]:
    """The case's demands of these kinds (none named: of all) in these states, oldest first."""
    wanted = tuple(kinds)
    return [d for d in file.demands if (not wanted or d.kind in wanted) and d.state in states]
