"""What a resident does with their case: rate it, add something, or whatever else the county's
workflow lets them do. One way for all: the workflow says which fields, `act` does it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from api.door import say
from api.door.ask import Ask, page
from api.door.case import Opened, knock, open_case, passing
from api.door.fields import one, typed_of, values_of
from api.door.held import Held
from api.door.track import ask_code, show
from core.access import limits
from core.access.actor import Actor
from core.cases.act import act
from core.cases.decide import fields_of
from core.cases.files import attach
from core.cases.load import load
from core.cases.numbers import tidy_number
from core.errors import Invalid, OneDoorError
from core.rules.workflow import Transition
from core.words import _

PER_CASE = limits.Limit("door.act", 30)
"""Things that residents do to one case: enough for any honest day."""


def answer(ask: Ask) -> Response:
    """`POST /t/{number}/{action}`; without a pass, the code is asked and the words are kept."""
    number, action = tidy_number(ask.request.path_params["number"]), ask.request.path_params["act"]
    if ask.request.method != "POST":
        return ask.to(f"/t/{number}")
    typed = typed_of(ask.form)
    held = say.held_of(ask, typed)
    photo_fault = say.keep_photos(ask, held)
    carried = {k: v for k, v in typed.items() if k not in ("code", "go", "key")}
    carried["key"] = [held.key]
    who = _who(ask, number, one(typed, "code"))
    if who is None or isinstance(who, OneDoorError):
        return ask_code(ask, number, who, carried=carried)
    if ask.go.startswith("drop:"):
        held.drop(ask.go.removeprefix("drop:"))
    case = open_case(ask, who)

    def again(status: int, faults: Mapping[str, Any], alert: str = "") -> Response:
        words = {k: str(v) for k, v in faults.items()}
        return show(
            ask, case, status=status, faults=words, typed=typed, doing=action,
            alert=alert, key=held.key, photos=held.photos(),
        )  # fmt: skip

    if ask.go:
        return again(200, {"photos": photo_fault} if photo_fault else {})
    if photo_fault:
        return again(422, {"photos": photo_fault})
    try:
        _do(ask, who, case, action, typed, held)
    except Invalid as fault:
        return again(fault.status, fault.data.get("fields", {}), alert=fault.message)
    except OneDoorError as refusal:
        return again(refusal.status, {}, alert=refusal.message)
    held.drop_all()
    if not ask.keeps_cookies:
        return show(ask, open_case(ask, who))
    return ask.to(f"/t/{number}?did={action}#did")


def _who(ask: Ask, number: str, code: str) -> Actor | OneDoorError | None:
    return knock(ask, number, code) if code and not ask.switching else passing(ask, number)


def _do(
    ask: Ask, who: Actor, case: Opened, action: str, typed: dict[str, list[str]], held: Held
) -> None:
    """Do it once, with its photos, in one transaction."""
    transition = case.action(action)
    photos = held.photos()
    data = _data(case, transition, typed, len(photos)) if transition else {}
    mark, fresh = _mark(ask, action, typed), False
    try:
        with ask.office.work(who) as work:
            load(work, who.number, lock=True)  # a second tap waits here for the first
            fresh = held.mark(mark)
            if not fresh:
                return
            for photo in photos:
                attach(work, who.number, photo.name, photo.path.read_bytes())
            act(work, who.number, action, data)
            limits.count(work, (PER_CASE, who.number))
    except BaseException:
        if fresh:
            held.unmark(mark)
        raise


def _mark(ask: Ask, action: str, typed: dict[str, list[str]]) -> str:
    """The same form with the same words and files: a second tap."""
    names = [getattr(upload, "filename", "") for upload in ask.form.getlist("photos")]
    said = {k: v for k, v in typed.items() if k not in ("code", "go")}
    text = json.dumps([action, said, names], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _data(
    case: Opened, transition: Transition, typed: dict[str, list[str]], photos: int
) -> dict[str, Any]:
    fields = {f.id: f for f in fields_of(case.view.world, transition, case.view.case)}
    data = values_of(fields.values(), typed)
    if photos and "text" in fields and "text" not in data:
        data["text"] = _("补充了 {n} 张照片", n=photos)
    return data


ROUTES = [Route("/t/{number}/{act}", page(answer), methods=["GET", "POST"])]
