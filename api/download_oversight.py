"""批示台账 and 履职记录 as files, to those who may read them on the page."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.auth import LANGUAGE
from api.download_figures import file_of
from api.edge import working
from api.v1.cases import instant
from core.access.desk import Work
from core.errors import NotFound
from core.kpi.export import to_csv, to_xlsx
from core.now import local, now
from core.oversight import duty
from core.oversight.instructions import STATES, instructions, ledger
from core.words import LOCALES, _, speaking

Table = tuple[list[str], Sequence[Sequence[Any]]]


async def instructions_file(request: Request) -> Response:
    """`/download/instructions.csv` and `.xlsx`: the list that the page shows."""
    asked = request.query_params
    state = asked.get("state", "")

    def table(work: Work) -> Table:
        found = instructions(
            work,
            area=asked.get("area", "")[:20],
            state=state if state in STATES else "",
            since=instant("since", asked.get("since", "")),
            until=instant("until", asked.get("until", "")),
        )
        return ledger(work, found)

    return await _write(request, table, lambda: _("批示台账"))


async def duty_file(request: Request) -> Response:
    """`/download/duty.csv` and `.xlsx`: the deputy's own record."""
    asked = request.query_params

    def table(work: Work) -> Table:
        since, until = (instant(n, asked.get(n, "")) for n in ("since", "until"))
        return duty.table(duty.record(work, since=since, until=until))

    return await _write(request, table, lambda: _("履职记录"))


async def _write(
    request: Request, table: Callable[[Work], Table], title: Callable[[], str]
) -> Response:
    kind, chosen = request.path_params["kind"], request.cookies.get(LANGUAGE)

    def write(work: Work) -> Response:
        columns, rows = table(work)
        name = title()
        body = to_csv(columns, rows) if kind == "csv" else to_xlsx(columns, rows, name)
        return file_of(body, kind, f"{name}-{local(now()):%Y%m%d-%H%M}")

    def do(work: Work) -> Response:
        if kind not in ("csv", "xlsx"):
            raise NotFound
        if chosen in LOCALES:
            with speaking(chosen):
                return write(work)
        return write(work)

    return await working(request, do)
