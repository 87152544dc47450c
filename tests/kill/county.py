"""The county: the demo county, with people who have e-mail, units that have a webhook, and
many cases whose ladders have been due for days."""

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.store import publish, read_yaml
from core.demo.county import BLUEPRINT
from core.now import local
from core.rules.calendar import Calendar
from tests.kill.sinks import Sinks
from tests.support import many

BACK = timedelta(days=10)
"""No worker has run for so long: longer than the longest holidays."""
STILL = timedelta(hours=6)
"""So long nothing more comes due."""


def prepare(office: Office, owner: URL, sinks: Sinks, rungs: int, at: datetime) -> Office:
    """Fill the founded demo county `office`; returns a handle that can reach the sinks."""
    office = reaching(office, sinks)
    with office.work(SYSTEM) as work:
        publish(work.tx, _blueprint(at), note="webhook", by=None)
        work.tx.execute(text(
            "update person set email = replace(username, '.', '-') || '@example.org'"
            " where id % 2 = 0 or 'head' = any(roles)"))  # fmt: skip
        work.tx.execute(
            text("insert into address (id, unit, way, url, secret, changed_at)"
                 " select nextval('ids'), code, 'webhook', :url || '/' || code, 'secret', now()"
                 " from unit where kind = 'department'"),
            {"url": sinks.hook_url},
        )  # fmt: skip
    office.forget()
    models = many.models(many.world_of(office), at - BACK, at, 2000)
    models = [m for m in models if m.then is None or m.then > at + STILL]
    due = [m for m in models if m.due and not (m.closes and m.due > 1)]
    quiet = [m for m in models if not m.due]
    cases = round(rungs / (sum(m.due for m in due) / len(due)))
    with many.copying(owner, due, quiet) as copier:
        copier.add(cases + cases // 4, cases)
    _settle(owner)
    return office


def reaching(office: Office, sinks: Sinks) -> Office:
    """The same county, whose mail server and webhooks are on this machine."""
    settings = replace(
        office.settings,
        smtp_url=sinks.smtp_url,
        webhook_networks=(ip_network("127.0.0.0/8"),),
    )
    return Office(office.engine, settings)


def _blueprint(at: datetime) -> dict[str, Any]:
    """What goes by e-mail goes by webhook as well; the calendar knows this year and the last."""
    body = read_yaml(BLUEPRINT)
    for ladder in body["ladders"].values():
        for rung in ladder:
            if "email" in rung.get("by", ()):
                rung["by"] = [*rung["by"], "webhook"]
    today = local(at).date()
    for year in (today.year - 1, today.year, today.year + 1):
        if not Calendar().knows(year):
            body.setdefault("calendar", {})[year] = {"holidays": [f"{year}-01-01"]}
    return body


def _settle(owner: URL) -> None:
    engine = create_engine(owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as line:
        line.exec_driver_sql("analyze")
    engine.dispose()
