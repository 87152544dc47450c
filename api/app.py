"""The interface for outside programs as one application, and all routes as a list."""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route

from api import door, live, ops
from api.answer import refusal
from api.caller import locale_of
from api.door import missing
from api.v1 import (
    actions,
    assessments,
    cases,
    county,
    desk,
    docs,
    files,
    kpi,
    me,
    notifications,
    oversight,
    papers,
    public,
    session,
    undelivered,
)
from core.errors import OneDoorError
from core.words import speaking

_V1 = (
    cases, actions, public, session, me, desk, files, papers, notifications, kpi, county,
    assessments, undelivered, oversight,
)  # fmt: skip
"""What is asked for most comes first: routes are tried in their order."""


_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def no_such_address(request: Request) -> Response:
    """For programs, where Streamlit would answer with the office's page."""
    return _refuse(request, HTTPException(404))


def _refuse(request: Request, error: Exception) -> Response:
    with speaking(locale_of(request.headers.get("accept-language"))):
        found = refusal(error)
    if found.status_code == 405:
        found.headers["Allow"] = ", ".join(_allowed(request))
    return found


def _allowed(request: Request) -> list[str]:
    """What the address may be asked with (RFC 9110, 15.5.6): each method is a route of its own."""
    there = (r for r in request.app.routes if r.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for route in there for method in getattr(route, "methods", ())})


def make_api() -> FastAPI:
    """The application that is mounted at `/api`; its description is `/api/openapi.json`."""
    api = FastAPI(
        title="OneDoor 一扇门",
        version="1",
        docs_url=None,  # the usual pages fetch their scripts from the internet
        redoc_url=None,
        middleware=[Middleware(ops.Metered)],
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nothing calls out of here
    )
    for module in _V1:  # flat, not included: a tree of routers is searched branch by branch
        api.router.routes.extend(module.router.routes)
    for kind in (OneDoorError, RequestValidationError, HTTPException, Exception):
        api.add_exception_handler(kind, _refuse)

    def described() -> dict[str, Any]:
        if api.openapi_schema is None:
            schema = get_openapi(
                title=api.title, version=api.version, routes=api.routes, servers=[{"url": "/api"}]
            )
            schema["components"]["securitySchemes"] = docs.SECURITY
            schema["security"] = [{"bearer": []}, {"cookie": []}, {}]
            api.openapi_schema = schema
        return api.openapi_schema

    api.openapi = described
    return api


def routes() -> list[BaseRoute]:
    """Everything that is served beside the office's pages."""
    return [
        Mount("/api", make_api()),
        *ops.routes(),
        *door.routes(),
        *live.routes(),
        *missing.ROUTES,
        Route("/open311/{rest:path}", no_such_address, methods=_METHODS),
    ]


def make_app() -> Starlette:
    """All routes without Streamlit: for tests, benchmarks, and a server for programs alone."""
    return Starlette(routes=routes(), exception_handlers={OneDoorError: _refuse})
