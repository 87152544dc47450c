"""A matter 批示事项: what an instruction on a whole class of appeals stands on.

It is a row among the cases, so that sign-off, answer, reminders, files and timeline work as
they do everywhere, but no appeal: it begins closed, nobody is replied to, no figure counts it
(docs/decisions/0005-leaders-and-deputies.md).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.access.actor import Actor
from core.access.desk import Work
from core.blueprint.world import World
from core.cases.decide import decide
from core.cases.intake import hash_code, make_number, new_code
from core.cases.outcome import Outcome, outcome
from core.cases.step import Step
from core.ledger.change import Change
from core.ledger.write import write
from core.now import now
from core.oversight.slices import Slice, words
from core.rules.areas import county_of
from core.rules.case import CLOSED, MATTER, Case, CaseFile
from core.words import _


def open_matter(work: Work, about: Slice, data: Mapping[str, Any]) -> Outcome:
    """Begin a matter on `about` and instruct on it, as the actor.

    Args:
        data: fields of the action `instruct`, already checked.

    Raises:
        NotPermitted: the county's workflow has no instructions, or not by this actor.
        Invalid: a unit or the date is wrong; names the field.
    """
    running = work.tx.exec_driver_sql("select nextval('case_numbers')").scalar_one()
    change = begin(work.world, work.actor, about, data, running=running, at=now())
    case = change.file.case
    case.code_hash = hash_code(work.settings.secret_key, case.number, new_code())
    write(work.tx, change)
    return outcome(change)


def begin(
    world: World,
    actor: Actor,
    about: Slice,
    data: Mapping[str, Any],
    *,
    running: int,
    at: datetime,
) -> Change:
    """The new matter with the instruction on it; pure, like `begin_case`."""
    stages, defaults = world.blueprint.workflow.stages, world.blueprint.defaults
    stage = next(s for s, kind in stages.items() if kind.kind == CLOSED)
    units = [u for u in data.get("to", ()) if world.units.is_active(u)]
    case = Case(
        county=county_of(about.area),
        id=world.new_id(),
        number=make_number(county_of(about.area), at, running),
        code_hash="",
        title=_("批示：{about}", about=words(world, about))[:100],
        body=str(data.get("text", "")),
        category=about.category or defaults["category"],
        kind=defaults["kind"],
        inlet=MATTER,
        urgency=defaults["urgency"],
        area=about.area,
        stage=stage,
        stage_kind=CLOSED,
        holder=next(iter(units), actor.unit or world.root),
        config_version=world.version,
        received_at=at,
        closed_at=at,
        registered_by=actor.person,
        form=about.stored(),
        source=MATTER,
    )
    change = Change(file=CaseFile(case=case), before=None, at=at)
    opened = Step(world=world, actor=actor, change=change, at=at, data={})
    opened.record("create", stage, public=False)
    decide(world, actor, change, "instruct", data, at)
    return change
