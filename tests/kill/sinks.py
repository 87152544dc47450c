"""Where messages arrive: a mail server and a webhook receiver on the loopback, which count."""

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.mailbox import free_port

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class Sinks:
    """What has arrived."""

    mails: Counter[str] = field(default_factory=Counter)
    """By Message-ID."""
    posts: Counter[str] = field(default_factory=Counter)
    """By Idempotency-Key."""
    bodies: dict[str, set[str]] = field(default_factory=dict)
    """By Idempotency-Key: digests of what came under it."""
    smtp_url: str = ""
    hook_url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        content = envelope.content
        assert isinstance(content, bytes)
        found = _MESSAGE_ID.search(content)
        with self.lock:
            self.mails[found[1].decode() if found else "(none)"] += 1
        return "250 taken"

    def take(self, key: str, body: bytes) -> None:
        """A webhook has come."""
        with self.lock:
            self.posts[key] += 1
            self.bodies.setdefault(key, set()).add(hashlib.sha256(body).hexdigest())


def _handler(sinks: Sinks) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60  # a killed worker's connection ends here at the latest

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender was killed in the middle of it: nothing came
                return
            sinks.take(self.headers["Idempotency-Key"], body)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Says nothing."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_which: object) -> None:
        """A killed worker breaks its connections off."""


@contextmanager
def open_sinks() -> Iterator[Sinks]:
    """Both servers, while the block runs."""
    sinks = Sinks()
    mail = Controller(sinks, "127.0.0.1", free_port())
    mail.start()
    hook = _Server(("127.0.0.1", 0), _handler(sinks))
    thread = threading.Thread(target=hook.serve_forever, args=(0.1,))
    thread.start()
    sinks.smtp_url = f"smtp://127.0.0.1:{mail.port}"
    sinks.hook_url = f"http://127.0.0.1:{hook.server_port}/hook"
    try:
        yield sinks
    finally:
        hook.shutdown()
        thread.join()
        hook.server_close()
        mail.stop()
