"""A story told step by step, each step named after the sentence that it comes from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from core.now import ZONE, moved_to


@dataclass
class Story:
    """Steps as they are told; one that fails says which sentence did not come true."""

    told: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, sentence: str, at: str = "") -> Iterator[None]:
        """One sentence; `at` is the county's wall clock meanwhile (2026-11-16 23:10)."""
        self.told.append(f"{at} {sentence}".strip())
        try:
            if at:
                with moved_to(datetime.fromisoformat(at).replace(tzinfo=ZONE)):
                    yield
            else:
                yield
        except BaseException as error:
            error.add_note("\n".join(["the story so far:", *self.told]))
            raise


def minutes(start: str, end: str) -> float:
    """Minutes between two instants as the interface gives them (RFC 3339)."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() / 60
