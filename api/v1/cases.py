"""Intake, lists and one case."""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response

from api.answer import answer
from api.body import fields
from api.caller import address_of
from api.edge import looking, working
from api.v1 import docs, shapes
from api.v1.resource import resource
from core.access import limits
from core.access.actor import DOOR
from core.access.desk import Look, Work
from core.blueprint.world import World
from core.cases.because import why
from core.cases.detail import detail
from core.cases.queries import Answer, CaseFilter, Order, list_cases
from core.cases.take_in import Receipt, take_in
from core.errors import Invalid
from core.now import ZONE
from core.words import _, lazy

router = resource("cases")

PUBLIC_INLETS = ("web", "plate", "app", "wechat")
"""Inlets that people use themselves; the others are kept by staff, who sign in."""


@router.post("/cases", status_code=201, openapi_extra=docs.json_body(docs.appeal()))
async def create(request: Request) -> Response:
    """Hand an appeal in, as staff or (without a token) as anybody; `query_code` is shown once.

    `Idempotency-Key`: sent again, the same answer comes back without a second case.
    """
    raw = await fields(request)
    key = request.headers.get("idempotency-key") or None

    def do(work: Work) -> Any:
        if work.actor is not DOOR:
            return _receipt(work.world, take_in(work, raw, idempotency_key=key))
        counted = (limits.anonymous(work.settings), address_of(request, work.settings))
        limits.check(work, counted)
        inlet = _door_inlet(work.world, raw)
        receipt = take_in(work, raw, inlet=inlet, idempotency_key=key)
        if not receipt.repeated:
            limits.count(work, counted)
        return _receipt(work.world, receipt)

    return await working(request, do, status=201, guest=DOOR)


def _door_inlet(world: World, raw: dict[str, Any]) -> str | None:
    said = raw.get("inlet")
    known = world.blueprint.inlets
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
            return datetime.combine(date.fromisoformat(text), time(), ZONE)
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a bare + in a query is a blank
    except ValueError:
        raise Invalid(lazy("{name} 应为日期或时间，如 2026-11-21", name=name), field=name) from None
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


@router.get("/cases/{number}")
async def show(request: Request, number: str) -> Response:
    """One case with tasks, clocks, timeline, files and ratings; `ETag` is its version."""

    def do(look: Look) -> Response:
        found = detail(look, number)
        return answer(shapes.detail(found), headers={"ETag": f'"{found.file.case.version}"'})

    return await looking(request, do)
