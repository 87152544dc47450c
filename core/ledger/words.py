"""Chinese words are cut when a case is written, so that two-character words are found."""

import re
from collections.abc import Iterable

import rjieba

_LONGEST = 6000
_LEXEME = 60
"""Characters of a word that count; PostgreSQL takes no lexeme over 2,046 bytes."""
_INSIDE = re.compile(r"[^\W_]+(?:\.[^\W_]+)*")
"""What can be looked for in a piece that is not plain letters: 50% → 50, 1.5 → 1.5."""


def _lexemes(pieces: Iterable[str]) -> list[str]:
    found: list[str] = []
    for piece in pieces:
        if piece.isalnum():
            found.append(piece[:_LEXEME])
        elif len(piece) > 1:
            found += [w[:_LEXEME] for w in _INSIDE.findall(piece)]
    return found


def words_of(*texts: str) -> str:
    """The different words of some texts, in small letters and separated by blanks.

    Each is one lexeme: PostgreSQL need not cut and sort them again (`array_to_tsvector`).
    """
    found = [w for text in texts for w in _lexemes(rjieba.cut_for_search(text[:_LONGEST].lower()))]
    return " ".join(dict.fromkeys(found))


def query_of(text: str) -> str:
    """What a person typed, as a `tsquery` in which every word must occur."""
    return " & ".join(f"'{w}'" for w in _lexemes(rjieba.cut(text[:200].lower())))
