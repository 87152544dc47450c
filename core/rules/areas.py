"""Division codes 统计用区划代码: a place is a prefix, a scope is a range of text.

Codes nest (GB/T 2260, GB/T 10114): province 2 digits, prefecture 4, county 6, township 9,
village 12, and the county's own grids 15. They are written as in the statistics CSV, so
provinces and prefectures carry padding zeros (130000, 131000). Ranges compare by code
point, which is PostgreSQL's `COLLATE "C"`.
"""

import re
from functools import lru_cache
from typing import Any, Literal

from core.errors import Invalid
from core.words import lazy

Level = Literal["province", "prefecture", "county", "township", "village", "grid"]
LEVELS: tuple[Level, ...] = ("province", "prefecture", "county", "township", "village", "grid")
"""Outermost first, named as in the CSV's `level` column."""

_LONG: dict[int, Level] = {9: "township", 12: "village", 15: "grid"}
_CODE = re.compile(r"[1-9][0-9]{5}(?:[0-9]{3}){0,3}")


def _not_a_code(code: Any, field: str) -> Invalid:
    shown = str(code)[:40]
    return Invalid(
        lazy("“{code}”不是有效的区划代码，应为 6、9、12 或 15 位数字，例如 131024", code=shown),
        field=field,
        code="area",
        area=shown,
    )


def validate(code: Any, field: str = "area") -> str:
    """`code` itself, blanks around removed.

    Raises:
        Invalid: not 6, 9, 12 or 15 digits, or padded with zeros beyond six digits.
    """
    text = code.strip() if isinstance(code, str) else ""
    if not _CODE.fullmatch(text):
        raise _not_a_code(code, field)
    if len(text) > 6 and text.endswith("000"):
        short = text
        while len(short) > 6 and short.endswith("000"):
            short = short[:-3]
        raise Invalid(
            lazy("区划代码“{code}”末尾多了补位的 0，请写成 {short}", code=text, short=short),
            field=field,
            code="area.padded",
            area=text,
            short=short,
        )
    return text


def level(code: str) -> Level:
    """How deep a code lies; six digits tell by their closing zeros.

    Raises:
        Invalid: a length no level has.
    """
    if len(code) == 6:
        if code[2:] == "0000":
            return "province"
        return "prefecture" if code[4:] == "00" else "county"
    if len(code) not in _LONG:
        raise _not_a_code(code, "area")
    return _LONG[len(code)]


@lru_cache(maxsize=2**16)
def prefix(code: str) -> str:
    """What every code inside begins with: 130000 → 13, 131000 → 1310, 131010 → 131010."""
    if len(code) == 6 and code[4:] == "00":
        return code[:2] if code[2:] == "0000" else code[:4]
    level(code)
    return code


def scope(code: str) -> tuple[str, str]:
    """The half-open range `[lo, hi)` that holds a place and all within: 131000 → 1310, 1311.

    `hi` is `lo` with its last character raised by one code point, so '9' becomes ':'.
    """
    lo = prefix(code)
    return lo, lo[:-1] + chr(ord(lo[-1]) + 1)


def contains(outer: str, inner: str) -> bool:
    """Whether `inner` is `outer` or lies within it; the same test as `scope`'s range."""
    return inner.startswith(prefix(outer))


def digits_below(code: str) -> int:
    """Digits of the codes one level below: 1310 → 6, 131024 → 9, 131024104 → 12."""
    return {2: 4, 4: 6, 6: 9, 9: 12}.get(len(prefix(code)), 15)


def county_of(code: str) -> str:
    """The first six digits: the county that leads every key.

    A prefecture, a province, and a township right under a prefecture (嘉峪关 620200,
    东莞 441900) belong to the six digits they have.
    """
    level(code)
    return code[:6]


@lru_cache(maxsize=2**16)
def ancestors(code: str) -> tuple[str, ...]:
    """The places around `code`, outermost first, without itself.

    131002106 → (130000, 131000, 131002).
    """
    level(code)
    above = (code[:2] + "0000", code[:4] + "00", code[:6], code[:9], code[:12])
    return tuple(dict.fromkeys(a for a in above if len(a) <= len(code) and a != code))
