"""The jobs of the worker: each a name, how often, and a function that does one round."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from core.access.desk import Office

Round = Callable[[Office, threading.Event], object]
"""One round of a job; it comes to an early end when the event is set."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something the worker does again and again."""

    name: str
    every: timedelta
    run: Round


JOBS: dict[str, Job] = {}
"""Every job, by name; importing its module puts it here."""


def job(name: str, *, every: timedelta) -> Callable[[Round], Round]:
    """Register the function below as the job `name`.

    Raises:
        ValueError: the name is taken.
    """

    def register(run: Round) -> Round:
        if name in JOBS:
            raise ValueError(f"job {name!r} is registered twice")
        JOBS[name] = Job(name, every, run)
        return run

    return register
