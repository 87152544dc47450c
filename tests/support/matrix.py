"""The expected matrix of a shipped blueprint, written by hand and read from a table."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "core" / "blueprint" / "matrix"
CONTRACT = (
    "accept", "decline", "assign", "sign", "object", "redispatch", "designate", "consult", "join",
    "answer", "report", "verify", "reject_report", "reply", "rate", "close", "archive", "extend",
    "grant", "refuse", "pause", "resume", "shelve", "escalate", "chase", "supervise", "talk",
    "instruct", "acknowledge", "review", "reopen", "merge", "split", "broadcast", "callback",
    "promise", "comment",
)  # fmt: skip
"""The standard action ids of the contract; a county refuses those that it does not use."""
_NEXT = re.compile(r"([a-z_.]+)(?:\((all|lead|low|high)\))?")


@dataclass(frozen=True, slots=True)
class Line:
    """One action in one stage."""

    stage: str
    action: str
    leads: dict[str, str]
    """Next stage by condition: `""` always, `all`, `lead`, `low`, `high`; `.` stays."""
    who: dict[str, str]
    """Role → relation to the case."""


@cache
def matrix(name: str) -> dict[tuple[str, str], Line]:
    """(stage, action) → line; a stage without lines is a key of `stages`."""
    found: dict[tuple[str, str], Line] = {}
    stage = ""
    for text in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        if not text.startswith(" "):
            stage = text.strip()
            continue
        action, rest = text.strip().split(" → ")
        leads, who = rest.split("   ")
        line = Line(
            stage,
            action,
            {m[2] or "": m[1] for m in _NEXT.finditer(leads)},
            dict(w.split(":") for w in who.split()),
        )
        assert (stage, action) not in found, f"{name}: {stage} {action} stands twice"
        found[stage, action] = line
    return found


@cache
def stages(name: str) -> tuple[str, ...]:
    """The stages that the table knows, in its order."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(t for t in lines if t and not t.startswith((" ", "#")))
