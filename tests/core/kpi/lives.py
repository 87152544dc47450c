"""Random lives of appeals: taken in and acted upon by whoever may, over many months."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from core.access.desk import Office
from core.cases.act import act
from core.cases.decide import actions, fields_of
from core.cases.load import load
from core.cases.take_in import take_in
from core.errors import OneDoorError
from core.now import ZONE, moved_to
from core.rules.forms import Field
from tests.support import county

CATEGORIES = (
    "housing", "housing/heating", "housing/deeds", "city", "city/stalls", "labour/wages", "family",
    "other",
)  # fmt: skip
AREAS = (
    county.GRID, county.VILLAGE, county.TOWNSHIP, county.COUNTY, "131024100", "131024100201",
)  # fmt: skip
INLETS = ("phone", "hall", "web", "grid")
PEOPLE = (
    "clerk", "dispatcher", "county", "worker", "gridhead", "police", "enforce", "enforcehead",
    "housing", "land", "other", "supervisor",
)  # fmt: skip
DETOURS = ("comment", "redispatch", "escalate", "join", "object", "whistle", "separate")
"""What people seldom do: else no appeal would ever come to its end."""
BEGIN = datetime(2026, 1, 30, 23, 20, tzinfo=ZONE)
"""Close to midnight and to the end of a month, where UTC has another day and month."""


def _value(field: Field, chance: random.Random, units: list[str]) -> Any:
    match field.type:
        case "unit":
            return chance.choice(units)
        case "units":
            return chance.sample(units, chance.randint(0, 2)) or (
                [chance.choice(units)] if field.required else []
            )
        case "score":
            return chance.randint(1, 5)
        case "choices" | "files":
            return []
        case _:
            return "按规定办理"


def live(office: Office, seed: int, *, cases: int, steps: int) -> Iterator[datetime]:
    """Let appeals come and go; after each step the present instant, for whoever looks on."""
    chance = random.Random(seed)
    people = {name: county.actor(office, name) for name in PEOPLE}
    clerks = [people[n] for n in ("clerk", "dispatcher", "county", "other", "worker")]
    numbers: list[str] = []
    at = BEGIN
    for _step in range(steps):
        at += timedelta(hours=chance.choice((0.2, 0.7, 3, 9, 20, 50)))
        with moved_to(at), suppress(OneDoorError):
            if len(numbers) < cases and (not numbers or chance.random() < cases / steps):
                numbers.append(_begin(office, chance, chance.choice(clerks)))
            else:
                _go_on(office, chance, chance.choice(numbers), people)
        yield at


_ASIDE = frozenset({"pause", "resume", "grade", "split", "merge", "withdraw_demand"})
"""What others do to a case beside its way to an answer."""


def _begin(office: Office, chance: random.Random, by: Any) -> str:
    raw = {
        "body": "楼下的事一直没有人管，请来看看",
        "category": chance.choice(CATEGORIES),
        "area": chance.choice(AREAS),
        "inlet": chance.choice(INLETS),
    }
    with office.work(by) as work:
        return take_in(work, raw).outcome.number


def _go_on(office: Office, chance: random.Random, number: str, people: dict[str, Any]) -> None:
    """Somebody who may do something to the case does something to it."""
    for name in chance.sample(PEOPLE, len(PEOPLE)):
        with suppress(OneDoorError), office.work(people[name]) as work:
            file = load(work, number)
            avoided = DETOURS if chance.random() < 0.85 else ("comment",)
            rows = [t for t in actions(work.world, work.actor, file) if t.id not in avoided]
            onward = [t for t in rows if not t.demands and not _ASIDE & {*t.effects}]
            rows = onward if chance.random() < 0.9 else rows
            if not rows:
                continue
            row = chance.choice(rows)
            units = sorted({p.unit for p in people.values() if p.unit})
            data = {
                f.id: value
                for f in fields_of(work.world, row, file.case)
                if (value := _value(f, chance, units)) not in ([], "")
            }
            act(work, number, row.id, data)
            return
