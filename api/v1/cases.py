"""Intake, lists and one case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response

from api.answer import answer
from api.body import fields
from api.caller import address_of
from api.edge import looking
from api.together import together
from api.v1 import docs, shapes
from api.v1.resource import resource
from core.access import limits
from core.access.actor import DOOR
from core.access.desk import Look, Work
from core.blueprint.world import World
from core.cases.arrival import Arrival, Receipt
from core.cases.because import why
from core.cases.detail import detail
from core.cases.queries import Answer, CaseFilter, Order, list_cases
from core.cases.take_in import take_in_all
from core.errors import Invalid, OneDoorError
from core.now import ZONE, midnight
from core.open import office
from core.oversight.duty import note_read
from core.rules.permissions import Permission
from core.words import _, lazy

router = resource("cases")

PUBLIC_INLETS = ("web", "plate", "app", "wechat")
"""Inlets that people use themselves; the others are kept by staff, who sign in."""


@router.post("/cases", status_code=201, openapi_extra=docs.json_body(docs.appeal()))
async def create(request: Request) -> Response:
    """Hand an appeal in, as staff or (without a token) as anybody; `query_code` is shown once.

    `Idempotency-Key` is the sender's own: the same appeal sent again gets the same answer without
    a second case (and without the code), another one under the same key is refused (`key_taken`).
    Without a token the sender is known by what they say: other words are another appeal.
    """
    arrival = Arrival(
        raw=await fields(request), idempotency_key=request.headers.get("idempotency-key") or None
    )
    asked = arrival, address_of(request, office().settings)
    return await together(request, asked, _take_in, status=201, guest=DOOR)


def _take_in(work: Work, asked: list[tuple[Arrival, str]]) -> list[dict[str, Any] | OneDoorError]:
    if work.actor is not DOOR:
        found = take_in_all(work, [arrival for arrival, _address in asked])
    else:
        found = _from_guests(work, asked)
    return [f if isinstance(f, OneDoorError) else _receipt(work.world, f) for f in found]


def _from_guests(work: Work, asked: list[tuple[Arrival, str]]) -> Sequence[Receipt | OneDoorError]:
    """Only so many from one address, by the inlets that people use themselves."""
    limit = limits.anonymous(work.settings)
    room = limits.room(work, *{(limit, address) for _arrival, address in asked})
    found: list[Receipt | OneDoorError | None] = []
    let_in = list[Arrival]()
    for arrival, address in asked:
        try:
            if room[limit, address] <= 0:
                raise limits.too_many()
            let_in.append(replace(arrival, inlet=_door_inlet(work.world, arrival.raw)))
            room[limit, address] -= 1
            found.append(None)
        except OneDoorError as refusal:
            found.append(refusal)
    taken = iter(take_in_all(work, let_in))
    results = [f or next(taken) for f in found]
    counted = [
        (limit, address)
        for result, (_arrival, address) in zip(results, asked, strict=True)
        if isinstance(result, Receipt) and not result.repeated
    ]
    if counted:
        limits.count(work, *counted)
    return results


def _door_inlet(world: World, raw: Mapping[str, Any]) -> str | None:
    said = raw.get("inlet")
    known = world.blueprint.inlets
    if not isinstance(said, str):
        said = None  # the form says what is wrong with it
    if said in known and said not in PUBLIC_INLETS:
        raise Invalid(_("渠道“{inlet}”由工作人员登记，请先登录", inlet=said), field="inlet")
    wish = said if said in known else "plate" if raw.get("plate") else "web"
    return wish if wish in known else None


def _receipt(world: World, receipt: Receipt) -> dict[str, Any]:
    return {
        **shapes.outcome(world, receipt.outcome),
        "query_code": receipt.query_code,
        "routed_because": why(world, receipt.because, receipt.area),
        "routing": receipt.because,
        "repeated": receipt.repeated,
    }


@router.get("/cases")
async def index(
    request: Request,
    stage: str = "",
    stage_kind: Literal["", "open", "waiting", "closed", "live"] = "",
    kind: str = "",
    area: str = "",
    unit: str = "",
    category: str = "",
    inlet: str = "",
    urgency: str = "",
    q: Annotated[str, Query(max_length=200)] = "",
    overdue: bool = False,
    due_since: str = "",
    due_until: str = "",
    score_max: Annotated[int, Query(ge=0, le=5)] = 0,
    answer: Answer = "",
    since: str = "",
    until: str = "",
    closed_since: str = "",
    closed_until: str = "",
    order: Order = "newest",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: str = "",
) -> Response:
    """The cases that you may see; go on with `cursor` until it is null.

    Times are days (2026-11-21) or instants (RFC 3339), each period is [since, until).
    """
    wanted = CaseFilter(
        stage=stage,
        stage_kind=stage_kind,
        kind=kind,
        area=area,
        unit=unit,
        category=category,
        inlet=inlet,
        urgency=urgency,
        q=q,
        overdue=overdue,
        due_since=instant("due_since", due_since),
        due_until=instant("due_until", due_until),
        score_max=score_max,
        answer=answer,
        since=instant("since", since),
        until=instant("until", until),
        closed_since=instant("closed_since", closed_since),
        closed_until=instant("closed_until", closed_until),
        order=order,
    )

    def do(look: Look) -> Any:
        page = list_cases(look, wanted, limit=limit, cursor=cursor or None)
        return {"cases": [shapes.line(look.world, i) for i in page.lines], "cursor": page.cursor}

    return await looking(request, do)


def instant(name: str, text: str) -> datetime | None:
    """A day's beginning or an instant; without an offset the county's own time."""
    if not text:
        return None
    try:
        if len(text) == 10:
            return midnight(date.fromisoformat(text))
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a bare + in a query is a blank
    except ValueError:
        raise Invalid(lazy("{name} 应为日期或时间，如 2026-11-21", name=name), field=name) from None
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


@router.get("/cases/{number}")
async def show(request: Request, number: str) -> Response:
    """One case with tasks, clocks, timeline, files and ratings; `ETag` is its version.

    Of a deputy it is kept, in their own record of duty, that they have read it.
    """

    def do(look: Look) -> Response:
        found = detail(look, number)
        if Permission.CASE_REVIEW in look.actor.permissions:
            with look.office.work(look.actor) as work:
                note_read(work, number)
        return answer(shapes.detail(found), headers={"ETag": f'"{found.file.case.version}"'})

    return await looking(request, do)
