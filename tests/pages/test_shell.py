"""What the browser gets before Streamlit runs: our language, our title, our look."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.file_util import get_static_dir

from api import shell
from core.access.desk import Office
from pages.registry import PAGES, TOP


@pytest.fixture
def http(house: Office) -> Iterator[TestClient]:
    made = shell.Shell(
        index=Path(get_static_dir()) / "index.html",
        assets={p.name: p for p in (TOP / "ui").iterdir() if p.suffix in (".css", ".js", ".svg")},
    )
    routes = shell.routes(made, [p.url for p in PAGES])
    with TestClient(Starlette(routes=routes)) as client:
        yield client


def test_the_shell_speaks_chinese_and_keeps_nothing_of_streamlits_words(http: TestClient) -> None:
    text = http.get("/inbox").text
    assert '<html lang="zh-CN"' in text
    assert "<title>一扇门</title>" in text
    assert "You need to enable JavaScript" not in text
    assert ">Streamlit<" not in text
    assert "Streamlit app" not in text
    assert "static/js/index" in text, "Streamlit's own script is still there"


def test_the_chosen_language_is_spoken_from_the_first_byte(http: TestClient) -> None:
    http.cookies.set("onedoor_lang", "en")
    assert '<html lang="en"' in http.get("/inbox").text


def test_every_registered_page_can_be_reached_by_its_address(http: TestClient) -> None:
    for page in PAGES:
        answer = http.get(f"/{page.url}")
        assert answer.status_code == 200, page.url
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]


def test_any_other_word_is_not_found_in_our_words(http: TestClient) -> None:
    for word in ("nonsense", "registry", "ui", "auth/x", "download/nothing.csv", "office/a/b"):
        answer = http.get(f"/{word}")
        assert answer.status_code == 404
        assert "没有这个页面" in answer.text


def test_style_and_script_come_once_and_are_kept(http: TestClient) -> None:
    for name in ("office.css", "office.js", "door.svg"):
        answer = http.get(f"/office/{name}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert http.get("/office/registry.py").status_code == 404
