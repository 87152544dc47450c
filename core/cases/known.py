"""Codes that somebody asks by: a typing mistake must not read as "there is nothing"."""

from typing import Any

from sqlalchemy import text

from core.access.desk import Look
from core.errors import Invalid
from core.words import Text, lazy

_SECTIONS = {
    "stage": ("workflow", "stages"),
    "kind": ("kinds",),
    "category": ("categories",),
    "inlet": ("inlets",),
    "urgency": ("urgencies",),
}
"""Where in the configuration a code stands, by the field that asks for it."""
_UNKNOWN: dict[str, Text] = {
    "stage": lazy("没有环节“{code}”"),
    "kind": lazy("没有性质“{code}”"),
    "category": lazy("没有类别“{code}”"),
    "inlet": lazy("没有渠道“{code}”"),
    "urgency": lazy("没有紧急程度“{code}”"),
    "unit": lazy("没有单位“{code}”"),
}
_EVER = text("select exists(select from blueprint where (body #> :path)::jsonb ? :code)")


def require_known(look: Look, asked: Any) -> None:
    """That every code in a filter or query is one of this county's, now or in a version before:
    cases keep the version that they began with.

    Args:
        asked: whatever has some of the fields stage, kind, category, inlet, urgency and unit.

    Raises:
        Invalid: names every field with an unknown code.
    """
    faults: dict[str, str | Text] = {}
    for field, words in _UNKNOWN.items():
        code = getattr(asked, field, "")
        if code and not _known(look, field, code):
            faults[field] = Text(words.message, code=code[:40])
    if faults:
        raise Invalid.of(faults)


def _known(look: Look, field: str, code: str) -> bool:
    if field == "unit":
        return code in look.world.units.units
    at: Any = look.world.blueprint
    for name in _SECTIONS[field]:
        at = getattr(at, name)
    return code in at or bool(look.tx.scalar(_EVER, {"path": list(_SECTIONS[field]), "code": code}))
