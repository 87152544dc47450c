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

    def write(self, name: str, text: str) -> str:
        """The path of a new file."""
        file = self.home / name
        file.write_text(text, "utf-8")
        return str(file)

    def refused(self, *arguments: str) -> str:
        """The one line that a mistake is answered with."""
        done = self(*arguments)
        assert done.returncode == 1, (arguments, done.stdout, done.stderr)
        (line,) = done.stderr.strip().splitlines()
        return line


@pytest.fixture
def shell(databases: Databases, tmp_path: Path) -> Iterator[Shell]:
    """`onedoor` on an empty database."""
    name = databases.copy("empty")
    url = databases.server.set(database=name, drivername="postgresql")
    yield Shell(url.render_as_string(hide_password=False), tmp_path)
    databases.drop(name)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("init", "--blueprint", "atlantis"), "没有蓝图“atlantis”"),
        (("sweep", "--at", "soon"), "--at 应为时间"),
        (("init",), "缺少 --blueprint。用法见 onedoor.py init --help"),
        (("run", "--port", "abc"), "--port 应为整数"),
        (("run", "--door"), "没有选项 --door"),
        (("user", "disable"), "缺少 username"),
        (("sweep", "--at"), "--at 后面要写值"),
        (("bench", "list", "more"), "多出了“more”"),
        (("improt",), "没有命令“improt”"),
        (("config",), "请写明要做什么"),
    ],
)
def test_a_mistake_is_one_line_and_exit_1(
    shell: Shell, arguments: tuple[str, ...], said: str
) -> None:
    assert shell.refused(*arguments).startswith(said)


def test_a_mistake_is_worded_in_the_readers_language(shell: Shell) -> None:
    shell.environment["ONEDOOR_LOCALE"] = "en"
    assert shell.refused("improt").startswith("There is no command “improt”")
    assert shell.refused("bench", "x").startswith("There is no benchmark “x”; there are: intake, ")


def test_several_faults_are_one_line_too(shell: Shell) -> None:
    mine = shell.write("mine.yaml", "extends: langfang\nkinds: 7\nroot: x\n")
    assert shell.refused("config", "validate", mine).startswith("蓝图有 2 处需要改正：")
    broken = shell.write("broken.yaml", "extends: langfang\n\tid: x\n")
    said = "“broken.yaml”不是有效的 YAML：第 2 行第 1 列：缩进要用空格，不能用制表符"
    assert shell.refused("config", "validate", broken) == said
    areas = shell.write("holes.csv", "code,name\n131024,香河县\n13102,错\n1,错\n")
    line = shell.refused("init", "--blueprint", "xianghe", "--areas", areas)
    assert "第 3 行" in line and "第 4 行" in line


def _areas(shell: Shell) -> str:
    return shell.write("areas.csv", "code,name\n131024,香河县\n")


def test_nothing_is_proved_of_no_county(shell: Shell) -> None:
    assert "请先运行 onedoor init" in shell.refused("check")
    assert "请先运行 onedoor init" in shell.refused("check", "--json")


def test_init_makes_a_whole_county_or_none(shell: Shell) -> None:
    county = ("init", "--blueprint", "xianghe", "--areas", _areas(shell))
    assert "没有文件“no-such.csv”" in shell.refused(*county, "--users", "no-such.csv")
    units = shell.write("units.csv", "code,name,kind,area\n131024-X,某局,部门,131024\n")
    users = shell.write("users.csv", "username,name,roles,unit\nzhang,张某,handler,131024-X\n")
    made = shell.json(*county, "--units", units, "--users", users)
    assert (made["version"], made["units"], made["users"]) == (1, 1, 1)
    assert (shell.home / "passwords-users.csv").exists()


def test_an_import_says_what_it_left_as_it_was(shell: Shell) -> None:
    shell.json("init", "--blueprint", "xianghe", "--areas", _areas(shell))
    text = "code,name,kind,area,电邮\n131024-X,某局,部门,131024,a@b.cn\n"
    units = ("import", "units", shell.write("units.csv", text))
    assert shell(*units).returncode == 0
    again = shell(*units)
    assert again.stdout.strip() == "共 1 行，保存 0 行；1 行没有变化"
    assert again.stderr.strip() == "没有用到的列：电邮"
    figures = {"rows": 1, "saved": 0, "unchanged": 1, "outside": 0, "rejected": 0}
    assert shell.json(*units) == figures | {"ignored": ["电邮"]}


def test_a_file_of_which_nothing_came_has_failed(shell: Shell) -> None:
    shell.json("init", "--blueprint", "xianghe", "--areas", _areas(shell))
    units = shell.write("bad.csv", "code,name,kind,area\n131024-Y,,部门,131024\n")
    refused = shell("import", "units", units)
    assert refused.returncode == 1
    assert "有 1 行没有导入" in refused.stderr


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


def test_an_account_is_added_and_closed(shell: Shell) -> None:
    shell.json("init", "--blueprint", "xianghe", "--areas", _areas(shell))
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
    taken = shell.refused(
        "user", "add", "zhang", "--name", "王某", "--role", "admin", "--area", "131024",
        "--password", "Qita-2026!",
    )  # fmt: skip
    assert taken == "用户名“zhang”已经有人用了"
    assert shell("user", "disable", "zhang").returncode == 0


def test_the_interface_serves_from_several_processes_and_stops_clean(shell: Shell) -> None:
    shell.json("init", "--blueprint", "xianghe", "--areas", _areas(shell))
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
