"""The one way out by HTTP: to webhooks, and for the robots of Apprise.

The address was typed by somebody, and whoever answers may be broken or hostile. So: only http
and https; the name is resolved by us, every address that it has is checked
(`core.rules.networks`) and the connection is made to the very address that was checked; no
redirect is followed, no proxy of the environment used; certificates are verified; and whatever
the other side does (is silent, drips bytes, never stops), one request ends after `TOTAL`
seconds and reads `BODY` bytes at most.
"""

import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from core.rules.networks import Network, allowed
from core.words import lazy
from jobs.faults import Fault

logging.getLogger("urllib3").setLevel(logging.INFO)  # below that its lines hold addresses

CONNECT, READ, TOTAL = 3.0, 5.0, 10.0
"""Seconds for a connection, for silence, and for everything."""
BODY = 16 * 1024
"""Bytes of an answer that are read; what counts is its status."""


class NotAllowed(Fault):
    """The address lies in an inside network that is not listed."""


class Unreachable(Fault):
    """No answer; why, in words that hold no part of the address."""


class Client:
    """Speaks to the outside; one per thread, one request at a time."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self.networks = networks
        self.session = requests.Session()
        self.session.trust_env = False  # no proxies, no .netrc
        self.session.headers.clear()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _Guarded(max_retries=0))
        self.sockets: list[socket.socket] = []
        """A second handle on each open connection: TLS takes the first one away."""
        self.fault: Fault | None = None
        self.until = 0.0
        self.dialled = False

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_error: object) -> None:
        self.session.close()
        self._let_go()

    def request(self, method: str, url: str, **what: Any) -> requests.Response:
        """One request; its answer, whatever status, with at most `BODY` bytes of content.

        Args:
            what: `data`, `json`, `headers`, `params`, `auth` as `requests` takes them; all
                else that `requests` would take is decided here.

        Raises:
            NotAllowed: an inside address.
            Unreachable: no answer in time, or none that can be trusted.
        """
        kept = {k: v for k, v in what.items() if k in ("data", "json", "headers", "params", "auth")}
        kept["headers"] = {"Accept-Encoding": "identity", **(kept.get("headers") or {})}
        self.fault, self.until = None, time.monotonic() + TOTAL
        over = threading.Event()
        watch = threading.Timer(TOTAL, self._cut, (over,))
        watch.daemon = True
        watch.start()
        _present.client = self
        try:
            answer = self._ask(method, url, kept)
            if over.is_set():  # cut off among the headers, which then look as if they ended
                raise OSError
            _read(answer)
        except (OSError, HTTPError, ValueError, requests.RequestException) as error:
            raise self._explained(error, over.is_set()) from None  # its words hold the address
        finally:
            _present.client = None
            watch.cancel()
        return answer

    def _ask(self, method: str, url: str, kept: dict[str, Any]) -> requests.Response:
        self.dialled = False
        try:
            return self._once(method, url, kept)
        except requests.ConnectionError:
            if self.dialled:
                raise
            return self._once(method, url, kept)  # an open connection had been closed meanwhile

    def _once(self, method: str, url: str, kept: dict[str, Any]) -> requests.Response:
        return self.session.request(
            method, url, **kept, stream=True, allow_redirects=False, timeout=(CONNECT, READ)
        )

    def _cut(self, over: threading.Event) -> None:
        over.set()
        for line in list(self.sockets):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        while self.sockets:
            self.sockets.pop().close()

    def _explained(self, error: Exception, over: bool) -> Exception:
        if self.fault is not None:
            return self.fault
        if over:
            return Unreachable(lazy("对方在 {n} 秒内没有答完", n=f"{TOTAL:.0f}"))
        chain = _chain(error)
        if any(isinstance(e, ssl.SSLCertVerificationError) for e in chain):
            return Unreachable(lazy("对方的证书不可信：过期、自签发，或与主机名不符"))
        if any(isinstance(e, ssl.SSLError) for e in chain):
            return Unreachable(lazy("与对方建立加密连接失败"))
        if isinstance(error, requests.Timeout):
            return Unreachable(lazy("对方 {n} 秒没有应答", n=f"{READ:.0f}"))
        if isinstance(error, ValueError) and not isinstance(error, requests.ConnectionError):
            return Unreachable(lazy("地址或应答的格式不对"))
        return Unreachable(lazy("连接中断，对方没有答完"))

    def dial(self, host: str, port: int) -> socket.socket:
        """A connection to an address of `host` that has been checked.

        Raises:
            OSError: none; `fault` says why.
        """
        self.dialled = True
        try:
            found = self._resolved(host, port)
            inside = next((a for *_f, a in found if not allowed(a[0], self.networks)), None)
            if inside is not None:
                raise NotAllowed(
                    lazy(
                        "对方的地址 {address} 在内部网络里，没有得到允许"
                        "（由 ONEDOOR_WEBHOOK_NETWORKS 设置）",
                        address=inside[0],
                    )
                )
            return self._connected(found)
        except (NotAllowed, Unreachable) as fault:
            self.fault = fault
            raise OSError from fault

    def _left(self, most: float) -> float:
        return max(0.001, min(most, self.until - time.monotonic()))

    def _resolved(self, host: str, port: int) -> list[Any]:
        """The addresses of a name. A resolver that is silent cannot be interrupted, so it is
        asked from a thread that is left behind."""
        found: list[Any] = []

        def ask() -> None:
            with suppress(OSError, UnicodeError):
                found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(self._left(READ))
        if not found:
            raise Unreachable(lazy("找不到主机 {host}", host=host))
        return list(found)

    def _connected(self, found: list[Any]) -> socket.socket:
        fault: OSError | None = None
        for family, kind, protocol, _name, address in found[:4]:
            line = socket.socket(family, kind, protocol)
            line.settimeout(self._left(CONNECT))
            try:
                line.connect(address)
            except OSError as error:
                line.close()
                fault = error
                continue
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sockets.append(socket.socket(fileno=os.dup(line.fileno())))
            del self.sockets[:-8]  # a lane speaks to one host: older ones are closed long ago
            return line
        if isinstance(fault, ConnectionRefusedError):
            raise Unreachable(lazy("对方拒绝连接"))
        if isinstance(fault, TimeoutError):
            raise Unreachable(lazy("对方 {n} 秒没有接通", n=f"{CONNECT:.0f}"))
        raise Unreachable(lazy("连不上对方的网络"))


class _Present(threading.local):
    client: Client | None = None


_present = _Present()
"""Whose request this thread is making: urllib3 makes connections by class, not by object."""


def present() -> Client:
    """The client of this thread's request."""
    assert _present.client is not None  # noqa: S101 (only `Client.request` gets here)
    return _present.client


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        line = present().dial(self._dns_host, self.port)
        line.settimeout(READ)
        return line


class _Secure(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        line = present().dial(self._dns_host, self.port)
        line.settimeout(READ)
        return line


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain  # pyright: ignore[reportAssignmentType]


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure  # pyright: ignore[reportAssignmentType]


class _Guarded(HTTPAdapter):
    """Connections of ours. Certificates: the system's store, where a county adds its own
    authority, and the usual bundle."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, ssl_context=ssl.create_default_context(), **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


def _read(answer: requests.Response) -> None:
    """A little of the content. An answer whose status has come counts, so what goes wrong with
    the rest of it is nobody's concern; its connection is not used again."""
    content = b""
    with suppress(OSError, HTTPError, ValueError):
        while len(content) <= BODY and (piece := answer.raw.read(BODY, decode_content=True)):
            content += piece
    if len(content) > BODY or not answer.raw.isclosed():
        answer.close()
    answer._content, answer._content_consumed = content[:BODY], True  # pyright: ignore[reportAttributeAccessIssue]


def _chain(error: BaseException) -> list[BaseException]:
    """An error with all that stands behind it."""
    found: list[BaseException] = []
    rest: list[Any] = [error]
    while rest:
        each = rest.pop()
        if isinstance(each, BaseException) and each not in found:
            found.append(each)
            rest += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
    return found
