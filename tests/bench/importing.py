"""The bulk path, beside a bare COPY of the same texts."""

import csv
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine

from core.access.actor import SYSTEM
from core.cases.importing import import_cases
from core.cases.mapping import CaseMapping
from core.now import ZONE
from tests.bench.house import Bench

ROWS = 20_000
_SAID = (
    "小区三号楼的暖气从昨天晚上开始就不热了，家里有老人和孩子",
    "早市门口每天早上有商贩占道经营，把路堵住了",
    "咨询办理营业执照需要带什么材料",
)
_PLAN = {
    "name": "bench", "ref": "id", "received_at": "at", "reply": "reply",
    "replied_at": "replied", "fields": {"body": "body", "area": "area", "phone": "phone"},
}  # fmt: skip


def measure(bench: Bench) -> dict[str, Any]:
    """Rows a second that `onedoor import cases` takes, and cases with a whole invented history."""
    from core.demo import fill

    figures = {
        "floor: bare COPY rows /s": round(_copied(bench)),
        "open appeals imported /s": round(_imported(bench, answered=False)),
        "answered appeals imported /s": round(_imported(bench, answered=True)),
    }
    start = time.perf_counter()
    fill(bench.office, ROWS, seed=7)
    return figures | {"cases with history /s": round(ROWS / (time.perf_counter() - start))}


def _copied(bench: Bench) -> float:
    engine = create_engine(bench.owner)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table copied (n bigint, body text)")
        start = time.perf_counter()
        cursor = connection.connection.driver_connection.cursor()
        with cursor.copy("copy copied from stdin") as copy:
            for n in range(ROWS):
                copy.write_row((n, _SAID[n % len(_SAID)] * 3))
        rate = ROWS / (time.perf_counter() - start)
        connection.exec_driver_sql("drop table copied")
    engine.dispose()
    return rate


def _imported(bench: Bench, *, answered: bool) -> float:
    with bench.office.look(SYSTEM) as look:
        root = look.world.root
    source = f"bench-{'answered' if answered else 'open'}"
    plan = CaseMapping.model_validate(_PLAN | {"source": source})
    with TemporaryDirectory() as folder:
        file = Path(folder, "cases.csv")
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(("id", "at", "body", "phone", "area", "reply", "replied"))
            writer.writerows(_rows(root, answered))
        return ROWS / import_cases(bench.office, file, plan).seconds


def _rows(area: str, answered: bool) -> Iterator[tuple[object, ...]]:
    begin = datetime(2026, 1, 5, 9, tzinfo=ZONE)
    for n in range(ROWS):
        at = begin + timedelta(minutes=15 * n % 300_000)
        reply = ("已处理", f"{at + timedelta(days=6):%Y-%m-%d %H:%M}") if answered else ("", "")
        yield n, f"{at:%Y-%m-%d %H:%M}", _SAID[n % 3], f"139{n:08d}", area, *reply
