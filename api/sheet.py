"""A table as a file: in the language of this browser, and no proxy keeps it."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api.auth import LANGUAGE
from core.access.desk import Look
from core.access.taken import Table
from core.errors import NotFound
from core.kpi.export import CSV_TYPE, XLSX_TYPE, to_csv, to_xlsx
from core.now import local, now
from core.words import LOCALES, speaking

Eyes = TypeVar("Eyes", bound=Look)
TYPES = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
KEPT_BY_NOBODY = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def worded(request: Request, write: Callable[[Eyes, str], Response]) -> Callable[[Eyes], Response]:
    """`write` for the kind of file in the address, in the language chosen in this browser.

    Raises:
        NotFound: another kind than CSV and XLSX.
    """
    kind, chosen = request.path_params["kind"], request.cookies.get(LANGUAGE)

    def do(look: Eyes) -> Response:
        if kind not in TYPES:
            raise NotFound
        if chosen not in LOCALES:
            return write(look, kind)
        with speaking(chosen):
            return write(look, kind)

    return do


def stamped(title: str) -> str:
    """「统计-20261122-2043」: what a file of this moment is called."""
    return f"{title}-{local(now()):%Y%m%d-%H%M}"


def sheet(table: Table, kind: str, title: str, name: str = "") -> Response:
    """The table as a download, called `name`, or by its title and this moment."""
    columns, rows = table
    file = quote(f"{name or stamped(title)}.{kind}")
    return Response(
        to_csv(columns, rows) if kind == "csv" else to_xlsx(columns, rows, title),
        media_type=TYPES[kind],
        headers=KEPT_BY_NOBODY | {"Content-Disposition": f"attachment; filename*=utf-8''{file}"},
    )
