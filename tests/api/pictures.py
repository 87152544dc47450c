"""Files for tests, made here: nothing that anybody photographed."""

import io
import random
import zipfile

from PIL import Image
from PIL.ExifTags import Base as Tag


def photo(
    width: int = 400, height: int = 300, *, turned: bool = False, kind: str = "JPEG"
) -> bytes:
    """A picture; `turned` adds EXIF with a position and "rotate by 90 degrees"."""
    image = Image.new("RGB", (width, height), (30, 120, 60))
    exif = Image.Exif()
    if turned:
        exif[Tag.Orientation.value] = 6
        exif[Tag.Make.value] = "PhoneMaker"
        exif[Tag.GPSInfo.value] = {1: "N", 2: (39.0, 45.0, 0.0), 3: "E", 4: (117.0, 0.0, 0.0)}
    out = io.BytesIO()
    image.save(out, kind, exif=exif) if kind == "JPEG" else image.save(out, kind)
    return out.getvalue()


def heavy_photo(megabytes: int) -> bytes:
    """A photo of at least so many megabytes, as a new phone takes them."""
    noise = random.Random(7).randbytes(1200 * 900 * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (1200, 900), noise).save(out, "JPEG", quality=95)
    jpeg = out.getvalue()
    return jpeg + b"\0" * max(0, megabytes * 1024 * 1024 - len(jpeg))


def bomb() -> bytes:
    """A few kilobytes of PNG that would unpack to more pixels than are taken."""
    out = io.BytesIO()
    Image.new("1", (20_000, 9_000)).save(out, "PNG", optimize=True)
    return out.getvalue()


def office(*names: str) -> bytes:
    """A ZIP with these members, as DOCX and XLSX are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\0" * 200
M4A = b"\0\0\0\x20ftypM4A \0\0\0\0" + b"\0" * 200
MP4 = b"\0\0\0\x20ftypisom\0\0\0\0" + b"\0" * 200
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0" + b"\0" * 200
