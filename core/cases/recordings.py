"""Recordings in MP4 (ISO/IEC 14496-12): what a phone notes beside sound and picture is blanked.

Position, device and owner stand in boxes of their own. Each becomes a `free` box of the same
length, filled with zeros: nothing else moves, so the offsets by which players find the picture
hold, and no recording has to be decoded. A track that is neither picture, sound nor text (a
camera's log of positions) is no longer played; its samples stay behind as bytes that nothing
points to.
"""

import struct
from collections.abc import Iterator

_INSIDE = {b"moov", b"trak", b"mdia", b"moof", b"traf"}
"""Boxes in which there may be others to blank."""
_TOLD = {b"udta", b"meta", b"uuid"}
"""User data (`©xyz` is the position), tags, and boxes of makers' own such as XMP."""
_PLAYED = {b"vide", b"soun", b"text", b"sbtl", b"subt"}

Span = tuple[bytes, int, int, int]
"""A box: its type, where it begins, where its content does, and where it ends."""


def without_metadata(data: bytes) -> bytes:
    """The recording, as long as before, without what was noted beside it.

    Boxes that overrun what holds them are left alone with all that follows them there: no
    player finds them either.
    """
    view, blank = memoryview(data), list[Span]()
    open_ = [(0, len(data))]
    while open_:
        for box in _boxes(view, *open_.pop()):
            kind, _begin, content, end = box
            if kind in _TOLD or (kind == b"trak" and not _played(view, content, end)):
                blank.append(box)
            elif kind in _INSIDE:
                open_.append((content, end))
    if not blank:
        return data
    clean = bytearray(data)
    for _kind, begin, content, end in blank:
        clean[begin + 4 : begin + 8] = b"free"
        clean[content:end] = bytes(end - content)
    return bytes(clean)


def _boxes(view: memoryview, at: int, end: int) -> Iterator[Span]:
    """The boxes that stand side by side in [at, end)."""
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", view, at)
        content = at + 8
        if size == 1 and at + 16 <= end:  # a long box: its size follows in 64 bits
            (size,) = struct.unpack_from(">Q", view, content)
            content += 8
        elif size == 0:  # up to the end
            size = end - at
        if at + size > end or at + size < content:
            return
        yield kind, at, content, at + size
        at += size


def _played(view: memoryview, at: int, end: int) -> bool:
    """Whether a track is picture, sound or text; one that does not say counts as such."""
    handlers = [
        bytes(view[content + 8 : content + 12])
        for kind, _begin, media, media_end in _boxes(view, at, end)
        if kind == b"mdia"
        for inner, _begin, content, _end in _boxes(view, media, media_end)
        if inner == b"hdlr"
    ]
    return all(handler in _PLAYED for handler in handlers)
