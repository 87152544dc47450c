"""Webhooks of the small county, as the tests set them up and send them."""

import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from core.access.desk import Office
from core.now import moved_to
from core.places.addresses import Owner, set_address
from core.words.kept import worded
from jobs.delivery import Delivery
from jobs.webhook import deliver
from tests.support import county
from tests.support.moments import beijing, rows

NOON = beijing("2026-11-16 12:00")
LOOPBACK = (ip_network("127.0.0.0/8"),)
MINUTE = timedelta(minutes=1)


def allowing(office: Office, *networks: Any) -> Office:
    return Office(office.engine, replace(office.settings, webhook_networks=networks or LOOPBACK))


def enter(office: Office, url: str, username: str = "dispatcher") -> str:
    """Give somebody a webhook; returns its secret."""
    with office.work(county.actor(office, "admin")) as work:
        return set_address(work, Owner(username=username), "webhook", url)


def post(office: Office, at: datetime = NOON) -> Delivery:
    """One round of the job at a moment."""
    with moved_to(at):
        return deliver(office)


def outbox(office: Office, way: str = "webhook") -> list[Any]:
    """The messages of a way, why they failed in words."""
    found = rows(office, "select * from message where way = :way order by id", way=way)
    return [SimpleNamespace(**row._asdict() | {"fault": worded(row.fault)}) for row in found]


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that is signed by nobody but itself."""
    cert, key, openssl = folder / "cert.pem", folder / "key.pem", shutil.which("openssl")
    assert openssl
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key
