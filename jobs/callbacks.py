"""Call-backs are drawn from what has been closed, every ten minutes."""

import threading
from datetime import timedelta

from core.access.desk import Office
from core.oversight.drawing import Drawn, draw
from jobs.registry import job


@job("callbacks", every=timedelta(minutes=10))
def run(office: Office, stop: threading.Event) -> Drawn:
    """List for a call-back what the county's rules draw."""
    return draw(office, stop)
