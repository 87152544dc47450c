"""Chinese words are cut when a case is written, so that two-character words are found."""

import re
from collections.abc import Iterable, Iterator

import rjieba

_LONGEST = 6000
_INSIDE = re.compile(r"[^\W_]+(?:\.[^\W_]+)*")
"""What can be looked for in a piece that is not plain letters: 50% → 50, 1.5 → 1.5."""


def _lexemes(pieces: Iterable[str]) -> Iterator[str]:
    for piece in pieces:
        if piece.isalnum():
            yield piece.lower()
        else:
            yield from _INSIDE.findall(piece.lower())


def words_of(*texts: str) -> str:
    """The different words of some texts, in small letters and separated by blanks.

    Each is one lexeme: `to_tsvector('simple', …)` and the quicker
    `array_to_tsvector(string_to_array(…, ' '))` make the same of them.
    """
    pieces = (p for text in texts for p in rjieba.cut_for_search(text[:_LONGEST]))
    return " ".join(dict.fromkeys(_lexemes(pieces)))


def query_of(text: str) -> str:
    """What a person typed, as a `tsquery` in which every word must occur."""
    return " & ".join(f"'{w}'" for w in _lexemes(rjieba.cut(text[:200])))
