"""What the county calls things: places, units, and the labels of its configuration."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from api.edge import looking
from api.v1.resource import resource
from core.access.actor import NOBODY
from core.access.desk import Look
from core.errors import NotSignedIn
from core.rules.areas import contains, validate
from core.rules.forms import json_schema
from core.words import pick

router = resource("county")
Limit = Annotated[int, Query(ge=1, le=5000)]


@router.get("/places")
async def places(
    request: Request, under: str = "", level: str = "", q: str = "", limit: Limit = 1000
) -> Response:
    """Areas, outermost first; open to everybody, as division codes are."""

    def do(look: Look) -> Any:
        root = validate(under, "under") if under else look.world.root
        found = [
            {"code": a.code, "name": a.name, "parent": a.parent, "level": a.level}
            for a in look.world.areas.values()
            if contains(root, a.code) and (not level or a.level == level) and q in a.name
        ]
        return {"places": found[:limit], "root": look.world.root, "total": len(found)}

    return await looking(request, do, guest=NOBODY)


@router.get("/units")
async def units(
    request: Request,
    area: str = "",
    kind: str = "",
    duty: str = "",
    q: str = "",
    limit: Limit = 1000,
) -> Response:
    """Units that work can be given to; for staff."""

    def do(look: Look) -> Any:
        if look.actor.person is None:
            raise NotSignedIn
        bound = validate(area) if area else None
        found = [
            {
                "code": u.code,
                "name": u.name,
                "kind": u.kind,
                "area": u.area,
                "parent": u.parent,
                "duties": list(u.duties),
            }
            for u in look.world.units.units.values()
            if u.active
            and (bound is None or contains(bound, u.area))
            and (not kind or u.kind == kind)
            and (not duty or duty in u.duties)
            and q in u.name
        ]
        return {"units": found[:limit], "total": len(found)}

    return await looking(request, do)


@router.get("/blueprint")
async def blueprint(request: Request) -> Response:
    """Codes and labels: what intake forms and filters offer. No rules, no people."""
    return await looking(request, _blueprint, guest=NOBODY)


def _blueprint(look: Look) -> Any:
    b = look.world.blueprint
    flow = b.workflow
    return {
        "id": b.id,
        "version": look.world.version,
        "name": pick(b.name),
        "root": look.world.root,
        "inlets": {k: pick(v) for k, v in b.inlets.items()},
        "kinds": {k: pick(v) for k, v in b.kinds.items()},
        "urgencies": {k: pick(v) for k, v in b.urgencies.items()},
        "categories": {
            k: {"label": pick(v.label), "fields": json_schema(v.fields)}
            for k, v in b.categories.items()
        },
        "duties": {k: pick(v) for k, v in b.duties.items()},
        "steps": {k: pick(v) for k, v in flow.steps.items()},
        "stages": {
            k: {"label": pick(s.label), "kind": s.kind, "step": s.step}
            for k, s in flow.stages.items()
        },
        "actions": {t.id: pick(t.label) for t in flow.transitions},
        "rating": {
            "reasons": {k: pick(v) for k, v in b.rating.reasons.items()},
            "parties": {k: pick(v) for k, v in b.rating.parties.items()},
            "satisfied_from": b.rating.satisfied_from,
        },
        "kpis": {k: pick(v.label) for k, v in b.kpis.items()},
    }
