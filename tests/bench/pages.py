"""Reruns of every page with many users, over Streamlit's own WebSocket protocol.

A rerun is timed from the request's last byte to the `script_finished` message: the whole
server time, queueing behind the other users included. The floor is an empty page of a
Streamlit app in the same run.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import websockets

from tests.bench.house import Bench, serving
from tests.bench.http import _environment, _sign_in

EMPTY = 'import streamlit as st\n\napp = st.App(__file__) if __name__ != "__main__" else None\n'
ROUNDS = 5


async def _finished(socket: Any) -> None:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(socket.recv(), 60))
        if message.WhichOneof("type") == "script_finished":
            return


async def _user(port: int, token: str, page: str, times: list[float], think: float) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg

    cookie = {"Cookie": f"onedoor_session={token}"} if token else {}
    address = f"ws://localhost:{port}/_stcore/stream"
    async with websockets.connect(
        address, additional_headers=cookie, subprotocols=["streamlit"], max_size=2**26
    ) as socket:
        message = BackMsg()
        message.rerun_script.page_name = page
        for attempt in range(ROUNDS + 1):
            start = time.perf_counter()
            await socket.send(message.SerializeToString())
            await _finished(socket)
            if attempt:  # the first run of a session loads the page
                times.append(time.perf_counter() - start)
            await asyncio.sleep(think)


async def _crowd(port: int, tokens: list[str], page: str, users: int) -> list[float]:
    times: list[float] = []
    await asyncio.gather(
        *(
            _user(port, tokens[n % len(tokens)] if tokens else "", page, times, 1 + n / users)
            for n in range(users)
        )
    )
    return sorted(times)


def _words(times: list[float]) -> str:
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    return f"p50 {p50 * 1000:6.1f} ms   p95 {p95 * 1000:6.1f} ms"


def measure(bench: Bench, users: int) -> dict[str, Any]:
    """Server time of a rerun of each page with `users` signed-in users, one tap in ~1.5 s each."""
    from pages.registry import PAGES

    found: dict[str, Any] = {"users": users, "cases in the database": bench.cases}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "empty.py").write_text(EMPTY)
        with serving("empty:app", {"PYTHONPATH": folder}) as port:
            found["floor: an empty page"] = _words(asyncio.run(_crowd(port, [], "", users)))
    with serving("Home:app", _environment(bench)) as port:
        desk, admin = _sign_in(port, "county", "admin")
        for page in PAGES:
            if not page.nav:
                continue
            token = admin if page.file.startswith("system/") else desk
            found[page.url] = _words(asyncio.run(_crowd(port, [token], page.url, users)))
    return found
