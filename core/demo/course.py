"""What becomes of one case in the demo county: quick or late, returned, joined, rated, reopened.

Everything goes through `replay`, so it is what the county's table allows and its people do.
What would lie ahead of now simply has not happened yet: such cases are still open.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from core.cases.replay import Past, Story
from core.demo.texts import Matter, Texts
from core.errors import NotPermitted
from core.ledger.change import Change
from core.rules.case import CLOSED, OPENED, SIGNED, Task
from core.rules.routing import To
from core.rules.workflow import Transition

STUCK = 0.022
"""Share of recent cases that stand still: nobody has taken them, or they have run out of time."""
LATE, RETURNED, JOINED, REJECTED, RATED, LOW = 0.07, 0.02, 0.05, 0.02, 0.55, 0.09

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_RECENT = 45 * _DAY
_STATIONS = ("city", "justice", "safety")
"""Duties of a township's own stations, which get what the table leaves to the centre."""


class Course:
    """Tells one case after the other."""

    def __init__(self, past: Past, texts: Texts, rng: Random, now: datetime) -> None:
        self.past, self.texts, self.rng, self.now = past, texts, rng, now

    def tell(self, change: Change, matter: Matter) -> Story:
        """The case from its receipt to now, or to the end of its course."""
        story, start = Story(self.past, change), change.at
        recent = self.now - start < _RECENT
        stop = int(self.rng.random() * 4) if recent and self.rng.random() < STUCK else None
        for step, at in enumerate(self._steps(story, matter)):
            if step == stop or at is None:
                break
        if story.file.case.stage_kind != CLOSED:
            story.settle(self.now, reminded=recent)
        return story

    def _steps(self, story: Story, matter: Matter) -> Iterator[datetime | None]:
        """Take one step after the other; yields its time, or None where it lies ahead.

        The first value stands before any step: a case may stand still untaken.
        """
        at = story.change.at
        yield at
        tries = 0
        while tries < 3:
            tries += 1
            for done in self._handled(story, matter, at):
                at = done or at
                yield done
                if done is None:
                    return
            for done in self._rated(story, at):
                at = done or at
                yield done
                if done is None:
                    return
            if story.file.case.stage_kind != "open":
                break
        if story.file.case.stage_kind == CLOSED and self.rng.random() < 0.04:
            yield self._do(story, "archive", {}, at + _DAY * (5 + self.rng.random() * 60))

    def _handled(self, story: Story, matter: Matter, at: datetime) -> Iterator[datetime | None]:
        """From where it stands to the answer."""
        rng, texts = self.rng, self.texts
        if not story.file.running_tasks():
            chance = rng.random()
            if chance < 0.62 and story.file.case.reopened == 0:
                text = texts.reply(rng, matter)
                yield self._do(story, "answer", {"text": text}, self._office(at, 0.1, 8))
                return
            if chance < 0.64 and story.file.case.reopened == 0:
                reason = "经核实，所述事项已在法院诉讼程序中，请按法院通知办理。"
                yield self._do(story, "decline", {"reason": reason}, self._office(at, 1, 10))
                return
            yield (at := self._assign(story, self._office(at, 0.1, 6)) or self.now + _DAY)
        elif rng.random() < JOINED:
            yield (at := self._join(story, self._office(at, 0.1, 3)) or at)
        if at > self.now:
            yield None
            return
        if rng.random() < RETURNED:
            reason = "经查不属于本单位职责，请改派。"
            yield (at := self._do(story, "object", {"reason": reason}, self._office(at, 0.5, 20)) or at)
            if not story.file.running_tasks():
                yield (at := self._assign(story, self._office(at, 0.2, 6)) or self.now + _DAY)
        yield (at := self._sign(story, at))
        yield (at := self._report(story, matter, at))
        if rng.random() < REJECTED and at:
            reason = "反馈过于笼统，请写明采取的措施和现场结果。"
            yield (at := self._do(story, "reject_report", {"reason": reason}, self._office(at, 1, 6)))
            yield (at := self._sign(story, at))
            yield (at := self._report(story, matter, at))
        yield self._do(story, "verify", {"text": texts.reply(rng, matter)},
                       self._office(at or self.now + _DAY, 0.5, 12))  # fmt: skip
