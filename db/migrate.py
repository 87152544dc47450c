"""From any state to the newest schema, as the owner; and the role the application uses."""

import hashlib
import hmac
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError, ProgrammingError

from core.errors import OneDoorError
from core.words import lazy

OLDEST = 150000
"""PostgreSQL 15: the oldest that the suite has been run on."""


class NoDatabase(OneDoorError):
    """The database cannot be used as it is."""

    status = 503
    code = "database"


def owner_url(url: str) -> URL:
    """The administrator's URL, spoken to by psycopg 3."""
    return make_url(url).set(drivername="postgresql+psycopg")


def app_password(secret: str, role: str) -> str:
    """The application role's password: derived, so that it is kept nowhere."""
    return hmac.new(secret.encode(), f"database:{role}".encode(), hashlib.sha256).hexdigest()


def app_url(owner: URL, secret: str, role: str) -> URL:
    """The same database as the application role sees it."""
    return owner.set(username=role, password=app_password(secret, role))


def _config(connection: Connection, role: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["app_role"] = role
    return config


def _can_sign_in(url: URL) -> bool:
    engine = create_engine(url)
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


def _make_role(owner: URL, role: str, password: str) -> None:
    """The role may log in and nothing else.

    Roles belong to the whole server, and other databases' installations may be doing the
    same at this moment (PostgreSQL then says "tuple concurrently updated"): try again.
    """
    app = owner.set(username=role, password=password)
    engine = create_engine(owner, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        for attempt in range(20):
            if _can_sign_in(app):
                return
            with engine.connect() as connection:
                known = connection.scalar(
                    text("select 1 from pg_roles where rolname = :role"), {"role": role}
                )
                verb = "alter" if known else "create"
                try:
                    connection.exec_driver_sql(
                        f"{verb} role {role} login nosuperuser nocreatedb nocreaterole"
                        f" nobypassrls password '{password}'"
                    )
                except (InternalError, IntegrityError, ProgrammingError) as error:
                    state = getattr(error.orig, "sqlstate", "")
                    if state not in ("XX000", "42710", "23505") or attempt == 19:
                        raise
                    time.sleep(0.05 * (attempt + 1))
    finally:
        engine.dispose()


def migrate(url: URL, role: str, password: str) -> None:
    """Bring the schema up to date and make sure of the application role.

    Raises:
        NoDatabase: unreachable, too old, or without the right to make the role.
    """
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            version = connection.scalar(text("show server_version_num"))
            if int(version or 0) < OLDEST:
                raise NoDatabase(lazy("PostgreSQL 版本过低，需要 15 或更高"))
            _make_role(url, role, password)
            connection.execute(text("select pg_advisory_xact_lock(hashtext('onedoor migrate'))"))
            command.upgrade(_config(connection, role), "head")
    except OperationalError as error:
        raise NoDatabase(
            lazy("连接不上数据库，请检查 ONEDOOR_DATABASE_URL：{why}", why=_first_line(error))
        ) from error
    except ProgrammingError as error:
        raise NoDatabase(
            lazy("数据库用户的权限不足（需要建表和建角色）：{why}", why=_first_line(error))
        ) from error
    finally:
        engine.dispose()


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip().splitlines()[0]
