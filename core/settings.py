"""One frozen, typed `Settings`; nobody else reads the environment."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from core.errors import OneDoorError
from core.words import LOCALES, lazy


class BadSetting(OneDoorError):
    """An environment variable holds something unusable."""

    code = "settings.bad"
    sentence = lazy("环境变量设置有误")


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How this installation runs. What a *county* decides is its blueprint, not here."""

    home: Path
    """Database, files, secret and logs of this installation."""

    database_url: str | None = None
    """Any PostgreSQL 15 or later, as its owner; None means the embedded server."""

    app_role: str = "onedoor_app"
    """Database role the application connects as: owns nothing, cannot bypass row security."""

    secret_key: str = field(repr=False)
    """Signs query codes and derives the database password of `app_role`."""

    locale: str = "zh_CN"
    smtp_url: str | None = None
    """`smtp://[user:password@]host:port`; without it e-mail is not offered."""

    smtp_from: str = "onedoor@localhost"
    public_url: str = "http://localhost:8501"
    """How residents and messages address this server."""

    session_idle: timedelta = timedelta(minutes=30)
    """Idle logout. GB/T 22239-2019 8.1.4.1 asks for one; thirty minutes is usual in halls."""

    session_life: timedelta = timedelta(hours=12)
    lockout_after: int = 5
    lockout_for: timedelta = timedelta(minutes=15)
    file_limit: int = 10 * 1024 * 1024
    """Bytes per uploaded file."""

    files_per_case: int = 20
    anonymous_per_hour: int = 30
    """Anonymous intakes accepted per hour from one address."""

    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose `X-Forwarded-For` is believed; everybody else's is ignored."""

    webhook_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Inside networks that webhooks and robots may be sent to; without them, none: an address
    that somebody typed shall not reach what only this server reaches."""

    @property
    def files(self) -> Path:
        """Folder of evidence files."""
        return self.home / "files"


def default_home() -> Path:
    """`.onedoor/` of the present folder; as root `/var/lib/onedoor`, which the server can reach."""
    return Path("/var/lib/onedoor") if os.geteuid() == 0 else Path(".onedoor").resolve()


def _folder(name: str, default: Path) -> Path:
    home = Path(os.environ.get(name) or default).expanduser()
    if any(os.path.isfile(p) for p in (home, *home.parents)):  # noqa: PTH113 (raises nothing)
        raise BadSetting(
            lazy("数据目录 {home} 是一个文件，请用 ONEDOOR_HOME 指定一个目录", home=home)
        )
    return home


def _secret(home: Path) -> str:
    """The installation's secret, made once and kept where only its owner reads it."""
    path = home / "secret"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with (
                suppress(FileExistsError),  # another process was first
                open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file,  # noqa: PTH123 (mode at creation)
            ):
                file.write(secrets.token_hex(32))
        return path.read_text().strip()
    except OSError as error:
        raise BadSetting(
            lazy("数据目录 {home} 不可写，请用 ONEDOOR_HOME 指定一个可写的目录", home=home)
        ) from error


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.isdigit() or int(text) == 0:
        raise BadSetting(lazy("环境变量 {name} 应为正整数，现为“{text}”", name=name, text=text))
    return int(text)


def _networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(n) for n in os.environ.get(name, "").replace(",", " ").split())
    except ValueError as error:
        raise BadSetting(
            lazy("环境变量 {name} 应是用逗号分开的网段，如 10.0.0.0/8,192.168.1.5/32", name=name)
        ) from error


def load() -> Settings:
    """Read the environment.

    Raises:
        BadSetting: a variable holds something unusable; the message names it.
    """
    env = os.environ.get
    home = _folder("ONEDOOR_HOME", default_home())
    locale = env("ONEDOOR_LOCALE") or "zh_CN"
    if locale not in LOCALES:
        raise BadSetting(lazy("ONEDOOR_LOCALE 只能是 zh_CN 或 en，现为“{locale}”", locale=locale))
    url = env("ONEDOOR_DATABASE_URL") or None
    if url and not url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        raise BadSetting(lazy("ONEDOOR_DATABASE_URL 应以 postgresql:// 开头"))
    role = env("ONEDOOR_DATABASE_ROLE") or "onedoor_app"
    if not role.isidentifier() or not role.isascii():
        raise BadSetting(lazy("ONEDOOR_DATABASE_ROLE 只能用字母、数字和下划线"))
    return Settings(
        home=home,
        database_url=url,
        app_role=role,
        secret_key=env("ONEDOOR_SECRET_KEY") or _secret(home),
        locale=locale,
        smtp_url=env("ONEDOOR_SMTP_URL") or None,
        smtp_from=env("ONEDOOR_SMTP_FROM") or "onedoor@localhost",
        public_url=(env("ONEDOOR_PUBLIC_URL") or "http://localhost:8501").rstrip("/"),
        session_idle=timedelta(minutes=_number("ONEDOOR_SESSION_IDLE_MINUTES", 30)),
        anonymous_per_hour=_number("ONEDOOR_ANONYMOUS_PER_HOUR", 30),
        webhook_networks=_networks("ONEDOOR_WEBHOOK_NETWORKS"),
        trusted_proxies=tuple((env("ONEDOOR_TRUSTED_PROXIES") or "").replace(",", " ").split()),
    )


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return load()


def served_at(url: str) -> None:
    """Where nobody has said under which address the county is reached, it is `url`, for this
    process and those that it starts: links in e-mails and on plates then work on this machine."""
    os.environ.setdefault("ONEDOOR_PUBLIC_URL", url)
    settings.cache_clear()
