"""Throws away what has run out: sessions, the counters of rate limits, files of no case."""

import threading
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_

from core.access import limits
from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.files import drop_orphans
from core.now import now
from db.models import SignIn
from jobs.registry import job


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows went."""

    sessions: int
    hits: int


@job("housekeeping", every=timedelta(hours=1))
def run(office: Office, stop: threading.Event) -> Swept:
    """Delete ended sessions and old counters. Nothing that people wrote is touched."""
    instant = now()
    ended = or_(
        SignIn.expires_at <= instant, SignIn.seen_at < instant - office.settings.session_idle
    )
    with office.work(SYSTEM) as work:
        sessions = work.tx.execute(delete(SignIn).where(ended)).rowcount
        hits = limits.prune(work)
    return Swept(sessions, hits)


@job("files", every=timedelta(days=1))
def files(office: Office, stop: threading.Event) -> int:
    """Delete the bytes that refused uploads left behind; returns how many files."""
    with office.work(SYSTEM) as work:
        return drop_orphans(work)
