"""Case numbers as people type them: `131024-20261121-000123` is county, day and running number."""

import re
import unicodedata
from dataclasses import dataclass

_HYPHEN = re.compile(r"[‐-―−_—]")
_NUMBER = re.compile(r"([0-9]{6})-?([0-9]{8})-?([0-9]{6,12})")
_BEGINNING = re.compile(r"[0-9]{6}-[0-9]{0,8}|([0-9]{6})-?([0-9]{8})-?([0-9]{0,12})")
_RUNNING = re.compile(r"(?:[0-9]{8}-)?([0-9]{6,9})")
_LAST, _MOST = 6, 10**7
"""Digits that a running number has at least; of a longer one people read out just as many."""


def tidy_number(text: str) -> str:
    """A case number as people type it: full-width digits, blanks, without hyphens.

    What is none comes back without what no number holds, and will not be found.
    """
    plain = re.sub(r"[^0-9A-Za-z-]", "", _plain(text))[:40]
    found = _NUMBER.fullmatch(plain)
    return "-".join(found.groups()) if found else plain


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for who types (a part of) a number."""

    beginning: str = ""
    """How the number begins."""
    running: tuple[int, ...] = ()
    """Running numbers that it may be."""


def sought_number(text: str) -> Sought | None:
    """The number, its beginning, or its running digits in a search; None where it is words."""
    plain = re.sub(r"\s", "", _plain(text))
    if found := _BEGINNING.fullmatch(plain):
        return Sought(beginning="-".join(filter(None, found.groups())) or plain)
    if found := _RUNNING.fullmatch(plain):
        running = int(found[1])
        longer = range(running, _MOST, 10**_LAST) if len(found[1]) == _LAST else (running,)
        return Sought(running=tuple(longer))
    return None


def _plain(text: str) -> str:
    return _HYPHEN.sub("-", unicodedata.normalize("NFKC", text))
