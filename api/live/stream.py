"""`GET /live/board?area`: server-sent events, each a whole state of the board.

Reconnecting is harmless: whatever `Last-Event-ID` says, the present state comes first.
"""

import asyncio
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.answer import refusal
from api.caller import locale_of
from api.live import show
from api.live.asked import asked, chosen_locale
from api.live.hub import Hub, Viewer, hub
from core.words import speaking

BEAT = 15.0
"""Seconds of silence after which a comment shows both ends that the line is alive."""
PATIENCE = 30.0
"""Seconds in which a viewer has to take what was sent; then the stream ends."""
_SAFE = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would keep events back to fill a page
    "X-Content-Type-Options": "nosniff",
}


class Stream(Response):
    """The events of one viewer, until it goes, its session ends or the server stops."""

    media_type = "text/event-stream"

    def __init__(self, boards: Hub, viewer: Viewer) -> None:
        super().__init__(headers=_SAFE)
        del self.headers["content-length"]
        self.boards, self.viewer = boards, viewer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send each latest state; a beat where there is none."""
        viewer = self.viewer
        gone = asyncio.create_task(_gone(receive))
        gone.add_done_callback(lambda _task: viewer.wake.set())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await _say(send, b"retry: 3000\n\n")
            while not gone.done():
                with suppress(TimeoutError):
                    await asyncio.wait_for(viewer.wake.wait(), BEAT)
                viewer.wake.clear()
                state, viewer.pending = viewer.pending, None
                if state or not viewer.closed:
                    await _say(send, state or b": beat\n\n")
                if viewer.closed:
                    break
            await _say(send, b"", more=False)
        except TimeoutError:  # it takes nothing any more: the server closes the line
            return
        finally:
            gone.cancel()
            self.boards.leave(viewer)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, data: bytes, *, more: bool = True) -> None:
    body = {"type": "http.response.body", "body": data, "more_body": more}
    await asyncio.wait_for(send(body), PATIENCE)


async def board(request: Request) -> Response:
    """The stream; with `once=1` the present state alone, for pages without event streams."""
    view = request.query_params.get("view", "")
    wish = chosen_locale(request, locale_of(request.headers.get("accept-language")))
    with speaking(wish or locale_of(request.headers.get("accept-language"))):
        try:
            who = await asked(request, view)
            boards = hub()
            if request.query_params.get("once"):
                return show.once(await boards.state(who))
            viewer = boards.join(who)
            try:
                viewer.offer(await boards.state(who))
            except BaseException:
                boards.leave(viewer)
                raise
        except Exception as error:
            return refusal(error)
    return Stream(boards, viewer)


ROUTES = [Route("/live/board", board)]
