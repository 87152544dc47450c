"""The loop is data: stages, and a table of transitions between them.

Code knows only stage *kinds* and action *effects*. A transition says from where, by whom,
what must be filled in, what follows and where the case stands afterwards. The pure
question "what may this person do now?" is answered here, for pages and API alike.
"""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field as Constraint, model_validator

from core.rules.case import CLOSED, DONE, OPENED, SIGNED, CaseFile
from core.rules.forms import Code, Field, Label, Rule

Effect = Literal[
    "open_tasks", "add_tasks", "withdraw_tasks", "sign_task", "return_task", "finish_task",
    "rework", "take", "pass_up", "to_sender", "record_reply", "record_rating", "reopen",
    "resolve_now",
]  # fmt: skip
"""
open_tasks     hand the case to a lead unit and assisting units, each with a task and a clock
add_tasks      bring in further assisting units
withdraw_tasks take back what nobody has finished
sign_task      the actor's unit takes its task
return_task    the actor's unit gives its task back: wrong dispatch
finish_task    the actor's unit reports its result
rework         the lead's finished task is opened again: the report was not good enough
take           the actor's unit becomes the holder
pass_up        the unit above the holder becomes the holder
to_sender      the unit that assigned becomes the holder again
record_reply   the words to the resident; stops the case's clock
record_rating  the resident's score
reopen         a closed or answered case runs again, with a new clock
resolve_now    solved on the spot: the same as a reply, without tasks
"""

Relation = Literal["seen", "area", "holder", "task", "lead", "own", "registered"]
"""
seen        whoever sees the case
area        the case lies in the person's area
holder      the person's unit holds the case
task        the person's unit has a running task in it
lead        the person's unit leads it
own         the resident whose case it is
registered  the person who registered it
"""


class Stage(Rule):
    """Where a case stands."""

    label: Label
    kind: Literal["open", "waiting", "closed"]
    step: str = ""
    """Which of the loop's public steps this stage belongs to (`Workflow.steps`)."""
    term: str | None = None
    """A clock of its own while the case stands here, e.g. `1wd`."""
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
    task led; only on a rating below, or at or above, the satisfied line."""
    who: dict[str, Relation]
    effects: tuple[Effect, ...] = ()
    fields: tuple[Field, ...] = ()
    """Fields beside those that the effects ask for."""
    notify: tuple[Literal["tasks", "holder", "centre", "registrar"], ...] = ()
    public: bool = False
    """Whether the resident sees this line in the case's history."""
    usual: bool = False
    """The usual next step: shown first and marked."""
    once_per_case: bool = False
    note: Label = ""
    """What will happen, said before the tap."""


class Workflow(Rule):
    """The whole table, with the checks that make it a loop nobody falls out of."""

    steps: dict[str, Label]
    """The public steps in order, as the county names them: 接办, 交办 …"""
    start: str
    stages: dict[str, Stage]
    transitions: tuple[Transition, ...]

    @model_validator(mode="after")
    def _is_a_loop(self) -> "Workflow":
        known = self.stages.keys()
        if self.start not in known:
            raise ValueError(f"start: stage {self.start!r} does not exist")
        seen: set[tuple[str, str]] = set()
        for t in self.transitions:
            for stage in (*t.sources, *((t.target,) if t.target else ())):
                if stage not in known:
                    raise ValueError(f"transition {t.id}: stage {stage!r} does not exist")
            for pair in ((s, t.id) for s in t.sources):
                if pair in seen and t.once not in ("low", "high"):
                    raise ValueError(f"transition {t.id}: twice from stage {pair[0]!r}")
                seen.add(pair)
        for stage_id, stage in self.stages.items():
            if stage.step and stage.step not in self.steps:
                raise ValueError(f"stage {stage_id}: step {stage.step!r} does not exist")
            if stage.kind == CLOSED:
                continue
            if not any(stage_id in t.sources and t.target for t in self.transitions):
                raise ValueError(f"stage {stage_id}: no way leads out of it")
        unreached = set(known) - self._reachable()
        if unreached:
            raise ValueError(f"stages never reached: {', '.join(sorted(unreached))}")
        if not any(self.stages[s].kind == CLOSED for s in self._reachable()):
            raise ValueError("no closed stage can be reached")
        return self

    def _reachable(self) -> set[str]:
        found = {self.start}
        while True:
            more = {
                t.target for t in self.transitions if t.target and found & set(t.sources)
            } - found
            if not more:
                return found
            found |= more

    def find(self, stage: str, action: str) -> tuple[Transition, ...]:
        """The rows for `action` in `stage`; several only where `once` tells them apart."""
        return tuple(t for t in self.transitions if t.id == action and stage in t.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The part of an actor that the workflow looks at."""

    roles: tuple[str, ...]
    person: int | None
    units: tuple[str, ...]
    """The person's unit and the units below it."""
    in_area: bool
    """Whether the case lies in the person's area."""


def _related(relation: Relation, asker: Asker, file: CaseFile) -> bool:
    case = file.case
    match relation:
        case "seen":
            return True
        case "area":
            return asker.in_area
        case "holder":
            return case.holder in asker.units
        case "task":
            return file.task_of(asker.units, OPENED, SIGNED) is not None
        case "lead":
            return any(t.lead and t.unit in asker.units for t in file.running_tasks())
        case "own":
            return True  # row security admits a resident to exactly one case: their own
        case "registered":
            return asker.person is not None and case.registered_by == asker.person


def _possible(t: Transition, asker: Asker, file: CaseFile) -> bool:
    """Whether the effects find what they work on."""
    if "sign_task" in t.effects and not file.task_of(asker.units, OPENED):
        return False
    if "finish_task" in t.effects and not file.task_of(asker.units, SIGNED):
        return False
    if "return_task" in t.effects and not file.task_of(asker.units, OPENED, SIGNED):
        return False
    return not ("rework" in t.effects and not any(x.state == DONE for x in file.tasks))


def may(t: Transition, asker: Asker, file: CaseFile) -> bool:
    """Whether this person may take this row now."""
    if file.case.stage not in t.sources or not _possible(t, asker, file):
        return False
    return any(role in t.who and _related(t.who[role], asker, file) for role in asker.roles)


def allowed(workflow: Workflow, asker: Asker, file: CaseFile) -> list[Transition]:
    """The rows this person may take now, one per action id, the usual one first."""
    rows: dict[str, Transition] = {}
    for t in workflow.transitions:
        if t.id not in rows and may(t, asker, file):
            rows[t.id] = t
    return sorted(rows.values(), key=lambda t: not t.usual)
