"""E-mail: one session with the county's mail server for a whole round."""

import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

from core.access.desk import Office
from core.now import local
from core.settings import Settings
from core.words import _, speaking
from jobs.delivery import Delivery
from jobs.delivery import deliver as deliver_by
from jobs.letters import Away, Later, Letter, Never
from jobs.registry import job
from jobs.smtp import Server, verdict, words


@job("mail", every=timedelta(seconds=10))
def deliver(office: Office, stop: threading.Event | None = None) -> Delivery:
    """Send every e-mail that is due; without a mail server, quietly none."""
    if not office.settings.smtp_url:
        return Delivery()
    return deliver_by(office, Mail(office.settings), stop)


class Mail:
    """By e-mail."""

    name = "email"
    threads = 1

    def __init__(self, settings: Settings) -> None:
        self.settings, self.server = settings, Server.parse(settings.smtp_url or "")

    @contextmanager
    def sender(self) -> "Iterator[_Session]":
        """A session that opens when it is needed."""
        session = _Session(self.settings, self.server)
        try:
            yield session
        finally:
            session.hang_up()


class _Session:
    """One session with the server, which may break off."""

    def __init__(self, settings: Settings, server: Server) -> None:
        self.settings, self.server = settings, server
        self.line: smtplib.SMTP | None = None
        self.lost = 0
        """How often in a row the session broke off over a message."""

    def send(self, letter: Letter) -> None:
        """Hand one e-mail over."""
        try:
            message = compose(self.settings, letter)
        except (ValueError, IndexError, MessageError) as fault:
            raise Never(words(fault)) from fault
        line = self._connected()
        try:
            line.send_message(message)
        except (OSError, smtplib.SMTPException) as fault:
            match verdict(fault):
                case "never":
                    raise Never(words(fault)) from fault
                case "later":
                    raise Later(words(fault)) from fault
            line.close()
            self.line, self.lost = None, self.lost + 1
            # Once may be the message's own fault
            raise (Away if self.lost > 1 else Later)(words(fault)) from fault
        self.lost = 0

    def _connected(self) -> smtplib.SMTP:
        if self.line is None:
            try:
                self.line = self.server.connect()
            except (OSError, smtplib.SMTPException) as fault:
                raise Away(words(fault), tried=False) from fault
        return self.line

    def hang_up(self) -> None:
        """Say goodbye."""
        if self.line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.line.quit()
            self.line = None


def message_id(settings: Settings, letter: Letter) -> str:
    """The same for every copy of a message, by which mail programs recognise it."""
    domain = parseaddr(settings.smtp_from)[1].rpartition("@")[2] or "localhost"
    return f"<{letter.idempotency_key}@{domain}>"


def compose(settings: Settings, letter: Letter) -> EmailMessage:
    """The e-mail, in the language of whoever receives it.

    Raises:
        ValueError, IndexError, MessageError: an address that is none.
    """
    subject, body = letter.words()
    with speaking(letter.locale):
        lines = [
            _("{name}，您好！", name=letter.name), "", body, "",
            _("请登录 {url} 查看和办理。", url=settings.public_url),
            _("本邮件由系统自动发出，请勿直接回复。"),
        ]  # fmt: skip
    message = EmailMessage()
    message["From"] = settings.smtp_from
    message["To"] = Address(letter.name, addr_spec=letter.to)
    message["Subject"] = subject
    message["Date"] = local(letter.created_at)
    message["Message-ID"] = message_id(settings, letter)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content("\n".join(lines) + "\n")
    return message
