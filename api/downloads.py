"""Lists as files, to whoever is signed in here: never through `/media`, which asks nobody."""

import tempfile
from pathlib import Path
from typing import Any, cast, get_args

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from api import (
    download_assess,
    download_figures,
    download_lists,
    download_oversight,
    download_supervision,
)
from api.edge import working
from api.sheet import KEPT_BY_NOBODY, TYPES, stamped, worded
from api.v1.cases import instant
from core.access.desk import Work
from core.cases.queries import Answer, CaseFilter, Order
from core.errors import Invalid
from core.kpi.export import export_cases, write_csv, write_xlsx
from core.words import Text, _, lazy

_TEXTS = ("stage", "stage_kind", "kind", "area", "unit", "category", "inlet", "urgency", "q")
_TIMES = ("due_since", "due_until", "since", "until", "closed_since", "closed_until")
AT_ONCE = 2
"""A large export keeps a connection and a core busy for a while."""


_CHOICES = {
    "stage_kind": ("", "open", "waiting", "closed", "live"),
    "overdue": ("", "0", "1", "false", "true"),
    "score_max": ("", "0", "1", "2", "3", "4", "5"),
    "answer": get_args(Answer),
    "order": ("", *get_args(Order)),
}


def wanted(request: Request) -> CaseFilter:
    """The filter in the address, named as in `GET /api/v1/cases`.

    Raises:
        Invalid: names every field that holds something else; nobody shall take a list for
            narrowed that is not.
    """
    asked = request.query_params
    faults: dict[str, str | Text] = {
        name: lazy("{name} 只能是 {values}", name=name, values=_("、").join(filter(None, known)))
        for name, known in _CHOICES.items()
        if asked.get(name, "") not in known
    }
    if faults:
        raise Invalid.of(faults)
    texts: dict[str, Any] = {name: asked.get(name, "") for name in _TEXTS}
    times: dict[str, Any] = {name: instant(name, asked.get(name, "")) for name in _TIMES}
    return CaseFilter(
        **texts,
        **times,
        overdue=asked.get("overdue", "") in ("1", "true"),
        score_max=int(asked.get("score_max") or 0),
        answer=cast("Answer", asked.get("answer", "")),
        order=cast("Order", asked.get("order") or "newest"),
    )


async def cases(request: Request) -> Response:
    """`/download/cases.csv` and `.xlsx`, masked and defused, with a line in the audit."""

    def write(work: Work, kind: str) -> Response:
        f = wanted(request)
        name = _("办结诉求") if f.stage_kind == "closed" else _("诉求")
        columns, rows = export_cases(work, f)
        with tempfile.NamedTemporaryFile(prefix="onedoor-", delete=False) as file:
            try:
                if kind == "csv":
                    write_csv(columns, rows, file)
                else:
                    write_xlsx(columns, rows, file, name)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        return FileResponse(
            file.name,
            media_type=TYPES[kind],
            filename=f"{stamped(name)}.{kind}",
            headers=KEPT_BY_NOBODY,
            background=BackgroundTask(Path(file.name).unlink, missing_ok=True),
        )

    return await working(request, worded(request, write), at="download", most=AT_ONCE)


def routes() -> list[BaseRoute]:
    """`/download/…`."""
    return [
        Route("/download/cases.{kind}", cases),
        Route("/download/figures.{kind}", download_figures.figures_file),
        Route("/download/assessment.{kind}", download_assess.assessment_file),
        Route("/download/instructions.{kind}", download_oversight.instructions_file),
        Route("/download/duty.{kind}", download_oversight.duty_file),
        Route("/download/supervision.{kind}", download_supervision.supervision_file),
        *download_lists.routes(),
    ]
