"""2,816 real messages with their replies: every figure recomputed straight from the file."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.store import read_yaml
from core.cases.importing import CasesReport, import_cases
from core.cases.sweep import sweep
from core.kpi.check import check
from core.now import ZONE, local_day, now
from core.places.importing import read_areas
from core.places.setup import set_up
from tests.conftest import Databases
from tests.support.moments import rows

DATA = Path(__file__).parents[4] / "shared" / "data"
FILE = DATA / "appeals_with_replies.csv.gz"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the shared data are not here")

TABLES = ("cases", "task", "clock", "timeline", "rating", "fired", "delta", "message", "resident")
UNDATED = "27610"


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC) if text else None


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """The file itself, by message."""
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as lines:
        return {
            row["msg_id"]: row | {"at": _time(row["created_at"]), "then": _time(row["replied_at"])}
            for row in csv.DictReader(lines)
        }


@pytest.fixture(scope="module")
def city(databases: Databases) -> Iterator[Office]:
    """`onedoor init --blueprint langfang --areas langfang.csv`."""
    name = databases.copy("empty")
    office = databases.office(name)
    with office.work(SYSTEM) as work:
        set_up(work, read_yaml("langfang"), read_areas(DATA / "langfang.csv"))
    yield office
    office.engine.dispose()
    databases.drop(name)


@pytest.fixture(scope="module")
def first(city: Office) -> CasesReport:
    """`onedoor import cases appeals_with_replies.csv.gz --mapping appeals`."""
    return import_cases(city, FILE, "appeals")


@pytest.fixture(scope="module")
def cases(city: Office, first: CasesReport) -> dict[str, Any]:
    """What the database holds, by message."""
    return {c.source_ref: c for c in rows(city, "select * from cases")}


def test_all_enter(told: dict[str, Any], first: CasesReport, cases: dict[str, Any]) -> None:
    assert (first.rows, first.saved, first.rejected) == (2816, 2816, ())
    assert cases.keys() == told.keys()


def test_each_says_what_it_said(told: dict[str, Any], cases: dict[str, Any]) -> None:
    for ref, line in told.items():
        case = cases[ref]
        assert case.received_at == line["at"]
        assert case.title.replace("\u200b", "") == line["title"].strip().replace("\u200b", "")
        assert case.body.split() == line["body"].split()


def test_replies_are_recorded_at_their_real_times(
    told: dict[str, Any], first: CasesReport, cases: dict[str, Any]
) -> None:
    dated = {ref: line for ref, line in told.items() if line["then"]}
    assert (len(dated), first.replied) == (2815, 2815)
    assert {r: c.replied_at for r, c in cases.items() if c.replied_at} == {
        r: line["then"] for r, line in dated.items()
    }
    assert all(cases[r].reply.split() == line["reply"].split() for r, line in dated.items())


def test_half_are_answered_within_eleven_days(told: dict[str, Any], cases: dict[str, Any]) -> None:
    day = timedelta(days=1)
    from_file = median((line["then"] - line["at"]) / day for line in told.values() if line["then"])
    from_cases = median(
        (c.replied_at - c.received_at) / day for c in cases.values() if c.replied_at
    )
    assert from_cases == from_file
    assert round(from_cases, 1) == 11.2


def test_the_counters_say_the_same_month_by_month(
    city: Office, told: dict[str, Any], cases: dict[str, Any]
) -> None:
    counted = rows(
        city,
        "select measure, to_char(day, 'YYYY-MM') as month, sum(n) as n from delta"
        " where measure in ('received', 'day_replied') group by 1, 2",
    )
    lines = told.values()
    assert {r.month: r.n for r in counted if r.measure == "received"} == Counter(
        f"{local_day(line['at']):%Y-%m}" for line in lines
    )
    assert {r.month: r.n for r in counted if r.measure == "day_replied"} == Counter(
        f"{local_day(line['then']):%Y-%m}" for line in lines if line["then"]
    )


def test_the_undated_reply_is_said_not_guessed(
    city: Office, told: dict[str, Any], first: CasesReport, cases: dict[str, Any]
) -> None:
    case = cases[UNDATED]
    assert (case.replied_at, case.reply, case.stage_kind) == (None, "", "open")
    [note] = rows(city, "select * from timeline where action = 'comment'")
    assert note.case_id == case.id
    assert note.data["text"].removeprefix("原系统的答复（没有日期）：") == told[UNDATED]["reply"]
    assert len(first.notes) == 1
    assert UNDATED in first.notes[0]


def test_most_are_categorised_by_their_words(cases: dict[str, Any]) -> None:
    found = Counter(case.category for case in cases.values())
    assert found["other"] < 0.2 * len(cases)
    assert len(found) > 20
    assert all(c.because["triage"]["category"]["words"] in c.title + c.body
               for c in cases.values() if c.category != "other")  # fmt: skip


def test_each_is_routed_to_a_unit_of_its_place(city: Office, cases: dict[str, Any]) -> None:
    units = {u.code: u.area for u in rows(city, "select code, area from unit")}
    assert all(units[c.holder] == c.area for c in cases.values())
    assert len({c.holder for c in cases.values()}) > 80
    assert {c.holder.split("-")[1] for c in cases.values() if c.category == "education"} == {
        "JY",
        "C",
    }


def test_the_answered_ones_are_closed_by_the_countys_rule(cases: dict[str, Any]) -> None:
    closed = [c for c in cases.values() if c.stage == "closed"]
    assert len(closed) == 2815
    assert all(c.closed_at - c.replied_at >= timedelta(days=6) for c in closed)


def test_late_is_what_came_after_its_deadline(cases: dict[str, Any]) -> None:
    for case in cases.values():
        assert case.late == (case.replied_at is not None and case.replied_at > case.due_at)


def test_the_county_is_sound_and_nobody_is_reminded_of_2011(
    city: Office, cases: dict[str, Any]
) -> None:
    assert check(city) == []
    assert sweep(city, now() + timedelta(minutes=1)).fired == 0
    assert rows(city, "select * from message") == []


def test_a_second_import_changes_nothing(city: Office, cases: dict[str, Any]) -> None:
    def held() -> dict[str, int]:
        return {
            t: rows(city, f"select coalesce(sum(hashtext(t::text)), 0) as n from {t} t")[0].n  # noqa: S608
            for t in TABLES
        }

    before = held()
    report = import_cases(city, FILE, "appeals")
    assert (report.rows, report.saved, report.known, report.rejected) == (2816, 0, 2816, ())
    assert held() == before
