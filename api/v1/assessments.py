"""Assessments of units: rankings, the cases behind them, exclusions, appeals, publication."""

from typing import Any

from fastapi import Request, Response

from api.body import fields
from api.edge import looking, working
from api.v1.docs import json_body
from api.v1.resource import resource
from core.access.desk import Look, Work
from core.errors import Invalid
from core.kpi.assess import behind as behind_
from core.kpi.assess import decide, publish, read
from core.kpi.assess.claims import Claim
from core.kpi.assess.result import Scored
from core.kpi.assess.sheet import number, remarks
from core.rules.assessment import Assessment, Line
from core.words import lazy, pick

router = resource("assessments", "/assessments")
_TEXT = {"type": "string"}


def _takes(*required: str, **more: dict[str, Any]) -> dict[str, Any]:
    properties = dict.fromkeys(required, _TEXT) | more
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return json_body(schema)


@router.get("")
async def index(request: Request, area: str = "") -> Response:
    """The county's assessments with their lines, and the periods that can be looked at."""

    def do(look: Look) -> Any:
        return [
            _rule(o.id, o.assessment)
            | {
                "periods": [
                    {"id": p.id, "since": p.since, "until": p.until, "published": published}
                    for p, published in o.periods
                ]
            }
            for o in read.offered(look, area)
        ]

    return await looking(request, do)


@router.get("/{assessment}")
async def show(request: Request, assessment: str, period: str = "", area: str = "") -> Response:
    """The ranking of a period (the present one, if none is named), as far as you may see it."""

    def do(look: Look) -> Any:
        return shape(read.assess(look, assessment, period, area))

    return await looking(request, do)


@router.get("/{assessment}/cases")
async def cases(
    request: Request,
    assessment: str,
    unit: str,
    line: str,
    part: str = "numerator",
    period: str = "",
    area: str = "",
) -> Response:
    """The cases behind one figure: `part` is `numerator`, `denominator` or `rest`."""

    def do(look: Look) -> Any:
        found = behind_.behind(
            look, assessment, unit=unit, line=line, part=part, period=period, area=area
        )
        return {
            "total": found.total,
            "hidden": found.hidden,
            "cases": [
                {"number": c.number, "title": c.title, "stage": c.stage, "score": c.score}
                for c in found.shown
            ],
            "exclusions": [_claim(c) for c in found.exclusions],
        }

    return await looking(request, do)


@router.post("/{assessment}/publish", openapi_extra=_takes("period", area=_TEXT, note=_TEXT))
async def make_public(request: Request, assessment: str) -> Response:
    """Publish a period that is over; then only decided exclusions and appeals change it."""
    data = await fields(request)
    said = _said(data, "period", "area", "note")

    def do(work: Work) -> Any:
        publish.publish(work, assessment, **said)
        return shape(read.assess(work, assessment, said["period"], said["area"]))

    return await working(request, do)


@router.post(
    "/{assessment}/exclusions",
    openapi_extra=_takes("period", "unit", "number", "reason", line=_TEXT, area=_TEXT),
)
async def exclude(request: Request, assessment: str) -> Response:
    """Ask that a case shall not count for a unit, in one `line` or (empty) in all."""
    said = _said(await fields(request), "period", "area", "unit", "number", "line", "reason")

    def do(work: Work) -> Any:
        return {"id": decide.ask_exclusion(work, assessment, **said)}

    return await working(request, do, status=201)


@router.post(
    "/{assessment}/appeals", openapi_extra=_takes("period", "unit", "line", "words", area=_TEXT)
)
async def appeal(request: Request, assessment: str) -> Response:
    """Appeal against one line of your own unit's published score."""
    said = _said(await fields(request), "period", "area", "unit", "line", "words")

    def do(work: Work) -> Any:
        return {"id": decide.appeal(work, assessment, **said)}

    return await working(request, do, status=201)


@router.post(
    "/exclusions/{claim}/decision", openapi_extra=_takes("words", approve={"type": "boolean"})
)
async def decide_exclusion(request: Request, claim: str) -> Response:
    """Approve or refuse an exclusion, in words."""
    data = await fields(request)
    approve, said = _yes(data, "approve"), _said(data, "words")

    def do(work: Work) -> Any:
        decide.decide_exclusion(work, _id(claim), approve=approve, **said)
        return {"id": _id(claim), "approve": approve}

    return await working(request, do)


@router.post(
    "/appeals/{claim}/decision",
    openapi_extra=_takes("words", uphold={"type": "boolean"}, points={"type": "number"}),
)
async def decide_appeal(request: Request, claim: str) -> Response:
    """Uphold an appeal with the `points` that its line gives from now on, or reject it."""
    data = await fields(request)
    uphold, said = _yes(data, "uphold"), _said(data, "words")

    def do(work: Work) -> Any:
        points = data.get("points")
        decide.decide_appeal(work, _id(claim), uphold=uphold, points=points, **said)
        return {"id": _id(claim), "uphold": uphold}

    return await working(request, do)


def _said(data: dict[str, Any], *names: str) -> dict[str, str]:
    """Texts of the body; a missing one is empty, and whoever needs it says so."""
    found = {name: data.get(name) or "" for name in names}
    for name, value in found.items():
        if not isinstance(value, str):
            raise Invalid(lazy("{name} 应为文字", name=name), field=name)
    return found


def _yes(data: dict[str, Any], name: str) -> bool:
    if not isinstance(value := data.get(name), bool):
        raise Invalid(lazy("{name} 应为 true 或 false", name=name), field=name)
    return value


def _id(claim: str) -> int:
    return int(claim) if claim.isascii() and claim.isdecimal() and len(claim) < 19 else 0


def _rule(name: str, rule: Assessment) -> dict[str, Any]:
    return {
        "id": name,
        "label": pick(rule.label),
        "note": pick(rule.note),
        "basis": rule.basis,
        "answers": rule.answers,
        "least": rule.least,
        "lines": {n: _line(x) for n, x in rule.lines.items()},
        "groups": {n: pick(g.label) for n, g in rule.groups.items()},
    }


def _line(line: Line) -> dict[str, Any]:
    kept = line.model_dump(exclude={"label", "note"}, exclude_none=True)
    return {"label": pick(line.label), "note": pick(line.note)} | kept


def shape(found: read.Assessed) -> dict[str, Any]:
    """A ranking as JSON: every figure with its numerator and denominator."""
    on, publication = found.basis, found.basis.publication
    return {
        "assessment": _rule(on.key.assessment, on.assessment),
        "period": {"id": on.period.id, "since": on.period.since, "until": on.period.until},
        "area": on.key.area,
        "state": on.state,
        "config_version": on.world.version,
        "published": publication
        and {
            "at": publication.at,
            "by": publication.name,
            "note": publication.note,
            "hash": publication.hash,
            "config_version": publication.version,
            "closes": on.closes,
        },
        "groups": [
            {
                "id": name,
                "label": pick(group.label),
                "ranked_units": found.sizes[name],
                "ranked": [_unit(found, s) for s in found.of(name, ranked=True)],
                "apart": [_unit(found, s) for s in found.of(name, ranked=False)],
            }
            for name, group in on.assessment.groups.items()
        ],
        "claims": [_claim(c) for c in found.claims],
    }


def _unit(found: read.Assessed, s: Scored) -> dict[str, Any]:
    publication = found.basis.publication
    total, rank = (publication.totals.get(s.member.unit) if publication else None) or (None, None)
    return {
        "unit": s.member.unit,
        "name": s.member.name,
        "rank": s.rank,
        "total": number(s.score.total),
        "sample": number(s.score.sample),
        "published": {"total": number(total), "rank": rank} if found.changed(s) else None,
        "excluded": s.excluded,
        "remarks": remarks(found, s),
        "lines": {
            name: {
                "numerator": number(x.numerator),
                "denominator": number(x.denominator),
                "value": None if x.value is None else float(x.value),
                "points": number(x.points),
                "why": x.why,
                "set_by_appeal": x.set_to,
            }
            for name, x in s.score.lines.items()
        },
    }


def _claim(c: Claim) -> dict[str, Any]:
    return {
        "id": c.id,
        "what": c.what,
        "unit": c.unit,
        "line": c.line,
        "number": c.number,
        "words": c.words,
        "state": c.state,
        "asked_by": c.asked_name,
        "asked_at": c.asked_at,
        "decided_by": c.decided_name,
        "decided_at": c.decided_at,
        "reply": c.reply,
        "points": number(c.points),
    }
