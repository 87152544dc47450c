"""One case at the door: who may open it, and how it is put before the resident."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.door import seal, when
from api.door.ask import Ask
from core.access.actor import NOBODY, Actor, resident
from core.cases.admit import admit
from core.cases.numbers import tidy_number
from core.cases.public import PublicView, public_view
from core.errors import NotFound, OneDoorError, TooMany
from core.now import now
from core.rules.case import CLOSED, WAITING
from core.rules.deadlines import describe_left, time_left
from core.rules.forms import Label
from core.rules.masking import mask_text
from core.rules.workflow import CALLBACK, Transition
from core.words import _, lazy, pick

PASS = "door_case"  # noqa: S105 (the name of a cookie)
_ENDS = "。！？!?；;… "
SCORES = {
    5: lazy("非常满意"),
    4: lazy("满意"),
    3: lazy("基本满意"),
    2: lazy("不满意"),
    1: lazy("非常不满意"),
}


def tidy_code(text: str) -> str:
    """A query code without blanks and full-width digits."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))[:20]


def knock(ask: Ask, number: str, code: str) -> Actor | OneDoorError:
    """The resident who holds number and code, with a pass to keep; else why not. Where no more
    codes are heard, the pass counts."""
    with ask.office.work(NOBODY) as work:
        refusal = admit(work, tidy_number(number), tidy_code(code), ask.address)
        who = work.actor
    if isinstance(refusal, TooMany):  # somebody guesses; who has been let in before stays in
        return passing(ask, tidy_number(number)) or refusal
    if refusal is not None:
        return refusal
    keep_pass(ask, who)
    return who


def keep_pass(ask: Ask, who: Actor) -> None:
    """Let this browser show the case for some hours without the code."""
    secret = ask.office.settings.secret_key
    value = seal.make_pass(secret, who.number, who.code_hash)
    ask.keep(PASS, value, int(seal.PASS_LIFE.total_seconds()), f"/t/{who.number}")


def passing(ask: Ask, number: str) -> Actor | None:
    """The resident whose pass the browser shows."""
    value = ask.request.cookies.get(PASS, "")
    code_hash = seal.open_pass(ask.office.settings.secret_key, number, value) if value else None
    return resident(number, code_hash) if code_hash else None


@dataclass(frozen=True, slots=True)
class Opened:
    """A case as its page words it."""

    view: PublicView

    @property
    def number(self) -> str:
        """The case's number."""
        return self.view.case.number

    @property
    def title(self) -> str:
        """The matter in a line, visibly cut where it is only the beginning of the words."""
        case = self.view.case
        rest = " ".join(case.body.split()).partition(case.title)[2]
        return f"{case.title}……" if rest and rest[0] not in _ENDS else case.title

    @property
    def why_closed(self) -> str:
        """What was said where a case ended without an answer."""
        view = self.view
        ended = view.case.stage_kind == CLOSED and not view.case.reply
        return view.lines[-1].text if ended and view.lines else ""

    @property
    def body(self) -> str:
        """What was said; phone and identity numbers masked, since screens get shared."""
        return mask_text(self.view.case.body)

    @property
    def place(self) -> str:
        """Where it happened."""
        case = self.view.case
        return " · ".join(p for p in (self.view.world.area_path(case.area), case.address) if p)

    @property
    def is_late(self) -> bool:
        """Whether the answer is overdue: the only thing shown in red."""
        case = self.view.case
        open_still = case.stage_kind not in (CLOSED, WAITING)
        return open_still and case.due_at is not None and now() > case.due_at

    @property
    def until(self) -> datetime | None:
        """The date that counts now: the answer's, or until when a rating is awaited."""
        case = self.view.case
        if case.stage_kind == CLOSED:
            return None
        return self.view.waits_until if case.stage_kind == WAITING else case.due_at

    @property
    def left(self) -> str:
        """How long the office still has: 「剩 3 个工作日」."""
        if self.view.case.stage_kind == WAITING:
            return ""
        calendar = self.view.world.blueprint.clock_calendar
        return describe_left(time_left(now(), self.until, calendar)) if self.until else ""

    @property
    def next_sentence(self) -> str:
        """What comes next and by when."""
        case = self.view.case
        at = when.deadline(self.until) if self.until else ""
        if case.stage_kind == CLOSED:
            return _("办结时间：{time}", time=when.moment(case.closed_at)) if case.closed_at else ""
        if case.stage_kind == WAITING:
            if not at:
                return _("请看下面的答复，并给我们打分")
            if self._closes_itself:
                return _("请看下面的答复并打分；{time} 前没有评价，就自动办结", time=at)
            return _("请在 {time} 前看答复并打分", time=at)
        if self.view.paused:
            return self._waiting
        if not at:
            return _("答复期限待定：国家公布放假安排后才能算出")
        if self.is_late:
            return _("本应在 {time} 前答复您，已经超期，正在催办", time=at)
        return _("最晚 {time} 前答复您", time=at)

    @property
    def _waiting(self) -> str:
        """Why the clocks stand still."""
        if self.view.shelved_until is not None:
            day = when.day(self.view.shelved_until)
            return _("这件事暂时办不了，先挂账；{day} 再看，到时接着办", day=day)
        until = self.view.wanted_until
        if until is not None and until > now():
            day = when.day(until)
            return _("等您在 {day} 前补充情况，暂停计时；您在下面补充后，马上接着办", day=day)
        return _("等您补充情况，暂停计时；您在下面补充后，马上接着办")

    @property
    def _closes_itself(self) -> bool:
        blueprint = self.view.world.blueprint
        ladder = blueprint.workflow.stages[self.view.case.stage].ladder
        return any(rung.do for rung in blueprint.ladders[ladder])

    @property
    def category(self) -> str:
        """What it is about, in the county's words."""
        found = self.view.world.blueprint.categories.get(self.view.case.category)
        return pick(found.label) if found else ""

    @property
    def details(self) -> Sequence[tuple[str, str]]:
        """What was answered to the category's own questions."""
        case = self.view.case
        category = self.view.world.blueprint.categories.get(case.category)
        return [
            (pick(f.label), _shown(f.choices, case.form[f.id]))
            for f in (category.fields if category else ())
            if f.id in case.form
        ]

    def party(self, party: str) -> str:
        """Which of several parties rated; what was said on the telephone is said so."""
        if party == CALLBACK:
            return _("电话回访")
        return pick(self.view.world.blueprint.rating.parties.get(party, party))

    def reasons(self, reasons: Sequence[str]) -> str:
        """The reasons that were ticked."""
        known = self.view.world.blueprint.rating.reasons
        return _("、").join(pick(known.get(r, r)) for r in reasons)

    def action(self, action_id: str) -> Transition | None:
        """A thing that the resident may do now."""
        return next((t for t in self.view.actions if t.id == action_id), None)

    @property
    def rate(self) -> Transition | None:
        """The rating, where it is time for it."""
        return next((t for t in self.view.actions if "record_rating" in t.effects), None)

    @property
    def others(self) -> Sequence[Transition]:
        """Whatever else the resident may do now."""
        return [t for t in self.view.actions if t is not self.rate]


def _shown(choices: Mapping[str, Label], value: object) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    items = value if isinstance(value, list) else [value]
    return _("、").join(pick(choices.get(str(i), str(i))) for i in items)


def open_case(ask: Ask, who: Actor) -> Opened:
    """The case as `who` may see it.

    Raises:
        NotFound: it is not theirs, or not any more.
    """
    if not who.number:
        raise NotFound
    with ask.office.look(who) as look:
        return Opened(public_view(look))
