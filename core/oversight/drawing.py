"""Draws closed cases for call-backs, each exactly once, by what the county has decided.

Whether a case is drawn follows from its id and a stated seed (`core.rules.callbacks`), and
`act` refuses a second draw under the case's lock: any number of workers may draw at once. For
the same reason one that fails is simply looked at again in the next round.
"""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, tuple_

from core.access.actor import SYSTEM
from core.access.desk import Look, Office
from core.blueprint.store import get_fact, set_fact
from core.cases.act import act
from core.cases.load import load
from core.cases.standing import facts_of
from core.errors import Collided, OneDoorError
from core.now import now
from core.rules.calendar import UnknownYear
from core.rules.deadlines import Term, due
from core.words import _, pick
from db.models import CaseRow
from db.session import gone

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=30)
"""What was closed longer ago is not asked about any more, also after a long standstill."""
AT_ONCE = 1000
_MARK = "callbacks"
"""The fact that says up to which moment of closing everything has been looked at."""


@dataclass(slots=True)
class Drawn:
    """What a round did."""

    seen: int = 0
    drawn: int = 0
    refused: int = 0
    """Drawn already, or closed in a way that no call-back follows."""
    failed: list[str] = field(default_factory=list)
    """Numbers of cases that could not be looked at; the log says why."""


def draw(office: Office, stop: threading.Event | None = None) -> Drawn:
    """Look at every case closed since the round before, and list those that are drawn."""
    done, at = Drawn(), now()
    with office.look(SYSTEM) as look:
        callbacks, calendar = look.world.blueprint.callbacks, look.world.blueprint.clock_calendar
        mark = _mark(look, at)
    if not callbacks.rows:
        return done
    wait, last = Term.parse(callbacks.after), mark
    for number, closed_at in _closed(office, mark, at):
        try:
            if due(closed_at, wait, calendar) > at or (stop and stop.is_set()):
                break
        except UnknownYear:
            break  # once the year is entered it goes on from here
        _look_at(office, number, done)
        last = last if done.failed else closed_at
    if last > mark:
        with office.work(SYSTEM) as work:
            if _mark(work, at) < last:
                set_fact(work.tx, _MARK, {"until": last.isoformat()})
    return done


def _mark(look: Look, at: datetime) -> datetime:
    fact = get_fact(look.tx, _MARK)
    known = datetime.fromisoformat(fact["until"]) if fact else at - LOOK_BACK
    return max(known, at - LOOK_BACK)


def _closed(office: Office, since: datetime, until: datetime) -> Iterator[tuple[str, datetime]]:
    """Cases that were answered and closed, with somebody to ask, oldest first."""
    c, after = CaseRow, (since, 0)
    while True:
        with office.look(SYSTEM) as look:
            query = (
                select(c.number, c.closed_at, c.id)
                .where(tuple_(c.closed_at, c.id) > after, c.closed_at <= until)
                .where(c.resident_id.is_not(None), c.replied_at.is_not(None))
                .order_by(c.closed_at, c.id)
                .limit(AT_ONCE)
            )
            page = look.tx.execute(query).all()
        for row in page:
            yield row.number, row.closed_at
        if len(page) < AT_ONCE:
            return
        after = page[-1].closed_at, page[-1].id


def _look_at(office: Office, number: str, done: Drawn) -> None:
    done.seen += 1
    try:
        with office.work(SYSTEM) as work:
            case = load(work, number).case
            row = work.world.blueprint.callbacks.draws(facts_of(case), case.id)
            if row is None or case.closed_at is None:
                return
            said = _("按“{name}”抽取", name=pick(row.name)) if row.name else _("按规则抽取")
            share = _("，抽取比例 {share}，种子 {seed}", share=f"{row.share:.0%}", seed=row.seed)
            act(work, number, "draw", {"text": said + (share if row.seed else "")})
    except Collided:
        done.failed.append(number)
    except OneDoorError:
        done.refused += 1
    except Exception as fault:
        if gone(fault):
            raise  # the next round begins where this one did
        log.exception("call-backs: case %s", number)
        done.failed.append(number)
    else:
        done.drawn += 1
