"""The papers of a case: which may be printed now, and each as Word or PDF."""

from typing import Any, Literal
from urllib.parse import quote

from fastapi import Request, Response

from api.answer import CrossSite
from api.caller import Caller
from api.edge import asking, in_thread, looking
from api.v1.resource import resource
from core.access.desk import Look, Office
from core.paper.kinds import Paper
from core.paper.make import DOCX_TYPE, PDF_TYPE, make, papers
from core.paper.pdf.draw import to_pdf

router = resource("papers")

AT_ONCE = 2
"""Fitting the fonts into a PDF keeps a core busy for a second or two."""
_FILES = {"docx": DOCX_TYPE, "pdf": PDF_TYPE}


@router.get("/cases/{number}/papers")
async def index(request: Request, number: str) -> Response:
    """What you may print of this case now."""

    def do(look: Look) -> Any:
        return {"papers": [_shape(number, p) for p in papers(look, number)]}

    return await looking(request, do)


def _shape(number: str, paper: Paper) -> dict[str, Any]:
    base = f"/api/v1/cases/{number}/papers/{paper.id}"
    return {
        "id": paper.id,
        "label": paper.label,
        "about": paper.about,
        "docx": f"{base}.docx",
        "pdf": f"{base}.pdf",
    }


@router.get("/cases/{number}/papers/{paper}.{form}")
async def show(
    request: Request, number: str, paper: str, form: Literal["docx", "pdf"], purpose: str = ""
) -> Response:
    """One of them. With a `purpose` the resident is named on it, and that stays on record."""

    def run(house: Office, caller: Caller) -> Response:
        if purpose and request.headers.get("sec-fetch-site") == "cross-site":
            raise CrossSite  # another site's link must not look at somebody in your name
        with house.work(asking(caller)) as work:
            document = make(work, number, paper, purpose)
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
