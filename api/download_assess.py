"""A ranking as a file, within what the reader may see."""

from starlette.requests import Request
from starlette.responses import Response

from api.edge import looking
from api.sheet import sheet, worded
from core.access.desk import Look
from core.kpi.assess.read import assess
from core.kpi.assess.sheet import table
from core.words import pick


async def assessment_file(request: Request) -> Response:
    """`/download/assessment.csv` and `.xlsx`: what `GET /api/v1/assessments/{id}` says."""
    asked = request.query_params

    def write(look: Look, kind: str) -> Response:
        texts = {n: asked.get(n, "")[:40] for n in ("id", "period", "area")}
        found = assess(look, texts["id"], texts["period"], texts["area"])
        title = f"{pick(found.basis.assessment.label)} {found.basis.period.id}"
        return sheet(table(found), kind, title, title.replace(" ", "-"))

    return await looking(request, worded(request, write))
