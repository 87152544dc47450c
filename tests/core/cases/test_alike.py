"""Who is calling, and which cases a dispatcher is offered to merge another one into."""

from dataclasses import replace

import pytest

from core.access.actor import DOOR
from core.access.desk import Office
from core.cases.act import act
from core.cases.alike import Caller, caller, to_merge_into
from core.cases.detail import detail, unmask
from core.cases.load import load
from core.cases.take_in import take_in
from core.errors import NotPermitted
from tests.support import county

BODY = "王家摆村口的路灯坏了半个月，晚上出门看不见路"


@pytest.fixture
def blueprint() -> str:
    return "dacheng"


def _taken(office: Office, body: str, **more: object) -> str:
    raw = {"body": body, "area": county.GRID, "category": "city/light"} | more
    with office.work(county.actor(office, "clerk")) as work:
        return take_in(work, raw, inlet="hall").outcome.number


def _offered(office: Office, number: str, username: str = "dispatcher") -> list[str]:
    with office.look(county.actor(office, username)) as look:
        return [line.number for line in to_merge_into(look, load(look, number).case)]


def test_the_same_matter_nearby_is_offered_but_neither_itself_nor_another(office: Office) -> None:
    one = _taken(office, BODY)
    same = _taken(office, "村口路灯坏了，晚上看不见，请来修")
    _taken(office, "请问医保报销需要带什么材料", category="other")
    assert _offered(office, one) == [same]


def test_what_could_not_be_merged_into_is_not_offered(office: Office) -> None:
    one = _taken(office, BODY)
    merged, target = _taken(office, BODY + "。"), _taken(office, BODY + "！")
    _taken(office, BODY + "，是执法队弄坏的", accused=["131024104-ZF"])
    with office.work(county.actor(office, "dispatcher")) as work:
        act(work, merged, "merge", {"into": target})
    assert _offered(office, one) == [target], "merged itself, or about somebody else"


def test_a_handler_is_offered_nothing(office: Office) -> None:
    """Similar cases lead to other people's words; a handler has no business in them."""
    one = _taken(office, BODY)
    with office.look(county.actor(office, "county")) as look:
        case = load(look, one).case
    with office.look(county.actor(office, "enforce")) as look, pytest.raises(NotPermitted):
        to_merge_into(look, case)


PHONE = "13800001111"
INTAKE = ("clerk", "dispatcher", "county", "worker", "gridhead")


def _said(office: Office, by: str = "", **more: object) -> str:
    """By `by`, or without anybody's help."""
    raw = {"body": BODY, "area": county.GRID, "name": "张三丰", "phone": PHONE} | more
    raw = {name: value for name, value in raw.items() if value}
    with office.work(county.actor(office, by) if by else DOOR) as work:
        return take_in(work, raw, inlet="hall" if by else "web").outcome.number


def _caller(office: Office, username: str, phone: str = PHONE) -> Caller | None:
    with office.look(county.actor(office, username)) as look:
        return caller(look, phone)


def _numbers(found: Caller | None) -> set[str]:
    return {line.number for line in found.open_cases} if found else set()


@pytest.mark.parametrize("username", INTAKE)
class TestWhatWasToldInConfidence:
    def test_is_found_by_number_only_by_who_took_it_down(
        self, office: Office, username: str
    ) -> None:
        secret = _said(office, "clerk", confidential=True)
        found = _caller(office, username)
        with office.look(county.actor(office, username)) as look:
            who = detail(look, secret).resident
        assert who is not None
        assert (who.name == "保密") is (found is None), "the case and the number say the same"
        assert _numbers(found) == ({secret} if username == "clerk" else set())

    def test_is_neither_shown_nor_counted_beside_the_other_cases(
        self, office: Office, username: str
    ) -> None:
        _said(office, "clerk", confidential=True)
        plain = _said(office, "clerk")
        found = _caller(office, username)
        assert found is not None
        assert found.name == "张**"
        if username != "clerk":
            assert (_numbers(found), found.earlier) == ({plain}, 1)

    def test_without_anybodys_help_is_kept_by_intake_staff(
        self, office: Office, username: str
    ) -> None:
        secret = _said(office, confidential=True)
        assert _numbers(_caller(office, username)) == {secret}

    def test_stays_so_in_a_part_that_is_split_off(self, office: Office, username: str) -> None:
        secret = _said(office, "clerk", confidential=True)
        with office.work(county.actor(office, "dispatcher")) as work:
            part = act(work, secret, "split", {"body": "路灯杆也歪了"}).part
        assert part is not None
        assert _numbers(_caller(office, username)) == (
            {secret, part.number} if username == "clerk" else set()
        )
        if username != "clerk":
            with office.work(county.actor(office, username)) as work, pytest.raises(NotPermitted):
                unmask(work, part.number, "核实情况")


class TestACaller:
    def test_known_to_several_counties_is_shown_all_their_cases(self, office: Office) -> None:
        """A city takes an appeal without a place in for itself, until somebody finds out where."""
        unplaced, here = _said(office, area="", name=""), _said(office)
        assert unplaced[:6] == "131000" != here[:6]
        clerk = county.actor(office, "clerk")
        for area, shown in ((county.TOWNSHIP, {here}), ("131000", {unplaced, here})):
            with office.look(replace(clerk, area=area)) as look:
                found = caller(look, PHONE)
            assert found is not None
            assert (_numbers(found), found.earlier, found.name) == (shown, len(shown), "张**")

    @pytest.mark.parametrize(
        "typed", ["+86 138-0000-1111", "１３８００００１１１１", " 138 0000 1111 "]
    )
    def test_is_found_however_the_number_is_written(self, office: Office, typed: str) -> None:
        number = _said(office, phone=typed)
        assert _numbers(_caller(office, "clerk", typed)) == {number}
        assert _numbers(_caller(office, "clerk")) == {number}

    @pytest.mark.parametrize("typed", ["", "1380000", "不知道", "1" * 30])
    def test_of_whom_nothing_is_known_is_nobody(self, office: Office, typed: str) -> None:
        _said(office)
        assert _caller(office, "clerk", typed) is None

    def test_whose_cases_all_lie_elsewhere_is_nobody(self, office: Office) -> None:
        _said(office)
        assert _caller(office, "other") is None
