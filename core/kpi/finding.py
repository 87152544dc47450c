"""A finding about the county's health, and what the checks stand on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from core.access.desk import Look
from core.blueprint.world import World

State = Literal["now", "soon", "good"]
"""
now   something does not work
soon  something will not work one day, or is only half set up
good  all is well
"""
SHOWN = 6
"""Examples named per finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    id: str
    title: str
    """What was looked at: 「日历」."""
    said: str
    """What was found, a sentence."""
    state: State = "good"
    cure: str = ""
    """What to do, a sentence; empty where all is well."""
    examples: Sequence[str] = ()
    n: int = 0
    """How many, of which `examples` are some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the checks stand on, read once."""

    look: Look
    world: World
    staff: Mapping[str, int]
    """People with an open account by unit."""
    roles: Mapping[str, int]
    """The same by role."""
    people: int


Check = Callable[[Ground], Finding]


def some(names: Iterable[str]) -> tuple[str, ...]:
    """The first few, as examples."""
    return tuple(islice(names, SHOWN))
