"""The papers of a case: which may be printed now, and each as Word or PDF."""

from typing import Any, Literal
from urllib.parse import quote

from fastapi import Request, Response

from api.answer import CrossSite
from api.caller import Caller
from api.edge import asking, in_thread, looking
from api.v1.resource import resource
from core.access.desk import Look, Office
from core.cases.detail import Detail, detail
from core.paper.issues import number_of, standing
from core.paper.kinds import Paper, printable
from core.paper.make import DOCX_TYPE, PDF_TYPE, make
from core.paper.pdf.draw import to_pdf
from core.rules.masking import mask_text

router = resource("papers")

AT_ONCE = 2
"""Fitting the fonts into a PDF keeps a core busy for a second or two."""
_FILES = {"docx": DOCX_TYPE, "pdf": PDF_TYPE}


@router.get("/cases/{number}/papers")
async def index(request: Request, number: str) -> Response:
    """What you may print of this case now."""

    def do(look: Look) -> Any:
        found = detail(look, number)
        return {"papers": [_shape(found, p) for p in printable(found)]}

    return await looking(request, do)


def _shape(found: Detail, paper: Paper) -> dict[str, Any]:
    case = found.file.case
    base = f"/api/v1/cases/{case.number}/papers/{paper.id}"
    return {
        "id": paper.id,
        "label": paper.label,
        "about": paper.about,
        "docx": f"{base}.docx",
        "pdf": f"{base}.pdf",
        "issues": [
            {
                "number": number_of(paper, case, one.nth),
                "demand": one.demands[0].id,
                "text": mask_text(one.demands[0].text),
                "opened_at": one.demands[0].opened_at,
            }
            for one in standing(found, paper.demands)
        ],
    }


@router.get("/cases/{number}/papers/{paper}.{form}")
async def show(
    request: Request,
    number: str,
    paper: str,
    form: Literal["docx", "pdf"],
    purpose: str = "",
    demand: int | None = None,
) -> Response:
    """One of them. With a `purpose` the resident is named on it, and that stays on record.

    `demand`: of which of its `issues`, where several orders or instructions stand; else the newest.
    """

    def run(house: Office, caller: Caller) -> Response:
        if purpose and request.headers.get("sec-fetch-site") == "cross-site":
            raise CrossSite  # another site's link must not look at somebody in your name
        with house.work(asking(caller)) as work:
            document = make(work, number, paper, purpose, demand)
        body = document.content if form == "docx" else to_pdf(document.content)
        way = "inline" if form == "pdf" else "attachment"
        return Response(
            body,
            media_type=_FILES[form],
            headers={
                "Content-Disposition": f"{way}; filename*=utf-8''{quote(document.name)}.{form}",
                "Cache-Control": "private, no-store",
                "X-Content-Type-Options": "nosniff",
                "Cross-Origin-Resource-Policy": "same-origin",
            },
        )

    return await in_thread(request, run, at="paper", most=AT_ONCE)
