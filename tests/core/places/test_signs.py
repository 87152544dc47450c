"""QR plates as they are printed."""

import io
import zipfile
from dataclasses import replace

import pytest
import segno

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import NotPermitted
from core.places import signs
from core.places.bulk import save
from core.places.signs import address_of, drawn, packed, picture, plates_in
from db.models import Plate
from tests.support import county

URL = "https://shuoshi.example.gov.cn"


@pytest.fixture(autouse=True)
def plates(office: Office) -> None:
    rows = [
        {"code": f"P{n:02}", "area": county.VILLAGE, "address": f"{n:02} 号", "active": n != 7}
        for n in range(9)
    ]
    rows.append({"code": "Q", "area": "131024100201", "address": "别处", "active": True})
    with office.work(SYSTEM) as work:
        save(work.tx, Plate, rows, key="code")


def found(office: Office, area: str, batch: int = 0) -> tuple[int, list[str]]:
    with office.look(county.actor(office, "admin")) as look:
        total, here = plates_in(look, area, batch)
    return total, [s.code for s in here]


def test_a_place_has_the_plates_in_use_within_it(office: Office) -> None:
    total, codes = found(office, county.TOWNSHIP)
    assert (total, len(codes)) == (8, 8)
    assert "P07" not in codes, "out of use"
    assert found(office, "131024")[0] == 9
    assert found(office, county.GRID) == (0, [])


def test_a_large_place_comes_in_batches(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "MOST", 3)
    batches = [found(office, county.VILLAGE, n) for n in range(4)]
    assert [total for total, _codes in batches] == [8, 8, 8, 8]
    codes = [c for _total, here in batches for c in here]
    assert codes == [f"P{n:02}" for n in range(9) if n != 7]


def test_the_code_says_the_public_address_of_the_residents_form(office: Office) -> None:
    settings = replace(office.settings, public_url=URL)
    assert address_of(settings, "P01") == f"{URL}/q/P01"
    same = io.BytesIO()
    segno.make_qr(f"{URL}/q/P01", error="q").save(same, kind="svg", border=4, scale=10)
    assert picture(settings, "P01", "svg") == same.getvalue()
    assert picture(settings, "P01", "png").startswith(b"\x89PNG")


def test_pictures_are_packed_by_their_codes_with_a_bar(office: Office) -> None:
    with office.look(county.actor(office, "admin")) as look:
        _total, here = plates_in(look, county.VILLAGE)
    told: list[tuple[int, int | None]] = []
    content = packed(office.settings, here, "png", lambda n, of: told.append((n, of)))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.namelist() == [f"{s.code}.png" for s in here]
        assert package.testzip() is None
    assert told[-1] == (8, 8)


def test_a_sheet_draws_each_plate_inline(office: Office) -> None:
    with office.look(county.actor(office, "admin")) as look:
        _total, here = plates_in(look, county.VILLAGE)
    sheet = list(drawn(office.settings, here))
    assert [sign for sign, _svg in sheet] == list(here)
    assert all(svg.startswith("<svg") for _sign, svg in sheet)


def test_is_for_those_who_keep_the_places(office: Office) -> None:
    with office.look(county.actor(office, "clerk")) as look, pytest.raises(NotPermitted):
        plates_in(look, county.VILLAGE)
