"""The lists of 督查督办 as files."""

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
from core.oversight.sheets import table, title
from core.oversight.supervision import STATES, VIEWS, Watch
from core.words import LOCALES, speaking


async def supervision_file(request: Request) -> Response:
    """`/download/supervision.csv` and `.xlsx`: the list that the page shows."""
    kind, chosen = request.path_params["kind"], request.cookies.get(LANGUAGE)
    asked = request.query_params
    view, state = asked.get("view", ""), asked.get("state", "")

    def write(work: Work) -> Response:
        f = Watch(
            area=asked.get("area", "")[:20],
            unit=asked.get("unit", "")[:64],
            state=state if state in STATES else "",
            since=instant("since", asked.get("since", "")),
            until=instant("until", asked.get("until", "")),
        )
        columns, rows = table(work, view, f)
        name = title(view)
        body = to_csv(columns, rows) if kind == "csv" else to_xlsx(columns, rows, name)
        return file_of(body, kind, f"{name}-{local(now()):%Y%m%d-%H%M}")

    def do(work: Work) -> Response:
        if kind not in ("csv", "xlsx") or view not in VIEWS:
            raise NotFound
        if chosen in LOCALES:
            with speaking(chosen):
                return write(work)
        return write(work)

    return await working(request, do, at="download")
