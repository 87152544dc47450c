"""Signing in and out: a bearer token for programs; browsers get their cookie elsewhere."""

from fastapi import Request, Response

from api.answer import answer, refusal
from api.body import fields
from api.caller import Caller
from api.edge import asking, in_thread
from api.v1 import shapes
from api.v1.docs import json_body
from api.v1.resource import resource
from core.access.actor import NOBODY
from core.access.desk import Office, Work
from core.access.sessions import COOKIE, sign_in, sign_out
from core.errors import Invalid, NotSignedIn
from core.places.account import change_own
from core.words import Text, lazy

router = resource("session")

_TEXT = {"type": "string", "minLength": 1, "maxLength": 72}
_BODY = {
    "type": "object",
    "properties": {"username": _TEXT, "password": _TEXT},
    "required": ["username", "password"],
}


def _text(raw: object, name: str, sentence: Text) -> str:
    """What somebody typed into a sign-in form: never trimmed or changed, it may be a password."""
    if not isinstance(raw, str) or not raw or not raw.isprintable():
        raise Invalid(sentence, field=name)
    return raw[:200]


@router.post("/session", openapi_extra=json_body(_BODY))
async def enter(request: Request) -> Response:
    """Sign in; `token` goes into `Authorization: Bearer …`."""
    raw = await fields(request)

    def run(house: Office, caller: Caller) -> Response:
        username = _text(raw.get("username"), "username", lazy("请填写用户名"))
        password = _text(raw.get("password"), "password", lazy("请填写密码"))
        with house.work(NOBODY) as work:
            return _enter(work, username, password, caller.address)

    return await in_thread(request, run, at="sign-in", most=2)


def _enter(work: Work, username: str, password: str, address: str) -> Response:
    found = sign_in(work, username, password, address)
    if isinstance(found, NotSignedIn):
        return refusal(found)
    return answer(
        {"token": found.token, "expires_at": found.expires_at, "actor": shapes.actor(found.actor)}
    )


_CHANGE = {
    "type": "object",
    "properties": {"present": _TEXT, "password": _TEXT},
    "required": ["present", "password"],
}


@router.put("/session/password", status_code=204, openapi_extra=json_body(_CHANGE))
async def change(request: Request) -> Response:
    """A new password of your own, by the present one; every session of yours ends."""
    raw = await fields(request)

    def run(house: Office, caller: Caller) -> Response:
        present = _text(raw.get("present"), "present", lazy("请填写原密码"))
        chosen = _text(raw.get("password"), "password", lazy("请填写新密码"))
        with house.work(asking(caller)) as work:
            refused = change_own(work, present, chosen)
        return refusal(refused) if refused else answer(None, 204)

    return await in_thread(request, run, at="sign-in", most=2)


@router.delete("/session", status_code=204)
async def leave(request: Request) -> Response:
    """Sign out: the token opens nothing any more, wherever it is still kept."""

    def run(house: Office, caller: Caller) -> Response:
        with house.work(asking(caller)) as work:
            sign_out(work, caller.token or "")
        gone = answer(None, 204)
        gone.delete_cookie(COOKIE, path="/")
        return gone

    return await in_thread(request, run)
