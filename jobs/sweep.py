"""The ladders, every quarter of a minute."""

import threading
from datetime import timedelta

from core.access.desk import Office
from core.cases.sweep import SweepReport, sweep
from jobs.registry import job


@job("sweep", every=timedelta(seconds=15))
def run(office: Office, stop: threading.Event) -> SweepReport:
    """Fire every rung that is due."""
    return sweep(office, stop=stop)
