"""`/new` and `/q/{plate}`: say what happened, take the receipt home."""

from sqlalchemy.exc import IntegrityError
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.door import held, places, say
from api.door.ask import PUBLIC, Ask, page
from api.door.case import Opened, keep_pass, open_case
from api.door.say import FORM, Said
from core.access import limits
from core.access.actor import DOOR, NOBODY, resident
from core.cases.files import attach
from core.cases.intake import hash_code
from core.cases.take_in import take_in
from core.errors import Collided, Invalid, NotFound, TooMany
from core.places.plates import NoPlate, Sign, phones_near, plate
from core.words import _

RECEIPT = "door_receipt"
_CARRIED = ("go", "page", "asked", "key", "photos")
"""Inputs that belong to a page, not to what was said."""


def new(ask: Ask) -> Response:
    """The form without a plate."""
    return _form(ask, None)


def scanned(ask: Ask) -> Response:
    """The form of a plate: the place is known."""
    with ask.office.look(NOBODY) as look:
        try:
            sign = plate(look, ask.request.path_params["plate"])
        except NoPlate as gone:
            return ask.page("no_plate.html", status=gone.status, sentence=gone.message)
    return _form(ask, sign)


def _form(ask: Ask, sign: Sign | None) -> Response:
    if ask.request.method != "POST":
        held.sweep(ask.office.settings)
        return _show(ask, say.blank(ask, sign))
    said, world = say.read(ask, sign), ask.world
    if ask.go:
        more = said["page"] == "more" and ask.go != "back"
        return _show(ask, said, "more.html" if more else "new.html")
    said.check(world)
    asked = said["asked"] == said["category"] != ""
    own = {name for name in said.faults if name.startswith(FORM)}
    if not asked:
        said.faults = {k: v for k, v in said.faults.items() if k not in own}
    if said.faults.keys() - own:
        return _show(ask, said, status=422)
    if said.faults:
        return _show(ask, said, "more.html", status=422)
    if said.fields(world) and not asked:
        return _show(ask, said, "more.html")
    return _take_in(ask, said)


def _show(
    ask: Ask, said: Said, template: str = "new.html", *, status: int = 200, alert: str = ""
) -> Response:
    world = ask.world
    phones = []
    if said.sign:
        with ask.office.look(NOBODY) as look:
            phones = phones_near(look, said.sign.area)
    response = ask.page(
        template,
        status=status,
        form_id="say",
        said=said,
        place=world.area_path(said.sign.area) if said.sign else "",
        phones=phones,
        towns=places.towns(world),
        villages=places.villages(world, said.town or places.start(world)),
        somewhere=say.SOMEWHERE,
        categories=world.blueprint.categories,
        fields=said.fields(world),
        carried={k: v for k, v in said.typed.items() if k not in _CARRIED},
        alert=alert,
    )
    response.headers["Cache-Control"] = PUBLIC
    return response


def _take_in(ask: Ask, said: Said) -> Response:
    try:
        try:
            number, code = _written(ask, said)
        except (IntegrityError, Collided):  # a second tap overtook this one: now a repetition
            number, code = _written(ask, said)
    except TooMany as refusal:
        return _show(ask, said, status=refusal.status, alert=refusal.message)
    except Invalid as fault:
        name = "photos" if fault.field == "file" else fault.field
        faults = {name: fault.message} if name == "photos" else fault.data.get("fields", {})
        said.faults |= {k: str(v) for k, v in faults.items()}
        return _show(ask, said, status=fault.status, alert="" if faults else fault.message)
    said.held.drop_all()
    who = resident(number, hash_code(ask.office.settings.secret_key, number, code))
    keep_pass(ask, who)
    if not ask.keeps_cookies:
        return _receipt(ask, open_case(ask, who), code)
    ask.keep(RECEIPT, said.once(ask.world), held.LIFE, "/new")
    return ask.to("/new/done")


def _written(ask: Ask, said: Said) -> tuple[str, str]:
    """(number, query code) of the case that this form made, now or at the tap before."""
    once = said.once(ask.world)
    done = held.Held(ask.office.settings, once)
    inlet = "plate" if said.sign else "web"
    with ask.office.work(DOOR) as work:
        known = inlet in work.world.blueprint.inlets
        receipt = take_in(
            work, said.raw(work.world), inlet=inlet if known else None, idempotency_key=once
        )
        number = receipt.outcome.number
        if receipt.repeated:
            found = done.receipt()
            if found is None:
                raise TooMany(_("这件事已经交上来了，编号是 {number}，不用再交", number=number))
            return found
        work.become(
            resident(number, hash_code(work.settings.secret_key, number, receipt.query_code))
        )
        for photo in said.held.photos():
            attach(work, number, photo.name, photo.path.read_bytes())
        limits.count(work, (limits.anonymous(work.settings), ask.address))
        # Before the commit: whoever finds the case at a second tap has to find this too. Of a case
        # that is not kept after all it is never shown.
        done.note_receipt(number, receipt.query_code)
        return number, receipt.query_code


def done(ask: Ask) -> Response:
    """The receipt, also when the page was lost and is opened again."""
    once = ask.request.cookies.get(RECEIPT, "")
    found = held.Held(ask.office.settings, once).receipt() if once else None
    if found is None:
        return ask.to("/t")
    number, code = found
    who = resident(number, hash_code(ask.office.settings.secret_key, number, code))
    return _receipt(ask, open_case(ask, who), code)


def _receipt(ask: Ask, case: Opened, code: str) -> Response:
    return ask.page("done.html", view=case.view, case=case, code=code)


def villages(ask: Ask) -> Response:
    """The villages of a township, for pages with script."""
    choices = places.villages(ask.world, ask.request.query_params.get("town", ""))
    return JSONResponse(
        [[c.code, c.name] for c in choices], headers={"Cache-Control": "public, max-age=3600"}
    )


def photo(ask: Ask) -> Response:
    """A photo that waits with its form, for whoever holds the form's key."""
    key, photo_id = ask.request.path_params["key"], ask.request.path_params["photo"]
    kept = held.Held(ask.office.settings, key).photo(photo_id)
    if kept is None or not kept.is_picture:
        raise NotFound
    return Response(kept.path.read_bytes(), media_type=kept.mime)


ROUTES = [
    Route("/new", page(new), methods=["GET", "POST"]),
    Route("/q/{plate}", page(scanned), methods=["GET", "POST"]),
    Route("/new/done", page(done)),
    Route("/new/villages", page(villages)),
    Route("/new/held/{key}/{photo}", page(photo)),
]
