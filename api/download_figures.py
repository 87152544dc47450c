"""A table of figures as a file, within what the reader may count."""

from datetime import date
from typing import Any, cast, get_args

from starlette.requests import Request
from starlette.responses import Response

from api.edge import looking
from api.sheet import sheet, worded
from core.access.desk import Look
from core.errors import Invalid
from core.kpi.figures import By, FigureQuery, figures
from core.kpi.table import table
from core.words import _, lazy

_TEXTS = ("area", "unit", "category", "inlet")


def wanted(request: Request) -> FigureQuery:
    """The query in the address, named as in `GET /api/v1/kpi`."""
    asked = request.query_params
    texts: dict[str, Any] = {name: asked.get(name, "")[:100] for name in _TEXTS}
    days: dict[str, Any] = {name: _day(name, asked.get(name, "")) for name in ("since", "until")}
    by = asked.get("by", "")
    return FigureQuery(**texts, **days, by=cast("By", by if by in get_args(By) else ""))


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(lazy("{name} 应为日期，如 2026-11-21", name=name), field=name) from None


async def figures_file(request: Request) -> Response:
    """`/download/figures.csv` and `.xlsx`: what `GET /api/v1/kpi` says, as a table."""

    def write(look: Look, kind: str) -> Response:
        return sheet(table(look.world, figures(look, wanted(request))), kind, _("统计"))

    return await looking(request, worded(request, write))
