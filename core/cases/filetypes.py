"""What a file really is: its first bytes decide, never its name. Pictures are made anew.

Re-encoding drops EXIF (position, device, owner; Personal Information Protection Law
《个人信息保护法》 art. 6: least data) and whatever else hides behind the pixels. Of recordings in
MP4 the same is blanked where it stands.
"""

import io
import threading
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from PIL import Image, ImageOps, UnidentifiedImageError

from core.cases.recordings import without_metadata
from core.errors import Invalid, OneDoorError
from core.words import Text, lazy

LONG_SIDE = 2560
"""Pixels: an A4 page photographed stays readable, a case of twenty photos stays small."""
MOST_PIXELS = 100_000_000
"""Larger pictures are refused unread: a few bytes may unpack to gigabytes."""
LONGEST_NAME = 100

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_BUSY = threading.Semaphore(2)
"""Unpacked pictures take hundreds of megabytes: two at a time."""

IMAGES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "png", "BMP": "png"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    _OFFICE + "wordprocessingml.document": "docx",
    _OFFICE + "spreadsheetml.sheet": "xlsx",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
}
"""Every type that is kept, with the ending its name gets."""
SHOWN = ("image/", "audio/", "video/")
"""Types that a browser may show in place; all else is downloaded."""

_STILLS = {b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif", b"avis"}
"""Brands of pictures in the box that otherwise holds videos."""
_PICTURE_NAMES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".heic", ".heif", ".tif"}
_UNKNOWN = lazy(
    "文件“{name}”不是可以上传的类型。可以上传照片（JPG、PNG）、PDF、Word、Excel、录音（MP3、M4A）"
    "和视频（MP4），请转换后再传"
)
_NOT_A_PICTURE = lazy(
    "文件“{name}”的名字像照片，内容却不是照片。请打开它确认，用手机重新拍照，或另存为 JPG 后再传"
)
_APPLE = lazy(
    "照片“{name}”是苹果手机的 HEIC 格式，暂不能显示。请在“设置 → 相机 → 格式”选“兼容性最佳”后重拍，"
    "或另存为 JPG 再传"
)
_BROKEN = lazy("照片“{name}”已损坏，打不开。请重新拍照或换一张")
_HUGE = lazy("照片“{name}”像素太多（超过 1 亿），请缩小后再传")
_MACROS = lazy("文件“{name}”带有宏，不能上传。请另存为不带宏的文档后再传")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it will be stored."""

    name: str
    mime: str
    data: bytes


def clean_name(name: str) -> str:
    """The last part of a path, without characters that cannot be seen; never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    return unicodedata.normalize("NFC", shown).strip(" .")[-LONGEST_NAME:] or "file"


def refuse(sentence: Text, name: str) -> Invalid:
    """A refusal that names the file and the cure."""
    return Invalid(Text(sentence.message, name=name), field="file", code="file.type", name=name)


def examine(name: str, data: bytes) -> Kept:
    """The file under a clean name and with its true type; pictures re-encoded, recordings
    without what the phone noted beside them.

    Raises:
        Invalid: not one of `SUFFIXES`, broken, or too many pixels; names file and cure.
    """
    name = clean_name(name)
    if data[4:8] == b"ftyp" and data[8:12] in _STILLS:
        raise refuse(_APPLE, name)
    picture = _picture(name, data)
    if picture is not None:
        mime, data = picture
    else:
        mime = _magic(name, data)
        if mime is None:
            looks = PurePosixPath(name).suffix.lower() in _PICTURE_NAMES
            raise refuse(_NOT_A_PICTURE if looks else _UNKNOWN, name)
        if mime in ("audio/mp4", "video/mp4"):
            data = without_metadata(data)
    return Kept(f"{PurePosixPath(name).stem or 'file'}.{SUFFIXES[mime]}", mime, data)


def _magic(name: str, data: bytes) -> str | None:
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    if data[:4] == b"PK\x03\x04":
        return _office(name, data)
    if data[4:8] == b"ftyp":
        return "audio/mp4" if data[8:11] == b"M4A" else "video/mp4"
    if data[:3] == b"ID3" or (len(data) > 4 and data[0] == 0xFF and data[1] in (0xFB, 0xF3, 0xF2)):
        return "audio/mpeg"
    return None


def _office(name: str, data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        raise refuse(_MACROS, name)
    if "[Content_Types].xml" not in names:
        return None
    if "word/document.xml" in names:
        return _OFFICE + "wordprocessingml.document"
    return _OFFICE + "spreadsheetml.sheet" if "xl/workbook.xml" in names else None


def _picture(name: str, data: bytes) -> tuple[str, bytes] | None:
    """(type, bytes) of the picture, turned upright and made smaller; None if it is none."""
    try:
        with _BUSY, Image.open(io.BytesIO(data), formats=tuple(IMAGES)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise refuse(_HUGE, name)
            return _encode(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refuse(_HUGE, name) from error
    except UnidentifiedImageError:
        return None
    except OneDoorError:
        raise
    except Exception as error:  # decoders fail in many ways on what was made to break them
        raise refuse(_BROKEN, name) from error


def _encode(image: Image.Image) -> tuple[str, bytes]:
    suffix = IMAGES[image.format if image.format in IMAGES else "JPEG"]  # MPO is JPEG
    image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a JPEG is unpacked at a fraction of its size
    upright = ImageOps.exif_transpose(image)
    clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    plain = upright.convert("RGBA" if clear and suffix != "jpg" else "RGB")
    plain.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    plain.info.clear()
    out = io.BytesIO()
    match suffix:
        case "jpg":
            plain.save(out, "JPEG", quality=85)
        case "webp":
            plain.save(out, "WEBP", quality=85)
        case _:
            plain.save(out, "PNG")
    return ("image/jpeg" if suffix == "jpg" else f"image/{suffix}"), out.getvalue()
