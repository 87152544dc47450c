"""Every fault of a blueprint at once, each with the place where it stands, in words."""

from types import SimpleNamespace
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from core.blueprint import checks
from core.blueprint.schema import Blueprint
from core.words import Text, _, lazy

_WORDS: dict[str, Text] = {
    "bool_parsing": lazy("应为 true 或 false"),
    "bool_type": lazy("应为 true 或 false"),
    "date_from_datetime_parsing": lazy("应为日期，如 2026-10-01"),
    "date_parsing": lazy("应为日期，如 2026-10-01"),
    "date_type": lazy("应为日期，如 2026-10-01"),
    "dict_type": lazy("应为一组“名称: 内容”"),
    "extra_forbidden": lazy("没有这一项设置"),
    "float_parsing": lazy("应为数字"),
    "float_type": lazy("应为数字"),
    "frozen_set_type": lazy("应为列表"),
    "greater_than": lazy("应大于 {gt}"),
    "greater_than_equal": lazy("不能小于 {ge}"),
    "int_from_float": lazy("应为整数"),
    "int_parsing": lazy("应为整数"),
    "int_type": lazy("应为整数"),
    "less_than": lazy("应小于 {lt}"),
    "less_than_equal": lazy("不能大于 {le}"),
    "literal_error": lazy("只能是 {expected}"),
    "missing": lazy("缺少这一项"),
    "model_type": lazy("应为一组“名称: 内容”"),
    "string_pattern_mismatch": lazy("写法不对，应符合 {pattern}"),
    "string_type": lazy("应为文字"),
    "time_parsing": lazy("应为时间，如 09:00"),
    "time_type": lazy("应为时间，如 09:00"),
    "too_short": lazy("至少要有 {min_length} 项"),
    "tuple_type": lazy("应为列表"),
}
_BRANCHES = ("str", "dict[str,str]")
"""How pydantic marks the two ways in which a label may be written."""


def faults_of(body: Any) -> list[str]:
    """A sentence for every fault, each beginning with its place: `deadlines[2].case：…`."""
    try:
        return checks.faults(Blueprint.model_validate(body))
    except ValidationError as error:
        own = worded(error)
    beside = checks.faults(_sound(body)) if isinstance(body, dict) else []
    return list(dict.fromkeys(own + beside))


def worded(error: ValidationError) -> list[str]:
    """The faults of any of our YAML files, each beginning with its place."""
    return list(dict.fromkeys(line for fault in error.errors() for line in _worded(fault)))


def _worded(fault: ErrorDetails) -> list[str]:
    path = [p for p in fault["loc"] if p not in _BRANCHES]
    label = len(path) < len(fault["loc"])
    place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
    context = fault.get("ctx", {})
    if fault["type"] == "value_error":
        lines = str(context["error"]).splitlines()
    elif label:
        lines = [_("应为文字，或按语言列出的文字")]
    elif fault["type"] in _WORDS:
        lines = [_(_WORDS[fault["type"]].message, **context)]
    else:
        lines = [fault["msg"]]
    return [f"{place}{_('：')}{line}" if place else line for line in lines]


def _sound(body: dict[str, Any]) -> SimpleNamespace:
    """What is faultless by itself, section by section and row by row; the rest is None."""
    return SimpleNamespace(
        **{
            name: _part(field.annotation, body[name])
            if name in body
            else (None if field.is_required() else field.default)
            for name, field in Blueprint.model_fields.items()
        }
    )


def _part(kind: Any, value: Any) -> Any:
    inner = get_args(kind)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_whole(inner[0], row) for row in value)
    if get_origin(kind) is dict and isinstance(value, dict):
        # A year's key is a text in an exported blueprint, a number in one that people write
        keyed = ((_whole(inner[0], key), one) for key, one in value.items())
        return {key: _whole(inner[1], one) for key, one in keyed if key is not None}
    return _whole(kind, value)


def _whole(kind: Any, value: Any) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None
