"""A load generator that costs little: raw HTTP/1.1 over asyncio, in a process of its own."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from multiprocessing import get_context
from typing import Any


class Client:
    """One keep-alive connection to a server on loopback."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> "Client":
        """Connect."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def call(
        self, method: str, path: str, body: Any = None, token: str = ""
    ) -> tuple[int, Any]:
        """One request; returns status and decoded JSON."""
        payload = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(payload)}\r\n"
        if payload:
            head += "Content-Type: application/json\r\n"
        if token:
            head += f"Authorization: Bearer {token}\r\n"
        self.writer.write(head.encode() + b"\r\n" + payload)
        status = int((await self.reader.readline()).split()[1])
        length = 0
        while (line := await self.reader.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        raw = await self.reader.readexactly(length) if length else b""
        return status, json.loads(raw) if raw[:1] in (b"{", b"[") else raw


Turn = Callable[[Client, int], Awaitable[None]]
"""One unit of work of client number n."""


async def _drive(port: int, clients: int, seconds: float, turn: Turn) -> dict[str, float]:
    done: list[float] = []
    stop = time.perf_counter() + seconds

    async def one(number: int) -> None:
        client = await Client(port).open()
        while (start := time.perf_counter()) < stop:
            await turn(client, number)
            done.append(time.perf_counter() - start)

    begin = time.perf_counter()
    await asyncio.gather(*(one(n) for n in range(clients)))
    done.sort()
    took = time.perf_counter() - begin
    return {
        "rate": len(done) / took,
        "p50_ms": done[len(done) // 2] * 1000,
        "p95_ms": done[int(len(done) * 0.95)] * 1000,
    }


def _main(port: int, clients: int, seconds: float, make: Any, args: tuple, out: Any) -> None:
    out.send(asyncio.run(_drive(port, clients, seconds, make(*args))))


def drive(
    port: int, clients: int, seconds: float, make: Callable[..., Turn], *args: Any
) -> dict[str, float]:
    """Let `clients` take turns for `seconds`; turns a second, p50 and p95 in milliseconds.

    Args:
        make: module-level function that builds the turn from `args` inside the load process.
    """
    context = get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_main, args=(port, clients, seconds, make, args, theirs))
    process.start()
    theirs.close()
    try:
        result = mine.recv()
    except EOFError:
        raise RuntimeError("the load process failed; its words stand above") from None
    finally:
        process.join()
    return result
