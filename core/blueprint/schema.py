"""A county as one typed value: everything it may decide, nothing it may program.

Versions of it live in the table `blueprint`; the shipped ones are the YAML files beside
this module. Published versions never change, and a case keeps the one it began with.
Here stands what each section may hold; `checks` says how the sections must fit together.
"""

import re
from datetime import date, time
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field as Constraint

from core.blueprint.checks import calendar_of
from core.rules.assessment import Assessment, LineId
from core.rules.calendar import Calendar
from core.rules.callbacks import Callbacks
from core.rules.demands import DemandKind
from core.rules.forms import Code, Field, Label, Rule
from core.rules.ladders import Ladder
from core.rules.permissions import ROLES
from core.rules.routing import DeadlineRow, DispatchRow, TriageRow, When
from core.rules.workflow import Workflow
from core.words import pick

ACCENT = re.compile(r"^#[0-9a-fA-F]{6}$")
"""A colour as a county writes it."""


class Category(Rule):
    """What an appeal is about; codes nest by `/`."""

    label: Label
    fields: tuple[Field, ...] = ()
    """The category's own form."""
    sensitive: bool = False
    """Identities stay masked unless unmasked for a stated purpose."""


class Year(Rule):
    """Holidays and make-up working days of a year, as the State Council announces them."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()


class Hours(Rule):
    """Office hours; a deadline in days ends at closing time."""

    opens: time = time(9, 0)
    closes: time = time(17, 30)


class UnitTemplate(Rule):
    """Units that every area of a level has; `{area}` and `{name}` are filled in."""

    level: Literal["prefecture", "county", "township", "village", "grid"]
    code: str
    name: str
    kind: Literal["centre", "department", "station", "grid", "volunteers", "office"]
    duties: tuple[str, ...] = ()
    parent: str | None = None
    """Code template of the unit above."""


class Rating(Rule):
    """How residents rate and what follows."""

    reasons: dict[str, Label] = {}
    satisfied_from: int = Constraint(default=3, ge=1, le=5)
    """A score below it is dissatisfaction: the workflow's `low` row follows."""
    parties: dict[str, Label] = {}
    """Where several parties rate (both families of a dispute); empty: the resident alone."""
    parties_when: When = When()
    """Which cases have several parties; all, where nothing is said."""


class Kpi(Rule):
    """A rate: numerator over denominator, both weighted sums of measures."""

    label: Label
    numerator: dict[str, float]
    denominator: dict[str, float]


class Door(Rule):
    """How the resident's pages greet."""

    title: Label
    slogan: Label = ""
    phone: str = "12345"
    emergency: Label = ""
    consent: Label = ""
    accent: str = Constraint(default="#0f6b75", pattern=ACCENT.pattern)
    """The one colour of these pages; darkened where white on it could not be read."""


class Blueprint(Rule):
    """One version of a county's configuration."""

    id: Code
    name: Label
    county_name: Label = ""
    root: str | None = Constraint(default=None, pattern=r"^[1-9][0-9]{5}([0-9]{3})?$")
    """Code of the area served (city, county or township), read when the county is founded;
    without it, the area that holds all the others."""
    door: Door
    steps_note: Label = ""
    inlets: dict[str, Label]
    kinds: dict[str, Label]
    urgencies: dict[str, Label]
    categories: dict[str, Category]
    duties: dict[str, Label]
    units: tuple[UnitTemplate, ...] = ()
    roles: dict[str, Label] = {}
    """The county's own names for the roles."""
    difficulties: dict[str, Label] = {}
    """Grades of hard and easy 难易, where the county grades."""
    demands: dict[str, DemandKind] = {}
    """What may be asked of a unit on a case."""
    workflow: Workflow
    triage: tuple[TriageRow, ...] = ()
    dispatch: tuple[DispatchRow, ...] = Constraint(min_length=1)
    deadlines: tuple[DeadlineRow, ...] = Constraint(min_length=1)
    ladders: dict[str, Ladder]
    calendar: dict[Annotated[int, Constraint(ge=2000, le=2200)], Year] = {}
    hours: Hours = Hours()
    rating: Rating = Rating()
    callbacks: Callbacks = Callbacks()
    """Which closed cases are drawn for a call-back."""
    kpis: dict[str, Kpi] = {}
    assessments: dict[LineId, Assessment] = {}
    defaults: dict[Literal["category", "kind", "urgency"], str]

    def role_name(self, role: str) -> str:
        """What the county calls a role, in the reader's language."""
        return pick(self.roles[role]) if role in self.roles else str(ROLES[role].label)

    @cached_property
    def clock_calendar(self) -> Calendar:
        """Working days as this county keeps them."""
        return calendar_of(self.calendar, self.hours)

    @cached_property
    def times_stages(self) -> bool:
        """Whether the deadline table has a say in how long a stage may take."""
        return any(row.stages for row in self.deadlines)
