"""One whole run: county, sinks, workers, deaths, proof."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy.engine import URL

from core.access.desk import Office
from core.now import moved_to, now
from jobs.delivery import deliver
from jobs.mail import Mail
from jobs.mailbag import CLAIM
from jobs.webhook import Webhook
from tests.kill.county import prepare
from tests.kill.proof import Verdict, expect, prove
from tests.kill.sinks import open_sinks
from tests.kill.workers import Crew, Deaths


@dataclass(frozen=True, slots=True)
class Run:
    """What a run has shown."""

    verdict: Verdict
    deaths: Deaths
    started: int
    """Workers."""
    exits: list[int | None]
    """Exit codes of those that were told to stop."""
    claimed: int
    """Messages that a dead worker had claimed, sent when the claim had run out."""
    seconds: dict[str, float]
    complaints: int
    """Tracebacks in the workers' log."""


def run(
    office: Office,
    owner: URL,
    *,
    kills: int,
    rungs: int,
    seed: int,
    log: Path,
    say: Callable[[str], None] = lambda _words: None,
) -> Run:
    """Kill workers `kills` times while they fire about `rungs` rungs.

    Args:
        office: a handle on the founded demo county without cases.
        owner: its database as a superuser reaches it.
        log: where the workers write what goes wrong.
    """
    at, times, rng = now(), dict[str, float](), Random(seed)
    with open_sinks() as sinks:
        start = time.monotonic()
        office = prepare(office, owner, sinks, rungs, at)
        expected = expect(office, at)
        times["preparing"] = time.monotonic() - start
        say(f"{len(expected.rungs)} rungs due, {len(expected.messages)} messages expected")
        crew, start, since = Crew(office, log), time.monotonic(), now()
        try:
            crew.kill(kills, rng)
            times["killing"] = time.monotonic() - start
            say(f"{kills} killed; {crew.left()} clocks still due, {crew.unsent()} messages unsent")
            start = time.monotonic()
            crew.finish()
        finally:
            exits = crew.stop()
        times["finishing"] = time.monotonic() - start
        # What a worker had claimed when it died is free again after CLAIM: we do not wait for it.
        with moved_to(now() + CLAIM + timedelta(minutes=1)):
            ways = Mail(office.settings), Webhook(office.settings)
            claimed = sum(deliver(office, way).sent for way in ways)
        start = time.monotonic()
        verdict = prove(office, expected, sinks, since)
        times["proving"] = time.monotonic() - start
    complaints = log.read_text().count("Traceback") if log.exists() else 0
    return Run(verdict, crew.deaths, crew.started, exits, claimed, times, complaints)
