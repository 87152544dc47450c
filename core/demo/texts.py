"""What residents say in the demo county, and what they are answered: templates, filled anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that people speak of."""

    name: str
    what: dict[str, str]
    """Category and kind, as staff write them down."""
    weight: float
    months: tuple[float, ...]
    inlets: tuple[tuple[str, ...], tuple[float, ...]]
    """Where it comes in, with running sums of how often; empty: as usual."""
    titles: tuple[str, ...]
    bodies: tuple[str, ...]
    results: tuple[str, ...]
    replies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """All matters, with the words that fill their places."""

    matters: tuple[Matter, ...]
    words: dict[str, list[str]]
    _by_month: list[list[float]] = field(default_factory=list)

    def matter(self, rng: Random, month: int) -> Matter:
        """What somebody speaks of in this month (1 to 12)."""
        return rng.choices(self.matters, cum_weights=self._by_month[month - 1])[0]

    def named(self, name: str) -> Matter:
        """A matter by its name."""
        return next(m for m in self.matters if m.name == name)

    def appeal(self, rng: Random, matter: Matter) -> tuple[str, str, str]:
        """Title, body and place of an appeal."""
        where = _one(rng, self.words["where"])
        filled = {
            "where": where,
            "when": _one(rng, self.words["when"]),
            "who": _one(rng, self.words["who"]),
            "n": 2 + int(rng.random() * 15),
        }
        title = _one(rng, matter.titles)
        if "{" in title:
            title = title.format_map(filled)
        return title, _one(rng, matter.bodies).format_map(filled) + self.end(rng), where

    def end(self, rng: Random) -> str:
        """How people close."""
        return _one(rng, self.words["ends"])

    def result(self, rng: Random, matter: Matter) -> str:
        """What the unit reports."""
        return _one(rng, matter.results).format(n=2 + int(rng.random() * 8))

    def reply(self, rng: Random, matter: Matter) -> str:
        """What the resident is answered."""
        return _one(rng, matter.replies)

    def opinion(self, rng: Random, score: int) -> dict[str, Any]:
        """Reasons and words that go with a score."""
        if score >= 4:
            words = _one(rng, self.words["good"]) if rng.random() < 0.3 else ""
            return {"score": score, "reasons": ["solved"], "text": words}
        reasons = [_one(rng, self.words["reasons_bad"])]
        return {"score": score, "reasons": reasons, "text": _one(rng, self.words["bad"])}


def _one(rng: Random, items: Sequence[str]) -> str:
    return items[int(rng.random() * len(items))]


@cache
def texts() -> Texts:
    """The shipped texts."""
    raw = yaml.safe_load((Path(__file__).parent / "matters.yaml").read_text(encoding="utf-8"))
    matters = tuple(
        Matter(
            name=name,
            what=m["is"],
            weight=m["weight"],
            months=tuple(m.get("months", [1] * 12)),
            inlets=(tuple(m.get("inlets", ())), tuple(accumulate(m.get("inlets", {}).values()))),
            titles=tuple(m["titles"]),
            bodies=tuple(m["bodies"]),
            results=tuple(m["results"]),
            replies=tuple(m["replies"]),
        )
        for name, m in raw["matters"].items()
    )
    by_month = [
        list(accumulate(m.weight * m.months[i] * 12 / sum(m.months) for m in matters))
        for i in range(12)
    ]
    return Texts(matters, raw["words"], by_month)
