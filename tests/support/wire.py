"""A line to a server that can fall silent: it stands, and nothing comes through any more."""

import contextlib
import selectors
import socket
import threading
from typing import Self

from tests.support.mailbox import free_port


class Wire:
    """Passes on what comes, between clients on a port of the loopback and a server."""

    def __init__(self, host: str, port: int) -> None:
        self.silent = False
        """While set, what comes is swallowed: nobody hears, and nobody hears that nobody hears."""
        self._host, self._port = host, port
        self.port = free_port()
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._cut = threading.Event()
        self._ended = threading.Event()
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        self._door = socket.create_server(("127.0.0.1", self.port))
        self._selector.register(self._door, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_rest: object) -> None:
        self._ended.set()
        self._thread.join()
        for end in (*self._pairs, self._door):
            end.close()
        self._selector.close()

    def heal(self) -> None:
        """Lines that are opened from now on work; the old ones are cut, as the ends' own
        keepalives would have them some seconds later."""
        self._cut.set()
        self.silent = False

    def _run(self) -> None:
        while not self._ended.is_set():
            if self._cut.is_set():
                self._cut.clear()
                for end in list(self._pairs):
                    self._close(end)
            for key, _events in self._selector.select(0.05):
                end = key.fileobj
                assert isinstance(end, socket.socket)
                if end is self._door:
                    self._open()
                else:
                    self._pass_on(end)

    def _open(self) -> None:
        near, _address = self._door.accept()
        far = self._reach()
        for one, other in ((near, far), (far, near)):
            self._pairs[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _reach(self) -> socket.socket:
        if not self._host.startswith("/"):
            return socket.create_connection((self._host, self._port))
        far = socket.socket(socket.AF_UNIX)  # as PostgreSQL names it in a folder
        far.connect(f"{self._host}/.s.PGSQL.{self._port}")
        return far

    def _pass_on(self, end: socket.socket) -> None:
        other = self._pairs.get(end)
        if other is None:
            return
        data = b""
        with contextlib.suppress(OSError):
            data = end.recv(65536)
        if self.silent:
            if not data:  # closed, and nobody is to hear of it
                self._selector.unregister(end)
        elif data:
            with contextlib.suppress(OSError):
                other.sendall(data)
        else:
            self._close(end)

    def _close(self, end: socket.socket) -> None:
        for each in (end, self._pairs.get(end, end)):
            self._pairs.pop(each, None)
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(each)
            each.close()
