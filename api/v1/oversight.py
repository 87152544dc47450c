"""Leaders and deputies: the briefing, instructions, and what a deputy looks at again."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request, Response

from api.body import fields
from api.edge import looking, working
from api.v1 import shapes
from api.v1.cases import instant
from api.v1.docs import json_body
from api.v1.resource import resource
from core.access.desk import Look, Work
from core.blueprint.world import World
from core.errors import Invalid
from core.oversight import deputy, duty
from core.oversight.briefing import Line, asked_line, briefing
from core.oversight.instruct import Given, instruct_cases, instruct_slice
from core.oversight.instructions import (
    STATES,
    Instruction,
    follow,
    instruction,
    instructions,
    said,
)
from core.oversight.slices import NARROWER, read
from core.oversight.topics import TOPICS, topics
from core.words import lazy

router = resource("oversight")

_CLASS = ("area", *NARROWER, "since", "until")


@router.get("/briefing")
async def brief(
    request: Request, area: str = "", since: date | None = None, until: date | None = None
) -> Response:
    """For leaders: what is hot (received in [since, until) against the period before), what is
    late now, what you asked for and what came back."""

    def do(look: Look) -> Any:
        found = briefing(look, area=area, since=since, until=until)
        return {
            "area": found.area,
            "received": found.received,
            "overdue": found.overdue.n,
            "hot": [_line(line) for line in found.hot],
            "late": [_line(line) for line in found.late],
            "instructions": [
                {"said": asked_line(look, i), **_instruction(look, i)} for i in found.mine
            ],
        }

    return await looking(request, do)


def _line(line: Line) -> dict[str, Any]:
    return {"said": line.said, "n": line.n, "before": line.before, "about": line.about.stored()}


def _body() -> dict[str, Any]:
    texts = {"type": "array", "items": {"type": "string"}}
    return {
        "type": "object",
        "required": ["text", "to"],
        "properties": {
            "text": {"type": "string", "maxLength": 2000, "title": "批示内容"},
            "to": {**texts, "title": "承办单位", "minItems": 1},
            "due": {"type": "string", "format": "date", "title": "反馈期限"},
            "cases": {**texts, "title": "诉求编号", "maxItems": 200},
            **{n: {"type": "string"} for n in _CLASS},
        },
        "example": {"text": "立即处理", "to": ["131024-ZJ"], "category": "housing/heating"},
    }


@router.post("/instructions", status_code=201, openapi_extra=json_body(_body()))
async def create(request: Request) -> Response:
    """Instruct on `cases` (all or nothing), or on a class: `category`, `unit`, `inlet`, `stage`,
    `state` (`open`, `overdue`), days `since` and `until` of an `area`."""
    raw = await fields(request)
    data = {k: v for k, v in raw.items() if k not in ("cases", *_CLASS)}
    about = {k: raw[k] for k in _CLASS if raw.get(k)}

    def do(work: Work) -> Any:
        given = _give(work, raw.get("cases"), about, data)
        names = [work.world.units.name(u) for u in given.units]
        return {"cases": given.numbers, "units": given.units, "unit_names": names}

    return await working(request, do, status=201)


def _give(work: Work, cases: Any, about: dict[str, Any], data: dict[str, Any]) -> Given:
    if cases is None and not about:
        raise Invalid(lazy("请给出 cases（诉求编号），或 category、area 等条件"), field="cases")
    if cases is None:
        return instruct_slice(work, read(work.world, work.actor, about), data)
    if about:
        raise Invalid(lazy("cases 和类别、区域等条件只能给一种"), field="cases")
    if not isinstance(cases, list) or not all(isinstance(n, str) for n in cases):
        raise Invalid(lazy("cases 应为诉求编号的列表"), field="cases")
    return instruct_cases(work, cases, data)


@router.get("/instructions")
async def index(
    request: Request,
    area: str = "",
    state: str = "",
    mine: bool = False,
    since: str = "",
    until: str = "",
) -> Response:
    """批示台账: instructions of your area given in [since, until) and all that are pending, late
    ones first. `state`: late, open, acknowledged, answered, settled, withdrawn."""
    if state and state not in STATES:
        raise Invalid(lazy("没有状态“{state}”", state=state[:20]), field="state")

    def do(look: Look) -> Any:
        found = instructions(
            look,
            mine=mine,
            area=area,
            state=state,
            since=instant("since", since),
            until=instant("until", until),
        )
        return {"instructions": [_instruction(look, i) for i in found]}

    return await looking(request, do)


@router.get("/instructions/{id}")
async def show(request: Request, id: int) -> Response:
    """One instruction, by the id of any of its parts."""
    return await looking(request, lambda look: _instruction(look, instruction(look, id)))


@router.post("/instructions/{id}/{action}", openapi_extra=json_body({"type": "object"}))
async def pursue(request: Request, id: int, action: str) -> Response:
    """`settle` or `press` (`{text, due}`) everything that has been answered; where nothing has
    been yet, `press` urges the answers that are owed."""
    data = await fields(request)

    def do(work: Work) -> Any:
        n = follow(work, id, action, data)
        return {"done": n, "instruction": _instruction(work, instruction(work, id))}

    return await working(request, do)


def _instruction(look: Look, i: Instruction) -> dict[str, Any]:
    world: World = look.world
    return {
        "id": i.id,
        "at": i.at,
        "by": i.by,
        "text": i.text,
        "due_at": i.due_at,
        "state": i.state,
        "state_label": str(STATES[i.state]),
        "subject": said(look, i),
        "about": i.about.stored() if i.about else None,
        "cases": i.numbers,
        "units": i.units,
        "counts": {s: i.counts.get(s, 0) for s in STATES},
        "parts": [
            {n: getattr(p, n) for n in p.__slots__ if n != "case_id"}
            | {"unit_name": world.units.name(p.unit)}
            for p in i.parts
        ],
    }


@router.get("/deputy")
async def lists(
    request: Request, area: str = "", limit: Annotated[int, Query(ge=1, le=200)] = 30
) -> Response:
    """For deputies: closed lately and not scored, open, sent back, topics, and your record."""

    def do(look: Look) -> Any:
        world = look.world
        closed = deputy.closed_lately(look, area=area, limit=limit)
        mine = duty.record(look)
        return {
            "closed": [{**shapes.line(world, c.case), "reply": c.reply} for c in closed],
            "open": [
                shapes.line(world, line)
                for line in deputy.open_now(look, area=area, limit=limit).lines
            ],
            "sent_back": [_said(look, s) for s in deputy.sent_back(look)],
            "topics": {
                name: {"label": str(TOPICS[name]), "categories": [_topic(t) for t in found]}
                for name, found in topics(look, area=area).items()
            },
            "duty": {
                n: getattr(mine, n) for n in ("reads", "suggestions", "reviews", "low", "answered")
            },
        }

    return await looking(request, do)


def _said(look: Look, s: deputy.Said) -> dict[str, Any]:
    found = {n: getattr(s, n) for n in s.__slots__}
    return found | {"unit_name": look.world.units.name(s.unit), "came": deputy.came_of(look, s)}


def _topic(t: Any) -> dict[str, Any]:
    return {"category": t.category, "label": t.label, "numerator": t.n, "denominator": t.of}
