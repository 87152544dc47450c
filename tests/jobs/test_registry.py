"""A job is a name, how often, and a function."""

import threading
from datetime import timedelta

import pytest

from core.access.desk import Office
from jobs import worker
from jobs.registry import JOBS, job


def test_the_worker_knows_all_jobs() -> None:
    assert worker.JOBS is JOBS
    assert JOBS.keys() == {
        "callbacks",
        "files",
        "fold",
        "housekeeping",
        "mail",
        "robot",
        "sweep",
        "webhook",
    }


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match="'sweep' is registered twice"):

        @job("sweep", every=timedelta(minutes=1))
        def another(office: Office, stop: threading.Event) -> None:
            """Never registered."""


@pytest.mark.parametrize("name", JOBS)
def test_a_round_may_follow_a_round(office: Office, name: str) -> None:
    for _ in range(2):
        JOBS[name].run(office, threading.Event())
