"""A deputy looks again: scores, suggestions, what came of them, and what they never see."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from api.v1 import shapes
from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.act import act
from core.cases.detail import detail
from core.cases.files import attach, open_file
from core.cases.inbox import inbox
from core.cases.queries import CaseFilter, list_cases
from core.errors import Invalid, NotFound, NotPermitted
from core.kpi.check import check
from core.now import ZONE, moved_to
from core.oversight.deputy import came_of, closed_lately, open_now, said, sent_back
from core.oversight.duty import note_read, record, table
from core.oversight.topics import topics
from db.models import CaseRow, Resident
from pages.ui.sheet import sheet
from tests.api.pictures import photo
from tests.support import county

Hand = Callable[..., str]
Do = Callable[..., object]


def numbers(office: Office, who: object = "deputy") -> list[str]:
    """Closed cases that wait for this deputy's score."""
    actor = county.actor(office, who) if isinstance(who, str) else who
    with office.look(actor) as look:
        return [c.case.number for c in closed_lately(look)]


class TestScoring:
    def test_a_good_score_ends_it(self, office: Office, closed: Hand, do: Do) -> None:
        number = closed()
        assert numbers(office) == [number]
        do("deputy", number, "review", score=4)
        assert numbers(office) == []
        with office.look(county.actor(office, "deputy")) as look:
            assert detail(look, number).file.case.stage_kind == "closed"
            assert sent_back(look) == []

    def test_a_low_one_sends_it_back_until_the_deputy_is_answered(
        self, office: Office, closed: Hand, do: Do
    ) -> None:
        number = closed()
        do("deputy", number, "review", score=2, suggestion="夜里清运声音还是很大")
        deputy = county.actor(office, "deputy")
        with office.look(deputy) as look:
            (back,) = sent_back(look)
            assert detail(look, number).file.case.stage_kind == "open"
            assert came_of(look, back) == "已退回重办，等安平镇群众说事中心反馈"
        do("dispatcher", number, "feedback", text="已改在白天清运")
        with office.look(deputy) as look:
            (back,) = sent_back(look)
        assert (back.score, back.answer, back.state) == (2, "已改在白天清运", "answered")
        do("deputy", number, "press", text="周末也要")
        do("dispatcher", number, "feedback", text="周末也改了")
        do("deputy", number, "settle")
        with office.look(deputy) as look:
            assert sent_back(look) == []
            (done,) = said(look)
            assert came_of(look, done) == "安平镇群众说事中心已反馈，您已认可"
        assert check(office) == []

    def test_a_low_score_needs_words(self, office: Office, closed: Hand, do: Do) -> None:
        with pytest.raises(Invalid) as refused:
            do("deputy", closed(), "review", score=2)
        assert "suggestion" in refused.value.data["fields"]

    def test_not_twice_and_not_while_it_is_open(
        self, office: Office, closed: Hand, hand_in: Hand, do: Do
    ) -> None:
        number = closed()
        do("deputy", number, "review", score=5)
        with pytest.raises(NotPermitted, match="不能“代表评议”：您已经评议过这一次办理"):
            do("deputy", number, "review", score=1, suggestion="又不满意了")
        with pytest.raises(NotPermitted):
            do("deputy", hand_in(), "review", score=5)

    def test_once_it_is_handled_anew_it_may_be_scored_again(
        self, office: Office, closed: Hand, do: Do
    ) -> None:
        number = closed()
        do("deputy", number, "review", score=1, suggestion="没有解决")
        with moved_to(datetime(2026, 11, 16, 15, tzinfo=ZONE)):
            do("dispatcher", number, "answer", text="这次真的解决了")
            do("clerk", number, "rate", score=5)
            assert numbers(office) == [number]
            do("deputy", number, "review", score=5)

    def test_only_deputies_review(self, office: Office, closed: Hand, do: Do) -> None:
        number = closed()
        for by in ("leader", "supervisor", "dispatcher"):
            with pytest.raises(NotPermitted):
                do(by, number, "review", score=5)


class TestWhatADeputyNeverSees:
    def test_no_name_no_phone_no_house(self, office: Office, hand_in: Hand) -> None:
        number = hand_in(
            title="张某某 13812345678 反映", body="我电话13812345678，请尽快", on_behalf="李某某",
            lat=39.7, lon=117.0, form={"company": "某热力公司", "indoor": 12},
        )  # fmt: skip
        with office.look(county.actor(office, "deputy")) as look:
            found = detail(look, number)
            (line,) = list_cases(look).lines
            assert look.tx.execute(select(Resident.name)).all() == []
        case = found.file.case
        assert found.resident is None
        for text in (repr(found), repr(line)):
            assert "13812345678" not in text
            assert "501" not in text
        assert (case.lat, case.lon, case.on_behalf, case.form) == (None, None, "", {})

    def test_no_number_that_staff_wrote_down(
        self, office: Office, hand_in: Hand, do: Do, tmp_path: Path
    ) -> None:
        office.settings = replace(office.settings, home=tmp_path)
        phone, number, lead = "13812345678", hand_in(category="other"), "131024104-ZF"
        do("dispatcher", number, "assign", lead=lead, note=f"请联系{phone}")
        do("enforce", number, "sign")
        do("enforce", number, "extend", until="2026-12-20", reason=f"等{phone}回电")
        do("enforcehead", number, "grant", note=f"可以，{phone}已知情")
        do("leader", number, "instruct", text=f"回复{phone}", to=[lead])
        do("enforce", number, "feedback", text=f"已回复{phone}")
        with office.work(county.actor(office, "enforce")) as work:
            file = attach(work, number, f"{phone}家门口.jpg", photo())
        with office.look(replace(county.actor(office, "deputy"), units=(lead,))) as look:
            assert phone not in repr(inbox(look))
        do("enforce", number, "report", result=f"已联系{phone}", evidence=[file])
        do("dispatcher", number, "reply", text=f"已联系{phone}")
        do("clerk", number, "rate", score=5, text=f"打我电话{phone}")
        with office.look(county.actor(office, "deputy")) as look:
            found = detail(look, number)
            opened, _path = open_file(look, file)
            assert list_cases(look, CaseFilter(q=phone)).lines == []
        (task,) = found.file.tasks
        assert (task.note, task.result) == ("请联系138****5678", "已联系138****5678")
        assert found.ratings[0].text == "打我电话138****5678"
        assert opened.name == "138****5678家门口.jpg"
        assert phone not in repr((found, shapes.detail(found), opened))
        assert phone not in sheet(found, may_unmask=False)

    def test_nothing_that_those_who_handle_it_only_told_each_other(
        self, office: Office, hand_in: Hand, do: Do
    ) -> None:
        number = hand_in()
        do("dispatcher", number, "comment", text="反映人是王主任的亲戚")
        with office.look(county.actor(office, "deputy")) as look:
            assert [e.action for e in detail(look, number).timeline] == ["create", "assign"]
        with office.look(county.actor(office, "clerk")) as look:
            assert "comment" in [e.action for e in detail(look, number).timeline]

    def test_only_what_officials_photographed(self, office: Office, hand_in: Hand) -> None:
        number = hand_in()
        with office.work(county.actor(office, "housing")) as work:
            own = attach(work, number, "修好了.jpg", photo())
        with office.look(SYSTEM) as look:
            hash_ = look.tx.scalar(select(CaseRow.code_hash).where(CaseRow.number == number))
        from core.access.actor import resident

        with office.work(resident(number, str(hash_))) as work:
            theirs = attach(work, number, "我家.jpg", photo())
        with office.look(county.actor(office, "deputy")) as look:
            assert [f.id for f in detail(look, number).files] == [own]
            assert open_file(look, own)
            with pytest.raises(NotFound):
                open_file(look, theirs)

    def test_nothing_told_in_confidence_and_nothing_elsewhere(
        self, office: Office, closed: Hand, hand_in: Hand
    ) -> None:
        secret, open_secret = closed(confidential=True), hand_in(confidential=True)
        elsewhere = hand_in("other", area="131024100201")
        town = replace(county.actor(office, "deputy"), area=county.TOWNSHIP)
        assert numbers(office, town) == []
        with office.look(town) as look:
            assert open_now(look).lines == []
            for number in (secret, open_secret, elsewhere):
                with pytest.raises(NotFound):
                    detail(look, number)
            with pytest.raises(NotFound):
                closed_lately(look, area=county.COUNTY)
        with office.work(town) as work, pytest.raises(NotFound):
            act(work, secret, "review", {"score": 5})

    def test_a_residents_name_stays_behind_even_in_the_database(
        self, office: Office, hand_in: Hand
    ) -> None:
        hand_in()
        with office.look(county.actor(office, "clerk")) as look:
            assert look.tx.execute(select(Resident.name)).all()


class TestTopics:
    def test_a_rate_with_both_numbers(self, office: Office, closed: Hand, do: Do) -> None:
        for score in (1, 5, 5):
            number = closed(category="city/noise")
            do("deputy", number, "review", score=score, suggestion="还要再看看")
        closed(category="other")
        with office.look(county.actor(office, "deputy")) as look:
            found = topics(look)
        (low,), (again,) = found["reviewed_low"], found["reopened"]
        assert (low.label, low.n, low.of) == ("噪声扰民", 1, 3)
        assert (again.category, again.n, again.of) == ("city/noise", 1, 3)
        assert found["late"] == []


class TestDuty:
    def test_read_suggested_scored_and_what_came_of_it(
        self, office: Office, hand_in: Hand, closed: Hand, do: Do
    ) -> None:
        deputy = county.actor(office, "deputy")
        first, second = hand_in(), closed()
        for number in (first, second, first):
            with office.work(deputy) as work:
                note_read(work, number)
        do("deputy", first, "suggest", text="建议先装临时取暖")
        do("deputy", second, "review", score=2, suggestion="没有修好")
        with office.look(deputy) as look:
            found = record(look)
            columns, rows = table(found)
        assert (found.reads, found.suggestions, found.reviews, found.low) == (2, 1, 1, 1)
        assert sorted(d.what for d in found.lines) == ["read", "read", "review", "suggest"]
        assert len(rows) == 4
        assert {len(r) for r in rows} == {len(columns)}

    def test_a_good_score_of_whom_it_does_not_satisfy_sends_back_all_the_same(
        self, office: Office, closed: Hand, do: Do
    ) -> None:
        for data in ({}, {"satisfied": False, "suggestion": "只答复，没有修"}):
            for _ in range(2):
                do("deputy", closed(), "review", score=4, **data)
        with office.look(county.actor(office, "deputy")) as look:
            found = record(look)
            assert (found.reviews, found.low) == (4, 2)
            assert [(t.n, t.of) for t in topics(look)["reviewed_low"]] == [(2, 4)]

    def test_it_is_the_deputys_own(self, office: Office, hand_in: Hand) -> None:
        number = hand_in()
        for by in ("leader", "supervisor", "auditor"):
            with pytest.raises(NotPermitted), office.look(county.actor(office, by)) as look:
                record(look)
            with pytest.raises(NotPermitted), office.work(county.actor(office, by)) as work:
                note_read(work, number)

    def test_what_may_not_be_seen_is_not_read(self, office: Office, hand_in: Hand) -> None:
        number = hand_in(confidential=True)
        deputy = county.actor(office, "deputy")
        with pytest.raises(NotFound), office.work(deputy) as work:
            note_read(work, number)
