"""Fields that a county defines, between a browser's form and `core.rules.forms`."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.datastructures import FormData

from core.rules.forms import Field

Typed = Mapping[str, list[str]]
"""What stands in each input, as typed; an absent name is an empty input."""

INPUTS = {
    "number": "number", "date": "date", "time": "datetime-local", "phone": "tel", "score": "number",
}  # fmt: skip
"""Field type → HTML input type, where it is not plain text."""


def typed_of(form: FormData) -> dict[str, list[str]]:
    """The words of a posted form, without its files."""
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


def one(typed: Typed, name: str) -> str:
    """The first value of an input, or nothing."""
    return next(iter(typed.get(name, ())), "")


def values_of(fields: Iterable[Field], typed: Typed, prefix: str = "") -> dict[str, Any]:
    """What `core.rules.forms.check` is to look at; an empty input is left out."""
    result: dict[str, Any] = {}
    for field in fields:
        given = [v for v in typed.get(prefix + field.id, ()) if v.strip()]
        match field.type:
            case "yes":
                if given or field.required:
                    result[field.id] = bool(given)
            case "choices" | "units":
                if given:
                    result[field.id] = given
            case "score":
                if given:
                    result[field.id] = int(given[0]) if given[0] in "12345" else given[0]
            case "files":
                continue
            case _:
                if given:
                    result[field.id] = given[0]
    return result
