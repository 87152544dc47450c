"""A recording keeps its sound and picture and every offset, and loses where it was made."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cases.filetypes import examine
from core.cases.recordings import without_metadata

POSITION = b"+39.7612+116.9903/"


def box(kind: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def long_box(kind: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I4sQ", 1, kind, 16 + len(content)) + content


def track(handler: bytes, *more: bytes) -> bytes:
    return box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12))), *more)


FTYP = box(b"ftyp", b"isom", bytes(4))
PIXELS = box(b"mdat", b"pixels and sound")
XYZ = box(b"\xa9xyz", POSITION)
KEYS = box(b"meta", b"com.apple.quicktime.location.ISO6709", POSITION)


@pytest.mark.parametrize(
    "recording",
    [
        FTYP + PIXELS + box(b"moov", box(b"mvhd", b"kept"), box(b"udta", XYZ)),
        FTYP + box(b"moov", box(b"mvhd", b"kept"), KEYS) + PIXELS,
        FTYP + box(b"moov", track(b"vide", box(b"udta", XYZ)), box(b"mvhd", b"kept")) + PIXELS,
        FTYP + long_box(b"moov", long_box(b"udta", XYZ), box(b"mvhd", b"kept")) + PIXELS,
        FTYP + box(b"moov", box(b"mvhd", b"kept")) + PIXELS + box(b"uuid", bytes(16), POSITION),
        FTYP + box(b"moov", box(b"mvhd", b"kept"), track(b"camm", POSITION)) + PIXELS,
        FTYP + PIXELS + bytes(4) + box(b"moov", box(b"mvhd", b"kept"), box(b"udta", XYZ))[4:],
    ],
    ids=["udta", "meta", "in a track", "64 bits", "uuid", "a track of positions", "to the end"],
)
def test_the_position_is_gone_and_nothing_moves(recording: bytes) -> None:
    assert POSITION in recording
    kept = examine("a.mp4", recording).data
    assert POSITION not in kept
    assert b"udta" not in kept and b"meta" not in kept
    assert len(kept) == len(recording)
    for telling in (b"pixels and sound", b"kept"):
        assert kept.index(telling) == recording.index(telling)
    assert without_metadata(kept) == kept


def test_a_recording_that_tells_nothing_stays_as_it_is() -> None:
    plain = FTYP + box(b"moov", track(b"vide"), track(b"soun")) + PIXELS
    assert without_metadata(plain) is plain


@given(st.binary(max_size=300), st.sampled_from([b"moov", b"trak", b"udta", b"mdia", b"hdlr"]))
def test_whatever_comes_in_as_much_comes_out(noise: bytes, kind: bytes) -> None:
    for data in (noise, FTYP + box(kind, noise), FTYP + noise + box(kind, noise)):
        assert len(without_metadata(data)) == len(data)


def test_boxes_within_boxes_end() -> None:
    for kind in (b"moov", b"trak", b"mdia"):
        deep = b""
        for _level in range(2000):
            deep = box(kind, deep)
        assert without_metadata(box(b"moov", deep)) == box(b"moov", deep)
