"""What becomes of one case in the demo county: quick or late, returned, joined, rated, reopened.

Everything goes through `replay`, so it is what the county's table allows and what its people
do. What would lie ahead of now has not happened yet: such cases are still open.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

from core.cases.replay import Past, Story
from core.cases.standing import parties_of
from core.demo.texts import Matter, Texts
from core.ledger.change import Change
from core.rules.case import CLOSED, OPEN, OPENED, SIGNED, WAITING
from core.rules.routing import To

STUCK = 0.03
"""Share of recent cases that stand still: nobody takes them, or they run out of time."""
ACCEPTED, ON_THE_SPOT, DECLINED, RETURNED, JOINED, REJECTED = 0.3, 0.62, 0.03, 0.02, 0.05, 0.02
LATE, RATED, LOW, ARCHIVED = 0.07, 0.5, 0.08, 0.04

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_BEIJING = 8 * _HOUR
_RECENT = 45 * _DAY
_STATIONS = tuple(To(duty=duty, level="township") for duty in ("city", "justice", "safety"))
"""A township's own stations: they get what the table leaves to the centre."""


class _Ahead(Exception):
    """The next step has not happened yet."""


class Course:
    """One case from its receipt to now, or to its end."""

    def __init__(
        self,
        past: Past,
        change: Change,
        matter: Matter,
        texts: Texts,
        rng: Random,
        now: datetime,
        steps: int | None = None,
    ) -> None:
        self.story = Story(past, change)
        self.case = change.file.case
        self.matter, self.texts, self.rng, self.now = matter, texts, rng, now
        self.at = change.at
        self.recent = now - change.at < _RECENT
        self.formal = steps is not None or rng.random() < ACCEPTED
        """Whether it is registered first; the others are settled or handed on as they come."""
        if steps is None and self.recent and rng.random() < STUCK:
            steps = (0, 0, 0, 1, 1, 2, 3)[int(rng.random() * 7)]
        self.left = 99 if steps is None else steps
        """Steps that are still taken before the case stands still."""

    def run(self) -> Story:
        """Tell the whole story."""
        with suppress(_Ahead):
            while self.case.stage_kind == OPEN and self.case.reopened < 3:
                self._handle()
                self._rate()
        if self.case.stage_kind != CLOSED:
            self.story.settle(self.now, reminded=self.recent)
        if self.case.stage_kind == CLOSED and self.rng.random() < ARCHIVED:
            with suppress(_Ahead):
                self.at = self.case.closed_at or self.at
                self._do("archive", {}, self._hours(100, 1500))
        return self.story

    def _do(
        self, action: str, data: dict[str, Any], after: timedelta, unit: str | None = None
    ) -> None:
        at = self._awake(self.at + after)
        if at > self.now or self.left == 0:
            raise _Ahead
        self.left -= 1
        if self.recent:
            before = self.case.stage
            self.story.settle(at, reminded=True)
            if self.case.stage != before:
                raise _Ahead  # time has acted first
        self.story.act(action, data, at, unit)
        self.at = at

    def _said(self, field: str, what: str) -> dict[str, str]:
        words = self.texts.words[what]
        return {field: words[int(self.rng.random() * len(words))]}

    def _awake(self, at: datetime) -> datetime:
        """Nobody acts at night: what falls there is done the next morning."""
        hour = (at.hour + 8) % 24
        if hour >= 19:
            return at + (32 - hour) * _HOUR
        return at + (8 - hour) * _HOUR if hour < 8 else at

    def _hours(self, least: float, most: float) -> timedelta:
        """Most often near `least`, seldom near `most`."""
        share = self.rng.random()
        return timedelta(seconds=int(3600 * (least + (most - least) * share * share)))

    def _handle(self) -> None:
        """From where it stands to the answer."""
        rng, file = self.rng, self.story.file
        if not file.running_tasks():
            if self.case.stage == "collected" and self.formal:
                self._do("accept", {}, self._hours(0.1, 10))
            chance = rng.random()
            if chance < ON_THE_SPOT and not self.case.reopened:
                text = self.texts.reply(rng, self.matter)
                return self._do("answer", {"text": text}, self._hours(0.1, 16))
            if chance < ON_THE_SPOT + DECLINED and not self.case.reopened:
                return self._do("decline", self._said("reason", "decline"), self._hours(1, 10))
            self._assign()
        elif rng.random() < JOINED:
            self._join()
        self._sign()
        if rng.random() < RETURNED:
            self._return()
        self._report()
        if rng.random() < REJECTED:
            self._do("reject_report", self._said("reason", "reject"), self._hours(1, 6))
            self._sign()
            self._report()
        self._do("verify", {"text": self.texts.reply(rng, self.matter)}, self._hours(0.3, 14))
        return None

    def _assign(self) -> None:
        units = self.story.past.world.units
        to = _STATIONS[int(self.rng.random() * len(_STATIONS))]
        lead = units.nearest(to, self.case.area) or units.centre(self.case.area)
        if self.case.reopened:  # whoever had it first has it again
            before = next((t.unit for t in reversed(self.story.file.tasks) if t.lead), None)
            lead = units.units[before] if before else lead
        self._do("assign", {"lead": lead.code if lead else self.case.holder}, self._hours(0.1, 14))

    def _join(self) -> None:
        lead = next(t.unit for t in self.story.file.running_tasks() if t.lead)
        more = self.story.past.world.units.nearest(To(duty="police"), self.case.area)
        if more and more.code != lead:
            data = {"assist": [more.code]} | self._said("note", "join")
            self._do("join", data, self._hours(0.1, 2))

    def _return(self) -> None:
        lead = next(t.unit for t in self.story.file.running_tasks() if t.lead)
        self._do("object", self._said("reason", "return"), self._hours(0.3, 20), lead)
        self._assign()
        self._sign()

    def _sign(self) -> None:
        for task in [t for t in self.story.file.tasks if t.state == OPENED]:
            self._do("sign", {}, self._hours(0.1, 24), task.unit)

    def _report(self) -> None:
        tasks = [t for t in self.story.file.tasks if t.state == SIGNED]
        for task in sorted(tasks, key=lambda t: t.lead):
            due = task.due_at or task.opened_at + 10 * _DAY
            share = self.rng.random()
            if self.rng.random() < LATE:
                share = 1.3 + 1.5 * share
            end = task.opened_at + (due - task.opened_at) * (0.05 + 0.75 * share)
            result = {"result": self.texts.result(self.rng, self.matter)}
            self._do("report", result, max(end - self.at, self._hours(0.2, 2)), task.unit)

    def _rate(self) -> None:
        """About half rate; who is dissatisfied gets it handled again."""
        if self.case.stage_kind != WAITING:
            return
        if self.rng.random() >= RATED:
            raise _Ahead  # nobody does; after a week the county's rule closes it
        chance = self.rng.random()
        score = (
            1 + int(2 * self.rng.random()) if chance < LOW else 3 + (chance > 0.2) + (chance > 0.45)
        )
        parties = parties_of(self.story.past.world.blueprint, self.case) or {"": ""}
        for party in parties:
            if self.case.stage_kind == "waiting":
                said = self.texts.opinion(self.rng, score) | ({"party": party} if party else {})
                self._do("rate", said, self._hours(0.5, 130))
