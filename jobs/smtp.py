"""The mail server: where it is, how to speak to it, and what its refusals mean."""

import smtplib
import ssl
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from core.settings import BadSetting
from core.words import lazy

TIMEOUT = 15.0
"""Seconds that the server may be silent."""


@dataclass(frozen=True, slots=True)
class Server:
    """`smtp://[user:password@]host[:port]`; `smtps://` speaks TLS from the first byte."""

    host: str
    port: int
    tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> "Server":
        """The server that a URL names.

        Raises:
            BadSetting: not such a URL.
        """
        wrong = BadSetting(
            lazy("ONEDOOR_SMTP_URL 应形如 smtp://用户:密码@主机:25 或 smtps://主机:465")
        )
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise wrong from error
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise wrong
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=port or (465 if tls else 25),
            tls=tls,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    def connect(self) -> smtplib.SMTP:
        """An open session, encrypted where the server can, signed in where we have a name.

        A password travels only to a server whose certificate is in order; without one, any
        encryption is better than none.

        Raises:
            OSError, smtplib.SMTPException: the server cannot be used now.
        """
        context = ssl.create_default_context()
        if self.tls:
            session = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        else:
            session = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            session.ehlo_or_helo_if_needed()
            if not self.tls and session.has_extn("starttls"):
                if not self.password:
                    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                session.starttls(context=context)
                session.ehlo()
            if self.user:
                session.login(self.user, self.password)
        except BaseException:
            session.close()
            raise
        return session


Verdict = Literal["later", "never", "gone"]
"""later  this message, some other time (4xx)
never  this message will not be taken (5xx)
gone   the server is no longer there"""


def verdict(fault: Exception) -> Verdict:
    """What a failed sending means (RFC 5321, 4.2.1: 4yz is transient, 5yz permanent)."""
    match fault:
        case smtplib.SMTPServerDisconnected():
            return "gone"
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            codes = [code for code, _text in refused.values()]
            return _by_code(max(codes, default=0))
        case smtplib.SMTPResponseException(smtp_code=code):
            return _by_code(code)
        case smtplib.SMTPNotSupportedError():
            return "never"  # an address in Chinese characters, and a server without SMTPUTF8
        case _:
            return "gone"


def _by_code(code: int) -> Verdict:
    if code == 421:  # "closing transmission channel"
        return "gone"
    return "never" if code >= 500 else "later"


def words(fault: Exception) -> str:
    """A failure as the administrator reads it: the server's own answer."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        answers = [f"{code} {_text(said)}" for code, said in fault.recipients.values()]
        return "; ".join(answers)[:500]
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_text(fault.smtp_error)}"[:500]
    return f"{type(fault).__name__}: {fault}"[:500]


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
