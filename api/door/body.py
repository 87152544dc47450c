"""What a browser posts, read without trusting its size.

A photo over the limit is read to its end but kept only up to the limit and a byte, so that
the page can refuse that photo by name and keep the words beside it.
"""

from collections.abc import AsyncGenerator

from starlette.datastructures import FormData
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from core.errors import OneDoorError
from core.words import lazy

MOST_BYTES = 256 * 1024 * 1024
"""Of one request: nine photos as phones take them, with room for the over-large."""
MOST_PLAIN = 2 * 1024 * 1024
"""Of one request without files."""
MOST_FILES, MOST_FIELDS = 40, 200


class TooBig(OneDoorError):
    """More than we read at all; what was typed is still on the page before."""

    status = 413
    code = "too_big"
    sentence = lazy("一次交的内容太多了，没有收下。请按返回键回到刚才的页面，少选几张照片再交")


class _Parser(MultiPartParser):
    """Keeps at most `longest` + 1 bytes of a file."""

    def __init__(self, request: Request, longest: int) -> None:
        super().__init__(
            request.headers,
            _capped(request, MOST_BYTES),
            max_files=MOST_FILES,
            max_fields=MOST_FIELDS,
        )
        self._longest = longest
        self._room = longest

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._room = self._longest + 1

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is not None:
            end = min(end, start + self._room)
            self._room -= end - start
            if start == end:
                return
        super().on_part_data(data, start, end)


async def _capped(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > most:
            raise TooBig
        yield chunk


async def read_form(request: Request, longest: int) -> FormData:
    """The posted form; `longest` is the limit of one file in bytes.

    Raises:
        TooBig: more bytes, files or fields than any honest form has.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return await _Parser(request, longest).parse()
        if kind == "application/x-www-form-urlencoded":
            return await FormParser(request.headers, _capped(request, MOST_PLAIN)).parse()
    except MultiPartException as error:
        raise TooBig from error
    return FormData()
