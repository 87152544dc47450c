"""A leader instructs: on a case, on several, on a whole class; and what is refused."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.act import act
from core.cases.detail import detail
from core.cases.queries import CaseFilter, count_cases, list_cases
from core.cases.sweep import sweep
from core.errors import Invalid, NotFound, NotPermitted
from core.kpi.check import check
from core.kpi.figures import FigureQuery, figures
from core.now import ZONE, moved_to
from core.oversight import instruct
from core.oversight.instruct import instruct_cases, instruct_slice, matching
from core.oversight.instructions import follow, instruction, instructions
from core.oversight.slices import Slice, kept, read, words
from core.rules.case import Case
from core.rules.measures import contribution
from db.models import CaseRow, DemandRow, MessageRow
from tests.support import county

Hand = Callable[..., str]
Do = Callable[..., object]
HOUSING, UTILITIES = "131024-ZJ", "131024-GY"
TEXT = "住建局立即处理，关注今冬供暖"


def order(office: Office, *numbers: str, by: str = "leader", **data: object) -> object:
    """An instruction on cases."""
    given = {"text": TEXT, "to": [HOUSING], "due": "2026-11-18"} | data
    with office.work(county.actor(office, by)) as work:
        return instruct_cases(work, numbers, given)


def on_class(office: Office, about: Slice | None = None, by: str = "leader", **data: object) -> str:
    """An instruction on a class; the matter's number."""
    about = about or Slice(area=county.COUNTY, category="housing/heating")
    given = {"text": TEXT, "to": [HOUSING, UTILITIES], "due": "2026-11-18"} | data
    with office.work(county.actor(office, by)) as work:
        return instruct_slice(work, about, given).numbers[0]


def demands(office: Office) -> list[object]:
    with office.look(SYSTEM) as look:
        return list(look.tx.execute(select(DemandRow.case_id, DemandRow.unit)).all())


class TestOnCases:
    def test_one_instruction_on_several_cases_is_one_line(
        self, office: Office, hand_in: Hand
    ) -> None:
        first, second = hand_in(), hand_in()
        order(office, second, first)
        with office.look(county.actor(office, "leader")) as look:
            (found,) = instructions(look, mine=True)
        assert found.numbers == sorted([first, second])
        assert (found.text, found.units, found.state) == (TEXT, [HOUSING], "open")
        assert found.due_at == datetime(2026, 11, 18, 17, 30, tzinfo=ZONE)

    def test_two_instructions_stay_two(self, office: Office, hand_in: Hand) -> None:
        number = hand_in()
        order(office, number)
        with moved_to(datetime(2026, 11, 16, 11, tzinfo=ZONE)):
            order(office, number)
        with office.look(county.actor(office, "leader")) as look:
            assert len(instructions(look, mine=True)) == 2

    def test_all_or_nothing(self, office: Office, hand_in: Hand) -> None:
        good, accused = hand_in(), hand_in(accused=[HOUSING])
        with pytest.raises(Invalid) as refused:
            order(office, good, accused)
        assert accused in refused.value.data["fields"]["to"]
        assert demands(office) == []

    def test_everything_that_a_list_shows_up_to_a_cap(
        self, office: Office, hand_in: Hand, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        numbers = {hand_in(), hand_in()}
        with office.look(county.actor(office, "leader")) as look:
            assert set(matching(look, CaseFilter(category="housing"))) == numbers
            assert matching(look, CaseFilter(category="family")) == []
            monkeypatch.setattr(instruct, "MOST", 1)
            with pytest.raises(Invalid, match="一次最多批示 1 件，现有 2 件"):
                matching(look, CaseFilter(category="housing"))
        with pytest.raises(Invalid, match="现有 2 件"):
            order(office, *numbers)


class TestRefused:
    @pytest.mark.parametrize(
        ("wrong", "field", "words"),
        [
            ({"to": []}, "to", "请填写交给哪些单位"),
            ({"to": ["131024-XX"]}, "to", "没有单位“131024-XX”"),
            ({"due": "2026-11-15"}, "due", "日期应晚于现在"),
            ({"due": "下周"}, "due", "应为日期"),
            ({"text": "  "}, "text", "请填写要求"),
            ({"to": [{}]}, "to", "应为代码列表"),
        ],
    )
    def test_each_fault_names_its_field(
        self, office: Office, hand_in: Hand, wrong: dict[str, object], field: str, words: str
    ) -> None:
        number = hand_in()
        for give in (lambda: order(office, number, **wrong), lambda: on_class(office, **wrong)):
            with pytest.raises(Invalid) as refused:
                give()
            assert words in str(refused.value.data["fields"][field])
        assert demands(office) == []

    def test_to_a_unit_that_was_merged_away(self, office: Office, hand_in: Hand) -> None:
        from core.blueprint.store import places_changed
        from db.models import Unit

        number = hand_in()
        with office.work(SYSTEM) as work:
            work.tx.execute(
                Unit.__table__.update().where(Unit.code == HOUSING).values(active=False)
            )
            places_changed(work.tx)
        office.forget()
        with pytest.raises(Invalid, match="“香河县住房和城乡建设局”已停用"):
            order(office, number)

    def test_every_fault_at_once(self, office: Office) -> None:
        with pytest.raises(Invalid) as refused:
            on_class(office, text="", to=["x"], due="2026-01-01")
        assert set(refused.value.data["fields"]) == {"text", "to", "due"}

    def test_on_no_case_or_on_one_that_is_not_there(self, office: Office, hand_in: Hand) -> None:
        with pytest.raises(Invalid, match="请选择要批示的诉求"):
            order(office, " ")
        with pytest.raises(Invalid, match="131024-20261116-999999") as refused:
            order(office, hand_in(), "131024-20261116-999999")
        assert "cases" in refused.value.data["fields"]

    def test_by_somebody_who_is_no_leader(self, office: Office, hand_in: Hand) -> None:
        number = hand_in()
        for by in ("dispatcher", "supervisor", "deputy", "housing"):
            with pytest.raises(NotPermitted, match="只有领导可以批示"):
                order(office, number, by=by)
            with pytest.raises(NotPermitted):
                on_class(office, by=by)

    def test_a_leader_instructs_within_their_area(self, office: Office, hand_in: Hand) -> None:
        from dataclasses import replace

        town = replace(county.actor(office, "leader"), area="131024100", units=("131024100-C",))
        number = hand_in()
        data = {"text": TEXT, "to": [HOUSING]}
        with pytest.raises(Invalid, match="不在您的辖区内") as refused, office.work(town) as work:
            instruct_cases(work, [number], data)
        assert "cases" in refused.value.data["fields"]
        with pytest.raises(Invalid, match="“香河县”不在") as refused, office.work(town) as work:
            instruct_slice(work, Slice(area=county.COUNTY), data)
        assert "area" in refused.value.data["fields"]


class TestOnAClass:
    def test_it_stands_on_a_matter_that_every_unit_named_can_open(self, office: Office) -> None:
        number = on_class(office)
        with office.look(county.actor(office, "housing")) as look:
            found = detail(look, number)
        assert found.file.case.title == "批示：香河县 · 供暖"
        assert found.file.case.body == TEXT
        assert [d.unit for d in found.file.demands] == [HOUSING, UTILITIES]
        assert {t.id for t in found.actions} == {"acknowledge", "feedback"}
        assert kept(found.file.case.form) == Slice(area=county.COUNTY, category="housing/heating")

    def test_it_is_no_appeal(self, office: Office, hand_in: Hand) -> None:
        """In no list, in no figure; the raw recount and the totals agree."""
        hand_in()
        number = on_class(office)
        leader = county.actor(office, "leader")
        with office.look(leader) as look:
            assert number not in [line.number for line in list_cases(look).lines]
            assert count_cases(look, CaseFilter()) == 1
            assert count_cases(look, CaseFilter(stage_kind="closed")) == 0
            assert figures(look, FigureQuery()).total.counts["received"] == 1
            assert figures(look, FigureQuery()).total.counts["closed"] == 0
        with office.look(SYSTEM) as look:
            row = look.tx.execute(
                select(*CaseRow.__table__.columns).where(CaseRow.number == number)
            )
            values = dict(row.mappings().one())
        del values["words"], values["running"]
        assert contribution(Case(**values)) == {}
        assert check(office) == []

    def test_nobody_can_make_an_appeal_of_it(self, office: Office, do: Do) -> None:
        number = on_class(office)
        for by in ("leader", "supervisor", "county", "housing"):
            with office.look(county.actor(office, by)) as look:
                offered = {t.id for t in detail(look, number).actions}
            assert offered <= {"instruct", "acknowledge", "feedback", "withdraw", "talk",
                               "circulate", "settle", "press"}  # fmt: skip
        with pytest.raises(NotFound), office.look(county.actor(office, "deputy")) as look:
            detail(look, number)

    def test_a_township_centre_that_is_asked_sees_it_and_its_neighbour_does_not(
        self, office: Office, do: Do
    ) -> None:
        number = on_class(office, to=["131024104-C"])
        do("dispatcher", number, "acknowledge")
        do("dispatcher", number, "feedback", text="已逐户走访")
        with pytest.raises(NotFound):
            do("other", number, "acknowledge")

    def test_asked_answered_pressed_answered_settled(self, office: Office, do: Do) -> None:
        number = on_class(office, to=[HOUSING])
        do("housing", number, "acknowledge")
        do("housing", number, "feedback", text="已派人检修")
        leader = county.actor(office, "leader")
        with office.look(leader) as look:
            (found,) = instructions(look, mine=True)
        assert (found.state, found.ways) == ("answered", {"settle", "press"})
        with office.work(leader) as work:
            assert follow(work, found.id, "press", {"text": "报户数", "due": "2026-11-20"}) == 1
        do("housing", number, "feedback", text="共 41 户，全部恢复")
        with office.work(leader) as work:
            follow(work, found.id, "settle", {})
        with office.look(leader) as look:
            (found,) = instructions(look, mine=True)
        assert (found.state, found.parts[0].pressed, found.parts[0].late) == ("settled", 1, False)
        assert check(office) == []

    def test_what_is_pending_is_not_left_out_for_what_is_settled(
        self, office: Office, do: Do, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waiting, leader = on_class(office, to=[HOUSING]), county.actor(office, "leader")
        with moved_to(datetime(2026, 11, 16, 11, tzinfo=ZONE)):
            settled = on_class(office, to=[HOUSING])
        with office.look(leader) as look:
            (newer,) = (i for i in instructions(look, mine=True) if settled in i.numbers)
        do("housing", settled, "feedback", text="已检修")
        with office.work(leader) as work:
            follow(work, newer.id, "settle", {})
        monkeypatch.setattr("core.oversight.instructions.MOST", 1)
        with office.look(leader) as look:
            (found,) = instructions(look, mine=True)
        assert found.numbers == [waiting]

    def test_what_nobody_has_answered_is_urged_and_only_the_leader_is_satisfied(
        self, office: Office, do: Do
    ) -> None:
        number = on_class(office, to=[HOUSING])
        leader, supervisor = (county.actor(office, who) for who in ("leader", "supervisor"))
        with moved_to(datetime(2026, 11, 20, 9, tzinfo=ZONE)):
            with office.look(leader) as look:
                (found,) = instructions(look, mine=True)
            assert (found.state, found.ways) == ("late", {"press"})
            with pytest.raises(Invalid, match="还没有反馈"), office.work(leader) as work:
                follow(work, found.id, "settle", {})
            with office.work(leader) as work:
                assert follow(work, found.id, "press", {"text": "今天报我"}) == 1
            do("housing", number, "feedback", text="已派人检修")
            with office.look(supervisor) as look:
                assert instruction(look, found.id).ways == {"press"}

    def test_it_reminds_like_any_demand_and_the_leader_hears_of_it(self, office: Office) -> None:
        number = on_class(office, to=[HOUSING])
        with moved_to(datetime(2026, 11, 18, 18, tzinfo=ZONE)):
            sweep(office)
            with office.look(county.actor(office, "leader")) as look:
                (found,) = instructions(look, mine=True)
        assert found.state == "late"
        with office.look(SYSTEM) as look:
            told = look.tx.execute(
                select(MessageRow.person_id, MessageRow.template).where(MessageRow.number == number)
            ).all()
        assert (county.actor(office, "leader").person, "overdue") in [tuple(t) for t in told]
        assert (county.actor(office, "housing").person, "overdue") in [tuple(t) for t in told]


class TestSlices:
    def test_what_a_bar_of_a_chart_means(self, office: Office) -> None:
        with office.look(county.actor(office, "leader")) as look:
            actor, world = look.actor, look.world
            about = read(world, actor, {"category": "city", "since": "2026-11-01",
                                        "until": "2026-12-01"})  # fmt: skip
            assert words(world, about) == "香河县 · 城市管理 · 2026-11-01 至 2026-11-30"
            assert kept(about.stored()) == about
            unit = read(world, actor, {"area": county.TOWNSHIP, "unit": HOUSING})
            assert words(world, unit) == "安平镇 · 香河县住房和城乡建设局"
            late = read(world, actor, {"stage": "handling", "state": "overdue"})
            assert words(world, late) == "香河县 · 处置中 · 已超期"
            assert kept(late.stored()) == late

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"area": "110000"}, "area"),
            ({"area": "131024999"}, "area"),
            ({"area": 7}, "area"),
            ({"category": "没有"}, "category"),
            ({"unit": ["x"]}, "unit"),
            ({"state": "closed"}, "state"),
            ({"since": "昨天"}, "since"),
            ({"since": "2026-11-02", "until": "2026-11-02"}, "until"),
        ],
    )
    def test_what_the_county_does_not_know_is_named(
        self, office: Office, wrong: dict[str, object], field: str
    ) -> None:
        with office.look(county.actor(office, "leader")) as look, pytest.raises(Invalid) as refused:
            read(look.world, look.actor, wrong)
        assert field in refused.value.data["fields"]


def test_an_instruction_still_stands_on_a_single_case(
    office: Office, hand_in: Hand, do: Do
) -> None:
    """From its page, through `act`, it is the same thing as one from a list."""
    number = hand_in()
    with office.work(county.actor(office, "leader")) as work:
        act(work, number, "instruct", {"text": TEXT, "to": [HOUSING]})
    with office.look(county.actor(office, "leader")) as look:
        (found,) = instructions(look, mine=True)
    assert found.numbers == [number]
    assert found.about is None
