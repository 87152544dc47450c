"""What the figures count and their reader must not: appeals about the reader's own unit.

Totals do not know whom a case accuses, so such cases, which are few and have an index of their
own, are taken off again. Split finely, a figure would otherwise tell the accused that there is
one case more than they can list (Petition Work Regulations 2022, art. 30).
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ARRAY, Date, Select, bindparam, cast, func, literal_column, select, text

from core.access.actor import Actor
from core.kpi.split import Shape, key_of, narrowed, within
from core.now import ZONE
from core.rules.measures import COUNTED, INSTANT, MEASURES
from core.rules.permissions import Scope
from db.models import CaseRow
from db.models.base import C

_ACCUSING = CaseRow.accused != literal_column("'{}'")
"""As the index has it: row security keeps `&&` away from any."""
_LINEAGE = bindparam("lineage", type_=ARRAY(C))


def lineage_of(actor: Actor) -> tuple[str, ...]:
    """The units whose accusations the actor does not see; empty for those who see everything."""
    return () if actor.scope is Scope.ALL else actor.row_scope.lineage


def hidden(shape: Shape) -> Iterator[Select[*tuple[Any, ...]]]:
    """The cases about one of `:lineage` as negative counts: the query's key, then each measure.
    To be read with the system's eyes."""
    c = CaseRow
    names = {"area": c.area, "unit": c.holder, "category": c.category, "inlet": c.inlet}
    for basis, name in INSTANT.items():
        day = cast(func.timezone(literal_column(f"'{ZONE}'"), getattr(c, name)), Date)
        counts = [literal_column("0").label(n) for n in MEASURES]
        for n, (m, measure) in enumerate(MEASURES.items()):
            if measure.basis == basis:
                counts[n] = (-func.count().filter(text(measure.sql))).label(m)
        yield (
            select(key_of(shape, names, day).label("key"), *counts)
            .where(_ACCUSING, c.accused.overlap(_LINEAGE), text(COUNTED))
            .where(day.is_not(None), *within(shape, day), *narrowed(shape, names))
            .group_by(literal_column("1"))
        )
