"""A month from its first case on: points, ranks, exclusions."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM, Actor
from core.access.desk import Office
from core.errors import Invalid, MovedOn, NotFound, NotPermitted, OneDoorError
from core.kpi.assess.behind import behind
from core.kpi.assess.decide import decide_exclusion
from core.kpi.assess.read import assess, offered
from core.kpi.assess.sheet import table
from core.kpi.sheets import to_csv, to_xlsx
from core.now import ZONE, moved_to
from db.models import AuditRow
from tests.core.kpi.assess.counties import at, do, finish
from tests.core.kpi.assess.month import (
    ENFORCE,
    NOVEMBER,
    POLICE,
    TRAFFIC,
    WHERE,
    Month,
    ask,
    decide,
    read,
    standing,
)
from tests.support import county


class TestTheRanking:
    def test_points_and_ranks_by_hand(self, month: Month) -> None:
        # Enforcement: 3 of 4 answered and closed: 0.75 × 60 + 0.75 × 40 = 75; police: 100
        # Traffic has one case and two are the least for a rank
        found = read(month[0])
        assert standing(found) == {
            POLICE: (Decimal("100.00"), 1), ENFORCE: (Decimal("75.00"), 2), TRAFFIC: (None, None),
        }  # fmt: skip
        assert found.sizes == {"townships": 0, "stations": 2}
        few = {s.member.unit: s.score.why for s in found.of("stations", ranked=False)}
        assert few[TRAFFIC] == "few"
        assert found.basis.state == "ended"

    def test_equal_totals_share_a_rank(self, month: Month) -> None:
        office, numbers = month
        with at("2026-11-20"):
            finish(office, numbers[3])
        found = standing(read(office))
        assert found[POLICE] == found[ENFORCE] == (Decimal("100.00"), 1)

    def test_what_another_process_writes_counts_within_seconds(self, month: Month) -> None:
        office, numbers = month
        other = Office(office.engine, office.settings)
        with at("2026-11-20"):
            before = standing(read(office))
            finish(other, numbers[3])
            assert standing(read(other)) != before, "who has written it is shown it at once"
            assert standing(read(office)) == before
        with moved_to(datetime(2026, 11, 20, 10, 0, 10, tzinfo=ZONE)):
            assert standing(read(office)) != before

    def test_a_talk_takes_points_away(self, month: Month) -> None:
        office, numbers = month
        with at("2026-11-20"):
            do(office, "supervisor", numbers[3], "talk", text="有问不答")
        assert standing(read(office))[ENFORCE] == (Decimal("73.00"), 2)

    def test_another_month_holds_other_cases(self, month: Month) -> None:
        assert standing(read(month[0], period="2026-10")) == {}
        assert standing(read(month[0], period="2026-12")) == {}

    def test_a_head_sees_the_own_unit_and_among_how_many(self, month: Month) -> None:
        found = read(month[0], "enforcehead")
        assert standing(found) == {ENFORCE: (Decimal("75.00"), 2)}
        assert found.sizes["stations"] == 2

    @pytest.mark.parametrize(
        ("who", "units"),
        [("supervisor", 3), ("leader", 3), ("analyst", 3), ("chief", 3), ("dispatcher", 0),
         ("other", 0)],
    )  # fmt: skip
    def test_who_watches_an_area_sees_its_units(self, month: Month, who: str, units: int) -> None:
        assert len(standing(read(month[0], who))) == units

    @pytest.mark.parametrize("who", ["police", "worker", "deputy", "admin", "auditor"])
    def test_without_figures_there_is_no_score(self, month: Month, who: str) -> None:
        with pytest.raises(NotPermitted):
            read(month[0], who)

    def test_unknown_names_and_periods(self, month: Month) -> None:
        office = month[0]
        with office.look(county.actor(office, "supervisor")) as look:
            with pytest.raises(NotFound):
                assess(look, "nothing", **NOVEMBER)
            with pytest.raises(Invalid, match="写法不对"):
                assess(look, "monthly", "last week")
            with pytest.raises(Invalid, match="还没有开始"):
                assess(look, "monthly", "2027-05")
            assert [o.id for o in offered(look)] == ["yearly", "beijing12345", "monthly"]

    def test_the_cases_behind_a_figure(self, month: Month) -> None:
        office, numbers = month
        with office.look(county.actor(office, "supervisor")) as look:

            def listed(part: str, unit: str = ENFORCE, line: str = "response") -> set[str]:
                found = behind(
                    look, "monthly", unit=unit, line=line, part=part, **NOVEMBER, **WHERE
                )
                assert found.total == len(found.shown) and not found.hidden
                return {c.number for c in found.shown}

            assert listed("numerator") == {*numbers[:3]}
            assert listed("denominator") == {*numbers[:4]}
            assert listed("rest") == {numbers[3]}
            with pytest.raises(Invalid):
                listed("everything")
            with pytest.raises(Invalid):
                listed("numerator", line="none")
            with pytest.raises(NotFound):
                listed("numerator", unit="131024-C")
        with office.look(county.actor(office, "enforcehead")) as look, pytest.raises(NotPermitted):
            behind(look, "monthly", unit=POLICE, line="response", **NOVEMBER, **WHERE)

    def test_the_table_has_both_numbers_of_every_rate(self, month: Month) -> None:
        head, rows = table(read(month[0]))
        row = next(dict(zip(head, r, strict=True)) for r in rows if r[3] == ENFORCE)
        assert (row["答复率的分子"], row["答复率的分母"], row["答复率的值"]) == (3, 4, 0.75)
        assert (row["名次"], row["总分"], row["约谈的分子"], row["约谈得分"]) == (2, 75, 0, 0)
        assert to_xlsx(head, rows, "考核")[:2] == b"PK"
        assert "样本太少，不排名" in to_csv(head, rows).decode()


class TestExclusions:
    def test_asked_by_the_unit_decided_by_another_and_then_it_counts(self, month: Month) -> None:
        office, numbers = month
        claim = ask(office, "enforcehead", numbers[3])
        assert standing(read(office))[ENFORCE][0] == Decimal("75.00"), "asking changes nothing"
        decide(office, "chief", claim)
        found = read(office)
        assert standing(found)[ENFORCE] == (Decimal("100.00"), 1)
        (shown,) = found.claims
        assert (shown.number, shown.asked_name, shown.decided_name) == (numbers[3], "郑某", "戚某")
        assert (shown.words, shown.reply) == ("诉求人要求超出政策范围", "属实")
        with office.look(SYSTEM) as look:
            said = set(look.tx.scalars(select(AuditRow.what)))
        assert {"assess.exclude", "assess.exclude.decide"} <= said

    def test_of_one_line_only(self, month: Month) -> None:
        office, numbers = month
        decide(office, "chief", ask(office, "enforcehead", numbers[3], line="response"))
        # answered 3 of 3: 60; closed 3 of 4: 30
        assert standing(read(office))[ENFORCE] == (Decimal("90.00"), 2)

    def test_refused_it_changes_nothing_and_may_be_asked_for_again(self, month: Month) -> None:
        office, numbers = month
        decide(office, "chief", ask(office, "enforcehead", numbers[3]), approve=False)
        assert standing(read(office))[ENFORCE][0] == Decimal("75.00")
        ask(office, "enforcehead", numbers[3])

    def test_twice_is_refused(self, month: Month) -> None:
        office, numbers = month
        ask(office, "enforcehead", numbers[3])
        for line in ("", "response"):
            with pytest.raises(Invalid, match="已经申请过"):
                ask(office, "enforcehead", numbers[3], line=line)

    def test_what_does_not_count_cannot_be_excluded(self, month: Month) -> None:
        office, numbers = month
        with pytest.raises(Invalid, match="没有计入"):
            ask(office, "supervisor", numbers[4])
        with pytest.raises(Invalid, match="没有计入"):
            ask(office, "enforcehead", numbers[3], line="talk")
        with pytest.raises(NotFound):
            ask(office, "enforcehead", "131024-20261103-999999")
        with pytest.raises(NotFound):
            ask(office, "enforcehead", numbers[4])  # another unit's case is not visible
        with pytest.raises(Invalid, match="理由"):
            ask(office, "enforcehead", numbers[3], reason=" ")

    def test_nobody_asks_for_another_unit(self, month: Month) -> None:
        office, numbers = month
        for who in ("policehead", "analyst", "leader", "dispatcher"):
            with pytest.raises(OneDoorError):
                ask(office, who, numbers[3])

    @pytest.mark.parametrize("who", ["enforcehead", "leader", "analyst", "dispatcher", "admin"])
    def test_only_supervisors_decide(self, month: Month, who: str) -> None:
        office, numbers = month
        claim = ask(office, "enforcehead", numbers[3])
        with pytest.raises(NotPermitted):
            decide(office, who, claim)

    def test_nobody_decides_for_the_own_unit_or_on_the_own_request(self, month: Month) -> None:
        office, numbers = month
        own = Actor(**{**vars(county.actor(office, "chief")), "unit": ENFORCE,
                       "units": (ENFORCE,), "lineage": (ENFORCE,), "person": 1})  # fmt: skip
        claim = ask(office, "enforcehead", numbers[3])
        with office.work(own) as work, pytest.raises(NotPermitted, match="您属于"):
            decide_exclusion(work, claim, approve=True, words="同意")
        asked = ask(office, "supervisor", numbers[2])
        with pytest.raises(NotPermitted, match="由别人决定"):
            decide(office, "supervisor", asked)

    def test_decided_twice_or_without_words(self, month: Month) -> None:
        office, numbers = month
        claim = ask(office, "enforcehead", numbers[3])
        with pytest.raises(Invalid):
            decide(office, "chief", claim, words="")
        decide(office, "chief", claim)
        with pytest.raises(MovedOn):
            decide(office, "chief", claim, approve=False)
        with pytest.raises(NotFound):
            decide(office, "chief", claim + 1)
