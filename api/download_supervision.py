"""The lists of 督查督办 as files."""

from starlette.requests import Request
from starlette.responses import Response

from api.edge import working
from api.sheet import sheet, worded
from api.v1.cases import instant
from core.access.desk import Work
from core.errors import NotFound
from core.oversight.sheets import table, title
from core.oversight.supervision import STATES, VIEWS, Watch


async def supervision_file(request: Request) -> Response:
    """`/download/supervision.csv` and `.xlsx`: the list that the page shows."""
    asked = request.query_params
    view, state = asked.get("view", ""), asked.get("state", "")

    def write(work: Work, kind: str) -> Response:
        if view not in VIEWS:
            raise NotFound
        f = Watch(
            area=asked.get("area", "")[:20],
            unit=asked.get("unit", "")[:64],
            state=state if state in STATES else "",
            since=instant("since", asked.get("since", "")),
            until=instant("until", asked.get("until", "")),
        )
        return sheet(table(work, view, f), kind, title(view))

    return await working(request, worded(request, write), at="download")
