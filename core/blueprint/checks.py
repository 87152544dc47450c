"""Whether a blueprint hangs together: its sections name things that other sections define.

A check states which sections it reads, so that it still runs where some other section is
faulty. What a section may hold by itself stands in `schema`. Rows and entries that are
faulty by themselves arrive as None.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from string import Formatter
from typing import Any

from core.errors import Invalid
from core.rules.areas import validate
from core.rules.calendar import Calendar, YearPlan
from core.rules.measures import MEASURES
from core.rules.permissions import STAFF_ROLES
from core.rules.routing import To, When
from core.rules.unit_measures import known as known_measures
from core.rules.units import UNIT_KINDS
from core.words import _

Check = Callable[[Any], Iterator[str]]
CHECKS: list[tuple[tuple[str, ...], Check]] = []
"""(sections read, check)"""
_NAMED = {
    "category": "categories", "kind": "kinds", "urgency": "urgencies", "inlet": "inlets",
    "difficulty": "difficulties",
}  # fmt: skip
TABLES = ("triage", "dispatch", "deadlines")
PLACES = frozenset({"area", "name", "parent"})
"""What a unit template may leave open."""


def reads(*sections: str) -> Callable[[Check], Check]:
    """Register a check of these sections."""

    def register(check: Check) -> Check:
        CHECKS.append((sections, check))
        return check

    return register


def faults(blueprint: Any) -> list[str]:
    """A sentence for every fault; sections that are None are left out of it.

    Args:
        blueprint: a `Blueprint`, or anything with the same attributes.
    """
    return [
        fault
        for sections, check in CHECKS
        if all(getattr(blueprint, s) is not None for s in sections)
        for fault in check(blueprint)
    ]


def _rows(section: Any) -> Iterator[tuple[int, Any]]:
    return ((i, row) for i, row in enumerate(section) if row is not None)


def _entries(section: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in section.items() if value is not None)


def _missing(place: str, code: str) -> str:
    return _("{place}：没有“{code}”", place=place, code=code)


def _conditions(b: Any) -> Iterator[tuple[str, When]]:
    for table in TABLES:
        for index, row in _rows(getattr(b, table)):
            yield f"{table}[{index}].when", row.when
    yield "rating.parties_when", b.rating.parties_when
    for index, row in _rows(b.callbacks.rows):
        yield f"callbacks.rows[{index}].when", row.when


def _known(name: str, b: Any) -> Iterator[str]:
    for place, when in _conditions(b):
        for code in getattr(when, name):
            if code not in getattr(b, _NAMED[name]):
                yield _missing(f"{place}.{name}", code)


for _name, _section in _NAMED.items():
    reads(*TABLES, "rating", "callbacks", _section)(partial(_known, _name))


@reads(*TABLES, "rating", "callbacks")
def areas(b: Any) -> Iterator[str]:
    """Areas that the tables ask for need only be well written: the county may grow."""
    for place, when in _conditions(b):
        for code in when.area:
            try:
                validate(code)
            except Invalid as fault:
                yield f"{place}.area{_('：')}{fault.message}"


@reads(*TABLES, "rating", "callbacks", "workflow")
def stages(b: Any) -> Iterator[str]:
    """Stages that the tables ask for."""
    for place, when in _conditions(b):
        for code in when.stage:
            if code not in b.workflow.stages:
                yield _missing(f"{place}.stage", code)
    for index, row in _rows(b.deadlines):
        for code in row.stages:
            if code not in b.workflow.stages:
                yield _missing(f"deadlines[{index}].stages", code)


@reads("triage", "categories", "kinds", "urgencies")
def results(b: Any) -> Iterator[str]:
    """What triage decides must exist."""
    for index, row in _rows(b.triage):
        for name in ("category", "kind", "urgency"):
            code = getattr(row, name)
            if code is not None and code not in getattr(b, _NAMED[name]):
                yield _missing(f"triage[{index}].{name}", code)


@reads("defaults", "categories", "kinds", "urgencies")
def defaults(b: Any) -> Iterator[str]:
    """What nobody said must still have a value."""
    for name in ("category", "kind", "urgency"):
        code = b.defaults.get(name) or ""
        if code not in getattr(b, _NAMED[name]):
            yield _missing(f"defaults.{name}", code)


@reads("categories")
def categories(b: Any) -> Iterator[str]:
    """A category's parents exist."""
    for code in b.categories:
        parent = code.rpartition("/")[0]
        if parent and parent not in b.categories:
            yield _missing(f"categories.{code}", parent)


@reads("dispatch", "duties")
def recipients(b: Any) -> Iterator[str]:
    """Duties and kinds of unit that work is sent to."""
    for index, row in _rows(b.dispatch):
        ways = [("to", row.to), *((f"assist[{i}]", to) for i, to in enumerate(row.assist))]
        for name, to in ways:
            if to.duty and to.duty not in b.duties:
                yield _missing(f"dispatch[{index}].{name}.duty", to.duty)
            if to.kind and to.kind not in UNIT_KINDS:
                yield _missing(f"dispatch[{index}].{name}.kind", to.kind)


@reads("dispatch", "workflow")
def automatic(b: Any) -> Iterator[str]:
    """`dispatch: true` is worth nothing where the workflow does not let the system assign."""
    rows = b.workflow.find(b.workflow.start, "assign")
    if any("system" in t.who for t in rows):
        return
    for index, row in _rows(b.dispatch):
        if row.dispatch:
            yield _(
                "dispatch[{n}].dispatch：流程没有让系统（system）在起始阶段交办（assign）", n=index
            )


@reads("dispatch", "deadlines")
def catch_alls(b: Any) -> Iterator[str]:
    """Nothing falls through, and no deadline stands below the row that takes everything."""
    for table in ("dispatch", "deadlines"):
        rows = getattr(b, table)
        if rows and rows[-1] is not None and rows[-1].when != When():
            yield _("{table}：最后一行必须不带条件，兜住其余所有诉求", table=table)
    for index, row in _rows(b.deadlines[:-1]):
        if row.when == When():
            yield _("deadlines[{n}]：不带条件的行只能放在最后，后面的行永远用不到", n=index)


@reads("units", "duties")
def templates(b: Any) -> Iterator[str]:
    """Duties of units, and what their codes and names leave open."""
    for index, template in _rows(b.units):
        for duty in template.duties:
            if duty not in b.duties:
                yield _missing(f"units[{index}].duties", duty)
        for name in ("code", "name", "parent"):
            text = getattr(template, name)
            if text is not None and not _fillable(text):
                yield _(
                    "units[{n}].{name}：“{text}”里只能用 {{area}}、{{name}}、{{parent}}",
                    n=index,
                    name=name,
                    text=text[:40],
                )


def _fillable(text: str) -> bool:
    try:
        parts = list(Formatter().parse(text))
        text.format(area="131024104201001", name="", parent="131024104201")
    except (ValueError, LookupError, AttributeError):
        return False
    return all(place in PLACES for _text, place, _spec, _how in parts if place is not None)


@reads("roles")
def roles(b: Any) -> Iterator[str]:
    """A county renames the roles that there are; it adds none."""
    for role in b.roles:
        if role not in (*STAFF_ROLES, "resident"):
            yield _missing("roles", role)


@reads("ladders", "workflow")
def ladders(b: Any) -> Iterator[str]:
    """Every clock has its ladder, and what the rungs of a stage's own ladder do is possible."""
    if "default" not in b.ladders:
        yield _missing("ladders", "default")
    actions = {t.id for t in b.workflow.transitions}
    for name, ladder in _entries(b.ladders):
        for index, rung in _rows(ladder):
            if rung.do and rung.do not in actions:
                yield _missing(f"ladders.{name}[{index}].do", rung.do)
            for to in rung.to:
                if isinstance(to, To) and to.duty and to.duty not in (b.duties or {}):
                    yield _missing(f"ladders.{name}[{index}].to.duty", to.duty)
    for stage_id, stage in b.workflow.stages.items():
        if stage.ladder not in b.ladders:
            yield _missing(f"workflow.stages.{stage_id}.ladder", stage.ladder)
        elif stage.ladder != "default":  # which belongs to clocks in any stage
            yield from _impossible(b, stage_id, stage.ladder)


def _impossible(b: Any, stage: str, ladder: str) -> Iterator[str]:
    for index, rung in _rows(b.ladders[ladder] or ()):
        rows = b.workflow.find(stage, rung.do) if rung.do else ()
        if rung.do and not any("system" in t.who for t in rows):
            yield _(
                "ladders.{ladder}[{n}].do：在阶段“{stage}”里，系统（system）不能做“{action}”",
                ladder=ladder,
                n=index,
                stage=stage,
                action=rung.do,
            )


@reads("ladders", "demands", "workflow", "deadlines")
def demands(b: Any) -> Iterator[str]:
    """What is asked is a known kind, and has a ladder that chases it."""
    for name, kind in _entries(b.demands):
        if kind.ladder not in b.ladders:
            yield _missing(f"demands.{name}.ladder", kind.ladder)
        if "pause" in kind.then and "shelf" not in b.ladders:
            yield _missing(f"demands.{name}.then", "ladders.shelf")
    for t in b.workflow.transitions:
        for name in t.demands:
            if name not in b.demands:
                yield _missing(f"workflow.transitions.{t.id}.demands", name)
    for index, row in _rows(b.deadlines):
        if row.ladder not in b.ladders:
            yield _missing(f"deadlines[{index}].ladder", row.ladder)


@reads("kpis")
def kpis(b: Any) -> Iterator[str]:
    """A rate is made of measures that are counted."""
    for name, kpi in _entries(b.kpis):
        for side in ("numerator", "denominator"):
            for measure in getattr(kpi, side):
                if measure not in MEASURES:
                    yield _missing(f"kpis.{name}.{side}", measure)


@reads("assessments", "workflow", "demands", "duties")
def assessments(b: Any) -> Iterator[str]:
    """Assessments count what is counted of units, in groups by duties that there are."""
    measures = frozenset(known_measures(b.demands, (t.id for t in b.workflow.transitions)))
    for name, assessment in _entries(b.assessments):
        for place, measure in assessment.faults(measures):
            yield _missing(f"assessments.{name}.{place}", measure)
        for group_id, group in assessment.groups.items():
            for duty in group.duties:
                if duty not in b.duties:
                    yield _missing(f"assessments.{name}.groups.{group_id}.duties", duty)


@reads("categories", "workflow")
def choices(b: Any) -> Iterator[str]:
    """Whoever has to choose must have something to choose from."""
    forms = [
        (f"categories.{code}", category.fields) for code, category in _entries(b.categories)
    ] + [(f"workflow.transitions.{t.id}", t.fields) for t in b.workflow.transitions]
    for place, fields in forms:
        for index, field in enumerate(fields):
            if field.type in ("choice", "choices") and not field.choices:
                yield _("{place}.fields[{n}]：选择项没有 choices", place=place, n=index)


def calendar_of(years: Mapping[int, Any], hours: Any) -> Calendar:
    """Working days as the county keeps them.

    Raises:
        Invalid: hours or a year's plan contradict themselves.
    """
    plans = {
        year: YearPlan(holidays=plan.holidays, workdays=plan.workdays)
        for year, plan in years.items()
        if plan is not None
    }
    return Calendar(opens=hours.opens, closes=hours.closes, extra=plans)


@reads("calendar", "hours")
def calendar(b: Any) -> Iterator[str]:
    """Office hours, holidays and make-up days fit each other."""
    try:
        calendar_of(b.calendar, b.hours)
    except Invalid as fault:
        yield f"{fault.field}{_('：')}{fault.message}"
