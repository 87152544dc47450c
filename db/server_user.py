"""Whom the embedded server runs as, and what that user can reach.

PostgreSQL refuses to be root, so as root it gets a system user of its own. What that user
needs is given to it alone; the folders above the data are never opened.
"""

import contextlib
import fcntl
import os
import pwd
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.errors import OneDoorError
from core.words import Text, lazy

NAME = "onedoor-pg"


class DatabaseTrouble(OneDoorError):
    """The embedded server cannot be had; the message says why and what to do."""

    status = 503
    code = "database.embedded"
    sentence = lazy("内置数据库没有启动成功")

    @classmethod
    def because(cls, reason: str) -> "DatabaseTrouble":
        """With the server's own words."""
        return cls(Text("内置数据库没有启动成功：{reason}", reason=reason))


@dataclass(frozen=True)
class ServerUser:
    """The system user of the server; its programs and files."""

    name: str
    uid: int
    gid: int
    other: bool
    """Somebody other than this process: OneDoor is root and the server is not."""

    @classmethod
    def of(cls, data: Path) -> "ServerUser":
        """The user for the cluster in `data`: its owner, else a suitable one.

        Raises:
            DatabaseTrouble: the data belongs to somebody else, or no user can be made.
        """
        me = os.geteuid()
        owner = data.stat().st_uid if data.exists() else None
        if me != 0:
            if owner not in (None, me):
                raise DatabaseTrouble(
                    lazy("数据目录 {data} 属于另一个系统用户，请用该用户或 root 运行", data=data)
                )
            return cls(str(me), me, os.getegid(), False)
        # Made by an ordinary user, it stays his, whoever starts it.
        entry = pwd.getpwuid(owner) if owner else _make()
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid, True)

    def barrier(self, path: Path) -> Path | None:
        """The first folder on the way to `path`, itself included, that it may not enter."""
        for folder in (*reversed(path.parents), path):
            stat = folder.stat()
            bit = 0o001
            if stat.st_uid == self.uid:
                bit = 0o100
            elif stat.st_gid == self.gid:
                bit = 0o010
            if not stat.st_mode & bit:
                return folder
        return None

    def folder(self, path: Path) -> Path:
        """A folder that only this user (and root) may enter, made if missing.

        Raises:
            DatabaseTrouble: it exists and belongs to somebody else.
        """
        path.mkdir(mode=0o700, exist_ok=True)
        if self.other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
        if path.is_symlink() or path.stat().st_uid != self.uid:
            raise DatabaseTrouble(
                lazy("文件夹 {path} 不属于数据库的系统用户，请删除后重试", path=path)
            )
        path.chmod(0o700)
        return path

    def open(self, path: Path) -> IO[bytes]:
        """A private file of this user, to append to; never through a link it laid for root."""
        flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_NOFOLLOW
        file = os.fdopen(os.open(path, flags, 0o600), "ab")
        if self.other:
            os.fchown(file.fileno(), self.uid, self.gid)
        return file

    def call(self, *command: str | Path) -> None:
        """Run a program as this user, undisturbed by our terminal and settings.

        Raises:
            DatabaseTrouble: it failed; with what it said.
        """
        done = subprocess.run(
            command,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},  # no PGPORT, PGDATA, PGOPTIONS
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            umask=0o077,
            start_new_session=True,  # Ctrl-C ends OneDoor, and OneDoor the server
            user=self.uid if self.other else None,
            group=self.gid if self.other else None,
            extra_groups=[] if self.other else None,
        )
        if done.returncode:
            raise DatabaseTrouble.because(telling(done.stdout))


def telling(output: str) -> str:
    """What a PostgreSQL program says went wrong, without its dates and progress."""
    found = re.findall(r"(?:LOG|FATAL|PANIC|ERROR|HINT|error): +(.+)", output)
    return "; ".join(found) or output.strip().rpartition("\n")[2]


def open_home(home: Path, user: ServerUser) -> None:
    """Make `home` if missing and let `user` through it, but not list it.

    Raises:
        DatabaseTrouble: `user` cannot get there; names the folder and the cure.
    """
    missing = [folder for folder in home.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir()
    home.mkdir(mode=0o700, exist_ok=True)
    if not user.other:
        return
    for folder in missing:  # made just now, by a root whose umask may be strict
        folder.chmod(0o755)
    barrier = user.barrier(home)
    stat = home.stat()
    if barrier == home and stat.st_uid == 0 and not stat.st_mode & 0o070:
        # A private folder of root: no group had any right here, so nobody else gains one.
        os.chown(home, -1, user.gid)
        home.chmod(stat.st_mode | 0o010)
    elif barrier:
        raise DatabaseTrouble(
            lazy(
                "数据目录 {home} 不能使用：数据库以系统用户 {user} 运行，进不了文件夹 {folder}。"
                "请用环境变量 ONEDOOR_HOME 换一个目录，例如 /var/lib/onedoor",
                home=home,
                user=user.name,
                folder=barrier,
            ),
            folder=str(barrier),
        )


def _make() -> pwd.struct_passwd:
    """The server's own system user, made on first use.

    One process makes it: of two `useradd` at once the second gives the user of the first, who
    may already own a cluster, another number.
    """
    if program := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin"):
        options = ("--system", "--user-group", "--no-create-home", "--shell=/usr/sbin/nologin")
        with Path(program).open("rb") as alone:
            fcntl.flock(alone, fcntl.LOCK_EX)
            for _attempt in range(10):  # somebody else may be changing the list of users
                with contextlib.suppress(KeyError):
                    return pwd.getpwnam(NAME)
                if subprocess.run([program, *options, NAME], capture_output=True).returncode:
                    time.sleep(0.2)
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(NAME)
    raise DatabaseTrouble(
        lazy(
            "数据库不能以 root 运行，而系统用户 {user} 无法创建。"
            "请改用普通用户运行，或用 ONEDOOR_DATABASE_URL 指定已有的 PostgreSQL",
            user=NAME,
        )
    )
