"""A table of figures as a file, within what the reader may count."""

from datetime import date
from typing import Any, cast, get_args
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api.auth import LANGUAGE
from api.edge import looking
from core.access.desk import Look
from core.errors import Invalid, NotFound
from core.kpi.export import CSV_TYPE, XLSX_TYPE, to_csv, to_xlsx
from core.kpi.figures import By, FigureQuery, figures
from core.kpi.table import table
from core.now import local, now
from core.words import LOCALES, _, lazy, speaking

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
    kind, chosen = request.path_params["kind"], request.cookies.get(LANGUAGE)

    def write(look: Look) -> Response:
        columns, rows = table(look.world, figures(look, wanted(request)))
        name = _("统计")
        body = to_csv(columns, rows) if kind == "csv" else to_xlsx(columns, rows, name)
        return file_of(body, kind, f"{name}-{local(now()):%Y%m%d-%H%M}")

    def do(look: Look) -> Response:
        if kind not in ("csv", "xlsx"):
            raise NotFound
        if chosen in LOCALES:
            with speaking(chosen):
                return write(look)
        return write(look)

    return await looking(request, do)


def file_of(body: bytes, kind: str, name: str) -> Response:
    """A table as a download that no proxy keeps."""
    return Response(
        body,
        media_type=CSV_TYPE if kind == "csv" else XLSX_TYPE,
        headers={
            "Content-Disposition": f"attachment; filename*=utf-8''{quote(f'{name}.{kind}')}",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
