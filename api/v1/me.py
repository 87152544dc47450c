"""Who I am and what I may."""

from fastapi import Request, Response

from api.edge import looking
from api.v1 import shapes
from api.v1.resource import resource

router = resource("session")


@router.get("/me")
async def me(request: Request) -> Response:
    """Who, role, unit, scope, permissions."""
    return await looking(request, lambda look: shapes.actor(look.actor))
