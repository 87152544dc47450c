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

from core.access.actor import NOBODY
from core.access.desk import Office
from core.access.sessions import COOKIE, open_session
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


Size = tuple[bool, str]
"""Phone or desk, and the browser's language."""


@pytest.fixture(scope="module")
def browsers(chromium: Any, site: str) -> Iterator[dict[Size, list[Any]]]:
    """Browsers that nobody sits at; one that has been here before has the programs at hand."""
    free: dict[Size, list[Any]] = {}
    yield free
    for context in (c for some in free.values() for c in some):
        context.close()


@pytest.fixture
def official(
    chromium: Any, site: str, office: Office, browsers: dict[Size, list[Any]]
) -> Iterator[Callable[..., Any]]:
    """Somebody at a desk or on a phone, signed in; what goes to other hosts fails the test."""
    opened: list[tuple[Size, Any]] = []
    foreign: list[str] = []

    def browser(kind: Size) -> Any:
        if browsers.get(kind):
            return browsers[kind].pop()
        phone, locale = kind
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        return chromium.new_context(
            base_url=site, viewport=size, is_mobile=phone, has_touch=phone, locale=locale
        )

    def come(
        username: str,
        path: str = "/",
        *,
        phone: bool = False,
        locale: str = "zh-CN",
        by_form: bool = False,
    ) -> Any:
        """`by_form`: through the sign-in form; otherwise with a session opened beforehand."""
        context = browser((phone, locale))
        opened.append(((phone, locale), context))
        if not by_form:
            with office.work(NOBODY) as work:
                token = open_session(work, county.actor(office, username)).token
            context.add_cookies([{"name": COOKIE, "value": token, "url": site, "httpOnly": True}])
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith(own) else foreign.append(r.url))
        page.set_default_timeout(30_000)
        page.goto(path)
        if by_form:
            page.get_by_label("用户名").fill(username)
            page.get_by_label("密码", exact=True).fill(county.PASSWORD)
            page.get_by_role("button", name="登录").click()
        page.locator("header.bar").wait_for()
        return page

    own = (site, "blob:", "data:", "ws:")
    yield come
    for kind, context in opened:
        for page in context.pages:
            page.close()
        context.clear_cookies()
        browsers.setdefault(kind, []).append(context)
    assert foreign == [], "nothing calls out of the machine"
