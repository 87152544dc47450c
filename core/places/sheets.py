"""Files of rows: CSV (also .gz) and XLSX, opened as plain lines of text, streaming.

What is inside decides, not the name alone: a picture renamed .csv and a text renamed
.xlsx are refused in words. Sizes are bounded before anything is unpacked into memory.
"""

import codecs
import csv
import gzip
import io
import warnings
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

import openpyxl

from core.errors import Invalid, NotFound
from core.words import _

MOST_BYTES = 256 * 2**20
"""Of a file once unpacked: about a million rows of ordinary width."""
MOST_COLUMNS = 100
_CHUNK = 2**20
_CHINESE = "gb18030"
"""What Chinese Excel and WPS write as CSV."""
_OTHER_KINDS = {
    b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"%PDF": "PDF", b"RIFF": "RIFF",
    b"PK\x03\x04": "XLSX/ZIP", b"\xd0\xcf\x11\xe0": "XLS", b"\x1f\x8b": "GZIP", b"Rar!": "RAR",
    b"7z\xbc\xaf": "7Z", b"\x7fELF": "ELF",
}  # fmt: skip

# An office suite's drop-down lists are of no use here, and no reason to warn
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came through the browser: the name it had there, and its bytes."""

    name: str
    file: IO[bytes]


Source = Path | Upload
"""Where a table comes from."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of the first sheet, each a list of texts, empty lines included."""

    lines: Generator[list[str], None, None]
    total: int | None
    """About how many lines there are, where the file tells."""


def name_of(source: Source) -> str:
    """The file's bare name, for messages."""
    return Path(str(source.name)).name if isinstance(source, Upload) else source.name


@contextmanager
def open_sheet(source: Source, most_bytes: int = MOST_BYTES) -> Iterator[Sheet]:
    """Open a CSV, CSV.GZ or XLSX file.

    Raises:
        NotFound: no such file.
        Invalid: of another kind than its name says, damaged, or over `most_bytes` unpacked.
    """
    name = name_of(source)
    lower = name.lower()
    with ExitStack() as stack:
        raw = _raw(source, stack)
        head = raw.read(8)
        raw.seek(0)
        if lower.endswith(".xlsx"):
            yield _ended(_xlsx(raw, name, head, most_bytes, stack), stack)
        elif lower.endswith((".csv", ".csv.gz", ".tsv", ".txt")):
            packed = lower.endswith(".gz")
            if packed and not head.startswith(b"\x1f\x8b"):
                raise Invalid(_("“{name}”不是 gzip 压缩文件", name=name), field="file")
            stream = stack.enter_context(gzip.GzipFile(fileobj=raw)) if packed else raw
            yield _ended(_csv(stream, name, most_bytes), stack)  # pyright: ignore
        elif lower.endswith(".xls"):
            raise Invalid(
                _("“{name}”是旧版 Excel 文件，请另存为 .xlsx 或 .csv 再导入", name=name),
                field="file",
            )
        else:
            raise Invalid(
                _("只能读 .csv、.csv.gz 和 .xlsx 文件，“{name}”不是", name=name), field="file"
            )


def _ended(sheet: Sheet, stack: ExitStack) -> Sheet:
    stack.callback(sheet.lines.close)  # before the file beneath it closes
    return sheet


def _raw(source: Source, stack: ExitStack) -> IO[bytes]:
    if isinstance(source, Upload):
        source.file.seek(0)
        return source.file
    try:
        return stack.enter_context(source.open("rb"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(_("没有文件“{name}”", name=source)) from error
    except OSError as error:
        raise Invalid(_("文件“{name}”打不开", name=source), field="file") from error


def _too_big(name: str, most_bytes: int) -> Invalid:
    return Invalid(
        _("“{name}”展开后超过 {n} MB，请分成几个文件", name=name, n=most_bytes // 2**20),
        field="file",
    )


def _csv(stream: IO[bytes], name: str, most_bytes: int) -> Sheet:
    encoding, lines = _survey(stream, name, most_bytes)
    stream.seek(0)
    return Sheet(_csv_lines(stream, encoding, name), lines)


def _survey(stream: IO[bytes], name: str, most_bytes: int) -> tuple[str, int]:
    """One pass over the bytes: which encoding, about how many lines, and not too many bytes."""
    utf8 = codecs.getincrementaldecoder("utf-8")()
    encoding, lines, size, first = "utf-8-sig", 0, 0, True
    try:
        while chunk := stream.read(_CHUNK):
            if first:
                _refuse_other_kinds(chunk, name)
                encoding = "utf-16" if chunk[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding
                first = False
            size += len(chunk)
            if size > most_bytes:
                raise _too_big(name, most_bytes)
            lines += chunk.count(b"\n")
            if encoding == "utf-8-sig":
                try:
                    utf8.decode(chunk)
                except UnicodeDecodeError:
                    encoding = _CHINESE
        utf8.decode(b"", final=encoding == "utf-8-sig")
    except UnicodeDecodeError:  # cut within its last character
        encoding = _CHINESE
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Invalid(_("“{name}”已损坏，解压不开", name=name), field="file") from error
    if size == 0:
        raise Invalid(_("“{name}”是空文件", name=name), field="file")
    return encoding, lines


def _refuse_other_kinds(chunk: bytes, name: str) -> None:
    kind = next((k for magic, k in _OTHER_KINDS.items() if chunk.startswith(magic)), None)
    wide = chunk[:2] in (b"\xff\xfe", b"\xfe\xff")
    header = chunk.split(b"\n", 1)[0]
    if kind is None and not wide and any(b < 32 and b not in b"\t\r" for b in header):
        kind = _("二进制数据")
    if kind:
        raise Invalid(
            _("“{name}”的内容是 {kind}，不是 CSV 表格", name=name, kind=kind), field="file"
        )


def _csv_lines(stream: IO[bytes], encoding: str, name: str) -> Generator[list[str], None, None]:
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        header = text.readline()
        text.seek(0)
        delimiter = max(",\t;", key=header.count)
        yield from csv.reader(text, delimiter=delimiter)
    except UnicodeError as error:
        raise Invalid(
            _("“{name}”的文字编码认不出来，请另存为 UTF-8 的 CSV", name=name), field="file"
        ) from error
    except csv.Error as error:
        if "field limit" in str(error):
            raise Invalid(
                _(
                    "“{name}”里有一格超过 {n} 字，可能是它前面的引号没有配对；请改正后再导入",
                    name=name,
                    n=csv.field_size_limit(),
                ),
                field="file",
            ) from error
        raise Invalid(
            _("“{name}”不是完整的 CSV，可能有引号没有配对", name=name), field="file"
        ) from error
    finally:
        text.detach()  # the bytes are the caller's to close


def _xlsx(raw: IO[bytes], name: str, head: bytes, most_bytes: int, stack: ExitStack) -> Sheet:
    if not head.startswith(b"PK\x03\x04"):
        raise Invalid(_("“{name}”的内容不是 XLSX 表格", name=name), field="file")
    try:
        with zipfile.ZipFile(raw) as package:
            parts = package.infolist()
        if not any(p.filename == "xl/workbook.xml" for p in parts):
            raise Invalid(_("“{name}”的内容不是 XLSX 表格", name=name), field="file")
        # The sizes a package declares also bound what zipfile unpacks of it
        if sum(p.file_size for p in parts) > most_bytes:
            raise _too_big(name, most_bytes)
        book = openpyxl.load_workbook(raw, read_only=True, data_only=True, keep_links=False)
        stack.callback(book.close)
        visible = [s for s in book.worksheets if s.sheet_state == "visible"]
        sheet: Any = (visible or book.worksheets)[0]
        total = sheet.max_row
        sheet.reset_dimensions()  # what is written there is often wrong
    except Invalid:
        raise
    except Exception as error:  # the reader raises whatever a broken part makes it stumble over
        raise _damaged(name) from error
    return Sheet(_xlsx_lines(sheet, name), total)


def _damaged(name: str) -> Invalid:
    return Invalid(_("“{name}”已损坏，读不出表格", name=name), field="file")


def _xlsx_lines(sheet: Any, name: str) -> Generator[list[str], None, None]:
    lines = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    while True:
        try:
            line = next(lines, None)
        except Exception as error:  # the same, further down
            raise _damaged(name) from error
        if line is None:
            return
        yield [_text(value) for value in line]


def _text(value: Any) -> str:
    """A cell as it would stand in a CSV: whole numbers without a point, dates in ISO form."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case datetime():
            clock = value.time() != time.min
            return value.isoformat(sep=" ") if clock else value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)
