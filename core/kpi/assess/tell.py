"""Who hears that a result is public: of each unit its head, and whoever may appeal for it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json
from sqlalchemy import text

from core.access.desk import Work
from core.kpi.assess.read import Basis
from core.kpi.assess.result import Scored
from core.now import now
from core.rules.areas import county_of
from core.rules.assessment import plainly
from core.rules.permissions import ROLES, STAFF_ROLES, Permission

ASSESSED = "assessed"
"""The template of these messages."""

_TELL = text("""
insert into message (county, id, key, person_id, unit, way, case_id, number, template, data,
                     created_at, sent_at, attempts, fault)
select :county, nextval('message_ids'), :key, p.id, '', 'app', null, '', :template, m.data,
       :at, :at, 0, ''
from jsonb_to_recordset(cast(:members as jsonb)) as m(unit text, data jsonb)
join person p on p.unit = m.unit
where p.active and p.roles && cast(:roles as text[])
on conflict do nothing""")


def tell(work: Work, on: Basis, result: Mapping[str, Scored]) -> int:
    """Leave everybody concerned a message in the application; returns how many.

    Those are the people of each unit who may see its score and appeal against it, its head
    among them: `assess.decide.appeal` lets exactly them.

    Args:
        on: the basis with its publication.
    """
    key = on.key
    members = [{"unit": s.member.unit, "data": _data(on, s, result)} for s in result.values()]
    roles = [r for r in STAFF_ROLES if Permission.KPI_READ in ROLES[r].permissions]
    values = {
        "county": county_of(key.area),
        "key": f"{ASSESSED}:{key.assessment}:{key.period}:{key.area}",
        "template": ASSESSED,
        "at": now(),
        "members": to_json(members).decode(),
        "roles": roles,
    }
    return work.tx.execute(_TELL, values).rowcount  # pyright: ignore[reportAttributeAccessIssue]


def _data(on: Basis, s: Scored, result: Mapping[str, Scored]) -> dict[str, Any]:
    ranked = Counter(o.member.group for o in result.values() if o.rank is not None)
    found: dict[str, Any] = {
        "label": on.assessment.label,
        "period": on.key.period,
        "unit_name": s.member.name,
        "closes": on.closes.isoformat() if on.closes else "",
        "leads": {"id": on.key.assessment, "period": on.key.period, "area": on.key.area},
    }
    if s.rank is None or s.score.total is None:
        return found | {"unranked": "1"}
    return found | {
        "rank": str(s.rank),
        "size": str(ranked[s.member.group]),
        "total": plainly(s.score.total),
    }
