"""Notices become messages: one line per person and way, each written once.

Whoever works in a unit at that moment is found by the database, in one statement for
all notices of a change. In-app messages are thereby delivered; e-mails wait for the worker.
"""

import json
from typing import Any

from sqlalchemy import text

from core.ledger.change import Change
from db.session import Write

_QUEUE = text("""
insert into message (county, id, key, person_id, way, case_id, number, template, data,
                     created_at, sent_at, attempts, try_at, fault)
select :county, nextval('message_ids'), n.key, p.id, w.way, :case_id, :number, n.template,
       n.data, :at, case when w.way = 'app' then :at end, 0,
       case when w.way = 'email' then :at end, ''
from jsonb_to_recordset(:notices) as n(template text, key text, unit text, role text, area text,
                                       person bigint, ways text[], data jsonb)
join person p on p.active and (
    p.id = n.person
    or (n.person is null and p.unit = n.unit and (n.role is null or n.role = any(p.roles)))
    or (n.person is null and n.unit is null and p.area = n.area and n.role = any(p.roles)))
cross join unnest(n.ways) as w(way)
where w.way = 'app' or p.email <> ''
on conflict do nothing
""")


def queue(tx: Write, change: Change) -> None:
    """Write the messages that the change's notices amount to."""
    case = change.file.case
    notices: list[dict[str, Any]] = [
        {
            "template": n.template,
            "key": n.key,
            "unit": n.unit,
            "role": n.role,
            "area": n.area,
            "person": n.person,
            "ways": list(n.by),
            "data": n.data,
        }
        for n in change.notices
    ]
    tx.execute(
        _QUEUE,
        {
            "county": case.county,
            "case_id": case.id,
            "number": case.number,
            "at": change.at,
            "notices": json.dumps(notices, ensure_ascii=False),
        },
    )
