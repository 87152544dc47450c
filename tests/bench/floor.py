"""The floor: a bare Starlette route that does one INSERT, committed."""

import os

from psycopg import AsyncConnection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

_pool: list[AsyncConnection] = []


async def insert(request: Request) -> JSONResponse:
    """One JSON body in, one row written, one number out."""
    body = await request.json()
    if _pool:
        connection = _pool.pop()
    else:
        connection = await AsyncConnection.connect(os.environ["FLOOR_URL"], autocommit=True)
    cursor = await connection.execute(
        "insert into floor (title, body) values (%s, %s) returning id",
        (body["body"][:20], body["body"]),
    )
    row = await cursor.fetchone()
    _pool.append(connection)
    return JSONResponse({"id": row[0] if row else None}, status_code=201)


app = Starlette(routes=[Route("/", insert, methods=["POST"])])
