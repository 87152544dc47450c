"""Style and script of the board, for the office page and the wall alike."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

_HERE = Path(__file__).parent
_KINDS = {"live.css": "text/css", "live.js": "text/javascript"}
_HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


async def serve(request: Request) -> Response:
    """A file of `_KINDS`; small, and asked for once a visit."""
    name = request.path_params["name"]
    if name not in _KINDS:
        return Response(status_code=404)
    return FileResponse(_HERE / name, media_type=_KINDS[name], headers=_HEADERS)


ROUTES = [Route("/live/{name:str}", serve)]
