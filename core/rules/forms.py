"""Fields that a county defines, and the check of what people type into them.

A `Field` is the same thing for a category's form, an action's form and the intake form:
it validates on the server, becomes JSON Schema for programs and inputs on pages.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Constraint

from core.errors import Invalid
from core.now import ZONE, local_day, now
from core.words import Text, _, lazy, pick

Label = str | dict[str, str]
"""A county's word: one text, or one text per locale."""

Code = Annotated[str, Constraint(pattern=r"^[A-Za-z0-9_./-]{1,64}$")]


class Rule(BaseModel):
    """Base of everything in a blueprint: frozen, and unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(Rule):
    """One field of a form."""

    id: Code
    label: Label
    type: Literal[
        "text", "long", "number", "date", "time", "choice", "choices", "yes", "phone",
        "unit", "units", "files", "score", "category", "area",
    ] = "text"  # fmt: skip
    required: bool = False
    max: int = 200
    """Longest text in characters, or largest number."""
    min: int = 0
    choices: dict[str, Label] = {}
    future: bool = False
    """Whether a date may lie ahead."""
    help: Label = ""


_CONTROL = {"Cc", "Cs", "Co"}
_INVISIBLE = dict.fromkeys(
    (
        *map(ord, "\u00ad\u061c\u200b\u200e\u200f\ufeff"),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
    )
)
"""They come along with copied text (a number from a list of contacts is wrapped in marks of writing
direction, which could also make text read differently from how it is written), and nobody could
find them to delete. Joiners stay, emoji are made with them."""
_PHONE = re.compile(r"(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}|[0-9]{3,8})")
_REQUIRED = lazy("请填写{label}")


def _unseen(text: str, allowed: str) -> str | None:
    """The first character that cannot be seen, or None."""
    rest = text.replace("\u3000", "")  # the Chinese blank, which Python takes for unprintable
    for c in allowed:
        rest = rest.replace(c, "")
    if rest.isprintable():  # nearly always, and much quicker than looking at each
        return None
    return next((c for c in rest if _refused(c)), None)


def _refused(c: str) -> bool:
    # Unassigned ones are let in, for phones know newer emoji than we do; non-characters are not.
    nothing = ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF
    return nothing or unicodedata.category(c) in _CONTROL


def clean_text(value: Any, label: Label, longest: int, *, lines: bool = False) -> str:
    """Text as a person meant it: NFC, trimmed, without characters that cannot be seen.

    Raises:
        Invalid: not text, over-long, or holding control characters; the sentence names `label`.
    """
    if not isinstance(value, str):
        raise Invalid(_("{label}应为文字", label=pick(label)))
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.translate(_INVISIBLE).strip() if not text.isprintable() else text.strip()
    bad = _unseen(text, "\n\t" if lines else "")
    if bad is not None:
        code = f"U+{ord(bad):04X}"
        raise Invalid(
            _("{label}含有无法显示的字符（{code}），请删去", label=pick(label), code=code)
        )
    if len(text) > longest:
        n = len(text)
        raise Invalid(
            _("{label}最多 {longest} 字，现有 {n} 字", label=pick(label), longest=longest, n=n)
        )
    return text


def _number(value: Any, field: Field, label: str) -> float | int:
    try:
        number = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None or number != number or number in (float("inf"), float("-inf")):
        raise Invalid(_("{label}应为数字", label=label))
    if not field.min <= number <= field.max:
        raise Invalid(_("{label}应在 {a} 到 {b} 之间", label=label, a=field.min, b=field.max))
    return int(number) if number.is_integer() else number


def _date(value: Any, field: Field, label: str) -> str:
    try:
        day = value if type(value) is date else datetime.fromisoformat(str(value)).date()
    except ValueError:
        raise Invalid(_("{label}应为日期，如 2026-11-21", label=label)) from None
    if not field.future and day > local_day(now()):
        raise Invalid(_("{label}不能晚于今天", label=label))
    return _plausible(day, label).isoformat()


def _plausible(day: date, label: str) -> date:
    if day < date(1900, 1, 1):
        raise Invalid(_("{label}过早，请核对年份", label=label))
    if day > local_day(now()) + timedelta(days=36525):
        raise Invalid(_("{label}过晚，请核对年份", label=label))
    return day


def _time(value: Any, field: Field, label: str) -> str:
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise Invalid(_("{label}应为日期和时间，如 2026-11-21 14:30", label=label)) from None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=ZONE)
    if not field.future and instant > now() + timedelta(minutes=5):
        raise Invalid(_("{label}不能晚于现在", label=label))
    _plausible(instant.date(), label)
    return instant.isoformat()


def _codes(value: Any, field: Field, label: str, *, known: Mapping[str, Any] | None) -> list[str]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(i, str) for i in items):
        raise Invalid(_("{label}应为代码列表", label=label))
    if len(items) > 50:
        raise Invalid(_("{label}最多 50 项", label=label))
    for item in items:
        if item not in known if known is not None else len(item) > 64:
            raise Invalid(_("{label}中没有“{item}”这一项", label=label, item=str(item)[:40]))
    return list(dict.fromkeys(items))


def clean(field: Field, value: Any) -> Any:
    """One value, checked and in canonical form (JSON-safe).

    Raises:
        Invalid: in words that name the field and the cure.
    """
    match field.type:
        case "text" | "long":
            return clean_text(value, field.label, field.max, lines=field.type == "long")
        case "unit" | "category" | "area":
            return clean_text(value, field.label, 64)
        case _:
            return _clean_other(field, value, pick(field.label))


def _clean_other(field: Field, value: Any, label: str) -> Any:
    match field.type:
        case "number":
            return _number(value, field, label)
        case "score":
            if isinstance(value, bool) or value not in (1, 2, 3, 4, 5, "1", "2", "3", "4", "5"):
                raise Invalid(_("{label}应为 1 到 5 分", label=label))
            return int(value)
        case "date":
            return _date(value, field, label)
        case "time":
            return _time(value, field, label)
        case "choice":
            codes = _codes(value, field, label, known=field.choices)
            if len(codes) > 1:
                raise Invalid(_("{label}只能选一项", label=label))
            return codes[0]
        case "choices":
            return _codes(value, field, label, known=field.choices)
        case "yes":
            if not isinstance(value, bool):
                raise Invalid(_("{label}应为“是”或“否”", label=label))
            return value
        case "phone":
            text = unicodedata.normalize("NFKC", clean_text(value, label, 20))
            text = text.replace(" ", "").replace("-", "").removeprefix("+86")
            if text and not _PHONE.fullmatch(text):
                raise Invalid(_("{label}不是有效的电话号码", label=label))
            return text
        case "units":
            return _codes(value, field, label, known=None)
        case "files":
            if not isinstance(value, list) or not all(type(i) is int and i > 0 for i in value):
                raise Invalid(_("{label}应为已上传文件的编号", label=label))
            return value


def _empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip() or not (value.isprintable() or value.translate(_INVISIBLE).strip())
    return value is None or (isinstance(value, list | tuple | dict) and not value)


def check(fields: Iterable[Field], data: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, cleaned; every fault is reported at once.

    Raises:
        Invalid: `data['fields']` maps each faulty field id to its sentence.
    """
    result, faults = tried(fields, data)
    if faults:
        raise Invalid.of(faults)
    return result


def tried(
    fields: Iterable[Field], data: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str | Text]]:
    """What `check` would give back, and why it would not, by field."""
    if not isinstance(data, Mapping):
        raise Invalid(_("应为一组“名称: 内容”"))
    faults: dict[str, str | Text] = {}
    result: dict[str, Any] = {}
    known: set[str] = set()
    for field in fields:
        known.add(field.id)
        value = data.get(field.id)
        if value is None or _empty(value):
            if field.required:
                faults[field.id] = str(Text(_REQUIRED.message, label=pick(field.label)))
            continue
        try:
            result[field.id] = clean(field, value)
        except Invalid as fault:
            faults[field.id] = fault.message
    for name in data:
        if name not in known:
            faults[str(name)[:64]] = _("没有“{name}”这一项", name=str(name)[:40])
    return result, faults


def json_schema(fields: Iterable[Field]) -> dict[str, Any]:
    """The same fields as JSON Schema (draft 2020-12), for programs."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for field in fields:
        schema: dict[str, Any] = {"title": pick(field.label), "x-type": field.type}
        match field.type:
            case "number":
                schema |= {"type": "number", "minimum": field.min, "maximum": field.max}
            case "score":
                schema |= {"type": "integer", "minimum": 1, "maximum": 5}
            case "yes":
                schema |= {"type": "boolean"}
            case "choice":
                schema |= {"type": "string", "enum": list(field.choices)}
            case "choices":
                items = {"type": "string", "enum": list(field.choices)}
                schema |= {"type": "array", "items": items, "maxItems": 50}
            case "units":
                schema |= {"type": "array", "items": {"type": "string"}, "maxItems": 50}
            case "files":
                schema |= {"type": "array", "items": {"type": "integer"}}
            case "date":
                schema |= {"type": "string", "format": "date"}
            case "time":
                schema |= {"type": "string", "format": "date-time"}
            case _:
                schema |= {"type": "string", "maxLength": field.max}
        properties[field.id] = schema
        if field.required:
            required.append(field.id)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
