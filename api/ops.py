"""For whoever runs the machine: is it alive, can it work, what has it done."""

import time
from collections import defaultdict
from collections.abc import MutableMapping
from typing import Any

from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answer import answer, log
from api.caller import Caller
from api.edge import in_thread
from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import OneDoorError
from core.now import now
from db.models import ClockRow, DeltaRow, MessageRow

_counts: MutableMapping[tuple[str, str, int], list[float]] = defaultdict(lambda: [0, 0.0])
"""(method, route, status) → requests and seconds since this process began."""


class Metered:
    """Counts what passes; one event loop, so no lock."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it went."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start, status = time.perf_counter(), 500

        async def noting(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            return await self.app(scope, receive, noting)
        finally:
            entry = _counts[scope["method"], _template(scope), status]
            entry[0] += 1
            entry[1] += time.perf_counter() - start


def _template(scope: Scope) -> str:
    """The route's address with the names of its parameters; empty where none was matched, so that
    nobody can make up lines without end."""
    found = scope.get("route")
    return f"{scope.get('root_path', '')}{found.path}" if isinstance(found, Route) else ""


async def alive(request: Request) -> Response:
    """200 while the process answers at all."""
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """200 when the database answers and holds a county, else 503."""

    def run(house: Office, caller: Caller) -> Response:
        try:
            with house.look(SYSTEM) as look:
                return answer({"ready": True, "version": look.world.version})
        except OneDoorError:
            raise
        except Exception as error:
            log.warning("not ready: %s", error)
            return answer({"ready": False}, 503)

    return await in_thread(request, run)


async def metrics(request: Request) -> Response:
    """Counters in the Prometheus text format; nothing about people or cases."""

    def run(house: Office, caller: Caller) -> Response:
        with house.look(SYSTEM) as look:
            waiting = look.tx.scalar(
                select(func.count())
                .select_from(MessageRow)
                .where(MessageRow.sent_at.is_(None), MessageRow.try_at.is_not(None))
            )
            late = look.tx.scalar(
                select(func.min(ClockRow.next_fire_at)).where(
                    ClockRow.stopped_at.is_(None), ClockRow.paused_at.is_(None)
                )
            )
            unfolded = look.tx.scalar(select(func.count()).select_from(DeltaRow))
        behind = max(0.0, (now() - late).total_seconds()) if late else 0.0
        lines = [
            *_metric("onedoor_messages_waiting", "gauge", waiting or 0),
            *_metric("onedoor_deltas_unfolded", "gauge", unfolded or 0),
            *_metric("onedoor_sweep_behind_seconds", "gauge", round(behind, 3)),
            "# TYPE onedoor_requests summary",
        ]
        for (method, route, status), (n, seconds) in sorted(_counts.items()):
            labels = f'{{method="{method}",route="{route}",status="{status}"}}'
            lines.append(f"onedoor_requests_count{labels} {int(n)}")
            lines.append(f"onedoor_requests_sum{labels} {seconds:.6f}")
        return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")

    return await in_thread(request, run)


def _metric(name: str, kind: str, value: float) -> tuple[str, str]:
    return f"# TYPE {name} {kind}", f"{name} {value}"


def routes() -> list[BaseRoute]:
    """The three addresses."""
    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]
