"""Chinese words are cut when a case is written, so that two-character words are found."""

import rjieba

_LONGEST = 6000


def words_of(*texts: str) -> str:
    """The words of some texts, separated by blanks, for `to_tsvector('simple', …)`."""
    return " ".join(
        w for text in texts for w in rjieba.cut_for_search(text[:_LONGEST]) if w.strip()
    )


def query_of(text: str) -> str:
    """What a person typed, as a `tsquery` in which every word must occur."""
    words = [w for w in rjieba.cut(text[:200]) if w.strip() and (w.isalnum() or len(w) > 1)]
    return " & ".join("'" + w.replace("'", "").replace("\\", "") + "'" for w in words)
