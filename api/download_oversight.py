"""批示台账 and 履职记录 as files, to those who may read them on the page."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from api.edge import working
from api.sheet import Table, sheet, worded
from api.v1.cases import instant
from core.access.desk import Work
from core.oversight import duty
from core.oversight.instructions import STATES, instructions, ledger
from core.words import _


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
    def write(work: Work, kind: str) -> Response:
        return sheet(table(work), kind, title())

    return await working(request, worded(request, write))
