"""One action in progress: what it may look at, and the few ways in which it changes a case."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.clocks import date_clock, run_on, show
from core.cases.standing import facts_of
from core.ledger.chain import entry_hash
from core.ledger.change import Change, Notice
from core.now import ZONE
from core.rules.case import (
    CASE_CLOCK,
    CLOSED,
    DEMAND_CLOCK,
    OPENED,
    RETURNED,
    STAGE_CLOCK,
    TASK_CLOCK,
    WITHDRAWN,
    Case,
    CaseFile,
    Clock,
    Demand,
    Entry,
    Task,
)
from core.rules.ladders import DEFAULT, OUTSIDE
from core.rules.routing import DeadlineRow, first
from core.rules.workflow import Transition

NOTHING = Transition.model_validate({"id": "none", "label": "", "from": ["none"], "who": {}})
NONE = Demand(
    county="", id=0, case_id=0, kind="", state="", unit="", text="",
    opened_at=datetime.min.replace(tzinfo=UTC),
)  # fmt: skip
"""What a step stands on before its row and its demand are known."""
LATE_SINCE = "late_since"
"""In the data of a line that grants more time: the deadline that had passed already."""


@dataclass(slots=True, kw_only=True)
class Step:
    """One actor doing one thing at one instant."""

    world: World
    actor: Actor
    change: Change
    at: datetime
    data: dict[str, Any]
    row: Transition = NOTHING
    """The workflow's row that is being taken."""
    picked: Demand = field(default_factory=lambda: NONE)
    """The demand that the row works on."""
    linked: Case | None = None
    """The other case that the action names."""
    deciders: Mapping[str, Container[str]] | None = None
    """By unit, the roles of those there who could decide what the action asks for; None: nobody
    has looked, and everybody is thought to be there."""
    by_lead: bool = False
    """Whether the actor's task, where the action works on one, is the lead's."""
    files: dict[str, list[int]] = field(default_factory=dict)
    """Evidence named in the data, by field: whoever has the database checks whose it is."""

    @property
    def file(self) -> CaseFile:
        """The case as it stands now."""
        return self.change.file

    def decides(self, unit: str, role: str = "") -> bool:
        """Whether somebody is in `unit` (with `role`, where one is meant) to decide it."""
        if self.deciders is None:
            return True
        there = self.deciders.get(unit)
        return there is not None and (not role or role in there)

    def terms(self) -> DeadlineRow:
        """The row of the deadline table that applies; the last one is a catch-all."""
        found = first(self.world.blueprint.deadlines, facts_of(self.file.case))
        assert found is not None  # noqa: S101 (Blueprint demands the catch-all)
        return found[0]

    def start_clock(
        self,
        kind: str,
        subject: str,
        term: str,
        ladder: str,
        task_id: int | None = None,
        *,
        demand_id: int | None = None,
        ends: datetime | None = None,
        since: datetime | None = None,
    ) -> Clock:
        """Open a clock; its deadline is unknown while the calendar lacks the year.

        Args:
            ends: the deadline, where somebody named it; `term` is empty then.
            since: from when the term counts, where that is not now.
        """
        case = self.file.case
        clock = Clock(
            county=case.county,
            id=self.world.new_id(),
            case_id=case.id,
            kind=kind,
            subject=subject,
            ladder=ladder,
            term=term,
            started_at=since or self.at,
            task_id=task_id,
            demand_id=demand_id,
            due_at=ends,
        )
        date_clock(clock, self.world.blueprint)
        self.file.clocks.append(clock)
        self.change.clocks[clock.id] = clock
        self.change.fresh.add(clock.id)
        return clock

    def stop_clocks(
        self, kind: str | None = None, task_id: int | None = None, demand_id: int | None = None
    ) -> None:
        """Stop the running clocks of a kind, or of one task or demand; without a kind all that
        the case itself has (what was asked on it has still to be answered)."""
        for clock in self.file.clocks:
            if clock.stopped_at is not None or (kind and clock.kind != kind):
                continue
            if kind is None and clock.kind == DEMAND_CLOCK:
                continue
            if task_id is not None and clock.task_id != task_id:
                continue
            if demand_id is not None and clock.demand_id != demand_id:
                continue
            clock.stopped_at = self.at
            clock.next_fire_at = None
            self.change.clocks[clock.id] = clock

    def retime(self, before: DeadlineRow) -> None:
        """Clocks that the deadline table has timed follow its other row, from their own start."""
        row = self.terms()
        for clock in self.file.case_clocks() if row != before else ():
            was, now = self._timed(before, clock), self._timed(row, clock)
            if (clock.term, clock.ladder) == was != now:
                self.replace_clock(clock, term=now[0], ladder=now[1])

    def _timed(self, row: DeadlineRow, clock: Clock) -> tuple[str, str]:
        """Term and ladder that a row of the deadline table gives a clock."""
        if clock.kind == STAGE_CLOCK:
            return self._of_stage(clock.subject, row)
        return (row.of_task if clock.kind == TASK_CLOCK else row.case), row.ladder

    def _of_stage(self, stage_id: str, row: DeadlineRow) -> tuple[str, str]:
        stage = self.world.blueprint.workflow.stages[stage_id]
        if stage_id not in row.stages:
            return stage.term or "", stage.ladder
        return row.stages[stage_id], row.ladder if stage.ladder == DEFAULT else stage.ladder

    def replace_clock(
        self, clock: Clock, ends: datetime | None = None, *, term: str = "", ladder: str = ""
    ) -> None:
        """The deadline becomes the date that was granted, or what another term says from the same
        start: the clock stops, a new one runs, so that its ladder is climbed once more from below.
        What was overdue by then stays on record as late; only what is red now follows the new
        date."""
        if self.passed(clock):
            self._missed(clock)
        self.stop(clock)
        fresh = self.start_clock(
            clock.kind,
            clock.subject,
            term,
            ladder or clock.ladder,
            clock.task_id,
            ends=ends,
            since=clock.started_at if term else None,
        )
        fresh.paused_at = self.at if clock.paused_at else None
        show(fresh, self.change)

    def passed(self, clock: Clock) -> bool:
        """Whether its deadline has passed (before it was paused, where it stands still)."""
        return clock.due_at is not None and (clock.paused_at or self.at) > clock.due_at

    def _missed(self, clock: Clock) -> None:
        """Remember for good that case or task let its deadline pass, also in the timeline."""
        case = self.file.case
        if clock.kind == CASE_CLOCK:
            case.late = case.late or case.replied_at is None
        for task in self.file.tasks:
            if clock.kind == TASK_CLOCK and task.id == clock.task_id:
                task.late = True
                self.change.tasks[task.id] = task
        if clock.due_at is not None:
            self.data.setdefault(LATE_SINCE, clock.due_at.isoformat())

    def stop(self, clock: Clock) -> None:
        """One clock stops."""
        clock.stopped_at, clock.next_fire_at = self.at, None
        self.change.clocks[clock.id] = clock

    def pause(self) -> None:
        """The case's clocks stand still; it has no deadline meanwhile."""
        for clock in self.file.case_clocks():
            if clock.paused_at is None:
                clock.paused_at = self.at
                self.change.clocks[clock.id] = clock
                show(clock, self.change)

    def resume(self) -> None:
        """They go on with what was left when they were paused; nobody waits for a review."""
        for clock in self.file.case_clocks():
            if clock.paused_at is not None:
                run_on(clock, self.at, self.world.blueprint)
                self.change.clocks[clock.id] = clock
                show(clock, self.change)
        over = {d.id for d in self.file.demands if d.ended_at is not None}
        for clock in self.file.clocks:
            if clock.demand_id in over and clock.stopped_at is None:
                self.stop(clock)

    def touch(self, demand: Demand) -> None:
        """The demand has changed."""
        self.change.demands[demand.id] = demand

    @property
    def zone(self) -> tzinfo:
        """The county's own."""
        return ZONE

    def start_case_clock(self, term: str | None = None) -> None:
        """(Re)start the clock of the whole case, whose deadline the case itself shows."""
        self.stop_clocks(CASE_CLOCK)
        row = self.terms()
        clock = self.start_clock(CASE_CLOCK, self.file.case.holder, term or row.case, row.ladder)
        self.file.case.due_at = clock.due_at

    def resume_case_clock(self) -> None:
        """Let the case's last clock run on towards the deadline that it had."""
        clock = next((c for c in reversed(self.file.clocks) if c.kind == CASE_CLOCK), None)
        if clock is None or clock.stopped_at is None:
            return
        clock.stopped_at = None
        date_clock(clock, self.world.blueprint)
        self.change.clocks[clock.id] = clock

    def sender(self) -> str:
        """The unit that hands work out in this step: where a wrong dispatch returns to."""
        if self.actor.unit:
            return self.actor.unit
        before = next((t.opened_by for t in reversed(self.file.tasks) if t.lead), "")
        return before or self.file.case.holder

    def open_task(self, unit: str, *, lead: bool, note: str, sender: str = "") -> Task:
        """Give a unit its part, with a clock of its own."""
        row, case = self.terms(), self.file.case
        task = Task(
            county=case.county,
            id=self.world.new_id(),
            case_id=case.id,
            unit=unit,
            lead=lead,
            state=OPENED,
            opened_at=self.at,
            opened_by=sender or self.sender(),
            note=note,
        )
        clock = self.start_clock(TASK_CLOCK, unit, row.of_task, row.ladder, task.id)
        task.due_at = clock.due_at
        self.file.tasks.append(task)
        self.change.tasks[task.id] = task
        self.change.fresh.add(task.id)
        if unit not in case.units:
            case.units = [*case.units, unit]
        return task

    def withdraw_tasks(self, again: Container[str] = ()) -> None:
        """Take back what nobody has finished; units not asked `again` hear that they may stop."""
        for task in self.file.running_tasks():
            self.end_task(task, WITHDRAWN)
            if task.unit not in again:
                self.tell("withdrawn", unit=task.unit)

    def end_task(self, task: Task, state: str) -> None:
        """A task ends in `state`; its clock stops."""
        task.state = state
        if state != RETURNED and any(
            c.task_id == task.id and c.stopped_at is None and self.passed(c)
            for c in self.file.clocks
        ):
            task.late = True
        if state != WITHDRAWN:
            task.done_at = self.at
        self.change.tasks[task.id] = task
        self.stop_clocks(TASK_CLOCK, task.id)

    def hold(self, unit: str) -> None:
        """`unit` becomes the holder."""
        case = self.file.case
        case.holder = unit
        if unit not in case.units:
            case.units = [*case.units, unit]
        for clock in self.file.clocks:
            if clock.kind == CASE_CLOCK and clock.stopped_at is None and clock.subject != unit:
                clock.subject = unit
                self.change.clocks[clock.id] = clock

    def enter(self, stage_id: str) -> None:
        """Stand in `stage_id` from now on: its clock starts, the one before stops.

        An open case always has a clock: the stage's own, else the case's.
        """
        stage, case = self.world.blueprint.workflow.stages[stage_id], self.file.case
        if self.file.paused:
            self.resume()  # whoever goes on with it has ended the standing still
        self.stop_clocks(STAGE_CLOCK)
        case.stage, case.stage_kind, case.stage_due_at = stage_id, stage.kind, None
        if stage.kind == CLOSED:
            for task in self.file.running_tasks():
                self.end_task(task, WITHDRAWN)
            self.stop_clocks()
            if case.closed_at is None:
                self.answer_counts()
                case.closed_at = self.at
            return
        case.closed_at = None
        term, ladder = stage.term, stage.ladder
        if self.world.blueprint.times_stages:
            term, ladder = self._of_stage(stage_id, self.terms())
        if term:
            case.stage_due_at = self.start_clock(STAGE_CLOCK, stage_id, term, ladder).due_at
        elif not any(c.kind == CASE_CLOCK and c.stopped_at is None for c in self.file.clocks):
            self.start_case_clock()

    def answer_counts(self) -> None:
        """Remember for good when an answer comes after its deadline."""
        case = self.file.case
        if self.file.paused:
            self.resume()  # late or not is judged by the time that was left
        if case.replied_at is None and case.due_at is not None and self.at > case.due_at:
            case.late = True

    def record(self, action: str, from_stage: str, *, public: bool) -> Entry:
        """Append this step to the timeline and to its chain."""
        case, actor = self.file.case, self.actor
        case.version += 1
        entry = Entry(
            county=case.county,
            case_id=case.id,
            seq=case.version,
            at=self.at,
            action=action,
            actor_id=actor.person,
            actor_name=actor.name,
            actor_unit=actor.unit_name,
            from_stage=from_stage,
            to_stage=case.stage,
            data=self.data,
            public=public,
        )
        entry.hash = case.last_hash = entry_hash(case.last_hash, entry)
        self.change.entries.append(entry)
        return entry

    def tell(self, template: str, *, unit: str, role: str | None = None, **data: Any) -> None:
        """Leave a notice for the people of a unit, unless the appeal is about them."""
        case, unit = self.file.case, self.world.units.heir(unit)
        if self.world.units.is_part(unit, case.accused):
            return
        self.change.notices.append(
            Notice(
                template=template,
                key=f"{case.id}:{case.version}:{template}:{unit}",
                unit=unit,
                role=role,
                by=("app", *OUTSIDE),
                data={"title": case.title, **data},
            )
        )

    def tell_person(self, template: str, person: int, **data: Any) -> None:
        """Leave a notice for one person."""
        case = self.file.case
        self.change.notices.append(
            Notice(
                template=template,
                key=f"{case.id}:{case.version}:{template}",
                person=person,
                by=("app", *OUTSIDE),
                data={"title": case.title, **data},
            )
        )
