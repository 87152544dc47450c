"""The figures, folded often enough that little is left to add up on reading."""

import threading
from datetime import timedelta

from core.access.desk import Office
from core.kpi.fold import Folded, fold
from jobs.registry import job


@job("fold", every=timedelta(seconds=20))
def run(office: Office, stop: threading.Event) -> Folded:
    """Fold the deltas into the totals."""
    return fold(office, stop)
