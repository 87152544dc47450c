"""The command line as a script uses it: exit codes, one line on a mistake, JSON figures."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import Request, urlopen

import psutil
import pytest

from tests.conftest import Databases

TOP = Path(__file__).parents[1]
DATA = TOP.parent / "shared" / "data"
needs_data = pytest.mark.skipif(
    not (DATA / "langfang.csv").exists(), reason="../shared/data is not here"
)


class Shell:
    """Runs `onedoor` on a database of its own."""

    def __init__(self, url: str, home: Path) -> None:
        self.environment = os.environ | {
            "ONEDOOR_DATABASE_URL": url,
            "ONEDOOR_HOME": str(home),
            "ONEDOOR_SECRET_KEY": "only for tests",
        }
        self.home = home

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(TOP / "onedoor.py"), *arguments],
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.home,
            timeout=240,
        )

    def json(self, *arguments: str) -> dict:
        """The figures of a command that must succeed."""
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def shell(databases: Databases, tmp_path: Path) -> Iterator[Shell]:
    """`onedoor` on an empty database."""
    name = databases.copy("empty")
    url = databases.server.set(database=name, drivername="postgresql")
    yield Shell(url.render_as_string(hide_password=False), tmp_path)
    databases.drop(name)


def test_a_mistake_is_one_line_and_exit_1(shell: Shell) -> None:
    for arguments in (
        ("init", "--blueprint", "atlantis"),
        ("sweep", "--at", "soon"),
        ("user", "disable", "nobody"),
    ):
        done = shell(*arguments)
        assert done.returncode == 1, (arguments, done.stdout, done.stderr)
        assert done.stderr.strip()
        assert "Traceback" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_shipped_blueprint_validates(shell: Shell) -> None:
    assert shell("config", "validate", "langfang").returncode == 0


@needs_data
def test_langfang_with_its_real_appeals(shell: Shell) -> None:
    """The issue's first line: 2,816 real messages enter, twice, and the figures stand."""
    made = shell.json("init", "--blueprint", "langfang", "--areas", str(DATA / "langfang.csv"))
    assert made["areas"] >= 3_754
    appeals = str(DATA / "appeals_with_replies.csv.gz")
    first = shell.json("import", "cases", appeals, "--mapping", "appeals")
    assert (first["rows"], first["saved"], first["rejected"]) == (2_816, 2_816, 0)
    again = shell.json("import", "cases", appeals, "--mapping", "appeals")
    assert (again["saved"], again["known"]) == (0, 2_816)
    assert shell("check").returncode == 0
    assert shell("init", "--blueprint", "xianghe").returncode == 1


@needs_data
def test_a_configuration_goes_out_and_comes_back(shell: Shell) -> None:
    shell.json("init", "--blueprint", "xianghe", "--areas", str(DATA / "langfang.csv"))
    out = shell("config", "export")
    assert out.returncode == 0
    file = shell.home / "county.yaml"
    file.write_text(out.stdout, encoding="utf-8")
    assert shell("config", "publish", str(file), "--note", "同样的一版").returncode == 0
    rows = json.loads(shell("config", "history", "--json").stdout)
    assert [r["version"] for r in rows] == [2, 1]
    assert shell("config", "export").stdout == out.stdout


@needs_data
def test_an_account_is_added_and_closed(shell: Shell) -> None:
    shell.json("init", "--blueprint", "xianghe", "--areas", str(DATA / "langfang.csv"))
    added = shell(
        "user", "add", "zhang", "--name", "张某", "--role", "dispatcher", "--area", "131024",
        "--password", "Ceshi-2026!",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    weak = shell(
        "user", "add", "li", "--name", "李某", "--role", "clerk", "--area", "131024",
        "--password", "123",
    )  # fmt: skip
    assert weak.returncode == 1
    assert "密码" in weak.stderr
    assert shell("user", "disable", "zhang").returncode == 0


def test_the_interface_serves_from_several_processes_and_stops_clean(shell: Shell) -> None:
    areas = shell.home / "areas.csv"
    areas.write_text("code,name,parent_code,level\n131024,香河县,,county\n", "utf-8")
    shell.json("init", "--blueprint", "xianghe", "--areas", str(areas))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    served = subprocess.Popen(
        [sys.executable, str(TOP / "onedoor.py"), "api", "--host", "127.0.0.1",
         "--port", str(port), "--processes", "2"],
        env=shell.environment, cwd=shell.home, start_new_session=True,
    )  # fmt: skip
    try:
        for _attempt in range(240):
            with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20) as ready:
                assert json.load(ready)["ready"]
                break
            time.sleep(0.25)
        else:
            pytest.fail("it never answered")
        children = psutil.Process(served.pid).children(recursive=True)
        assert len([c for c in children if "spawn_main" in " ".join(c.cmdline())]) == 2
        asked = Request(
            f"http://127.0.0.1:{port}/api/v1/cases",
            data=json.dumps({"body": "路灯坏了三天没有人修"}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(asked, timeout=30) as answered:  # noqa: S310 (our own address)
            assert answered.status == 201
    finally:
        served.send_signal(signal.SIGINT)
        served.wait(30)
    assert not psutil.wait_procs(children, timeout=10)[1]
