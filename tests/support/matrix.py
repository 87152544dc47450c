"""The expected matrix of a shipped blueprint, written by hand and read from tables.

A county's own table stands in `tests/core/blueprint/matrix/<name>.txt`; `oversight.txt` says
once what others may do to a case in every county. Their form:

    like langfang                      what another county's table says holds here too, except
                                       for the actions that this one states itself
    without draw                       the county does not have these actions
    received open                      a stage and its kind, or several: `assigned, handling`;
    *open, *waiting                    every stage of a kind
        action → next   role:relation …
        action(kind …) → next   …      on a pending demand of these kinds

A shared line is left out where the county has the action itself or lacks the stage.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "core" / "blueprint" / "matrix"
SHARED = "oversight"
CONTRACT = (
    "accept", "decline", "assign", "sign", "object", "redispatch", "designate", "consult", "join",
    "answer", "report", "verify", "reject_report", "reply", "rate", "close", "archive", "extend",
    "grant", "refuse", "pause", "resume", "shelve", "escalate", "chase", "supervise", "talk",
    "instruct", "acknowledge", "review", "reopen", "merge", "split", "broadcast", "callback",
    "promise", "comment",
)  # fmt: skip
"""The standard action ids of the contract; a county refuses those that it does not use."""
KINDS = ("open", "waiting", "closed")
_FINDS = {
    "acknowledge": ("open",),
    "feedback": ("open", "acknowledged"),
    "settle": ("answered",),
}
_NEXT = re.compile(r"(@?[a-z_.]+)(?:\((all|lead|low|high)\))?")
_LINE = re.compile(r"(?P<action>\w+)(?:\((?P<kinds>[\w ]+)\))? → (?P<leads>.+?)   +(?P<who>.+)")


def finds(action: str) -> tuple[str, ...]:
    """In which states an action finds the demand it works on; most find it while it waits."""
    return _FINDS.get(action, ("open", "acknowledged", "answered"))


@dataclass(frozen=True, slots=True)
class Line:
    """One action in one stage."""

    stage: str
    action: str
    leads: dict[str, str]
    """Next stage by condition: `""` always, `all`, `lead`, `low`, `high`; `.` stays."""
    who: dict[str, str]
    """Role → relation to the case."""
    kinds: tuple[str, ...] = ()
    """On a pending demand of one of these kinds; none: the action needs no demand."""


Key = tuple[str, str]
"""(stage, action)"""


@dataclass(slots=True)
class Table:
    """One file as it is read."""

    stages: dict[str, str] = field(default_factory=dict)
    """Stage → its kind, in the order of the file."""
    lines: list[Line] = field(default_factory=list)
    without: set[str] = field(default_factory=set)


@cache
def _table(name: str) -> Table:
    """A county's own table, with what it takes over from another county's."""
    found, own = Table(), Table()
    for text in _texts(name):
        word, _, rest = text.partition(" ")
        if word == "like":
            base = _table(rest)
            found = Table(dict(base.stages), list(base.lines), set(base.without))
    here: list[str] = []
    for text in _texts(name):
        if text.startswith(" "):
            own.lines += [_line(text, stage) for stage in here]
        elif text.startswith("without "):
            own.without = set(text.split()[1:])
        elif not text.startswith("like "):
            here = [_stage(part.split(), found.stages) for part in text.split(", ")]
    actions = {line.action for line in own.lines}
    found.lines = [x for x in found.lines if x.action not in actions | own.without] + own.lines
    found.without |= own.without
    return found


def _texts(name: str) -> Iterator[str]:
    for text in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if text.strip() and not text.strip().startswith("#"):
            yield text.rstrip()


def _stage(words: list[str], stages: dict[str, str]) -> str:
    if words[0].startswith("*"):
        return words[0]
    if len(words) > 1:
        assert words[1] in KINDS, words
        stages[words[0]] = words[1]
    assert words[0] in stages, f"{words[0]}: of what kind is this stage?"
    return words[0]


def _line(text: str, stage: str) -> Line:
    found = _LINE.fullmatch(text.strip())
    assert found is not None, text
    return Line(
        stage,
        found["action"],
        {m[2] or "": m[1] for m in _NEXT.finditer(found["leads"])},
        dict(w.split(":") for w in found["who"].split()),
        tuple((found["kinds"] or "").split()),
    )


def _spread(table: Table) -> Iterator[Line]:
    """The county's own lines; one for a kind of stage stands in each of them."""
    for line in table.lines:
        for stage, kind in table.stages.items():
            if line.stage in (stage, f"*{kind}"):
                yield replace(line, stage=stage)


def _shared(table: Table) -> Iterator[Line]:
    """What `oversight.txt` says of these stages; `@reopen` is where the county's own one leads."""
    taken = {line.action for line in table.lines} | table.without
    known = {f"@{x.action}": x.leads.get("", ".") for x in table.lines}
    here: list[str] = []
    for text in _texts(SHARED):
        if not text.startswith(" "):
            wanted = text.split(", ")
            here = [s for s, k in table.stages.items() if s in wanted or f"*{k}" in wanted]
            continue
        for line in [_line(text, stage) for stage in here]:
            leads = {c: known.get(target, target) for c, target in line.leads.items()}
            if line.action not in taken and {*leads.values()} <= {".", *table.stages}:
                yield Line(line.stage, line.action, leads, line.who, line.kinds)


@cache
def matrix(name: str) -> dict[Key, tuple[Line, ...]]:
    """(stage, action) → its lines; several where demands of different kinds are told apart."""
    found: dict[Key, tuple[Line, ...]] = {}
    table = _table(name)
    for line in (*_spread(table), *_shared(table)):
        before = found.get((line.stage, line.action), ())
        again = [x for x in before if {*x.kinds} & {*line.kinds} or x.kinds == line.kinds]
        assert not again, f"{name}: {line.stage} {line.action} stands twice"
        found[line.stage, line.action] = (*before, line)
    return found


@cache
def lines(name: str, stage: str | None = None) -> tuple[Line, ...]:
    """All lines of a county, or those of one stage."""
    every = (line for several in matrix(name).values() for line in several)
    return tuple(line for line in every if stage in (None, line.stage))


@cache
def stages(name: str) -> dict[str, str]:
    """The stages that the table knows with their kinds, in its order."""
    return _table(name).stages
