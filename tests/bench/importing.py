"""The bulk path, beside a bare COPY of the same texts."""

import time
from typing import Any

from sqlalchemy import create_engine

from tests.bench.house import Bench

ROWS = 20_000


def measure(bench: Bench) -> dict[str, Any]:
    """Cases a second that enter with their whole history."""
    from core.demo import fill

    engine = create_engine(bench.owner)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table copied (n bigint, body text)")
        start = time.perf_counter()
        cursor = connection.connection.driver_connection.cursor()
        with cursor.copy("copy copied from stdin") as copy:
            for n in range(ROWS):
                copy.write_row((n, "小区三号楼的暖气从昨天晚上开始就不热了" * 3))
        bare = ROWS / (time.perf_counter() - start)
        connection.exec_driver_sql("drop table copied")
    engine.dispose()
    start = time.perf_counter()
    fill(bench.office, ROWS, seed=7)
    rate = ROWS / (time.perf_counter() - start)
    return {
        "floor: bare COPY rows /s": round(bare),
        "cases with history /s": round(rate),
    }
