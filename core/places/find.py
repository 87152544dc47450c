"""Areas and units as tables name them: by code, or by a name that only one of them has."""

import re
from collections.abc import Mapping
from functools import cached_property

from core.blueprint.world import Place, World
from core.errors import Invalid
from core.rules.areas import ancestors, validate
from core.words import _

_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,2}")
_BETWEEN = re.compile(r"[\s/·>\-—]")
_COMMITTEE = (
    ("社区居民委员会", "社区"), ("社区居委会", "社区"),
    ("村民委员会", "村"), ("村委会", "村"), ("居民委员会", ""), ("居委会", ""),
)  # fmt: skip


def area_code(text: str, field: str) -> str:
    """A division code as tables write it; the zeros that statistics pad with are taken off.

    Raises:
        Invalid: no code; says so where a spreadsheet has turned it into 1.31E+11.
    """
    if _SCIENTIFIC.fullmatch(text):
        raise Invalid(
            _("“{text}”是表格软件把长代码改成的科学计数，请把该列设为文本后重新填写", text=text),
            field=field,
        )
    try:
        return validate(text, field)
    except Invalid as fault:
        short = fault.data.get("short")
        if short is None:
            raise
        return short


class Finder:
    """Finds areas and units of one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    @cached_property
    def _area_names(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for place in self.world.areas.values():
            for name in _ways_to_say(place, self.world.areas):
                found.setdefault(name, []).append(place.code)
        return found

    @cached_property
    def _unit_names(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for unit in self.world.units.units.values():
            found.setdefault(unit.name, []).append(unit.code)
        return found

    def area(self, text: str, field: str, level: str = "") -> str:
        """The code of an area given by code, by name, or by names from above down to it.

        Args:
            level: look only among areas of this level.

        Raises:
            Invalid: unknown, of another level, or several have this name.
        """
        areas = self.world.areas
        if text.isascii():
            code = area_code(text, field)
            if code not in areas:
                raise Invalid(_("没有区划“{area}”", area=code), field=field)
            if level and areas[code].level != level:
                raise Invalid(
                    _("“{name}”（{code}）不是这一级的区划", name=areas[code].name, code=code),
                    field=field,
                )
            return code
        codes = self._area_names.get(_BETWEEN.sub("", text), [])
        return _only([c for c in codes if not level or areas[c].level == level], text, field)

    def unit(self, text: str, field: str) -> str:
        """The code of a unit given by code or by name.

        Raises:
            Invalid: unknown, or several have this name.
        """
        if text in self.world.units.units:
            return text
        return _only(self._unit_names.get(text, []), text, field)


def _only(codes: list[str], text: str, field: str) -> str:
    if not codes:
        raise Invalid(_("没有“{name}”", name=text[:40]), field=field)
    if len(codes) > 1:
        raise Invalid(_("有 {n} 个“{name}”，请改填代码", n=len(codes), name=text[:40]), field=field)
    return codes[0]


def _ways_to_say(place: Place, areas: Mapping[str, Place]) -> set[str]:
    """北街村民委员会 is also 北街村, 淑阳镇北街村 and 香河县淑阳镇北街村."""
    own = {place.name} | {
        place.name.removesuffix(long) + short
        for long, short in _COMMITTEE
        if place.name.endswith(long)
    }
    ways, before = set(own), ""
    for code in reversed(ancestors(place.code)):
        if code in areas:
            before = areas[code].name + before
            ways |= {before + name for name in own}
    return ways
