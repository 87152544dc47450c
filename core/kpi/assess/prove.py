"""Whether published results still follow from what was kept with them."""

from collections.abc import Iterator

from sqlalchemy import select

from core.access.desk import Look
from core.kpi.assess.claims import claims
from core.kpi.assess.publish import hash_of
from core.kpi.assess.read import kept_result
from core.kpi.assess.result import published_of, scored
from db.models import AssessmentResult


def unlike_published(look: Look) -> Iterator[str]:
    """Every published period whose inputs have another hash, or give other totals or ranks."""
    r = AssessmentResult
    for row in look.tx.execute(select(*r.__table__.c).order_by(r.published_at)).all():
        on = kept_result(look, row)
        then = [
            c
            for c in claims(look, on.key, whole=True)
            if c.decided_at is not None and c.decided_at <= row.published_at
        ]
        result = scored(look, on.assessment, on.members, on.rows, then)
        now = {unit: (s.score.total, s.rank) for unit, s in result.items()}
        if hash_of(look, on.key) != row.hash or now != published_of(row.body):
            yield f"{row.assessment} {row.period} {row.area}"
