"""Delivers the e-mails that wait in the outbox.

A message is first claimed for a while, then sent, then recorded as sent, each in a
transaction of its own: no lock is held while a slow server thinks, and a worker that dies
in between leaves a claim that runs out. Such a message is sent again under the same
Message-ID, by which mail programs recognise the copy.
"""

import hashlib
import logging
import smtplib
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from sqlalchemy import Row, text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.now import local, now
from core.rules.messages import HIDDEN, render
from core.settings import Settings
from core.words import _, speaking
from jobs.registry import job
from jobs.smtp import Server, verdict, words

log = logging.getLogger(__name__)

BATCH = 20
CLAIM = timedelta(minutes=10)
"""How long a claimed message is ours: more than a batch takes with a silent server."""
ATTEMPTS = 10
"""Tries before a message is given up; with the waits below, a day and a half."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=12)
SERVER_WAIT = timedelta(minutes=2)
"""Until the next try when the server itself is away; that costs a message no attempt."""


@dataclass(slots=True)
class Delivery:
    """What one round did."""

    sent: int = 0
    later: int = 0
    """Put off: the server asked to come again, or is away."""
    dead: int = 0
    """Given up; `message.fault` keeps the reason."""


def wait(attempts: int) -> timedelta:
    """The wait after so many failed attempts: doubling from one minute to twelve hours."""
    return min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)


_COUNTIES = text("""
select distinct county from message where sent_at is null and try_at <= :at and way = 'email'""")
_CLAIM = text("""
with mine as (
  select id from message
  where county = :county and sent_at is null and try_at <= :at and way = 'email'
  order by try_at limit :limit for update skip locked
), claimed as (
  update message m set attempts = attempts + 1, try_at = :until
  from mine where m.county = :county and m.id = mine.id
  returning m.*
)
select c.id, c.key, c.person_id, c.number, c.template, c.data, c.created_at, c.attempts,
       case when p.active then p.email else '' end as email, p.name, p.locale,
       coalesce(k.confidential, false) as confidential
from claimed c left join person p on p.id = c.person_id
left join cases k on k.county = :county and k.id = c.case_id
order by c.id""")
_SENT = text("""
update message set sent_at = :at, try_at = null, fault = ''
where county = :county and id = :id""")
_FAILED = text("""
update message set try_at = :try_at, attempts = :attempts, fault = :fault
where county = :county and id = :id and sent_at is null""")


@job("mail", every=timedelta(seconds=10))
def deliver(office: Office, stop: threading.Event | None = None) -> Delivery:
    """Send every e-mail that is due; without a mail server, quietly none."""
    done = Delivery()
    if not office.settings.smtp_url:
        return done
    server = Server.parse(office.settings.smtp_url)
    with office.look(SYSTEM) as look:
        counties = look.tx.scalars(_COUNTIES, {"at": now()}).all()
    if counties:
        _Round(office, server, stop or threading.Event(), done).go(sorted(counties))
    return done


@dataclass(slots=True)
class _Round:
    """One round in progress, over one session with the server."""

    office: Office
    server: Server
    stop: threading.Event
    done: Delivery
    session: smtplib.SMTP | None = None
    fault: str = ""
    """Why the server is away."""
    lost: int = 0
    """How often in a row the session broke off over a message."""

    def go(self, counties: Sequence[str]) -> None:
        """Deliver until nothing is left, the server is away, or we are to stop."""
        try:
            for county in counties:
                while self._some(county):
                    pass
                if self.fault:
                    log.warning("mail: %s is away: %s", self.server.host, self.fault)
                    break
        finally:
            self._hang_up()

    def _some(self, county: str) -> bool:
        """Claim and send a batch; false when none was left or the round is to end."""
        at = now()
        with self.office.work(SYSTEM) as work:
            values = {"county": county, "at": at, "until": at + CLAIM, "limit": BATCH}
            rows = work.tx.execute(_CLAIM, values).all()
        for index, row in enumerate(rows):
            if self.stop.is_set() or not self._connected():
                self._release(county, rows[index:])
                return False
            self._send(county, row)
        return bool(rows)

    def _connected(self) -> bool:
        if self.session is None and self.lost < 2:  # once may be the message's own fault
            try:
                self.session = self.server.connect()
            except (OSError, smtplib.SMTPException) as fault:
                self.fault = words(fault)
        return self.session is not None

    def _hang_up(self) -> None:
        if self.session is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.session.quit()
            self.session = None

    def _send(self, county: str, row: Row[*tuple[Any, ...]]) -> None:
        assert self.session is not None  # noqa: S101 (_connected has seen it)
        if not row.email:
            self._failed(county, row, _("收件人的账号已停用，或没有邮箱"), never=True)
            return
        try:
            message = compose(self.office.settings, county, row)
        except (ValueError, IndexError, MessageError) as fault:
            self._failed(county, row, words(fault), never=True)
            return
        try:
            self.session.send_message(message)
        except (OSError, smtplib.SMTPException) as fault:
            meaning = verdict(fault)
            self._failed(county, row, words(fault), never=meaning == "never")
            if meaning == "gone":
                self.session.close()
                self.session, self.lost, self.fault = None, self.lost + 1, words(fault)
            return
        with self.office.work(SYSTEM) as work:
            work.tx.execute(_SENT, {"county": county, "id": row.id, "at": now()})
        self.done.sent += 1
        self.lost, self.fault = 0, ""

    def _failed(self, county: str, row: Row[*tuple[Any, ...]], fault: str, *, never: bool) -> None:
        dead = never or row.attempts >= ATTEMPTS
        self._put_off(
            county, row.id, row.attempts, None if dead else now() + wait(row.attempts), fault
        )
        self.done.dead += dead
        self.done.later += not dead

    def _release(self, county: str, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
        """Give claimed messages back as if nobody had tried."""
        again = now() + (SERVER_WAIT if self.fault else timedelta())
        for row in rows:
            self._put_off(county, row.id, row.attempts - 1, again, self.fault)
        self.done.later += len(rows)

    def _put_off(
        self, county: str, message: int, attempts: int, try_at: datetime | None, fault: str
    ) -> None:
        values = {
            "county": county, "id": message, "attempts": attempts, "try_at": try_at,
            "fault": fault,
        }  # fmt: skip
        with self.office.work(SYSTEM) as work:
            work.tx.execute(_FAILED, values)


def message_id(settings: Settings, county: str, key: str, person: int) -> str:
    """The same for every copy of a message, and for no other."""
    digest = hashlib.sha256(f"{county}:{key}:{person}:email".encode()).hexdigest()[:32]
    domain = parseaddr(settings.smtp_from)[1].rpartition("@")[2] or "localhost"
    return f"<{digest}@{domain}>"


def compose(settings: Settings, county: str, row: Row[*tuple[Any, ...]]) -> EmailMessage:
    """The e-mail, in the language of whoever receives it.

    Raises:
        ValueError, IndexError, MessageError: an address that is none.
    """
    with speaking(row.locale):
        data = row.data | ({"title": str(HIDDEN)} if row.confidential else {})
        subject, body = render(row.template, row.number, data)
        lines = [
            _("{name}，您好！", name=row.name), "", body, "",
            _("请登录 {url} 查看和办理。", url=settings.public_url),
            _("本邮件由系统自动发出，请勿直接回复。"),
        ]  # fmt: skip
    message = EmailMessage()
    message["From"] = settings.smtp_from
    message["To"] = Address(row.name, addr_spec=row.email)
    message["Subject"] = subject
    message["Date"] = local(row.created_at)
    message["Message-ID"] = message_id(settings, county, row.key, row.person_id)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content("\n".join(lines) + "\n")
    return message
