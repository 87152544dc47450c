"""Founds the demo county: places, configuration, units, people and plates, in a second or two."""

from pathlib import Path
from typing import Any

import yaml

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.store import read_yaml, set_fact
from core.blueprint.world import Place
from core.demo.people import everybody
from core.places.bulk import save
from core.places.people import save_people
from core.places.setup import set_up
from db.models import Plate

BLUEPRINT = "xianghe"
CASES = 20_000
"""How many cases the demo county is to have."""
_PLATES_PER_TOWNSHIP = 5
_NUMERALS = "一二三四五六七八九"


def places() -> dict[str, Any]:
    """The file of places."""
    return yaml.safe_load((Path(__file__).parent / "places.yaml").read_text(encoding="utf-8"))


def areas(layout: dict[str, Any]) -> list[Place]:
    """County, townships, villages and grids; the grids are spread evenly over the villages."""
    county = layout["county"]["code"]
    found = [Place(county, layout["county"]["name"], None, "county")]
    villages: list[Place] = []
    for code, township in layout["townships"].items():
        found.append(Place(code, township["name"], county, "township"))
        villages += [
            Place(f"{code}{200 + n}", name, code, "village")
            for n, name in enumerate(township["villages"], 1)
        ]
    found += villages
    share, more = divmod(layout["grids"], len(villages))
    for index, village in enumerate(villages):
        short = village.name.removesuffix("村").removesuffix("社区")
        found += [
            Place(f"{village.code}{n:03}", f"{short}第{_NUMERALS[n - 1]}网格", village.code, "grid")
            for n in range(1, share + 1 + (index < more))
        ]
    return found


def plates(layout: dict[str, Any]) -> list[dict[str, Any]]:
    """QR plates at the doors of some villages of each township."""
    found = []
    for code, township in layout["townships"].items():
        lat, lon = township["at"]
        for n in range(_PLATES_PER_TOWNSHIP):
            village = township["villages"][n % len(township["villages"])]
            found.append(
                {
                    "code": f"XH{code[6:]}{n + 1:02}",
                    "area": f"{code}{201 + n % len(township['villages'])}001",
                    "address": f"{township['name']}{village}{n + 1}号楼门前",
                    "lat": round(lat + 0.004 * n, 5),
                    "lon": round(lon - 0.003 * n, 5),
                    "active": True,
                }
            )
    return found


def found(office: Office) -> None:
    """Set the demo county up on an empty database, without cases (`fill` adds them).

    Raises:
        AlreadySetUp: the database holds a county already.
    """
    layout = places()
    with office.work(SYSTEM) as work:
        set_up(work, read_yaml(BLUEPRINT), areas(layout))
    with office.work(SYSTEM) as work:
        save_people(work, list(everybody(work.world.units)), rounds=10)
        save(work.tx, Plate, plates(layout), key="code")
        set_fact(work.tx, "demo", {"cases": CASES})
