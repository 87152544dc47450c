"""Accusation material never reaches the accused (Petition Work Regulations 2022, art. 30).

The database itself hides it from the accused unit and from every part of it; the units
above see it, for somebody has to judge it.
"""

import pytest

from core.access.desk import Office
from core.cases.load import load
from core.errors import NotFound
from tests.support import county
from tests.support.moments import receive, rows

CENTRE = f"{county.TOWNSHIP}-C"
MOMENT = "2026-11-23 10:00"


def sees(office: Office, who: str, number: str) -> bool:
    with office.look(county.actor(office, who)) as look:
        try:
            load(look, number)
        except NotFound:
            return False
        return True


@pytest.mark.parametrize(
    ("accused", "blind", "seeing"),
    [
        # the township's centre: its people, and the grid that is a part of it
        (CENTRE, ["clerk", "dispatcher", "gridhead", "worker"], ["county", "supervisor"]),
        # one grid: its own worker only; the centre above has to judge it
        (county.GRID, ["worker"], ["clerk", "dispatcher", "gridhead", "county"]),
    ],
)
def test_hidden_from_the_accused_and_its_parts_not_from_those_above(
    office: Office, accused: str, blind: list[str], seeing: list[str]
) -> None:
    number = receive(office, MOMENT, by="county", area=county.GRID, accused=[accused])
    assert not [who for who in blind if sees(office, who, number)]
    assert [who for who in seeing if sees(office, who, number)] == seeing


def test_it_lies_with_the_next_centre_that_may_see_it(office: Office) -> None:
    number = receive(
        office, MOMENT, by="county", area=county.GRID, category="lost", accused=[CENTRE]
    )
    ((holder,),) = rows(office, "select holder from cases where number = :n", n=number)
    assert holder == f"{county.COUNTY}-C"


def test_nobody_of_the_accused_hears_of_it(office: Office) -> None:
    number = receive(office, MOMENT, by="county", area=county.GRID, accused=[CENTRE])
    told = rows(
        office,
        "select p.username from message m join person p on p.id = m.person_id where number = :n",
        n=number,
    )
    assert told
    assert not {name for (name,) in told} & {"clerk", "dispatcher", "gridhead", "worker"}
