"""Every page: light, in both languages, nothing from elsewhere, friendly when it fails."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api import door
from api.app import make_app
from api.door import assets, board, body
from core import open as house
from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.store import parse, read_yaml
from core.blueprint.world import Place
from core.errors import Invalid
from core.places.setup import set_up
from tests.api.door.conftest import Browser
from tests.api.door.reader import Page
from tests.conftest import Databases
from tests.support import county

PAGES = ["/new", "/q/P0001", "/q/none", "/t", "/t/131024-20260101-000001", "/help", "/board"]
REAL = Path("/work/shared/data/langfang.csv")


@pytest.mark.parametrize("path", PAGES)
def test_light_and_whole_by_itself(browser: Browser, path: str) -> None:
    page = browser.get(path)
    assert page.lang == "zh-CN"
    assert all(s.startswith("/") and not s.startswith("//") for s in page.sources)
    parts = [len(page.html.encode())]
    parts += [len(browser.client.get(source).content) for source in page.sources]
    assert sum(parts) < 60_000
    assert " style=" not in page.html
    assert " onclick" not in page.html


@pytest.mark.parametrize("path", PAGES)
def test_language_is_switched_and_remembered(browser: Browser, path: str) -> None:
    assert browser.get(path, params={"lang": "en"}).lang == "en"
    assert browser.get(path).lang == "en"
    assert browser.get(path, params={"lang": "xx"}).lang == "en"
    assert browser.get(path, params={"lang": "zh_CN"}).lang == "zh-CN"


def test_large_type_is_switched_and_remembered(browser: Browser) -> None:
    assert 'class="large"' in browser.get("/help?large=1").html
    assert 'class="large"' in browser.get("/board").html
    assert 'class="large"' not in browser.get("/help?large=0").html


def test_every_input_has_its_label(browser: Browser) -> None:
    for path in ("/new", "/q/P0001", "/t"):
        page = browser.get(path)
        for name in page.form.names - {"key", "lat", "lon", "photos"}:
            assert f'for="{name}"' in page.html or f'id="{name}"' in page.html, name


def test_help_promises_what_the_county_has_configured(browser: Browser) -> None:
    page = browser.get("/help")
    assert "接办 → 交办 → 处置 → 反馈 → 回复 → 评价" in page.text
    assert "15 个工作日" in page.text
    assert "12345" in page.text


def test_the_board_gives_sums_and_never_a_case(
    browser: Browser, answered: Callable[[str], None]
) -> None:
    assert "还没有收到诉求" in browser.get("/board").text
    number, _ = browser.hand_in()
    browser.hand_in(body="路灯不亮。", town="131024100")
    answered(number)
    browser.post(browser.get(f"/t/{number}").form_to("/rate"), score="5")
    city = browser.get("/board")
    assert "香河县 2 1 1 1" in city.text
    page = browser.get("/board?area=131024")
    assert "安平镇 1 1 1 1" in page.text
    assert "淑阳镇 1 0 0 0" in page.text
    assert number not in page.html
    assert "路灯" not in page.text


@pytest.mark.parametrize("area", ["131024104", "131024104201", "140000", "x", "%00", ""])
def test_the_board_goes_no_deeper_than_townships(browser: Browser, area: str) -> None:
    page = browser.get(f"/board?area={area}")
    assert page.status == 200
    assert "廊坊市" in page.text


def test_villages_for_pages_with_script(browser: Browser) -> None:
    assert browser.client.get(f"/new/villages?town={county.TOWNSHIP}").json() == [
        [county.VILLAGE, "王家摆村"]
    ]
    for town in ("", "?", "131024", "x", county.VILLAGE):
        assert browser.client.get("/new/villages", params={"town": town}).json() == []


def test_style_comes_in_the_countys_colour_and_for_good(browser: Browser) -> None:
    address = next(s for s in browser.get("/new").sources if "door.css" in s)
    css = browser.client.get(address)
    assert "#0f6b75" in css.text
    assert "$" not in css.text
    assert "immutable" in css.headers["cache-control"]
    for wrong in ("/door/door.css", "/door/door.css?c=red", "/door/ask.py?c=000000", "/door/..%2f"):
        assert browser.client.get(wrong).status_code == 404


@pytest.mark.parametrize(("accent", "readable"), [("#0f6b75", True), ("#ffee00", False)])
def test_a_pale_accent_is_darkened_until_white_reads_on_it(accent: str, readable: bool) -> None:
    assert (assets.readable(accent) == accent) is readable
    assert 1.05 / (assets._luminance(*_parts(assets.readable(accent))) + 0.05) >= 4.5


@pytest.mark.parametrize("accent", ["red", "#12345", "#12345g", "#1234567", "url(x)", "#123456;"])
def test_an_accent_that_is_no_colour_is_refused(accent: str) -> None:
    shipped = read_yaml("langfang")
    with pytest.raises(Invalid, match="accent"):
        parse(shipped | {"door": shipped["door"] | {"accent": accent}})


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def test_without_a_county_it_says_so(databases: Databases) -> None:
    name = databases.copy("empty")
    office = databases.office(name)
    house.use(office)
    try:
        with TestClient(Starlette(routes=door.routes())) as client:
            page = Page(client.get("/new"))
        assert page.status == 503
        assert page.lang == "zh-CN"
        assert "还没有县的配置" in page.text
    finally:
        house.use(None)
        office.engine.dispose()
        databases.drop(name)


def test_a_defect_of_ours_is_no_traceback(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(board, "public_figures", broken)
    page = browser.get("/board")
    assert page.status == 500
    assert "系统出了点问题" in page.text
    assert "secret" not in page.html


def test_too_much_at_once_is_refused_in_words(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = browser.get("/new").form
    monkeypatch.setattr(body, "MOST_BYTES", 1000)
    page = browser.post(form, [("photos", ("a.jpg", b"x" * 5000))], body="暖气")
    assert page.status == 413
    assert "一次交的内容太多了" in page.text


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data", b"junk"),
        ("multipart/form-data; boundary=x", b"--x\r\njunk"),
        ("application/json", b"{}"),
        ("text/plain", b"\xff\xfe"),
        ("application/x-www-form-urlencoded", b"%ff%00=&&&=%"),
    ],
    ids=["no boundary", "cut off", "json", "plain", "odd"],
)
def test_what_no_browser_sends_is_answered_too(browser: Browser, kind: str, content: bytes) -> None:
    response = browser.client.post("/new", content=content, headers={"Content-Type": kind})
    assert response.status_code in (413, 422)
    assert "<html" in response.text


@pytest.mark.skipif(not REAL.exists(), reason="the real division tree is not on this machine")
def test_light_in_a_real_city_of_3619_villages(databases: Databases) -> None:
    with REAL.open(encoding="utf-8") as file:
        areas = [
            Place(r["code"], r["name"], r["parent_code"] or None, r["level"])
            for r in csv.DictReader(file)
        ]
    name = databases.copy("empty")
    office: Office = databases.office(name)
    try:
        with office.work(SYSTEM) as work:
            set_up(work, read_yaml("langfang"), areas)
        house.use(office)
        with TestClient(Starlette(routes=door.routes())) as client:
            page = Page(client.get("/new"))
            assert len(page.html.encode()) < 60_000
            largest = Browser(client).post(page.form, town="131022100", go="place")
            assert len(largest.html.encode()) < 60_000
    finally:
        house.use(None)
        office.engine.dispose()
        databases.drop(name)


@pytest.mark.parametrize(
    "path",
    ["/t/1/2/3", "/new/nothing", "/q/P0001/x", "/help/me", "/board/x", "/live/a/b", "/door/a/b"],
)
def test_an_unknown_address_is_a_page_with_ways_on(office: Office, path: str) -> None:
    house.use(office)
    with TestClient(make_app()) as client:
        page = Page(client.get(path))
    house.use(None)
    assert page.status == 404
    assert "没有这个页面" in page.text
    assert 'href="/new"' in page.html


def test_a_slash_too_many_is_forgiven(office: Office) -> None:
    house.use(office)
    with TestClient(make_app(), follow_redirects=False) as client:
        for path in ("/new/", "/t/", "/help//"):
            assert client.get(path).headers["location"] == path.strip("/").join(("/", ""))
    house.use(None)
