"""A published month: it is frozen, and a decided appeal changes it visibly."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.notices import my_notices
from core.errors import Invalid, MovedOn, NotPermitted
from core.kpi.assess.behind import behind
from core.kpi.assess.decide import appeal, decide_appeal
from core.kpi.assess.read import assess
from core.kpi.check import check
from db.models import AssessmentResult
from tests.conftest import Databases
from tests.core.kpi.assess.counties import MONTHLY, assessing, at, finish
from tests.core.kpi.assess.month import (
    ENFORCE,
    NOVEMBER,
    TRAFFIC,
    WHERE,
    Month,
    ask,
    decide,
    make_public,
    read,
    standing,
)
from tests.support import county, moments


class TestPublication:
    def test_nothing_counts_anew_afterwards(self, month: Month) -> None:
        office, numbers = month
        make_public(office)
        finish(office, numbers[3])
        found = read(office)
        assert standing(found)[ENFORCE] == (Decimal("75.00"), 2)
        assert found.basis.state == "published"
        assert not any(found.changed(s) for s in found.scored)
        with office.look(county.actor(office, "supervisor")) as look:
            left = behind(
                look, "monthly", unit=ENFORCE, line="response", part="rest", **NOVEMBER, **WHERE
            )
        assert [c.number for c in left.shown] == [numbers[3]], "the case as it was counted"

    def test_a_later_configuration_does_not_touch_it(self, month: Month) -> None:
        office, _numbers = month
        make_public(office)
        assessing(office, other=MONTHLY)
        assert standing(read(office))[ENFORCE] == (Decimal("75.00"), 2)

    def test_the_inputs_are_kept_with_their_hash(self, month: Month) -> None:
        office, _numbers = month
        make_public(office, note="十一月")
        with office.look(SYSTEM) as look:
            row = look.tx.execute(select(*AssessmentResult.__table__.c)).one()
            inputs = look.tx.scalar(text("select count(*) from assessment_input"))
        assert len(row.hash) == 64
        assert inputs == 7
        assert (row.note, row.published_name, row.period) == ("十一月", "戚某", "2026-11")
        assert row.body["units"][ENFORCE]["lines"]["response"]["denominator"] == "4"

    def test_the_heads_and_whoever_may_appeal_hear_of_it_and_until_when(self, month: Month) -> None:
        office, _numbers = month
        make_public(office)
        told = {
            who: data
            for who, data in moments.told(office, "assessed")
            if data["leads"] == {"id": "monthly", "period": "2026-11", "area": county.COUNTY}
        }
        assert {"enforcehead", "dispatcher", "clerk", "gridhead"} <= told.keys()
        assert "enforce" not in told, "who may not see the score is not told it"
        assert (told["enforcehead"]["rank"], told["enforcehead"]["total"]) == ("2", "75")
        with office.look(county.actor(office, "enforcehead")) as look:
            (one,) = [n for n in my_notices(look) if n.template == "assessed"]
            closes = assess(look, "monthly", **NOVEMBER, **WHERE).basis.closes
        assert (one.subject, one.number) == ("考核结果公布：月考核（2026-11）", "")
        assert "得 75 分，在同组" in one.body
        assert f"{closes} 前（含当日）可以申诉" in one.body
        who = county.actor(office, "enforcehead")
        said = {"unit": ENFORCE, "line": "response", "words": "一件不属本队职责"}
        with at(f"{closes}"), office.work(who) as work:
            assert appeal(work, "monthly", **said, **NOVEMBER, **WHERE), "on that day it is in time"

    @pytest.mark.parametrize("table", ["assessment_result", "assessment_input"])
    def test_the_database_lets_nobody_change_it(self, month: Month, table: str) -> None:
        office, _numbers = month
        make_public(office)
        for sql in ("update {} set period = '2026-10'", "delete from {}"):
            with pytest.raises(DBAPIError, match="permission denied"), office.work(SYSTEM) as work:
                work.tx.execute(text(sql.format(table)))

    def test_the_check_proves_it_and_finds_what_was_tampered_with(
        self, month: Month, databases: Databases
    ) -> None:
        office, numbers = month
        decide(office, "chief", ask(office, "enforcehead", numbers[3], line="response"))
        make_public(office)
        with at("2026-12-03"):
            decide(office, "chief", ask(office, "enforcehead", numbers[3], line="closure"))
        assert check(office) == []
        url = databases.server.set(database=office.engine.url.database)
        owner = create_engine(url)
        with owner.begin() as tx:
            tx.execute(text("update assessment_input set mask = 0 where n = 1"))
        owner.dispose()
        (found,) = check(office)
        assert (found.rule, found.examples) == ("assessments", ("monthly 2026-11 131024",))

    def test_too_early_twice_or_with_open_questions(self, month: Month) -> None:
        office, numbers = month
        with pytest.raises(Invalid, match="才结束"):
            make_public(office, period="2026-12")
        with pytest.raises(Invalid, match="请选择"):
            make_public(office, period="")
        claim = ask(office, "enforcehead", numbers[3])
        with pytest.raises(Invalid, match="还有 1 条"):
            make_public(office)
        decide(office, "chief", claim, approve=False)
        make_public(office)
        with pytest.raises(MovedOn):
            make_public(office)

    @pytest.mark.parametrize("who", ["leader", "analyst", "enforcehead", "dispatcher", "admin"])
    def test_only_supervisors_publish(self, month: Month, who: str) -> None:
        with pytest.raises(NotPermitted):
            make_public(month[0], who)

    def test_an_exclusion_afterwards_is_seen_beside_what_was_published(self, month: Month) -> None:
        office, numbers = month
        make_public(office)
        with at("2026-12-04"):
            decide(office, "chief", ask(office, "enforcehead", numbers[3]))
            found = read(office)
        now = {s.member.unit: s for s in found.scored}
        assert standing(found)[ENFORCE] == (Decimal("100.00"), 1)
        assert found.changed(now[ENFORCE]) and not found.changed(now[TRAFFIC])
        assert found.basis.publication is not None
        assert found.basis.publication.totals[ENFORCE] == (Decimal("75"), 2)


class TestAppeals:
    def go(self, office: Office, who: str = "enforcehead", **more: Any) -> int:
        asked = {"unit": ENFORCE, "line": "response", "words": "有一件不属于我队职责"}
        with office.work(county.actor(office, who)) as work:
            return appeal(work, "monthly", **{**asked, **NOVEMBER, **WHERE, **more})

    def settle(self, office: Office, claim: int, who: str = "chief", **more: Any) -> None:
        said = {"uphold": True, "words": "经核实属实", "points": "50", **more}
        with office.work(county.actor(office, who)) as work:
            decide_appeal(work, claim, **said)

    def test_upheld_it_sets_the_points_of_its_line(self, month: Month) -> None:
        office, _numbers = month
        make_public(office)
        self.settle(office, self.go(office))
        found = read(office)
        # 50 instead of 45 in the first line, and 30
        assert standing(found)[ENFORCE] == (Decimal("80.00"), 2)
        unit = next(s for s in found.scored if s.member.unit == ENFORCE)
        assert unit.score.lines["response"].set_to
        assert found.changed(unit)
        (claim,) = found.claims
        assert (claim.state, claim.reply, claim.points) == ("upheld", "经核实属实", Decimal(50))

    def test_rejected_it_changes_nothing(self, month: Month) -> None:
        office, _numbers = month
        make_public(office)
        self.settle(office, self.go(office), uphold=False, points=None)
        assert standing(read(office))[ENFORCE] == (Decimal("75.00"), 2)

    def test_before_publication_there_is_nothing_to_appeal_against(self, month: Month) -> None:
        with pytest.raises(Invalid, match="还没有公布"):
            self.go(month[0])

    def test_twice_is_refused_even_after_a_decision(self, month: Month) -> None:
        office, _numbers = month
        make_public(office)
        claim = self.go(office)
        for _time in range(2):
            with pytest.raises(Invalid, match="只能申诉一次"):
                self.go(office)
            if not _time:
                self.settle(office, claim, uphold=False)
        self.go(office, line="closure")

    def test_after_five_days_the_period_is_closed(self, month: Month) -> None:
        office, numbers = month
        make_public(office)
        with at("2026-12-07", 23):
            claim = self.go(office)
        with at("2026-12-08", 0):
            assert read(office).basis.state == "closed"
            with pytest.raises(Invalid, match="已于 2026-12-07 结束"):
                self.go(office, line="closure")
            with pytest.raises(Invalid, match="已于 2026-12-07 结束"):
                ask(office, "enforcehead", numbers[3])
            self.settle(office, claim)  # what was asked in time is still decided

    def test_only_the_unit_itself_appeals(self, month: Month) -> None:
        office, _numbers = month
        make_public(office)
        for who in ("policehead", "supervisor", "leader", "analyst"):
            with pytest.raises(NotPermitted):
                self.go(office, who)

    @pytest.mark.parametrize("points", [None, "", "61", "-1", "nan", "viel", True, [3]])
    def test_points_out_of_bounds(self, month: Month, points: Any) -> None:
        office, _numbers = month
        make_public(office)
        claim = self.go(office)
        with pytest.raises(Invalid, match="0 到 60"):
            self.settle(office, claim, points=points)

    @pytest.mark.parametrize("more", [{"line": ""}, {"line": "none"}, {"words": ""}])
    def test_an_appeal_names_its_line_and_its_reason(
        self, month: Month, more: dict[str, str]
    ) -> None:
        make_public(month[0])
        with pytest.raises(Invalid):
            self.go(month[0], **more)


def test_claims_are_seen_by_the_unit_and_by_who_watches_it(month: Month) -> None:
    """Row security itself: a query without any condition."""
    office, numbers = month
    ask(office, "enforcehead", numbers[3])
    make_public_later = "select count(*) from exclusion"
    for who, n in (("enforcehead", 1), ("supervisor", 1), ("leader", 1), ("policehead", 0),
                   ("land", 0), ("other", 0), ("admin", 0)):  # fmt: skip
        with office.look(county.actor(office, who)) as look:
            assert look.tx.scalar(text(make_public_later)) == n, who
