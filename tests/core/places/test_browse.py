"""The tree of places with what hangs in it."""

import pytest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import NotFound, NotPermitted
from core.places.browse import AreaView, browse
from core.places.bulk import save
from core.places.people import disable
from db.models import Plate
from tests.support import county


def view(office: Office, area: str) -> AreaView:
    with office.look(county.actor(office, "admin")) as look:
        return browse(look, area)


@pytest.fixture(autouse=True)
def plates(office: Office) -> None:
    rows = [
        {"code": f"P{n}", "area": area, "address": f"{n} 号", "active": n != 3}
        for n, area in enumerate([county.VILLAGE, county.GRID, "131024100201", county.GRID])
    ]
    with office.work(SYSTEM) as work:
        save(work.tx, Plate, rows, key="code")


def test_the_root_holds_everything(office: Office) -> None:
    found = view(office, "131000")
    with office.look(SYSTEM) as look:
        units = look.world.units.units
    assert found.total.areas == len(county.AREAS) - 1
    assert found.total.units == len(units)
    assert found.total.people == sum(u in units for *_who, u, _a in county.PEOPLE if u)
    assert found.total.plates == 3, "the one out of use is not counted"
    assert [a.name for a in found.below] == ["香河县"]


def test_what_lies_below_adds_up_with_the_place_itself(office: Office) -> None:
    found = view(office, "131024")
    assert [a.name for a in found.below] == ["淑阳镇", "安平镇"]
    own = sum(u.people for u in found.units)
    assert found.total.people == own + sum(a.people for a in found.below)
    assert found.total.areas == len(found.below) + sum(a.areas for a in found.below)
    assert [a.plates for a in found.below] == [1, 2]


def test_a_leaf_has_its_unit_and_nothing_below(office: Office) -> None:
    found = view(office, county.GRID)
    assert (found.below, found.total.areas, found.total.level) == ([], 0, "grid")
    assert [(u.kind, u.people, u.parent) for u in found.units] == [
        ("grid", 1, "安平镇群众说事中心")
    ]


def test_units_come_with_their_duties_and_people_who_may_sign_in(office: Office) -> None:
    police = next(u for u in view(office, county.TOWNSHIP).units if u.code == "131024104-PC")
    assert (police.duties, police.people) == (("police",), 1)
    with office.work(county.actor(office, "admin")) as work:
        disable(work, "police")
    police = next(u for u in view(office, county.TOWNSHIP).units if u.code == "131024104-PC")
    assert police.people == 0


def test_an_area_that_there_is_not(office: Office) -> None:
    with pytest.raises(NotFound):
        view(office, "999999")


def test_is_for_those_who_keep_the_places(office: Office) -> None:
    with office.look(county.actor(office, "auditor")) as look, pytest.raises(NotPermitted):
        browse(look, "131024")
