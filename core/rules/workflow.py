"""The loop is data: stages, and a table of transitions between them.

Code knows only stage *kinds* and action *effects*. A transition says from where, by whom,
what must be filled in, what follows and where the case stands afterwards. What one person
may do now is asked in `core.rules.may`.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from pydantic import Field as Constraint
from pydantic import model_validator

from core.rules.case import CLOSED, WAITING
from core.rules.deadlines import TermText
from core.rules.demands import ANSWERED, OPEN, OWED, PENDING
from core.rules.forms import Code, Field, Label, Rule
from core.rules.permissions import ROLES
from core.words import _

Effect = Literal[
    "open_tasks", "add_tasks", "withdraw_tasks", "sign_task", "return_task", "finish_task",
    "rework", "take", "pass_up", "to_sender", "record_reply", "retract_reply", "record_rating",
    "reopen", "resolve_now",
    "ask", "acknowledge", "feed_back", "settle", "press", "urge", "withdraw_demand", "grant",
    "refuse", "pause", "resume", "go_on", "chase", "grade", "designate", "conclude", "promise",
    "keep", "break_promise", "review", "call_back", "to_first", "merge", "keep_up", "separate",
    "split", "returnable", "sum_up",
]  # fmt: skip
"""
open_tasks     hand the case to a lead unit and assisting units, each with a task and a clock
add_tasks      bring in further assisting units
withdraw_tasks take back what nobody has finished
sign_task      the actor's unit takes its task
return_task    the actor's unit gives its task back: wrong dispatch
finish_task    the actor's unit reports its result
rework         the lead gets its finished task once more: the report was not good enough
take           the actor's unit becomes the holder
pass_up        the unit above the holder becomes the holder
to_sender      the unit that assigned becomes the holder again
record_reply   the words to the resident; stops the case's clock
retract_reply  the reply does not count: the case's clock goes on as if it had not been given
record_rating  the score of the resident, or of one of the parties
reopen         a closed or answered case runs again, with a new clock, at the unit that assigned
resolve_now    solved on the spot: the same as a reply, without tasks

On demands (`core.rules.demands`); the row's `demands` says of which kinds:
ask            somebody is asked: the demand is opened, its clock starts
acknowledge    the asked unit has seen it
feed_back      the asked unit answers
settle         the answer is accepted
press          it is not: the demand is open again, with a new date
urge           there is none yet: the asked unit is told again, and finds it first
withdraw_demand  the asker takes it back
grant, refuse  the asked unit decides; granting does what the kind says (`then`)

pause, resume  all clocks of the case stand still, and go on with what was left
go_on          the resident has added what was waited for: resumed, unless shelved or not paused
chase          counted; chased cases stand first
grade          hard or easy: other deadlines may follow from it
designate      hand the case out by decision: those units may not return it
conclude       minutes or an agreement end the consultation or the panel
promise        dated promises of an agreement, each checked on its day
keep, break_promise  what a check of a promise found
review         a deputy's score and suggestion; an unsatisfactory one must be answered to them
call_back      the resident was asked; only a valid call-back counts
to_first       the first unit that ever led leads again
merge          the case goes on within another one, whose reply will be its own; separate: no more
keep_up        its deadline follows that of the case it was merged into
split          a part of the matter becomes a case of its own
returnable     nothing by itself; the actor's unit has a task that was not given by decision
sum_up         the lead reports what all found: after its assisting units, whose last tells it so
"""

Relation = Literal[
    "seen", "area", "holder", "task", "lead", "own", "registered", "asked", "asker", "stand_in"
]  # fmt: skip
"""
seen        whoever sees the case
area        the case lies in the person's area
holder      the person's unit holds the case
task        the person's unit, or one below it, has a running task in it
lead        the person's unit, or one below it, leads it
own         the resident whose case it is
registered  the person who registered it
asked       the person's unit is asked by a demand that the row is about; where that unit is gone,
            or lets the date of a decision pass, a dispatcher of the area stands in. Nobody decides
            what they, or colleagues who had to ask another unit, ask for
asker       the person asked it, or works in the unit that did
stand_in    whoever asked it has no account any more, and the case lies in the person's area: what
            belongs to the asker alone must not wait for ever for somebody who left
"""

STANDING: dict[str, tuple[str, ...]] = {
    "acknowledge": (OPEN,),
    "feed_back": OWED,
    "settle": (ANSWERED,),
    "press": (ANSWERED,),
    "urge": OWED,
    "withdraw_demand": PENDING,
    "grant": PENDING,
    "refuse": PENDING,
    "keep": PENDING,
    "break_promise": PENDING,
}
"""In which states an effect finds the demand that it works on."""


ON_MATTERS = frozenset(
    {"instruct", "acknowledge", "feedback", "settle", "press", "withdraw", "talk", "circulate"}
)
"""What may be done with a matter that is no appeal (`Case.is_matter`): nobody is replied to."""

DECIDING = frozenset({"grant", "refuse"})
"""Effects that decide."""
CALLBACK = "callback"
"""Whose score a call-back's is, beside the residents' own."""
BY_SCORE = ("low", "high")
SCORED = frozenset({"record_rating", "review", "call_back"})
"""Effects that take a score."""


class Stage(Rule):
    """Where a case stands."""

    label: Label
    kind: Literal["open", "waiting", "closed"]
    step: str = ""
    """Which of the loop's public steps this stage belongs to (`Workflow.steps`)."""
    term: TermText | None = None
    """A clock of its own while the case stands here, e.g. `1wd`; without one an open stage
    leans on the case's own clock."""
    ladder: str = "default"


class Transition(Rule):
    """One row of the table."""

    id: Code
    label: Label
    sources: tuple[str, ...] = Constraint(alias="from", min_length=1)
    target: str | None = Constraint(default=None, alias="to")
    """Next stage; None leaves the case where it stands."""
    once: Literal["always", "all_done", "lead", "low", "high"] = "always"
    """When the target is reached: at once; when no task runs any more; only if the actor's
    task led; only on a rating (review, call-back) below, or at or above, the satisfied line.
    Good ratings are waited for from every party, one bad one is enough."""
    who: dict[str, Relation]
    effects: tuple[Effect, ...] = ()
    demands: tuple[Code, ...] = ()
    """The kind of demand that the row opens, or the kinds that it works on (none: on any)."""
    fields: tuple[Field, ...] = ()
    """Fields beside those that the effects ask for."""
    notify: tuple[Literal["tasks", "holder", "centre", "registrar"], ...] = ()
    public: bool = False
    """Whether the resident sees this line in the case's history."""
    usual: bool = False
    """The usual next step: shown first and marked."""
    note: Label = ""
    """What will happen, said before the tap."""

    @property
    def standing(self) -> tuple[str, ...]:
        """In which states it finds the demand that it works on."""
        return next((STANDING[e] for e in self.effects if e in STANDING), PENDING)


class Workflow(Rule):
    """The whole table, with the checks that make it a loop nobody falls out of."""

    steps: dict[str, Label]
    """The public steps in order, as the county names them: 接办, 交办 …"""
    start: str
    stages: dict[str, Stage]
    transitions: tuple[Transition, ...]

    @model_validator(mode="after")
    def _is_a_loop(self) -> "Workflow":
        faults = [*self._unknown()]
        faults = faults or [*self._row_faults(), *self._stage_faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _unknown(self) -> Iterator[str]:
        """Names that nothing stands behind."""
        if self.start not in self.stages:
            yield _("start：没有阶段“{stage}”", stage=self.start)
        for stage_id, stage in self.stages.items():
            if stage.step and stage.step not in self.steps:
                yield _("阶段 {stage}：没有步骤“{step}”", stage=stage_id, step=stage.step)
        for t in self.transitions:
            for stage in (*t.sources, *((t.target,) if t.target else ())):
                if stage not in self.stages:
                    yield _("操作 {action}：没有阶段“{stage}”", action=t.id, stage=stage)
            for role in t.who:
                if role not in ROLES:
                    yield _("操作 {action}：没有角色“{role}”", action=t.id, role=role)

    def _row_faults(self) -> Iterator[str]:
        seen: set[tuple[str, str, frozenset[str], tuple[str, ...]]] = set()
        for t in self.transitions:
            for stage in t.sources:
                row = (stage, t.id, frozenset(t.demands), t.standing)
                if row in seen and t.once not in BY_SCORE:
                    yield _("操作 {action}：在阶段“{stage}”里出现了两次", action=t.id, stage=stage)
                seen.add(row)
            for role, relation in t.who.items():
                if (role == "resident") != (relation == "own"):
                    yield _("操作 {action}：群众只能办自己的诉求，用且只用 own", action=t.id)
            if {"ask", "promise", "review"} & {*t.effects} and len(t.demands) != 1:
                yield _("操作 {action}：demands 里应正好写一种要求", action=t.id)
            if t.once in BY_SCORE and not self._has_twin(t):
                yield _(
                    "操作 {action}：low 和 high 两行必须成对，都记录评分，阶段和人员也相同",
                    action=t.id,
                )

    def _has_twin(self, t: Transition) -> bool:
        """Whether a score above the line is as free to go on as one below it."""
        scored = SCORED & {*t.effects}
        return bool(scored) and any(
            {o.once, t.once} == set(BY_SCORE)
            and scored & {*o.effects}
            and (o.id, set(o.sources), o.who) == (t.id, set(t.sources), t.who)
            for o in self.transitions
        )

    def _stage_faults(self) -> Iterator[str]:
        ways = {
            s: {t.target for t in self.transitions if t.target and s in t.sources}
            for s in self.stages
        }
        unreached = self.stages.keys() - _reach(self.start, ways)
        if unreached:
            yield _("这些阶段走不到：{stages}", stages=_("、").join(sorted(unreached)))
        for stage_id, stage in self.stages.items():
            if not any(self.stages[s].kind == CLOSED for s in _reach(stage_id, ways)):
                yield _("阶段 {stage}：从这里走不到办结", stage=stage_id)
            if stage.kind == WAITING and not stage.term:
                yield _("阶段 {stage}：等待群众的阶段必须写 term", stage=stage_id)

    def all_done(self, stage: str) -> str | None:
        """Where a case goes from `stage` once every unit has reported."""
        rows = (t for t in self.transitions if t.once == "all_done" and stage in t.sources)
        return next((t.target for t in rows), None)

    def leaving(self, stage: str) -> tuple[Transition, ...]:
        """The rows that may be taken in `stage`, in the order of the table."""
        return self._by_stage.get(stage, ())

    def sums_up(self, stage: str) -> bool:
        """Whether the lead reports there after its assisting units, for all of them."""
        return any("sum_up" in t.effects for t in self.leaving(stage))

    def find(self, stage: str, action: str) -> tuple[Transition, ...]:
        """The rows for `action` in `stage`; several only where `once` tells them apart."""
        return self._rows.get((stage, action), ())

    @cached_property
    def merged(self) -> frozenset[str]:
        """The stages in which a case waits for the reply of another one."""
        return frozenset(t.target for t in self.transitions if t.target and "merge" in t.effects)

    @cached_property
    def _by_stage(self) -> dict[str, tuple[Transition, ...]]:
        return {s: tuple(t for t in self.transitions if s in t.sources) for s in self.stages}

    @cached_property
    def _rows(self) -> dict[tuple[str, str], tuple[Transition, ...]]:
        found: dict[tuple[str, str], tuple[Transition, ...]] = {}
        for row in self.transitions:
            for stage in row.sources:
                found[stage, row.id] = (*found.get((stage, row.id), ()), row)
        return found


def _reach(start: str, ways: Mapping[str, set[str]]) -> set[str]:
    found, todo = {start}, [start]
    while todo:
        for stage in ways[todo.pop()] - found:
            found.add(stage)
            todo.append(stage)
    return found
