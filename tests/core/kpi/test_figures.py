"""Figures say exactly what a recount of the raw cases says, at any moment, to whoever may ask."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest

from core.access.actor import NOBODY, SYSTEM, Actor
from core.access.desk import Office
from core.errors import NotPermitted
from core.kpi.figures import BYS, FigureQuery, figures
from core.kpi.fold import fold
from core.kpi.grains import MEASURE_COLUMNS
from core.now import moved_to
from db.models import TotalRow
from tests.core.kpi.lives import BEGIN, live
from tests.core.kpi.recount import SAID, ask, questions, raw, same
from tests.support import county
from tests.support.moments import beijing, do, receive


@pytest.mark.parametrize("seed", range(3))
def test_every_figure_is_the_recount_whatever_happened_and_whenever_it_was_folded(
    office: Office, seed: int
) -> None:
    chance = random.Random(seed)
    at = BEGIN
    for at in live(office, seed, cases=22, steps=200):  # noqa: B007 (asked about afterwards)
        if chance.random() < 0.04:
            fold(office)
    cases = raw(office)
    assert len(cases) > 10
    assert sum(bool(c.replied_at or c.closed_at) for c in cases) > 5
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


@pytest.fixture(scope="module")
def lived(databases: Any) -> Iterator[Office]:
    """A county with history, half of it folded."""
    name = databases.copy("langfang")
    office = databases.office(name)
    for step, _at in enumerate(live(office, 11, cases=25, steps=120)):
        if step == 80:
            fold(office)
    yield office
    office.engine.dispose()
    databases.drop(name)


class TestScope:
    """Nobody counts what they may not see."""

    @pytest.mark.parametrize("who", ["clerk", "dispatcher", "leader", "analyst", "gridhead"])
    def test_somebody_of_an_area_counts_that_area_only(self, lived: Office, who: str) -> None:
        own = county.actor(lived, who).area or "?"
        cases = raw(lived)
        for by in BYS:
            query = FigureQuery(area=own, by=by)
            same(ask(lived, who, by=by), cases, query)

    def test_the_accused_count_no_accusation_however_finely_they_ask(self, office: Office) -> None:
        centre, chance = f"{county.TOWNSHIP}-C", random.Random(5)
        for at in live(office, 5, cases=12, steps=80):  # noqa: B007 (asked about afterwards)
            pass
        secret = {"by": "county", "area": county.GRID, "accused": [centre]}
        first, _second, last = (
            receive(office, f"2026-11-{d:02} 09:00", **secret) for d in (3, 4, 30)
        )
        do(office, "2026-11-05 10:00", "county", first, "answer", text="已经查清")
        fold(office)
        do(office, "2026-12-01 10:00", "county", last, "answer", text="已经查清")
        cases = raw(office)
        others = [c for c in cases if not c.accused]
        assert len(cases) == len(others) + 3
        with moved_to(max(at, beijing("2026-12-02 09:00"))):
            for query in questions(chance, at.date()):
                same(ask(office, **asdict(query)), cases, query)
                own = replace(query, area=county.TOWNSHIP)
                for blind, seen in (("dispatcher", others), ("county", cases)):
                    same(ask(office, blind, **asdict(own)), seen, own)

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
