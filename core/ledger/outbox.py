"""Notices become messages: one line per person (or unit's group) and way, each written once.

Whoever works in a unit at that moment is found by the database, in one statement for
all notices of many changes, and so is what addresses they have. In-app messages are thereby
delivered; the others wait for the worker. People of an accused unit and its parts never hear
of the accusation, not even its title (Petition Work Regulations 2022 《信访工作条例》 art. 30).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from core.ledger.change import Change, Notice
from core.rules.case import Case
from db.session import Write

QUEUE = """
with n as materialized (
  select * from jsonb_to_recordset(%(notices)s::jsonb) as n(
    county text, case_id bigint, number text, template text, key text, unit text, role text,
    area text, person bigint, "group" text, ways text[], data jsonb, accused text[])
), reached as (
  select n.*, p.id as who, p.email, p.unit as works from n
    join lateral (select * from person where id = n.person limit 1) p on p.active
  union all
  select n.*, p.id, p.email, p.unit from n
    join person p on p.unit = n.unit
    where n.person is null and p.active and (n.role is null or n.role = any(p.roles))
  union all
  select n.*, p.id, p.email, p.unit from n
    join person p on p.area = n.area
    where n.person is null and n.unit is null and p.active and n.role = any(p.roles)
), lines as (
  select r.*, w.way, '' as theirs from reached r cross join unnest(r.ways) as w(way)
    where w.way = 'app' or w.way = 'email' and r.email <> ''
  union all
  select r.*, a.way, '' from reached r
    join address a on a.person_id = r.who and a.way = any(r.ways)
  union all
  select n.*, 0, '', u.code, a.way, u.code from n
    join address a on a.way = any(n.ways) and a.unit =
      coalesce(n."group", case when n.person is null and n.role is null then n.unit end)
    join unit u on u.code = a.unit and u.active
)
insert into message (county, id, key, person_id, unit, way, case_id, number, template, data,
                     created_at, sent_at, attempts, try_at, fault)
select r.county, nextval('message_ids'), r.key, r.who, r.theirs, r.way, r.case_id, r.number,
       r.template, r.data, %(at)s, case when r.way = 'app' then %(at)s end, 0,
       case when r.way <> 'app' then %(at)s end, ''
from lines r
where case when r.accused is null or r.works is null then true else not exists (
    with recursive up(code) as (
      select r.works collate "C"
      union select case when u.successor = up.code then u.code else u.parent end
        from unit u join up on u.code = up.code and u.parent is not null or u.successor = up.code)
    select 1 from up where up.code = any(r.accused)) end
on conflict do nothing
"""
"""Alone, or as one part of what an action writes (`ledger.write`)."""


def _row(case: Case, notice: Notice) -> dict[str, Any]:
    return {
        "county": case.county,
        "case_id": case.id,
        "number": case.number,
        "template": notice.template,
        "key": notice.key,
        "unit": notice.unit,
        "role": notice.role,
        "area": notice.area,
        "person": notice.person,
        "group": notice.group,
        "ways": notice.by,
        "data": notice.data,
        "accused": case.accused or None,
    }


def notice_rows(change: Change) -> list[dict[str, Any]]:
    """The change's notices, as the statement wants them."""
    return [_row(change.file.case, notice) for notice in change.notices]


def queue(tx: Write, change: Change) -> int:
    """Write the messages of one change; returns how many are new."""
    return queue_all(tx, [change], change.at)


def queue_all(tx: Write, changes: Sequence[Change], at: datetime) -> int:
    """Write the messages that the changes' notices amount to; returns how many are new."""
    notices = [row for change in changes for row in notice_rows(change)]
    if not notices:
        return 0
    parameters = {"at": at, "notices": to_json(notices).decode()}
    return tx.exec_driver_sql(QUEUE, parameters).rowcount
