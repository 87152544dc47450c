"""Which cases a dispatcher is offered to merge another one into."""

import pytest

from core.access.desk import Office
from core.cases.act import act
from core.cases.alike import to_merge_into
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
