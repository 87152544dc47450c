"""Webhook: a signed JSON text by POST to a program of the county's own.

`Idempotency-Key` is the same for every copy of a message. `X-OneDoor-Signature` is
`t=<seconds>,v1=<hex>`, where hex is the HMAC-SHA256 of `<seconds>.<body>` under the secret of
the address: whoever checks both it and the time knows that it is ours and fresh.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from core.access.desk import Office
from core.now import now
from core.settings import Settings
from jobs.delivery import Delivery
from jobs.delivery import deliver as deliver_by
from jobs.letters import Away, Letter, Never
from jobs.outside import Client, NotAllowed, Unreachable
from jobs.registry import job
from jobs.verdicts import judge

AGENT = "OneDoor/1"


@job("webhook", every=timedelta(seconds=5))
def deliver(office: Office, stop: threading.Event | None = None) -> Delivery:
    """Send every message that is due to a webhook."""
    return deliver_by(office, Webhook(office.settings), stop)


class Webhook:
    """By webhook."""

    name = "webhook"
    threads = 8

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @contextmanager
    def sender(self) -> "Iterator[_Post]":
        """A client with its connections."""
        with Client(self.settings.webhook_networks) as client:
            yield _Post(self.settings, client)


class _Post:
    def __init__(self, settings: Settings, client: Client) -> None:
        self.settings, self.client = settings, client

    def send(self, letter: Letter) -> None:
        """POST one letter."""
        body = json.dumps(content(self.settings, letter), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": AGENT,
            "Idempotency-Key": letter.idempotency_key,
            "X-OneDoor-Signature": signature(letter.secret, int(now().timestamp()), body),
        }
        try:
            answer = self.client.request("POST", letter.to, data=body, headers=headers)
        except NotAllowed as fault:
            raise Never(fault.said) from fault
        except Unreachable as fault:
            raise Away(fault.said) from fault
        judge(answer)


def signature(secret: str, at: int, body: bytes) -> str:
    """The header's value; `at` in seconds since 1970."""
    told = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={told.hexdigest()}"


def content(settings: Settings, letter: Letter) -> dict[str, Any]:
    """What is sent; nothing in it changes from one try to the next, and nobody's identity is
    in it but the reader's own name."""
    subject, body = letter.words()
    about = f"/case?number={letter.number}" if letter.number else ""
    return {
        "id": letter.idempotency_key,
        "event": letter.template,
        "number": letter.number,
        "subject": subject,
        "text": body,
        "confidential": letter.confidential,
        "due_at": letter.data.get("due_at"),
        "url": settings.public_url + about,
        "to": {"unit": letter.unit} if letter.unit else {"person": letter.person_id},
        "name": letter.name,
        "created_at": letter.created_at.isoformat(),
    }
