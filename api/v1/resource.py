"""Routers of the resources: same prefix, same refusals, and a short way for plain routes."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from api.v1.docs import REFUSALS


class Straight(APIRoute):
    """Hands path parameters straight to a route that asks for nothing else.

    FastAPI's machinery for parameters and dependencies costs such a route a tenth of a
    millisecond, which is a good part of what an intake may cost.
    """

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint itself where every parameter is a text of the path."""
        wants = self.dependant
        others = (
            wants.query_params or wants.header_params or wants.body_params or wants.dependencies
        )
        if others or any(p.field_info.annotation is not str for p in wants.path_params):
            return super().get_route_handler()
        endpoint = self.endpoint

        async def handler(request: Request) -> Response:
            return await endpoint(request, **request.path_params)

        return handler


def resource(tag: str, prefix: str = "") -> APIRouter:
    """A router under `/v1`, to be made part of the application as it is."""
    return APIRouter(prefix=f"/v1{prefix}", tags=[tag], responses=REFUSALS, route_class=Straight)
