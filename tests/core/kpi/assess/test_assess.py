"""A month from its first case to a decided appeal: points, ranks, exclusions, publication."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from core.access.actor import SYSTEM, Actor
from core.access.desk import Office
from core.errors import Invalid, MovedOn, NotFound, NotPermitted, OneDoorError
from core.kpi.assess.behind import behind
from core.kpi.assess.decide import appeal, ask_exclusion, decide_appeal, decide_exclusion
from core.kpi.assess.publish import publish
from core.kpi.assess.read import Assessed, assess, offered
from core.kpi.assess.sheet import table
from core.kpi.check import check
from core.kpi.sheets import to_csv, to_xlsx
from core.places.people import examine, save_people
from db.models import AssessmentResult, AuditRow
from tests.conftest import Databases
from tests.core.kpi.assess.counties import MONTHLY, assessing, at, case, do, finish
from tests.support import county

NOVEMBER, WHERE = {"period": "2026-11"}, {"area": county.COUNTY}
ENFORCE, POLICE, TRAFFIC = "131024104-ZF", "131024104-PC", "131024104-JJ"


def read(office: Office, who: str = "supervisor", **more: str) -> Assessed:
    """The month as somebody sees it."""
    actor = county.actor(office, who)
    with office.look(actor) as look:
        return assess(look, "monthly", **{**NOVEMBER, **WHERE, **more})


def standing(found: Assessed) -> dict[str, tuple[Any, Any]]:
    """Total and rank by unit."""
    return {s.member.unit: (s.score.total, s.rank) for s in found.scored if s.score.sample}


@pytest.fixture
def month(office: Office) -> Iterator[tuple[Office, list[str]]]:
    """Enforcement: 4 cases, 3 answered and closed. Police: 2, both. Traffic: 1, answered."""
    assessing(office, monthly=MONTHLY)
    numbers = [case(office, f"2026-11-{day:02}") for day in (2, 3, 4, 5)]
    for number in numbers[:3]:
        with at("2026-11-06"):
            finish(office, number)
    for day, lead, who in ((3, POLICE, "police"), (4, POLICE, "police"), (5, TRAFFIC, "traffic")):
        number = case(office, f"2026-11-{day:02}", lead=lead)
        numbers.append(number)
        with at("2026-11-06"):
            finish(office, number, by=who)
    with office.work(SYSTEM) as work:
        people = [
            {"username": "chief", "name": "戚某", "roles": ["supervisor"], "unit": None,
             "area": "131024", "password": county.PASSWORD},
            {"username": "policehead", "name": "谢某", "roles": ["head"], "unit": POLICE,
             "area": None, "password": county.PASSWORD},
        ]  # fmt: skip
        save_people(work, [examine(work, p) for p in people], rounds=4)
    with at("2026-12-02"):
        yield office, numbers


Month = tuple[Office, list[str]]


def ask(office: Office, who: str, number: str, **more: Any) -> int:
    """Ask that a case shall not count."""
    asked = {"unit": ENFORCE, "reason": "诉求人要求超出政策范围", **NOVEMBER, **WHERE, **more}
    with office.work(county.actor(office, who)) as work:
        return ask_exclusion(work, "monthly", number=number, **asked)


def decide(office: Office, who: str, claim: int, approve: bool = True, words: str = "属实") -> None:
    """Decide it."""
    with office.work(county.actor(office, who)) as work:
        decide_exclusion(work, claim, approve=approve, words=words)


def make_public(office: Office, who: str = "chief", **more: Any) -> None:
    """Publish the month."""
    with office.work(county.actor(office, who)) as work:
        publish(work, "monthly", **{**NOVEMBER, **WHERE, **more})


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
