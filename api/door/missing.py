"""An address below those of the residents' pages that leads nowhere; else Streamlit would answer
it with the office's page."""

from starlette.responses import Response
from starlette.routing import Route

from api.door.ask import Ask, page
from core.errors import NotFound
from core.words import lazy

BELOW = ("t", "q", "new", "help", "board", "wall", "door", "live")


def missing(ask: Ask) -> Response:
    """Not found, with the ways on; a slash too many is forgiven."""
    if not ask.request.path_params["rest"].strip("/"):
        return ask.to("/" + ask.request.url.path.strip("/"))
    raise NotFound(lazy("没有这个页面，地址可能写错了"))


ROUTES = [Route(f"/{word}/{{rest:path}}", page(missing)) for word in BELOW]
