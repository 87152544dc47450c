"""A real SMTP server on the loopback, which can be told to refuse."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Mailbox:
    """What the server has taken, and how it answers next."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.to_recipient: dict[str, str] = {}
        """Answers to RCPT, by address."""
        self.to_data = ""
        """Answer to DATA, instead of taking the message."""
        self.hang_up = False
        """Break the connection off instead of answering to DATA."""
        self.on_message = lambda: None
        """Called when a message has been taken, before the server says so."""
        self.signed_in: list[str] = []

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if address in self.to_recipient:
            return self.to_recipient[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hang_up:
            server.transport.abort()
            await asyncio.sleep(0)
        if self.to_data:
            return self.to_data
        content = envelope.content
        assert isinstance(content, bytes)
        self.messages.append(message_from_bytes(content, policy=policy.default))  # pyright: ignore[reportArgumentType]
        self.recipients.append(list(envelope.rcpt_tos))
        self.on_message()
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Anybody whose password is `secret`."""
        assert isinstance(data, LoginPassword)
        self.signed_in.append(data.login.decode())
        return AuthResult(success=data.password == b"secret", handled=False)


def free_port() -> int:
    """A port on the loopback on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def serving(box: Mailbox, *, sign_in: bool = False, port: int = 0) -> Iterator[str]:
    """The server's URL while it runs."""
    more = {"authenticator": box.authenticate, "auth_require_tls": False} if sign_in else {}
    controller = Controller(box, "127.0.0.1", port or free_port(), **more)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()
