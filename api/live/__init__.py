"""The live board over HTTP: a stream of states for pages and programs, and the wall screen."""

from starlette.routing import BaseRoute

from api.live import assets, stream, wall


def routes() -> list[BaseRoute]:
    """`/live/…` and `/wall`."""
    return [*stream.ROUTES, *wall.ROUTES, *assets.ROUTES]
