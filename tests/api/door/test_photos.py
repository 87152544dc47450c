"""Photos: kept over every error, refused by name, seen only by who may."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from api.door import held as keeping
from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.files import path_of
from core.settings import Settings
from db.models import FileRow
from tests.api.door.conftest import WORDS, Browser, picture
from tests.support import county

GOOD, OTHER = ("楼道.jpg", picture("green")), ("阀门.png", picture("blue", kind="PNG"))


def files(office: Office) -> list[str]:
    with office.look(SYSTEM) as look:
        return list(look.tx.scalars(select(FileRow.name).order_by(FileRow.id)))


def photos(*some: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    return [("photos", photo) for photo in some]


def held(settings: Settings) -> list[str]:
    return [p.name for p in (settings.home / "held").rglob("*.json")]


def test_photos_come_with_the_case(browser: Browser, office: Office) -> None:
    browser.post(browser.get("/new").form, photos(GOOD, OTHER), body=WORDS, town=county.TOWNSHIP)
    assert files(office) == ["楼道.jpg", "阀门.png"]
    assert held(office.settings) == []  # the case has them now


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("假.jpg", b"only words", "名字像照片，内容却不是照片"),
        ("空.jpg", b"", "是空的"),
        ("大.jpg", picture() + b"0" * (20 << 20), "太大，最多 10 MB"),
        ("坏.jpg", picture()[:300], "已损坏"),
        ("程序.exe", b"MZ\x90\x00" * 20, "不是可以上传的类型"),
        ("\x00<script>.jpg", b"x", "名字像照片"),
    ],
    ids=["text", "empty", "20 MB", "broken", "program", "script"],
)
def test_a_bad_photo_is_refused_by_name_and_the_good_one_stays(
    browser: Browser, office: Office, name: str, data: bytes, says: str
) -> None:
    form = browser.get("/new").form
    page = browser.post(form, photos(GOOD, (name, data)), body=WORDS, town=county.TOWNSHIP)
    assert page.status == 422
    assert says in page.fault("photos")
    assert "已收到：楼道.jpg" in page.text
    assert page.form["body"] == WORDS
    assert files(office) == []
    browser.post(page.form)
    assert files(office) == ["楼道.jpg"]


def test_photos_survive_errors_second_pages_and_switches(browser: Browser, office: Office) -> None:
    page = browser.post(browser.get("/new").form, photos(GOOD), body="", go="large:1")
    page = browser.post(page.form, body="")
    page = browser.post(
        page.form, photos(OTHER), body=WORDS, town=county.TOWNSHIP, category="housing/heating"
    )
    assert "照片 2 张" in page.text
    browser.post(page.form)
    assert files(office) == ["楼道.jpg", "阀门.png"]


def test_a_held_photo_is_shown_and_can_be_taken_back(browser: Browser, office: Office) -> None:
    page = browser.post(browser.get("/new").form, photos(GOOD, OTHER), go="place")
    shown = [src for src in page.images if "/new/held/" in src]
    assert len(shown) == 2
    assert browser.client.get(shown[0]).headers["content-type"] == "image/jpeg"
    page = browser.post(page.form, go="drop:" + shown[0].rsplit("/", 1)[1])
    assert "楼道.jpg" not in page.text
    assert browser.client.get(shown[0]).status_code == 404


def test_the_same_photo_twice_is_one(browser: Browser) -> None:
    page = browser.post(browser.get("/new").form, photos(GOOD, GOOD), go="place")
    assert page.text.count("已收到") == 1


def test_nine_photos_and_no_more(browser: Browser) -> None:
    many = [(f"{n}.png", picture(f"rgb({n},{n},9)", kind="PNG")) for n in range(10)]
    page = browser.post(browser.get("/new").form, photos(*many), body=WORDS, town=county.TOWNSHIP)
    assert "一次最多 9 张" in page.fault("photos")
    assert page.text.count("已收到：") == 9


@pytest.mark.parametrize("key", ["", "x", "../../etc", "a.b", "0" * 32 + "." + "0" * 32])
def test_a_key_that_is_not_ours_is_replaced(browser: Browser, office: Office, key: str) -> None:
    page = browser.post(browser.get("/new").form, photos(GOOD), key=key, go="place")
    assert page.form["key"] not in ("", key)
    assert "已收到" in page.text


def test_what_nobody_comes_back_for_is_forgotten(
    browser: Browser, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.post(browser.get("/new").form, photos(GOOD), go="place")
    monkeypatch.setattr(keeping, "LIFE", -1)
    monkeypatch.setattr(keeping, "_swept", 0.0)
    browser.get("/new")
    assert held(office.settings) == []


def test_photos_are_seen_only_with_the_code(
    browser: Browser, at_the_door: Callable[..., Browser], office: Office
) -> None:
    done = browser.post(browser.get("/new").form, photos(GOOD), body=WORDS, town=county.TOWNSHIP)
    page = browser.get(f"/t/{done.ids['number']}")
    (small,) = [src for src in page.images if "/photo/" in src]
    whole = small.partition("?")[0]
    for address in (small, whole):
        shown = browser.client.get(address)
        assert shown.headers["content-type"] == "image/jpeg"
        assert shown.headers["cache-control"] == "no-store"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert at_the_door().client.get(address).status_code == 404
    other, _ = browser.hand_in(body="另一件事。")
    stolen = whole.replace(done.ids["number"], other)
    assert browser.client.get(stolen).status_code == 404


def test_a_lost_photo_is_said_and_breaks_nothing(browser: Browser, office: Office) -> None:
    done = browser.post(browser.get("/new").form, photos(GOOD), body=WORDS, town=county.TOWNSHIP)
    with office.look(SYSTEM) as look:
        path_of(office.settings, look.tx.scalar(select(FileRow.sha256)) or "").unlink()
    page = browser.get(f"/t/{done.ids['number']}")
    assert page.status == 200
    gone = browser.client.get(page.images[0])
    assert gone.status_code == 404
    assert "已丢失" in gone.text
