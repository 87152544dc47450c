"""A case as the rules see it: plain values, no database.

The columns of `db.models` carry the same names (a test compares them), so a row becomes
a value and a value a row without a translator in between.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

OPEN, WAITING, CLOSED = "open", "waiting", "closed"
STAGE_KINDS = (OPEN, WAITING, CLOSED)
"""open: an office must act; waiting: the resident's turn; closed: nobody's."""

MATTER = "instruction"
"""`Case.source` of what is no appeal: a matter on which a leader's instruction stands
(`core.oversight.matter`). It is in no list of appeals and in no figure."""


@dataclass(slots=True, kw_only=True)
class Case:
    """One appeal 诉求. Times are aware UTC; codes are the county's own."""

    county: str
    id: int
    number: str
    code_hash: str
    title: str
    body: str
    category: str
    kind: str
    inlet: str
    urgency: str
    area: str
    stage: str
    stage_kind: str
    holder: str
    config_version: int
    received_at: datetime
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    plate: str | None = None
    resident_id: int | None = None
    anonymous: bool = False
    confidential: bool = False
    on_behalf: str = ""
    registered_by: int | None = None
    form: dict[str, Any] = field(default_factory=dict)
    because: dict[str, Any] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)
    """Every unit that has or had a part: the bound of what a department sees."""
    accused: list[str] = field(default_factory=list)
    """Units complained about: they never see the case (Petition Regulations 2022, art. 30)."""
    due_at: datetime | None = None
    stage_due_at: datetime | None = None
    """By when the present stage has to be left; None where it has no term, or stands still."""
    reply: str = ""
    replied_at: datetime | None = None
    closed_at: datetime | None = None
    late: bool = False
    """A deadline once passed unanswered: the answer came after it, or more time was granted only
    then. Neither reopening nor a new deadline forgives it: Petition Work Regulations 2022 art. 34
    extends a term, and one that has run out was missed."""
    reopened: int = 0
    difficulty: str = ""
    """The county's grade of hard and easy 难易; empty: not graded."""
    chased: int = 0
    """How often somebody chased it 催办: chased cases stand first."""
    parent_id: int | None = None
    """The case that this one was merged into, or split from."""
    score: int | None = None
    """The latest score; with several parties the lowest of the present round."""
    scores: dict[str, int] = field(default_factory=dict)
    """What each party gave since the case was last opened; `""` where the resident rates alone."""
    source: str | None = None
    source_ref: str | None = None
    idempotency_key: str | None = None
    version: int = 0
    """Grows by one with every action; also the last `seq` of the timeline."""
    last_hash: str = ""
    """Hash of the newest timeline entry: the end of the chain."""

    @property
    def is_matter(self) -> bool:
        """Whether nobody spoke: it only carries what a leader asked for."""
        return self.source == MATTER


OPENED, SIGNED, DONE, RETURNED, WITHDRAWN = "open", "signed", "done", "returned", "withdrawn"
TASK_STATES = (OPENED, SIGNED, DONE, RETURNED, WITHDRAWN)
RUNNING_TASKS = (OPENED, SIGNED)


@dataclass(slots=True, kw_only=True)
class Task:
    """One unit's part in a case: lead 主办 or assisting 协办."""

    county: str
    id: int
    case_id: int
    unit: str
    lead: bool
    state: str
    opened_at: datetime
    due_at: datetime | None = None
    designated: bool = False
    """Given by decision: it may not be returned any more."""
    opened_by: str = ""
    """Code of the unit that assigned it: where a wrong dispatch returns to."""
    note: str = ""
    result: str = ""
    signed_at: datetime | None = None
    done_at: datetime | None = None
    late: bool = False
    """The unit let the date pass: it reported after it, was granted more time only then, or had
    it taken away. A task returned as wrongly dispatched never was the unit's."""

    @property
    def running(self) -> bool:
        """Still with the unit."""
        return self.state in RUNNING_TASKS


CASE_CLOCK, STAGE_CLOCK, TASK_CLOCK, DEMAND_CLOCK = "case", "stage", "task", "demand"


@dataclass(slots=True, kw_only=True)
class Clock:
    """A deadline that runs, with the ladder that chases it."""

    county: str
    id: int
    case_id: int
    kind: str
    """`case`, `stage`, `task` or `demand`."""
    subject: str
    """What it measures: a stage id or a unit's code."""
    ladder: str
    term: str
    """As the rules state it; empty where somebody named the date."""
    started_at: datetime
    task_id: int | None = None
    demand_id: int | None = None
    due_at: datetime | None = None
    """None: the county's calendar does not know the year yet; the sweep dates it later."""
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    next_rung: int = 0
    next_fire_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Neither stopped nor paused."""
        return self.stopped_at is None and self.paused_at is None


@dataclass(slots=True, kw_only=True)
class Demand:
    """Something asked of a unit on a case (`core.rules.demands`)."""

    county: str
    id: int
    case_id: int
    kind: str
    state: str
    unit: str
    """The unit that is asked."""
    text: str
    opened_at: datetime
    role: str = ""
    """Only its people with this role."""
    asked_by: int | None = None
    asker_name: str = ""
    asker_unit: str = ""
    due_at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    pressed: int = 0
    """How often the answer was not good enough."""
    late: bool = False
    """Whether the answer came after the date, or never before the end."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One line of the timeline, append-only; `hash` chains it to the one before."""

    county: str
    case_id: int
    seq: int
    at: datetime
    action: str
    actor_id: int | None
    actor_name: str
    actor_unit: str
    from_stage: str
    to_stage: str
    data: dict[str, Any]
    public: bool
    hash: str = ""


@dataclass(slots=True, kw_only=True)
class CaseFile:
    """Everything an action may look at or change: the case with its tasks, clocks, demands."""

    case: Case
    tasks: list[Task] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)

    def running_tasks(self) -> list[Task]:
        """Tasks that some unit still has."""
        return [t for t in self.tasks if t.running]

    def case_clocks(self) -> list[Clock]:
        """Clocks of the case itself, its stage and its tasks that have not been stopped."""
        return [c for c in self.clocks if c.kind != DEMAND_CLOCK and c.stopped_at is None]

    @property
    def paused(self) -> bool:
        """Whether the case stands still: waiting for the resident, or shelved 挂账."""
        return any(c.paused_at is not None for c in self.case_clocks())

    def task_of(self, units: tuple[str, ...], *states: str) -> Task | None:
        """The task of the first of `units` that has one in one of `states`; its newest."""
        found = [t for t in reversed(self.tasks) if t.unit in units and t.state in states]
        return min(found, key=lambda t: units.index(t.unit), default=None)

    def assisting(self) -> list[Task]:
        """Running tasks of assisting units 协办."""
        return [t for t in self.tasks if t.running and not t.lead]

    def finished_lead(self) -> Task | None:
        """The lead's task once it has reported; None while it works or after it gave up."""
        lead = next((t for t in reversed(self.tasks) if t.lead), None)
        return lead if lead is not None and lead.state == DONE else None
