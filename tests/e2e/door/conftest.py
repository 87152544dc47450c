"""A phone with a real browser before a real server."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import insert
from starlette.applications import Starlette

from api import door
from core import open as house
from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.act import act
from db.models import Plate
from tests.support import county


@pytest.fixture
def site(office: Office) -> Iterator[str]:
    """The door on a free port; its address."""
    with office.work(SYSTEM) as work:
        work.tx.execute(
            insert(Plate).values(code="P0001", area=county.VILLAGE, address="幸福小区三号楼二单元")
        )
    house.use(office)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = Starlette(routes=door.routes())
    running = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started and thread.is_alive():
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(10)
    house.use(None)


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def script(request: pytest.FixtureRequest) -> bool:
    """Whether the phone runs scripts."""
    return request.param


@pytest.fixture
def phone(chromium: Any, site: str, script: bool) -> Iterator[Callable[..., Any]]:
    """Opens a page on a phone; whatever it asks of other hosts fails the test."""
    opened: list[Any] = []
    foreign: list[str] = []
    faults: list[str] = []

    def make(width: int = 360, height: int = 740, **cookies: str) -> Any:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            locale="zh-CN",
        )
        context.add_cookies([{"name": k, "value": v, "url": site} for k, v in cookies.items()])
        page = context.new_page()
        page.on(
            "request",
            lambda r: None if r.url.startswith((site, "blob:")) else foreign.append(r.url),
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        opened.append(context)
        return page

    yield make
    for context in opened:
        context.close()
    assert foreign == []
    assert faults == []


@pytest.fixture
def photo(tmp_path: Path) -> str:
    """A photo on the phone."""
    from PIL import Image

    path = tmp_path / "暖气片.jpg"
    Image.new("RGB", (800, 600), "grey").save(path)
    return str(path)


@pytest.fixture
def do(office: Office) -> Callable[..., Any]:
    """An official does something to a case."""

    def act_as(username: str, number: str, action: str, **data: Any) -> Any:
        with office.work(county.actor(office, username)) as work:
            return act(work, number, action, data)

    return act_as
