"""The whole house on one port, and officials at a desk and on a phone."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.access.desk import Office
from tests.conftest import ROLE, SECRET, Databases
from tests.support import county

TOP = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    """One county for the module: starting a server takes longer than a test."""
    name = databases.copy("langfang")
    found = databases.office(name)
    yield found
    found.engine.dispose()
    databases.drop(name)


@pytest.fixture(scope="module")
def site(
    office: Office, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """`uvicorn Home:app` over the module's county; its address."""
    home = tmp_path_factory.mktemp("office")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    name = office.engine.url.database
    own = {
        "ONEDOOR_HOME": str(home),
        "ONEDOOR_DATABASE_URL": databases.server.set(database=name).render_as_string(False),
        "ONEDOOR_DATABASE_ROLE": ROLE,
        "ONEDOOR_SECRET_KEY": SECRET,
    }
    log = (home / "server.log").open("wb")
    running = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "Home:app", "--port", str(port), "--log-level", "error"],
        cwd=TOP,
        env={**os.environ, **own},
        stdout=log,
        stderr=log,
    )
    address = f"http://localhost:{port}"
    _wait(address, running, home / "server.log")
    yield address
    running.send_signal(signal.SIGTERM)
    running.wait(20)
    log.close()


def _wait(address: str, running: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):  # noqa: S310
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


@pytest.fixture
def official(chromium: Any, site: str) -> Iterator[Callable[..., Any]]:
    """Signs somebody in at a desk or on a phone; what goes to other hosts fails the test."""
    opened: list[Any] = []
    foreign: list[str] = []

    def come(username: str, path: str = "/", *, phone: bool = False, locale: str = "zh-CN") -> Any:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = chromium.new_context(
            base_url=site, viewport=size, is_mobile=phone, has_touch=phone, locale=locale
        )
        opened.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda r: (
                None if r.url.startswith((site, "blob:", "data:", "ws:")) else foreign.append(r.url)
            ),
        )
        page.set_default_timeout(30_000)
        page.goto(path)
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码", exact=True).fill(county.PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.locator("header.bar").wait_for()
        return page

    yield come
    for context in opened:
        context.close()
    assert foreign == [], "nothing calls out of the machine"
