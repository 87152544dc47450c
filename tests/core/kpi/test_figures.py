"""Figures say exactly what a recount of the raw cases says, at any moment, to whoever may ask."""

import csv
import gzip
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from core.access.actor import NOBODY, SYSTEM, Actor
from core.access.desk import Office
from core.blueprint.store import read_yaml
from core.errors import Invalid, NotPermitted
from core.kpi import medians as kept_medians
from core.kpi.figures import BYS, FigureQuery, Figures, Rate, figures
from core.kpi.fold import fold
from core.kpi.grains import MEASURE_COLUMNS
from core.kpi.pulse import Pulse, public_figures, pulse
from core.kpi.query import period_before
from core.now import ZONE, moved_to
from core.places.importing import read_areas
from core.places.setup import set_up
from db.models import CaseRow, TotalRow
from tests.core.kpi.lives import AREAS, BEGIN, CATEGORIES, INLETS, live
from tests.support import county
from tests.support.moments import beijing, do, receive

DATA = Path(__file__).parents[4] / "shared" / "data"


def ask(office: Office, who: Actor | str = SYSTEM, **query: Any) -> Any:
    """The report that somebody gets."""
    actor = county.actor(office, who) if isinstance(who, str) else who
    with office.look(actor) as look:
        return figures(look, FigureQuery(**query))


# What each measure counts, said once more in plain words: a predicate, and whose day it is.
SAID: dict[str, tuple[Callable[[Any], bool], str]] = {
    "received": (lambda c: True, "received_at"),
    "replied": (lambda c: c.replied_at is not None, "received_at"),
    "closed": (lambda c: c.stage_kind == "closed", "received_at"),
    "answered": (lambda c: bool(c.replied_at or c.closed_at), "received_at"),
    "on_time": (lambda c: bool(c.replied_at or c.closed_at) and not c.late, "received_at"),
    "rated": (lambda c: c.score is not None, "received_at"),
    "satisfied": (lambda c: c.score in (4, 5), "received_at"),
    "basically": (lambda c: c.score == 3, "received_at"),
    "reopened": (lambda c: c.reopened > 0, "received_at"),
    "day_replied": (lambda c: c.replied_at is not None, "replied_at"),
    "day_closed": (lambda c: c.closed_at is not None, "closed_at"),
}


def _day(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


def _key(case: Any, by: str, day: date, query: FigureQuery) -> str:
    digits = {"": 6, "131000": 6, "131024": 9, "131024104": 12, "131024104201": 15}
    parts = case.category.split("/")
    return {
        "": "",
        "area": case.area[: digits.get(query.area, 15)],
        "unit": case.holder,
        "category": "/".join(parts[: query.category.count("/") + 2 if query.category else 1]),
        "inlet": case.inlet,
        "month": f"{day:%Y-%m}",
        "day": f"{day:%Y-%m-%d}",
    }[by]


def _fits(case: Any, query: FigureQuery) -> bool:
    area = "1310" if query.area == "131000" else query.area
    return (
        case.area.startswith(area)
        and query.unit in ("", case.holder)
        and (case.category + "/").startswith(query.category + "/" if query.category else "")
        and query.inlet in ("", case.inlet)
    )


def _within(day: date, query: FigureQuery) -> bool:
    return (query.since is None or query.since <= day) and (
        query.until is None or day < query.until
    )


def recount(cases: list[Any], query: FigureQuery) -> tuple[dict[str, Counter[str]], Any]:
    """The same figures by brute force: counts by key, and days to reply by key."""
    counts: dict[str, Counter[str]] = {}
    days: dict[str, list[float]] = {}
    for case in cases:
        if not _fits(case, query):
            continue
        for measure, (holds, whose) in SAID.items():
            if holds(case) and _within(day := _day(getattr(case, whose)), query):
                counts.setdefault(_key(case, query.by, day, query), Counter())[measure] += 1
        received = _day(case.received_at)
        if case.replied_at and _within(received, query):
            waited = (case.replied_at - case.received_at).total_seconds() / 86_400
            days.setdefault(_key(case, query.by, received, query), []).append(waited)
    return counts, days


def raw(office: Office) -> list[Any]:
    """All cases as they stand in the table."""
    with office.look(SYSTEM) as look:
        rows = look.tx.execute(select(*CaseRow.__table__.c)).all()
    return [SimpleNamespace(**r._mapping) for r in rows]


def same(report: Any, cases: list[Any], query: FigureQuery) -> None:
    """Every count, rate and median of the report is the recount's."""
    counts, days = recount(cases, query)
    found = {row.key: row for row in report.rows} if query.by else {"": report.total}
    for key in found.keys() | counts.keys():
        line = found[key] if counts.get(key) or key in found else Figures()
        expected = {m: counts.get(key, {}).get(m, 0) for m in SAID}
        assert line.counts == expected or not query.by, (query, key)
        waits = days.get(key)
        assert line.median_days == (pytest.approx(median(waits)) if waits else None), (query, key)
    whole = sum(counts.values(), Counter())
    assert report.total.counts == {m: whole.get(m, 0) for m in SAID}, query
    waits = [w for values in days.values() for w in values]
    assert report.total.median_days == (pytest.approx(median(waits)) if waits else None), query
    rate = report.total.rates["response"]
    assert (rate.numerator, rate.denominator) == (whole["answered"], whole["received"])


def questions(chance: random.Random, until: date) -> Iterator[FigureQuery]:
    """Every split, by itself and under random filters and periods."""
    for by in BYS:
        yield FigureQuery(by=by)
        for _ in range(7):
            some = chance.choice((0.3, 0.6))
            since = BEGIN.date() + timedelta(days=chance.randint(-3, 60))
            query = FigureQuery(
                by=by,
                area=chance.choice((*AREAS, "131000")) if chance.random() < some else "",
                category=chance.choice(CATEGORIES) if chance.random() < some else "",
                inlet=chance.choice(INLETS) if chance.random() < some else "",
                unit=chance.choice(("131024104-C", "131024-ZJ", "131024104-ZF"))
                if chance.random() < some
                else "",
            )
            if chance.random() < 0.5:
                later = since + timedelta(days=chance.randint(1, 70))
                query = replace(query, since=since, until=chance.choice((None, later)))
            yield query


@pytest.mark.parametrize("seed", range(3))
def test_every_figure_is_the_recount_whatever_happened_and_whenever_it_was_folded(
    office: Office, seed: int
) -> None:
    chance = random.Random(seed)
    at = BEGIN
    for at in live(office, seed, cases=22, steps=150):
        if chance.random() < 0.04:
            fold(office)
    cases = raw(office)
    assert len(cases) > 10
    assert sum(c.replied_at is not None for c in cases) > 2
    with moved_to(at), office.look(SYSTEM) as look:
        for query in questions(chance, at.date()):
            same(figures(look, query), cases, query)


def test_a_fold_changes_no_figure(office: Office) -> None:
    for _at in live(office, 7, cases=12, steps=60):
        pass
    reports = [ask(office, by=by) for by in BYS]
    assert fold(office).deltas > 0
    assert [ask(office, by=by) for by in BYS] == reports


def test_the_totals_have_a_column_for_each_measure() -> None:
    assert tuple(SAID) == MEASURE_COLUMNS
    assert set(SAID) < set(TotalRow.__table__.columns.keys())


class TestScope:
    """Nobody counts what they may not see."""

    @pytest.fixture(scope="class")
    def lived(self, databases: Any) -> Iterator[Office]:
        name = databases.copy("langfang")
        office = databases.office(name)
        for step, _at in enumerate(live(office, 11, cases=25, steps=120)):
            if step == 80:
                fold(office)
        yield office
        office.engine.dispose()
        databases.drop(name)

    @pytest.mark.parametrize("who", ["clerk", "dispatcher", "leader", "analyst", "gridhead"])
    def test_somebody_of_an_area_counts_that_area_only(self, lived: Office, who: str) -> None:
        own = county.actor(lived, who).area or "?"
        cases = raw(lived)
        for by in BYS:
            query = FigureQuery(area=own, by=by)
            same(ask(lived, who, by=by), cases, query)

    def test_a_place_outside_is_not_permitted(self, lived: Office) -> None:
        for area in ("131024100", "131024", "131000", "131002"):
            with pytest.raises(NotPermitted):
                ask(lived, "clerk", area=area)
        assert ask(lived, "clerk", area=county.VILLAGE).query.area == county.VILLAGE

    def test_a_unit_s_head_counts_what_the_unit_holds(self, lived: Office) -> None:
        cases = raw(lived)
        for by in BYS:
            same(ask(lived, "enforcehead", by=by), cases, FigureQuery(unit="131024104-ZF", by=by))

    def test_a_unit_s_head_counts_the_units_below_as_well(self, lived: Office) -> None:
        head = county.actor(lived, "enforcehead")
        wider = replace(head, units=("131024104-ZF", "131024104-C"))
        report = ask(lived, wider, by="unit")
        held = Counter(c.holder for c in raw(lived) if c.holder in wider.units)
        assert {r.key: r.counts["received"] for r in report.rows} == held
        only = ask(lived, wider, unit="131024104-C")
        assert only.total.counts["received"] == held["131024104-C"]

    def test_another_unit_is_not_permitted(self, lived: Office) -> None:
        with pytest.raises(NotPermitted):
            ask(lived, "enforcehead", unit="131024-ZJ")

    def test_an_area_of_nobody_is_not_everything(self, lived: Office) -> None:
        with pytest.raises(NotPermitted):
            ask(lived, Actor(roles=("analyst",)))
        nothing = ask(lived, Actor(roles=("head",)))
        assert nothing.total.counts["received"] == 0
        assert nothing.total.median_days is None
        homeless = Actor(roles=("head", "clerk"), unit="131024-ZJ", units=("131024-ZJ",))
        held = sum(c.holder == "131024-ZJ" for c in raw(lived))
        assert ask(lived, homeless).total.counts["received"] == held

    @pytest.mark.parametrize("who", ["police", "worker", "deputy", "admin", "auditor"])
    def test_roles_without_figures_get_none(self, lived: Office, who: str) -> None:
        with pytest.raises(NotPermitted):
            ask(lived, who)

    def test_nobody_gets_none(self, lived: Office) -> None:
        with pytest.raises(NotPermitted):
            ask(lived, NOBODY)


class TestQuery:
    """What cannot be asked is said at once."""

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"by": "weather"}, "by"),
            ({"area": "13102"}, "area"),
            ({"since": date(2026, 3, 1), "until": date(2026, 3, 1)}, "until"),
            ({"since": date(2026, 3, 2), "until": date(2026, 3, 1)}, "until"),
        ],
    )
    def test_is_refused(self, office: Office, query: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as refusal:
            ask(office, **query)
        assert field in refusal.value.data["fields"]

    def test_an_empty_county_has_figures_of_zero(self, office: Office) -> None:
        report = ask(office)
        assert report.total.counts == dict.fromkeys(SAID, 0)
        assert report.total.rates["response"] == Rate(0, 0)
        assert report.total.rates["response"].value is None
        assert report.total.median_days is None
        assert ask(office, by="month").rows == []

    def test_a_category_s_name_matches_letter_by_letter(self, office: Office) -> None:
        """`_` is no wildcard, and a longer name with the same beginning is another category."""
        receive(office, "2026-11-16 10:00", category="city/noise")
        assert ask(office, category="cit_").total.counts["received"] == 0
        assert ask(office, category="cit").total.counts["received"] == 0
        assert ask(office, category="city").total.counts["received"] == 1


class TestSplit:
    """Rows have the county's own words, in an order that says something."""

    @pytest.fixture
    def some(self, office: Office) -> Office:
        receive(office, "2026-11-02 10:00", category="housing", area=county.TOWNSHIP)
        receive(office, "2026-11-04 10:00", category="housing/heating", area=county.COUNTY,
                by="county")  # fmt: skip
        receive(office, "2026-11-04 11:00", category="city/noise", inlet="web")
        return office

    def test_categories_roll_up_and_open(self, some: Office) -> None:
        top = ask(some, by="category").rows
        assert [(r.key, r.label, r.counts["received"]) for r in top] == [
            ("housing", "城乡建设", 2), ("city", "城市管理", 1),
        ]  # fmt: skip
        inside = ask(some, by="category", category="housing").rows
        assert [(r.key, r.label) for r in inside] == [
            ("housing", "城乡建设（未细分）"), ("housing/heating", "供暖"),
        ]  # fmt: skip

    def test_areas_open_one_level_at_a_time(self, some: Office) -> None:
        assert [(r.key, r.label) for r in ask(some, by="area").rows] == [("131024", "香河县")]
        inside = ask(some, by="area", area="131024").rows
        assert [(r.key, r.label, r.counts["received"]) for r in inside] == [
            ("131024104", "安平镇", 2), ("131024", "香河县（本级）", 1),
        ]  # fmt: skip

    def test_inlets_and_units_have_names(self, some: Office) -> None:
        labels = {r.key: r.label for r in ask(some, by="inlet").rows}
        assert labels == {"phone": "热线电话", "web": "网页"}
        assert "安平镇" in ask(some, by="unit", unit="131024104-C").rows[0].label

    def test_days_without_an_appeal_are_there(self, some: Office) -> None:
        rows = ask(some, by="day", since=date(2026, 11, 1), until=date(2026, 11, 6)).rows
        assert [(r.key, r.counts["received"]) for r in rows] == [
            ("2026-11-01", 0), ("2026-11-02", 1), ("2026-11-03", 0), ("2026-11-04", 2),
            ("2026-11-05", 0),
        ]  # fmt: skip

    def test_months_end_today(self, some: Office) -> None:
        with moved_to(beijing("2027-02-01 00:30")):
            months = [r.key for r in ask(some, by="month", since=date(2026, 10, 15)).rows]
            assert months == ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02"]
            year = ask(some, by="month", since=date(2027, 1, 1), until=date(2028, 1, 1)).rows
            assert [r.key for r in year] == ["2027-01", "2027-02"]
            assert [r.key for r in ask(some, by="month").rows] == months[1:]

    def test_a_day_begins_at_the_county_s_midnight(self, office: Office) -> None:
        receive(office, "2026-11-16 00:05")
        receive(office, "2026-11-16 23:55")
        receive(office, "2026-11-17 00:00")
        day = {"since": date(2026, 11, 16), "until": date(2026, 11, 17)}
        assert ask(office, **day).total.counts["received"] == 2
        fold(office)
        assert ask(office, **day).total.counts["received"] == 2


# since, until (exclusive), today → what it is laid beside
BEFORE = [
    ("this month so far", "2026-11-01", None, "2026-11-21", "2026-10-01", "2026-10-22"),
    ("this month to its end", "2026-11-01", "2026-12-01", "2026-11-21", "2026-10-01", "2026-10-22"),
    ("last month", "2026-10-01", "2026-11-01", "2026-11-21", "2026-09-01", "2026-10-01"),
    ("a month longer than the last", "2026-03-01", None, "2026-03-31", "2026-02-01", "2026-03-01"),
    ("the month's last day but one", "2026-03-01", None, "2026-03-29", "2026-02-01", "2026-03-01"),
    ("January so far", "2026-01-01", None, "2026-01-09", "2025-12-01", "2025-12-10"),
    ("this year so far", "2026-01-01", None, "2026-11-21", "2025-01-01", "2025-11-22"),
    ("a whole year", "2025-01-01", "2026-01-01", "2026-11-21", "2024-01-01", "2025-01-01"),
    ("a quarter", "2026-04-01", "2026-07-01", "2026-11-21", "2026-01-01", "2026-04-01"),
    ("thirty days", "2026-10-23", None, "2026-11-21", "2026-09-23", "2026-10-23"),
    ("one day", "2026-11-21", None, "2026-11-21", "2026-11-20", "2026-11-21"),
]


@pytest.mark.parametrize(("name", "since", "until", "today", "from_", "to"), BEFORE)
def test_the_period_before(
    name: str, since: str, until: str | None, today: str, from_: str, to: str
) -> None:
    query = FigureQuery(
        since=date.fromisoformat(since),
        until=date.fromisoformat(until) if until else None,
        category="housing",
    )
    with moved_to(beijing(f"{today} 12:00")):
        before = period_before(query)
    assert before is not None
    assert (f"{before.since}", f"{before.until}", before.category) == (from_, to, "housing")


class TestBefore:
    """A figure is laid beside the same figure of the period before."""

    def test_without_a_beginning_there_is_none(self, office: Office) -> None:
        with office.look(SYSTEM) as look:
            assert figures(look, FigureQuery(), compare=True).before is None
            future = FigureQuery(since=date(2099, 1, 5))
            assert figures(look, future, compare=True).before is None

    def test_it_is_the_whole_under_the_same_filter(self, office: Office) -> None:
        receive(office, "2026-10-05 09:00", category="city/noise")
        receive(office, "2026-10-30 09:00", category="city/noise")
        number = receive(office, "2026-11-05 09:00", category="city/noise")
        receive(office, "2026-11-06 09:00", category="housing")
        do(office, "2026-11-06 10:00", "dispatcher", number, "answer", text="已经答复")
        with moved_to(beijing("2026-11-10 09:00")), office.look(SYSTEM) as look:
            query = FigureQuery(since=date(2026, 11, 1), category="city", by="area")
            report = figures(look, query, compare=True)
        assert report.total.counts["received"] == 1
        assert report.total.rates["response"] == Rate(1, 1)
        assert report.before is not None
        assert report.before.counts["received"] == 1  # the one of 30 October came later
        assert report.before.rates["response"] == Rate(0, 1)
        assert report.before_query is not None
        assert report.before_query.until == date(2026, 10, 11)


class TestMedian:
    """The middle of days to a reply, worked out from the cases."""

    def test_is_exact_for_small_numbers(self, office: Office) -> None:
        for hours in (24, 36, 240):
            number = receive(office, "2026-11-02 09:00")
            after = beijing("2026-11-02 09:00") + timedelta(hours=hours)
            do(office, f"{after:%Y-%m-%d %H:%M}", "dispatcher", number, "answer", text="已经答复")
        assert ask(office).total.median_days == pytest.approx(1.5)
        receive(office, "2026-11-03 09:00")
        assert ask(office).total.median_days == pytest.approx(1.5)

    def test_of_large_numbers_is_kept_a_while_and_for_each_reader(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kept_medians, "EXACT_UP_TO", 0)
        monkeypatch.setattr(kept_medians, "STIR", 1.0)
        for township, hours in ((county.TOWNSHIP, 24), ("131024100", 72)):
            number = receive(office, "2026-11-02 09:00", area=township, by="county")
            after = beijing("2026-11-02 09:00") + timedelta(hours=hours)
            do(office, f"{after:%Y-%m-%d %H:%M}", "county", number, "answer", text="已经答复")
        assert ask(office, "clerk").total.median_days == pytest.approx(1)
        assert ask(office, "other").total.median_days == pytest.approx(3)
        assert ask(office).total.median_days == pytest.approx(2)
        number = receive(office, "2026-11-03 09:00")
        do(office, "2026-11-10 09:00", "dispatcher", number, "answer", text="已经答复")
        assert ask(office).total.median_days == pytest.approx(2)
        monkeypatch.setattr(kept_medians, "STIR", 0.001)
        assert ask(office).total.median_days == pytest.approx(3)


class TestPulse:
    """How today goes."""

    def test_counts_today_and_what_is_late_now(self, office: Office) -> None:
        receive(office, "2026-11-02 09:00", kind="question")
        number = receive(office, "2026-11-17 09:00")
        with moved_to(beijing("2026-11-18 23:59")), office.look(SYSTEM) as look:
            assert pulse(look) == Pulse(received=0, closed=0, overdue=1, untaken=2)
        do(office, "2026-11-18 10:00", "dispatcher", number, "decline", reason="不属于受理范围")
        receive(office, "2026-11-18 00:01")
        with moved_to(beijing("2026-11-18 23:59")), office.look(SYSTEM) as look:
            assert pulse(look) == Pulse(received=1, closed=1, overdue=1, untaken=2)
        with moved_to(beijing("2026-11-19 00:00")), office.look(SYSTEM) as look:
            assert pulse(look) == Pulse(received=0, closed=0, overdue=1, untaken=2)

    def test_is_of_the_reader_s_own(self, office: Office) -> None:
        receive(office, "2026-11-18 09:00", area="131024100", by="other")
        receive(office, "2026-11-18 09:00")
        with moved_to(beijing("2026-11-18 12:00")):
            for who, n in (("clerk", 1), ("other", 1), ("leader", 2), ("enforcehead", 0)):
                with office.look(county.actor(office, who)) as look:
                    found = pulse(look)
                assert (found.received, found.untaken) == (n, n), who
            with office.look(county.actor(office, "clerk")) as look, pytest.raises(NotPermitted):
                pulse(look, "131024100")
            with office.look(county.actor(office, "police")) as look, pytest.raises(NotPermitted):
                pulse(look)


class TestPublic:
    """What hangs on the public board: counts by place, nothing else."""

    def test_last_thirty_days_by_township_and_the_whole(self, office: Office) -> None:
        receive(office, "2026-10-19 09:00")
        first = receive(office, "2026-10-20 09:00")
        receive(office, "2026-11-18 09:00", area="131024100", by="other")
        do(office, "2026-11-06 10:00", "dispatcher", first, "answer", text="已经答复")
        do(office, "2026-11-07 10:00", "clerk", first, "rate", score=5)
        with moved_to(beijing("2026-11-18 12:00")), office.look(SYSTEM) as look:
            found = public_figures(look, "131024")
        assert [(f.label, f.received, f.answered, f.rated, f.satisfied) for f in found] == [
            ("淑阳镇", 1, 0, 0, 0), ("安平镇", 1, 1, 1, 1), ("香河县", 2, 1, 1, 1),
        ]  # fmt: skip

    def test_a_quiet_county_says_zero(self, office: Office) -> None:
        with office.look(SYSTEM) as look:
            found = public_figures(look)
        assert [(f.label, f.received) for f in found] == [("廊坊市", 0)]


class TestRealHistory:
    """2,816 appeals with replies: every figure of the page, straight from the file."""

    FILE = DATA / "appeals_with_replies.csv.gz"
    FIRST = date(2011, 1, 1)

    @pytest.fixture(scope="class")
    def history(self, databases: Any) -> Iterator[Office]:
        importing = pytest.importorskip("core.cases.importing", reason="no importer of cases yet")
        if not self.FILE.exists():
            pytest.skip("the real appeals are not on this machine")
        name = databases.copy("empty")
        office = databases.office(name)
        with office.work(SYSTEM) as work:
            set_up(work, read_yaml("langfang"), read_areas(DATA / "langfang.csv"))
        assert importing.import_cases(office, self.FILE, "appeals").saved == 2816
        yield office
        office.engine.dispose()
        databases.drop(name)

    @pytest.fixture(scope="class")
    def lines(self, history: Office) -> list[tuple[datetime, datetime | None]]:
        """(received, replied) of each line of the file."""
        with gzip.open(self.FILE, "rt", encoding="utf-8-sig", newline="") as file:
            return [
                (
                    datetime.fromisoformat(row["created_at"]).replace(tzinfo=ZONE),
                    datetime.fromisoformat(row["replied_at"]).replace(tzinfo=ZONE)
                    if row["replied_at"]
                    else None,
                )
                for row in csv.DictReader(file)
            ]

    def test_the_whole(self, history: Office, lines: Any) -> None:
        whole = ask(history).total
        assert whole.counts["received"] == len(lines) == 2816
        assert whole.counts["replied"] == sum(r is not None for _, r in lines) == 2815
        waits = [(r - at).total_seconds() / 86_400 for at, r in lines if r]
        assert whole.median_days == pytest.approx(median(waits))
        assert f"{whole.median_days:.1f}" == "11.2"
        assert whole.rates["response"].denominator == 2816

    def test_by_month_and_by_the_day_of_the_reply(self, history: Office, lines: Any) -> None:
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

    def test_a_period_and_the_one_before(self, history: Office, lines: Any) -> None:
        query = FigureQuery(since=date(2019, 6, 1), until=date(2019, 7, 1))
        with history.look(SYSTEM) as look:
            report = figures(look, query, compare=True)
        months = Counter(f"{at:%Y-%m}" for at, _ in lines)
        assert report.total.counts["received"] == months["2019-06"]
        assert report.before is not None
        assert report.before.counts["received"] == months["2019-05"]

    def test_every_split_adds_up_before_and_after_folding(self, history: Office) -> None:
        cases = raw(history)
        for folded in (False, True):
            if folded:
                fold(history)
            for by in BYS:
                for area in ("", "131000", "131003"):
                    query = FigureQuery(by=by, area=area)
                    same(ask(history, by=by, area=area), cases, query)
