"""Cases that belong together: merged into one 并案, or split off from one 分案."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from core.access.desk import Look
from core.blueprint.world import World
from core.rules.case import CaseFile
from db.models import CaseRow, EntryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Another case of the same matter, as far as the reader may see it."""

    number: str
    title: str
    stage: str
    above: bool
    """Whether this case went into it, or came out of it; else the other way round."""
    merged: bool
    """By merging; else by splitting."""


def relatives(look: Look, world: World, file: CaseFile) -> Sequence[Relative]:
    """Where the case went or came from first, then what went into it or came out of it."""
    c, case = CaseRow, file.case
    acts = {t.id for t in world.blueprint.workflow.transitions if "merge" in t.effects}
    merging = exists().where(
        EntryRow.county == c.county, EntryRow.case_id == c.id, EntryRow.action.in_(acts)
    )
    own = exists().where(
        EntryRow.county == case.county, EntryRow.case_id == case.id, EntryRow.action.in_(acts)
    )
    found: list[Relative] = []
    for above in (True, False):
        if above and case.parent_id is None:
            continue
        which = c.id == case.parent_id if above else c.parent_id == case.id
        query = (
            select(c.number, c.title, c.stage, (own if above else merging).label("merged"))
            .where(c.county == case.county, which)
            .order_by(c.id)
            .limit(100)
        )
        found += [Relative(above=above, **row._mapping) for row in look.tx.execute(query)]
    return found
