"""A ranking as a file, within what the reader may see."""

from starlette.requests import Request
from starlette.responses import Response

from api.auth import LANGUAGE
from api.download_figures import file_of
from api.edge import looking
from core.access.desk import Look
from core.errors import NotFound
from core.kpi.assess.read import assess
from core.kpi.assess.sheet import table
from core.kpi.export import to_csv, to_xlsx
from core.words import LOCALES, pick, speaking


async def assessment_file(request: Request) -> Response:
    """`/download/assessment.csv` and `.xlsx`: what `GET /api/v1/assessments/{id}` says."""
    kind, chosen, asked = (
        request.path_params["kind"], request.cookies.get(LANGUAGE), request.query_params,
    )  # fmt: skip

    def write(look: Look) -> Response:
        texts = {n: asked.get(n, "")[:40] for n in ("id", "period", "area")}
        found = assess(look, texts["id"], texts["period"], texts["area"])
        columns, rows = table(found)
        name = f"{pick(found.basis.assessment.label)} {found.basis.period.id}"
        body = to_csv(columns, rows) if kind == "csv" else to_xlsx(columns, rows, name)
        return file_of(body, kind, name.replace(" ", "-"))

    def do(look: Look) -> Response:
        if kind not in ("csv", "xlsx"):
            raise NotFound
        if chosen in LOCALES:
            with speaking(chosen):
                return write(look)
        return write(look)

    return await looking(request, do)
