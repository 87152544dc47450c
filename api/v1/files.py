"""Evidence goes in and out here and nowhere else."""

from pathlib import Path
from typing import Any

from fastapi import Request, Response
from starlette.responses import FileResponse

from api.body import Upload, uploads
from api.edge import looking, working
from api.v1 import shapes
from api.v1.docs import multipart
from api.v1.resource import resource
from core.access.desk import Look, Work
from core.cases.detail import Evidence
from core.cases.files import attach, open_file
from core.cases.filetypes import SHOWN

router = resource("files")

UPLOADS_AT_ONCE = 3
"""Unpacking a photo keeps a core busy for a good while."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self';"
    " style-src 'unsafe-inline'; sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@router.post("/cases/{number}/files", status_code=201, openapi_extra=multipart())
async def add(request: Request, number: str) -> Response:
    """Attach up to five files; all are kept or none. Photos lose their EXIF data."""
    sent = await uploads(request)
    return await working(
        request,
        lambda work: keep(work, number, sent),
        status=201,
        at="upload",
        most=UPLOADS_AT_ONCE,
    )


def keep(work: Work, number: str, sent: list[Upload], base: str = "/api/v1/files") -> Any:
    """Attach what was sent; `id` is the first file's, `files` describes all."""
    ids = [attach(work, number, upload.name, upload.data) for upload in sent]
    kept = [shapes.evidence(open_file(work, i)[0], base) for i in ids]
    return {"id": ids[0], "files": kept}


@router.get("/files/{file_id}")
async def show(request: Request, file_id: int) -> Response:
    """The bytes, to whoever sees the case."""

    def do(look: Look) -> Response:
        return hand_out(*open_file(look, file_id))

    return await looking(request, do)


def hand_out(file: Evidence, path: Path) -> Response:
    """The file under headers that let a browser run nothing in it."""
    way = "inline" if file.mime.startswith(SHOWN) else "attachment"
    return FileResponse(
        path,
        media_type=file.mime,
        filename=file.name,
        content_disposition_type=way,
        headers=_HEADERS,
    )
