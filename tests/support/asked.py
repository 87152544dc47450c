"""A case in the small county on which somebody asks something of somebody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.act import act
from core.cases.detail import Detail, detail
from core.now import ZONE, local, moved_to
from core.rules.case import Clock, Demand
from tests.support import county

UNIT, CENTRE, LAND = "131024104-ZF", "131024104-C", "131024-ZR"


def at(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=ZONE).astimezone(UTC)


def wall(instant: datetime | None) -> str:
    return f"{local(instant):%Y-%m-%d %H:%M}" if instant else ""


class Case:
    """A case in the small county, and what people do to it."""

    def __init__(self, office: Office, number: str) -> None:
        self.office, self.number = office, number

    def do(self, who: str, action: str, **data: Any) -> None:
        actor = SYSTEM if who == "system" else county.actor(self.office, who)
        with self.office.work(actor) as work:
            act(work, self.number, action, data)

    def seen(self, who: str = "") -> Detail:
        with self.office.look(county.actor(self.office, who) if who else SYSTEM) as look:
            return detail(look, self.number)

    def asked(self, kind: str) -> Demand:
        return [d for d in self.seen().file.demands if d.kind == kind][-1]

    def clock(self, kind: str) -> Clock:
        return [c for c in self.seen().file.clocks if c.kind == kind and c.stopped_at is None][-1]

    def may(self, who: str, action: str) -> bool:
        return action in {t.id for t in self.seen(who).actions}


@contextmanager
def on(moment: str) -> Iterator[None]:
    with moved_to(at(moment)):
        yield


def answered(one: Case) -> None:
    one.do("enforce", "report", result="已清理")
    one.do("dispatcher", "reply", text="已清理，请您评价")


def closed(one: Case) -> None:
    answered(one)
    one.do("dispatcher", "close")
