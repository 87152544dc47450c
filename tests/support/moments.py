"""Things that happen at a stated moment, and what they left behind."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.act import act
from core.cases.outcome import Outcome
from core.cases.take_in import take_in
from core.now import ZONE, moved_to
from tests.support import county


def beijing(moment: str) -> datetime:
    """`2026-11-16 10:00` as the county's wall clock shows it."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


def receive(office: Office, moment: str, by: str = "clerk", **fields: Any) -> str:
    """A case taken in at `moment` (county time); returns its number."""
    values = {"body": "有一件事情想请你们看一看", "area": county.VILLAGE} | fields
    with moved_to(beijing(moment)), office.work(county.actor(office, by)) as work:
        return take_in(work, values).outcome.number


def do(office: Office, moment: str, by: str, number: str, action: str, **data: Any) -> Outcome:
    """An action at `moment` (county time)."""
    with moved_to(beijing(moment)), office.work(county.actor(office, by)) as work:
        return act(work, number, action, data)


def rows(office: Office, sql: str, **values: Any) -> list[Row[*tuple[Any, ...]]]:
    """What the database holds."""
    with office.look(SYSTEM) as look:
        return list(look.tx.execute(text(sql), values))


def timeline(office: Office, number: str) -> list[Row[*tuple[Any, ...]]]:
    """The lines of a case's timeline."""
    return rows(
        office,
        "select t.seq, t.at, t.action, t.actor_name, t.data, t.public, t.to_stage from timeline t"
        " join cases c on c.county = t.county and c.id = t.case_id"
        " where c.number = :number order by t.seq",
        number=number,
    )


def told(office: Office, template: str, way: str = "app") -> list[tuple[str, Any]]:
    """(username, data) of the messages of a template, oldest first."""
    found = rows(
        office,
        "select p.username, m.data from message m join person p on p.id = m.person_id"
        " where m.template = :template and m.way = :way order by m.created_at, p.username, m.id",
        template=template,
        way=way,
    )
    return [(username, data) for username, data in found]
