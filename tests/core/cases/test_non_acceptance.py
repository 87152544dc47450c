"""不予受理: who may not decline asks the unit above, names a ground that the law knows, and the
resident is told both in writing.

Monday 2026-11-16; the village's case is received by the township centre 131024104-C.
"""

from copy import deepcopy
from typing import Any

import pytest

from core.access.actor import DOOR, SYSTEM, resident
from core.access.desk import Office
from core.blueprint.store import shipped
from core.cases.act import act
from core.cases.decide import NotNow, begin, decide
from core.cases.detail import detail
from core.cases.public import PublicView, public_view
from core.cases.take_in import take_in
from core.errors import Invalid
from core.paper.kinds import printable
from core.rules.case import CLOSED
from tests.support import county, memory
from tests.support.asked import UNIT, Case, at, on
from tests.support.moments import told

WHY: dict[str, Any] = {"grounds": "procedure", "reason": "本案已由县法院受理，请按法院通知办理"}
TEXT = "已经或依法应当通过诉讼、仲裁、行政复议等法定途径解决。本案已由县法院受理，请按法院通知办理"


@pytest.fixture
def one(office: Office) -> Case:
    raw = {"body": "邻居欠钱不还", "area": county.VILLAGE, "category": "other"}
    with on("2026-11-16 09:00"), office.work(county.actor(office, "clerk")) as work:
        return Case(office, take_in(work, raw, inlet="hall").outcome.number)


def page(one: Case) -> PublicView:
    who = resident(one.number, one.seen().file.case.code_hash)
    with one.office.look(who) as look:
        return public_view(look)


def test_the_unit_above_decides_and_the_resident_reads_ground_and_reason(
    one: Case, office: Office
) -> None:
    with on("2026-11-17 09:00"):
        one.do("clerk", "ask_decline", **WHY)
        asked = one.asked("non_acceptance")
        assert (asked.unit, asked.data["grounds"]) == ("131024-C", "procedure")
        for who in ("clerk", "dispatcher"):
            assert not one.may(who, "grant"), "not the unit that asks"
        one.do("county", "grant", note="情况属实")
    case = one.seen().file.case
    assert (case.stage, case.stage_kind, case.replied_at) == ("declined", CLOSED, None)
    line = page(one).lines[-1]
    assert (line.label, line.text) == ("不予受理", TEXT)
    assert "clerk" in [who for who, _data in told(office, "moved")], "who registered it is told"
    assert "clerk" in [who for who, _data in told(office, "granted")], "and who asked"


def test_it_is_printed_as_a_letter(one: Case, office: Office) -> None:
    with on("2026-11-17 09:00"):
        one.do("clerk", "ask_decline", **WHY)
        assert "reply" not in [p.id for p in printable(one.seen("dispatcher"))]
        one.do("county", "grant")
    assert "reply" in [p.id for p in printable(one.seen("dispatcher"))]
    direct = {"body": "邻居欠钱不还", "area": county.VILLAGE, "category": "other"}
    with on("2026-11-17 09:00"), office.work(DOOR) as work:
        number = take_in(work, direct, inlet="web").outcome.number
    other = Case(office, number)
    other.do("dispatcher", "decline", reason="已由法院受理")
    assert "reply" in [p.id for p in printable(other.seen("dispatcher"))], "so is a direct one"


def test_refused_it_goes_on(one: Case) -> None:
    with on("2026-11-17 09:00"):
        one.do("clerk", "ask_decline", **WHY)
        one.do("county", "refuse", reason="没有立案，应当受理")
        assert one.seen().file.case.stage == "received"
        one.do("dispatcher", "assign", lead=UNIT)


def test_the_head_of_a_unit_that_has_it_may_ask_within_fifteen_days(one: Case) -> None:
    with on("2026-11-17 09:00"):
        one.do("dispatcher", "assign", lead=UNIT)
        one.do("enforce", "sign")
        assert not one.may("enforce", "ask_decline")
        assert one.may("enforcehead", "ask_decline")
    with on("2026-12-02 17:31"), pytest.raises(Invalid, match="收到任务后 15 天内"):
        one.do("enforcehead", "ask_decline", **WHY)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"reason": "已由法院受理"}, "grounds"),
        ({"grounds": "tired", "reason": "已由法院受理"}, "grounds"),
        ({"grounds": ["procedure", "final"], "reason": "已由法院受理"}, "grounds"),
        ({"grounds": "final"}, "reason"),
        ({"grounds": "final", "reason": "   "}, "reason"),
        ({"grounds": "final", "reason": "长" * 2001}, "reason"),
        ({"grounds": "final", "reason": "已终结", "until": "2026-12-01"}, "until"),
    ],
)
def test_bad_input_is_refused(one: Case, data: dict[str, object], field: str) -> None:
    with on("2026-11-17 09:00"), pytest.raises(Invalid) as refused:
        one.do("clerk", "ask_decline", **data)
    assert field in refused.value.data["fields"]
    assert one.seen().file.demands == []


def test_too_late_and_twice_are_refused(one: Case) -> None:
    with on("2026-11-17 09:00"):
        one.do("clerk", "ask_decline", **WHY)
        with pytest.raises(Invalid, match="还在等待审批"):
            one.do("clerk", "ask_decline", **WHY)
        one.do("county", "refuse", reason="应当受理")
    with on("2026-12-01 17:31"), pytest.raises(Invalid, match="收到诉求后 15 天内"):
        one.do("clerk", "ask_decline", **WHY)


def test_never_the_asker_s_own_unit() -> None:
    """A clerk of the county centre asks on the township's case: the city decides, and for what
    the city holds there is nobody above."""
    loop = memory.Loop("langfang", at("2026-11-16 09:00"))
    clerk = memory.person(loop.found, "clerk", "131024-C", number=50)
    trial = deepcopy(loop.file)
    decide(loop.found, clerk, begin(trial, loop.at), "ask_decline", WHY, loop.at)
    assert trial.demands[-1].unit == "131000-C"
    own = memory.person(loop.found, "clerk", "131000-C", number=51)
    loop.file.case.holder = "131000-C"
    with pytest.raises(Invalid, match="没有可以办理"):
        decide(loop.found, own, begin(loop.file, loop.at), "ask_decline", WHY, loop.at)
    assert loop.file.demands == []


@pytest.mark.parametrize("name", shipped())
def test_every_county_that_declines_has_it(name: str) -> None:
    loop = memory.Loop(name, at("2026-11-16 09:00"))
    assert "ask_decline" in loop.can("clerk")
    loop.do("clerk", "ask_decline", **WHY)
    with pytest.raises(NotNow):
        loop.do("dispatcher", "grant")
    stage = loop.do("county", "grant")
    flow = loop.found.blueprint.workflow
    (decline,) = flow.find(flow.start, "decline")
    assert stage == decline.target


def test_act_and_detail_agree(one: Case, office: Office) -> None:
    with on("2026-11-17 09:00"), office.work(county.actor(office, "clerk")) as work:
        (row,) = [t for t in detail(work, one.number).actions if t.id == "ask_decline"]
        assert [f.id for f in detail(work, one.number).form(row)] == ["grounds", "reason"]
        act(work, one.number, "ask_decline", WHY)
    with office.look(SYSTEM) as look:
        assert detail(look, one.number).file.demands[0].text == WHY["reason"]
