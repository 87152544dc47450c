"""A county as one typed value: everything it may decide, nothing it may program.

Versions of it live in the table `blueprint`; the shipped ones are the YAML files beside
this module. Published versions never change, and a case keeps the one it began with.
"""

from datetime import date, time
from functools import cached_property
from typing import Literal

from pydantic import Field as Constraint, model_validator

from core.rules.calendar import Calendar, YearPlan
from core.rules.deadlines import Term
from core.rules.forms import Code, Field, Label, Rule
from core.rules.ladders import Ladder
from core.rules.permissions import ROLES
from core.rules.routing import DeadlineRow, DispatchRow, TriageRow, When, unknown_codes
from core.rules.units import UNIT_KINDS
from core.rules.workflow import Workflow


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
    satisfied_from: int = 3
    """A score below it is dissatisfaction: the workflow's `low` row follows."""
    parties: dict[str, Label] = {}
    """Where several parties rate (both families of a dispute); empty: the resident alone."""


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
    workflow: Workflow
    triage: tuple[TriageRow, ...] = ()
    dispatch: tuple[DispatchRow, ...] = Constraint(min_length=1)
    deadlines: tuple[DeadlineRow, ...] = Constraint(min_length=1)
    ladders: dict[str, Ladder]
    calendar: dict[int, Year] = {}
    hours: Hours = Hours()
    rating: Rating = Rating()
    kpis: dict[str, Kpi] = {}
    defaults: dict[Literal["category", "kind", "urgency"], str]

    @cached_property
    def clock_calendar(self) -> Calendar:
        """Working days as this county keeps them."""
        plans = {
            year: YearPlan(holidays=plan.holidays, workdays=plan.workdays)
            for year, plan in self.calendar.items()
        }
        return Calendar(opens=self.hours.opens, closes=self.hours.closes, extra=plans)

    @model_validator(mode="after")
    def _hangs_together(self) -> "Blueprint":
        faults = [*self._rule_faults(), *self._role_faults(), *self._ladder_faults()]
        for name, known in (
            ("category", self.categories),
            ("kind", self.kinds),
            ("urgency", self.urgencies),
        ):
            if self.defaults.get(name) not in known:  # pyright: ignore[reportArgumentType]
                faults.append(f"defaults.{name}: must be one of the county's own")
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _rule_faults(self) -> list[str]:
        known = {
            "category": self.categories,
            "kind": self.kinds,
            "urgency": self.urgencies,
            "inlet": self.inlets,
        }
        faults = [
            f"{table}[{row}].when.{name}: {code!r} does not exist"
            for table in ("triage", "dispatch", "deadlines")
            for row, name, code in unknown_codes(getattr(self, table), known)
        ]
        for index, row in enumerate(self.triage):
            for name in ("category", "kind", "urgency"):
                value = getattr(row, name)
                if value is not None and value not in known[name]:
                    faults.append(f"triage[{index}].{name}: {value!r} does not exist")
        for index, row in enumerate(self.dispatch):
            for to in (row.to, *row.assist):
                if to.duty and to.duty not in self.duties:
                    faults.append(f"dispatch[{index}].to.duty: {to.duty!r} does not exist")
                if to.kind and to.kind not in UNIT_KINDS:
                    faults.append(f"dispatch[{index}].to.kind: {to.kind!r} does not exist")
            if row.deadline:
                Term.parse(row.deadline)
        if self.dispatch[-1].when != When():
            faults.append("dispatch: the last row must be a catch-all without conditions")
        if self.deadlines[-1].when != When():
            faults.append("deadlines: the last row must be a catch-all without conditions")
        for row in self.deadlines:
            Term.parse(row.case)
            Term.parse(row.task or row.case)
        for template in self.units:
            faults += [
                f"units {template.code}: duty {duty!r} does not exist"
                for duty in template.duties
                if duty not in self.duties
            ]
        return faults

    def _role_faults(self) -> list[str]:
        faults = [f"roles: {role!r} does not exist" for role in self.roles if role not in ROLES]
        for t in self.workflow.transitions:
            faults += [
                f"transition {t.id}: role {role!r} does not exist"
                for role in t.who
                if role not in ROLES
            ]
        return faults

    def _ladder_faults(self) -> list[str]:
        faults = [] if "default" in self.ladders else ["ladders: `default` is missing"]
        actions = {t.id for t in self.workflow.transitions}
        for stage_id, stage in self.workflow.stages.items():
            if stage.ladder not in self.ladders:
                faults.append(f"stage {stage_id}: ladder {stage.ladder!r} does not exist")
            if stage.term:
                Term.parse(stage.term)
            if stage.kind == "waiting" and not stage.term:
                faults.append(f"stage {stage_id}: a waiting stage needs a `term`")
        for name, ladder in self.ladders.items():
            faults += [
                f"ladder {name}: action {rung.do!r} does not exist"
                for rung in ladder
                if rung.do and rung.do not in actions
            ]
        return faults
