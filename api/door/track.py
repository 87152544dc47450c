"""`/t`: where does my case stand? Number and code first, then the page of one case."""

import io
from typing import Any
from urllib.parse import quote

from PIL import Image
from starlette.responses import Response
from starlette.routing import Route

from api.door import seal
from api.door.ask import Ask, page
from api.door.case import SCORES, Opened, knock, open_case, passing
from api.door.fields import one, typed_of
from core.access.actor import Actor
from core.cases.decide import fields_of
from core.cases.files import open_file
from core.cases.numbers import tidy_number
from core.errors import NotFound, OneDoorError
from core.words import _

THUMBNAIL = 320
"""Pixels of a small picture's longer side: a few KB on a slow network."""


def lookup(ask: Ask) -> Response:
    """Number and code, for who has the receipt on paper."""
    if ask.request.method != "POST":
        return ask.public("lookup.html", number="", sentence="")
    typed = typed_of(ask.form)
    number = tidy_number(one(typed, "number"))
    if ask.switching:
        return ask.page("lookup.html", number=one(typed, "number"), sentence="")
    who = knock(ask, number, one(typed, "code"))
    if isinstance(who, OneDoorError):
        return ask.page(
            "lookup.html", status=who.status, number=one(typed, "number"), sentence=who.message
        )
    return _go_on(ask, who)


def case(ask: Ask) -> Response:
    """One case, or the question for its code; whether it exists is not told."""
    asked = ask.request.path_params["number"]
    number = tidy_number(asked)
    code = one(typed_of(ask.form), "code") or ask.request.query_params.get("code", "")
    if code and not ask.switching:
        who = knock(ask, number, code)
        if isinstance(who, OneDoorError):
            return ask_code(ask, number, who)
        return _go_on(ask, who)
    who = passing(ask, number)
    if who is not None:
        try:
            return show(ask, open_case(ask, who))
        except NotFound:
            pass
    return ask_code(ask, number)


def _go_on(ask: Ask, who: Actor) -> Response:
    """To the page of the case, without the code in its address."""
    if ask.keeps_cookies or ask.request.method != "POST":
        return ask.to(f"/t/{who.number}")
    return show(ask, open_case(ask, who))


def ask_code(
    ask: Ask,
    number: str,
    refusal: OneDoorError | None = None,
    *,
    carried: dict[str, list[str]] | None = None,
) -> Response:
    """The question for the code; `carried` are words that must not be lost over it."""
    return ask.page(
        "code.html",
        status=refusal.status if refusal else 200,
        number=number,
        sentence=refusal.message if refusal else "",
        carried=carried or {},
    )


def show(
    ask: Ask,
    case: Opened,
    *,
    status: int = 200,
    faults: dict[str, str] | None = None,
    typed: dict[str, list[str]] | None = None,
    doing: str = "",
    alert: str = "",
    key: str = "",
    photos: Any = (),
) -> Response:
    """The page of one case; `doing` is the form in which `typed` and `faults` belong."""
    secret = ask.office.settings.secret_key
    possible = {t.id for t in case.view.actions}
    typed = typed or {}
    return ask.page(
        "case.html",
        status=status,
        case=case,
        view=case.view,
        scores=SCORES,
        low=case.view.world.blueprint.rating.satisfied_from,
        fields=lambda t: fields_of(case.view.world, t, case.view.case),
        faults=faults or {},
        typed=typed,
        doing=doing,
        stranded=[v for k in ("text", "reason") for v in typed.get(k, ())]
        if doing and doing not in possible
        else [],
        alert=alert,
        did=ask.request.query_params.get("did", ""),
        key=key or seal.new_key(secret),
        photos=photos,
    )


def photo(ask: Ask) -> Response:
    """A photo that the resident handed in, whole or small."""
    number, file_id = ask.request.path_params["number"], ask.request.path_params["file"]
    who = passing(ask, number)
    if who is None:
        raise NotFound(_("请先输入查询码，再看照片"))
    with ask.office.look(who) as look:
        file, path = open_file(look, file_id)
    data, mime = path.read_bytes(), file.mime
    if mime.startswith("image/") and "small" in ask.request.query_params:
        data, mime = _small(data), "image/jpeg"
    kind = "inline" if mime.startswith("image/") else "attachment"
    named = f"{kind}; filename*=UTF-8''{quote(file.name)}"
    return Response(data, media_type=mime, headers={"Content-Disposition": named})


def _small(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        image.draft("RGB", (THUMBNAIL, THUMBNAIL))
        image.thumbnail((THUMBNAIL, THUMBNAIL))
        out = io.BytesIO()
        image.convert("RGB").save(out, "JPEG", quality=70)
        return out.getvalue()


ROUTES = [
    Route("/t", page(lookup), methods=["GET", "POST"]),
    Route("/t/{number}", page(case), methods=["GET", "POST"]),
    Route("/t/{number}/photo/{file:int}", page(photo)),
]
