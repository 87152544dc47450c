"""A real HTTP server on the loopback, which can be told to misbehave."""

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True)
class Got:
    """One request as it came in."""

    method: str
    path: str
    headers: Message
    body: bytes
    peer: tuple[str, int]
    """The other end of its connection."""


class Hook:
    """What the server has taken, and how it answers next."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.next: deque[Answer] = deque()
        """How to answer the coming requests; after these, `usual`."""
        self.usual: Answer = status(200)
        self.by_path: dict[str, Answer] = {}
        self.on_request: Callable[[], None] = lambda: None
        """Called when a request has been read, before the answer."""
        self.over = threading.Event()
        """Set when the test ends: whoever hangs lets go."""
        self.at_once = 0
        """The most requests that were answered at the same time."""
        self._busy = 0
        self._lock = threading.Lock()

    def take(self, handler: "_Handler") -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        with self._lock:
            self.got.append(
                Got(handler.command, handler.path, handler.headers, body, handler.client_address)
            )
            answer = self.next.popleft() if self.next else None
            self._busy += 1
            self.at_once = max(self.at_once, self._busy)
        try:
            self.on_request()
            (answer or self.by_path.get(handler.path.partition("?")[0]) or self.usual)(handler)
        finally:
            with self._lock:
                self._busy -= 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hook: Hook

    def do_POST(self) -> None:
        with suppress(OSError):
            self.hook.take(self)

    do_GET = do_PUT = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


Answer = Callable[[_Handler], None]


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """A plain answer; `retry_after` becomes `Retry-After`."""

    def answer(handler: _Handler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hang(handler: _Handler) -> None:
    """Say nothing."""
    handler.hook.over.wait(60)


def drip(handler: _Handler) -> None:
    """A header, one byte at a time, each well before anybody's patience ends."""
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 600:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        if handler.hook.over.wait(0.1):
            return


def endless(handler: _Handler) -> None:
    """200, and then a body that never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    until = time.monotonic() + 60
    while time.monotonic() < until and not handler.hook.over.is_set():
        handler.wfile.write(b"x" * 65536)


def hang_up(handler: _Handler) -> None:
    """Close the connection instead of answering."""
    handler.close_connection = True


@contextmanager
def listening(hook: Hook, *, tls: tuple[Path, Path] | None = None, port: int = 0) -> Iterator[str]:
    """The server's address, without a slash at the end, while it runs."""
    handler = type("Handler", (_Handler,), {"hook": hook})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_a: None  # pyright: ignore[reportAttributeAccessIssue]
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        hook.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
