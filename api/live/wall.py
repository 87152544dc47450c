"""`/wall?area`: the board on a large screen. It works as a plain page as well: without script
it shows the state at loading, and loads anew twice a minute."""

import json

from anyio.to_thread import run_sync
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from api.answer import refusal
from api.door.ask import HEADERS
from api.live import show
from api.live.asked import WALL, asked, chosen_locale
from api.live.hub import hub
from core.errors import NotSignedIn
from core.open import office
from core.words import speaking

SIGN_IN = "/watch"
"""The office page that asks who it is and, told `wall`, leads here."""
_HEADERS = HEADERS | {"Cache-Control": "no-store"}


async def wall(request: Request) -> Response:
    """The wall screen, or the way to the sign-in form."""
    area = request.query_params.get("area", "")
    try:
        who = await asked(request, WALL)
        event = await hub().state(who)
    except NotSignedIn:
        query = {"wall": "1"} | ({"area": area} if area else {})
        return RedirectResponse(show.link(SIGN_IN, **query), 303)
    except Exception as error:
        return await _sorry(request, error)
    with speaking(who.variant.locale):
        page = show.environment().get_template("wall.html")
        area = who.eyes.area or ""
        text = page.render(
            lang=show.TAGS[who.variant.locale],
            html=Markup(json.loads(show.data_of(event))["html"]),  # noqa: S704 (our template's)
            source=show.link("/live/board", area=area, view=WALL),
            back=show.link(SIGN_IN, area=area),
        )
    return HTMLResponse(text, headers=_HEADERS)


async def _sorry(request: Request, error: Exception) -> Response:
    """What happened, on a page: the sentence that a program would get."""
    house = await run_sync(office)
    locale = chosen_locale(request, None) or house.settings.locale
    with speaking(locale):
        answer = refusal(error)
        sentence = json.loads(bytes(answer.body))["message"]
        page = show.environment().get_template("sorry.html")
        text = page.render(lang=show.TAGS[locale], sentence=sentence)
    return HTMLResponse(text, answer.status_code, headers=_HEADERS)


ROUTES = [Route("/wall", wall)]
