"""What a resident is called, when several people give a name for one number."""

import pytest

from core.access.actor import DOOR, Actor
from core.access.desk import Office
from core.cases.arrival import Arrival
from core.cases.take_in import take_in_all
from tests.support import county
from tests.support.moments import rows


def _say(office: Office, actor: Actor, *names: str) -> None:
    """Appeals that come at the same moment, from one number."""
    said = {"body": "门口的路灯坏了", "area": county.VILLAGE, "phone": "13800001111"}
    with office.work(actor) as work:
        take_in_all(work, [Arrival(raw=said | ({"name": n} if n else {})) for n in names])


def _called(office: Office) -> list[str]:
    return [row.name for row in rows(office, "select name from resident")]


@pytest.fixture
def clerk(office: Office) -> Actor:
    return county.actor(office, "clerk")


def test_staff_may_correct_a_name_and_no_name_takes_none_away(office: Office, clerk: Actor) -> None:
    for given, called in (("张三", "张三"), ("张三丰", "张三丰"), ("", "张三丰")):
        _say(office, clerk, given)
        assert _called(office) == [called]


def test_nobody_is_renamed_from_the_door(office: Office, clerk: Actor) -> None:
    _say(office, clerk, "张三丰")
    _say(office, DOOR, "李鬼")
    assert _called(office) == ["张三丰"]


def test_who_gave_no_name_may_give_it_at_the_door(office: Office, clerk: Actor) -> None:
    _say(office, clerk, "")
    _say(office, DOOR, "张三丰")
    assert _called(office) == ["张三丰"]


@pytest.mark.parametrize(("by", "called"), [("", "李鬼"), ("clerk", "张三丰")])
def test_of_those_who_come_at_once_too(office: Office, by: str, called: str) -> None:
    _say(office, county.actor(office, by) if by else DOOR, "", "李鬼", "张三丰", "")
    assert _called(office) == [called]
