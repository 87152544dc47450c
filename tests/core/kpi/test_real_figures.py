"""Every figure of the page, recomputed straight from 2,816 real appeals with their replies."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.store import read_yaml
from core.cases.importing import import_cases
from core.kpi.figures import BYS, FigureQuery, figures
from core.kpi.fold import fold
from core.now import ZONE
from core.places.importing import read_areas
from core.places.setup import set_up
from tests.core.kpi.recount import ask, raw, same

DATA = Path(__file__).parents[4] / "shared" / "data"
FILE = DATA / "appeals_with_replies.csv.gz"


@pytest.fixture(scope="module")
def history(databases: Any) -> Iterator[Office]:
    if not FILE.exists():
        pytest.skip("the real appeals are not on this machine")
    name = databases.copy("empty")
    office = databases.office(name)
    with office.work(SYSTEM) as work:
        set_up(work, read_yaml("langfang"), read_areas(DATA / "langfang.csv"))
    assert import_cases(office, FILE, "appeals").saved == 2816
    yield office
    office.engine.dispose()
    databases.drop(name)


@pytest.fixture(scope="module")
def lines(history: Office) -> list[tuple[datetime, datetime | None]]:
    """(received, replied) of each line of the file."""
    with gzip.open(FILE, "rt", encoding="utf-8-sig", newline="") as file:
        return [
            (
                datetime.fromisoformat(row["created_at"]).replace(tzinfo=ZONE),
                datetime.fromisoformat(row["replied_at"]).replace(tzinfo=ZONE)
                if row["replied_at"]
                else None,
            )
            for row in csv.DictReader(file)
        ]


def test_the_whole(history: Office, lines: Any) -> None:
    whole = ask(history).total
    assert whole.counts["received"] == len(lines) == 2816
    assert whole.counts["replied"] == sum(r is not None for _, r in lines) == 2815
    waits = [(r - at).total_seconds() / 86_400 for at, r in lines if r]
    assert whole.median_days == pytest.approx(median(waits))
    assert f"{whole.median_days:.1f}" == "11.2"
    assert whole.rates["response"].denominator == 2816


def test_by_month_and_by_the_day_of_the_reply(history: Office, lines: Any) -> None:
    rows = {r.key: r for r in ask(history, by="month").rows}
    received = Counter(f"{at:%Y-%m}" for at, _ in lines)
    replied = Counter(f"{at:%Y-%m}" for at, r in lines if r)
    flow = Counter(f"{r:%Y-%m}" for _, r in lines if r)
    for month in rows.keys() | received.keys() | flow.keys():
        counts = rows[month].counts
        assert (counts["received"], counts["replied"], counts["day_replied"]) == (
            received[month], replied[month], flow[month],
        ), month  # fmt: skip
        waits = [
            (r - at).total_seconds() / 86_400 for at, r in lines if r and f"{at:%Y-%m}" == month
        ]
        expected = pytest.approx(median(waits)) if waits else None
        assert rows[month].median_days == expected, month


def test_a_period_and_the_one_before(history: Office, lines: Any) -> None:
    query = FigureQuery(since=date(2019, 6, 1), until=date(2019, 7, 1))
    with history.look(SYSTEM) as look:
        report = figures(look, query, compare=True)
    months = Counter(f"{at:%Y-%m}" for at, _ in lines)
    assert report.total.counts["received"] == months["2019-06"]
    assert report.before is not None
    assert report.before.total.counts["received"] == months["2019-05"]


def test_every_split_adds_up_before_and_after_folding(history: Office) -> None:
    cases = raw(history)
    for folded in (False, True):
        if folded:
            fold(history)
        for by in BYS:
            for area in ("131000", "131003"):
                query = FigureQuery(by=by, area=area)
                same(ask(history, by=by, area=area), cases, query)
