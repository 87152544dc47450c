"""`onedoor run`: database, web and worker together, and a clean way to stop them all;
`onedoor api`: the interface alone."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn

from core.access.actor import SYSTEM
from core.access.desk import NotSetUp, Office
from core.errors import OneDoorError
from core.open import close_office, office
from core.settings import served_at
from core.words import _

TOP = Path(__file__).parents[1]
_UNASKED = False
"""No proxy is believed unasked: which ones are, the county says (`access.address`); uvicorn by
itself would believe any program on this machine."""


def _is_set_up(house: Office) -> bool:
    with house.look(SYSTEM) as look:
        try:
            return bool(look.world)
        except NotSetUp:
            return False


def _lacks_cases(house: Office) -> bool:
    """Whether the demo county is new, or was stopped while it was filled."""
    from core.demo import missing

    return missing(house) > 0


def _port_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OneDoorError(
                _("端口 {port} 已被占用，请用 --port 换一个", port=port), code="port"
            ) from error


def _child(*arguments: str) -> subprocess.Popen[bytes]:
    """Another process of OneDoor, out of reach of the terminal's Ctrl-C: we stop it ourselves."""
    return subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, str(TOP / "onedoor.py"), *arguments], cwd=TOP, start_new_session=True
    )


def _shown(host: str) -> str:
    return "localhost" if host in ("0.0.0.0", "::", "127.0.0.1") else host  # noqa: S104


def _announce(say: Callable[[str], None], host: str, port: int, demo: bool) -> None:
    shown = _shown(host)
    say(_("办公入口  http://{host}:{port}/", host=shown, port=port))
    say(_("群众入口  http://{host}:{port}/new", host=shown, port=port))
    if demo:
        from core.demo import ACCOUNTS, PASSWORD

        say(_("演示账号（密码都是 {password}）：", password=PASSWORD))
        for account in ACCOUNTS:
            say(f"  {account.username:<12} {account.role}　{account.name}　{account.sees}")
    say(_("按 Ctrl-C 停止"))


def serve(host: str, port: int, *, worker: bool, demo: bool, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; then web, worker and database stop, in this order.

    Raises:
        OneDoorError: the port is taken, or the database cannot be used.
    """
    _port_free(host, port)
    served_at(f"http://{_shown(host)}:{port}")
    house, children = office(), []
    if not _is_set_up(house) and demo:
        from core.demo import found

        say(_("数据库是空的，正在建立演示县……"))
        found(house)
    if demo and _lacks_cases(house):
        children.append(_child("demo"))
    with house.look(SYSTEM) as look:
        from core.blueprint.store import get_fact

        is_demo = get_fact(look.tx, "demo") is not None
    if worker:
        children.append(_child("worker"))
    _announce(say, host, port, is_demo)
    config = uvicorn.Config(
        "Home:app",
        host=host,
        port=port,
        log_level="warning",
        ws_max_size=2**28,
        proxy_headers=_UNASKED,
    )
    os.chdir(TOP)
    sys.path.insert(0, str(TOP))
    try:
        uvicorn.Server(config).run()
    except KeyboardInterrupt:
        pass
    finally:
        _stop(children)
        close_office()


def serve_api(host: str, port: int, *, processes: int, say: Callable[[str], None]) -> None:
    """Serve everything but the office's pages, from several processes on one port: a program
    that hands in thousands of appeals then keeps no official waiting.

    Raises:
        OneDoorError: the port is taken, or the database cannot be used.
    """
    _port_free(host, port)
    office()  # database and schema are ready before the first process asks for them
    say(
        _(
            "接口  http://{host}:{port}/api/v1，{n} 个进程",
            host=_shown(host),
            port=port,
            n=processes,
        )
    )
    say(_("按 Ctrl-C 停止"))
    try:
        uvicorn.run(
            "api.app:make_app", factory=True, app_dir=str(TOP), host=host, port=port,
            workers=processes, log_level="warning", proxy_headers=_UNASKED,
        )  # fmt: skip
    finally:
        close_office()


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(15)
        if child.poll() is None:
            child.kill()
