"""The office's own lists as files, to those who may read them on their pages."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.edge import working
from api.sheet import sheet, worded
from api.v1.cases import instant
from core.access.desk import Work
from core.access.taken import Table
from core.access.trail import TrailFilter, trail_table
from core.cases.sheets import inbox_table, undelivered_table
from core.cases.undelivered import DeadFilter
from core.places.directory import PersonFilter
from core.places.lists import areas_table, people_table, units_table
from core.words import Text, lazy

Asked = Mapping[str, str]


def _texts(asked: Asked, *names: str) -> dict[str, Any]:
    return {name: asked.get(name, "").strip()[:100] for name in names}


def _audit(work: Work, asked: Asked) -> Table:
    since, until = (instant(n, asked.get(n, "")) for n in ("since", "until"))
    return trail_table(
        work, TrailFilter(**_texts(asked, "who", "what", "q"), since=since, until=until)
    )


def _undelivered(work: Work, asked: Asked) -> Table:
    f = DeadFilter(**_texts(asked, "way", "q"), fault=asked.get("fault", "")[:2000])
    return undelivered_table(work, f)


LISTS: dict[str, tuple[Text, Callable[[Work, Asked], Table]]] = {
    "inbox": (lazy("我的待办"), lambda work, _asked: inbox_table(work)),
    "people": (
        lazy("人员"),
        lambda work, a: people_table(work, PersonFilter(**_texts(a, "q", "role", "unit", "state"))),
    ),
    "places": (
        lazy("区划和单位"),
        lambda work, a: (areas_table if a.get("list") == "areas" else units_table)(
            work, a.get("area", "")
        ),
    ),
    "audit": (lazy("审计记录"), _audit),
    "undelivered": (lazy("未送达消息"), _undelivered),
}
"""By the name in the address: what the file is called, and what stands in it."""


def routes() -> list[BaseRoute]:
    """`/download/inbox.csv` and so on, narrowed as the pages' own addresses are."""
    return [Route(f"/download/{name}.{{kind}}", _file(name)) for name in LISTS]


def _file(name: str) -> Callable[[Request], Any]:
    title, table = LISTS[name]

    async def file(request: Request) -> Response:
        def write(work: Work, kind: str) -> Response:
            return sheet(table(work, request.query_params), kind, str(title))

        return await working(request, worded(request, write), at="download")

    return file
