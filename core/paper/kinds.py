"""The papers that officials sign, who may print them, and when there is something to print."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.cases.detail import Detail
from core.cases.public import ending
from core.rules.case import CLOSED
from core.rules.permissions import Permission
from core.words import Text, lazy

INSTRUCTION = frozenset({"instruction"})
ORDER = frozenset({"supervision", "listed"})
PROMISE = frozenset({"promise"})
"""Kinds of demands that a paper writes down, as `common.yaml` calls them."""

_SHIPPED = Path(__file__).parent / "shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One kind of document."""

    id: str
    label: Text
    sign: str
    """How its document numbers begin: 「督办〔2026〕123号」."""
    about: Text
    """For whom and what, in a line."""
    ready: Callable[[Detail], bool]
    """Whether the case has come so far that it makes sense."""
    demands: frozenset[str] = frozenset()
    """The kind of demand that it writes down, where it does."""

    @property
    def shipped(self) -> bytes:
        """The template that comes with OneDoor."""
        return (_SHIPPED / f"{self.id}.docx").read_bytes()


def _handed_over(found: Detail) -> bool:
    return bool(found.file.tasks)


def _replied(found: Detail) -> bool:
    """Also where it ended without an answer: why it is not accepted is told in writing."""
    return bool(found.file.case.reply or ending(found))


def _pressed(kinds: frozenset[str]) -> Callable[[Detail], bool]:
    """While it is open, as a form to be written on; later only where there was one."""
    return lambda found: (
        found.file.case.stage_kind != CLOSED or any(d.kind in kinds for d in found.file.demands)
    )


PAPERS: dict[str, Paper] = {
    p.id: p
    for p in (
        Paper(
            id="dispatch",
            label=lazy("交办单"),
            sign="交办",
            about=lazy("把诉求交给单位办，单位签收"),
            ready=_handed_over,
        ),
        Paper(
            id="order",
            label=lazy("督办单"),
            sign="督办",
            about=lazy("督促单位限期办理并反馈"),
            ready=_pressed(ORDER),
            demands=ORDER,
        ),
        Paper(
            id="instruction",
            label=lazy("批示单"),
            sign="批示",
            about=lazy("请领导批示，或印出已有的批示"),
            ready=_pressed(INSTRUCTION),
            demands=INSTRUCTION,
        ),
        Paper(
            id="reply",
            label=lazy("答复函"),
            sign="答复",
            about=lazy("给反映人的书面答复"),
            ready=_replied,
        ),
        Paper(
            id="agreement",
            label=lazy("调解协议书"),
            sign="调解",
            about=lazy("双方当事人签字的协议"),
            ready=_handed_over,
        ),
        Paper(
            id="archive",
            label=lazy("卷宗"),
            sign="卷宗",
            about=lazy("办结后归档：封面、目录和全部经过"),
            ready=lambda found: found.file.case.stage_kind == CLOSED,
        ),
    )
}


def printable(found: Detail) -> list[Paper]:
    """What its reader may print of a case now."""
    if Permission.CASE_PRINT not in found.reader.permissions:
        return []
    return [p for p in PAPERS.values() if p.ready(found)]
