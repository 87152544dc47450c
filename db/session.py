"""Transactions: they open and commit here and nowhere else.

`reading` and `writing` give different types, so that a query cannot be handed to a
command by mistake. Each sets whose eyes the database sees with (`RowScope`), which
row-level security then holds to, whatever the SQL above says.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NewType

import psycopg
from pydantic_core import from_json
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

Read = NewType("Read", Connection)
"""A connection in a read-only transaction."""
Write = NewType("Write", Read)
"""A connection in a transaction that commits when its block ends well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowScope:
    """Whose rows: the setting `app.scope` that the policies read."""

    by: str = "none"
    """`all`, `area`, `unit`, `both`, `outside`, `key` or `none`."""
    lo: str = ""
    hi: str = ""
    units: tuple[str, ...] = ()
    """Units whose cases these are."""
    lineage: tuple[str, ...] = ()
    """The person's unit and those above: an accusation of any of them stays hidden."""
    person: int | None = None
    number: str = ""
    code_hash: str = ""

    def sql(self) -> str:
        """The `SET LOCAL` that makes it so: Citus hands these on to its workers, not
        `set_config()`. One setting for all of it: each costs a statement of its own."""
        lo, hi = (self.lo, self.hi) if self.by in _WITH_AREA else ("", "")
        units, lineage = ",".join(self.units), ",".join(self.lineage or self.units[:1])
        person = "" if self.person is None else str(self.person)
        values = (self.by, lo, hi, units, lineage, person, self.number, self.code_hash)
        return f";SET LOCAL app.scope = '{'|'.join(_safe(value) for value in values)}'"


_WITH_AREA = ("area", "outside", "both")
"""Scopes that an area bounds; to the others the database is told none."""

FIELDS = ("by", "lo", "hi", "units", "lineage", "person", "number", "code")
"""What stands in `app.scope`, in this order; `db.rowsecurity` takes it apart."""


_UNSAFE = re.compile(r"[^A-Za-z0-9_.,:;/-]")


def _safe(value: str) -> str:
    """Codes only: `SET` takes no parameters, so nothing else may come near it."""
    return _UNSAFE.sub("", value)


SYSTEM = RowScope(by="all")


_NOTICED = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A server that is gone without a word is noticed within half a minute, not after two hours."""


def make_engine(url: str | URL, *, pool: int = 20) -> Engine:
    """An engine for the application role. What it raises holds no values: it ends in logs."""
    engine = create_engine(
        url,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",  # `BEGIN` is ours: it travels with what follows it
        pool_size=pool,
        max_overflow=10,
        pool_recycle=1800,
        pool_pre_ping=False,
        pool_use_lifo=True,  # the few that are busy have their statements prepared
        query_cache_size=2000,
        json_deserializer=from_json,
        connect_args=_NOTICED,
    )
    event.listen(engine, "handle_error", _keep_the_sentence)
    return engine


def _keep_the_sentence(context: ExceptionContext) -> None:
    """The server's DETAIL and CONTEXT quote the row: "Key (phone)=(138…) already exists"."""
    error = context.original_exception
    if isinstance(error, psycopg.Error) and (sentence := error.diag.message_primary):
        error.args = (sentence,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(error).__name__}) {sentence}",)


_ITS_OWN = ("40", "55", "57014")
"""SQLSTATEs for which what was done is to blame, not the database: deadlock, lock, timeout."""


def gone(fault: Exception) -> bool:
    """Whether the database is no longer there, so that nothing else would fare better."""
    if not isinstance(fault, OperationalError | InterfaceError):
        return False
    return not str(getattr(fault.orig, "sqlstate", None) or "").startswith(_ITS_OWN)


_COLLIDED = frozenset({"40001", "40P01"})


def collided(fault: DBAPIError) -> bool:
    """Whether another transaction was in the way (serialization failure, deadlock): nothing was
    written, and the same once more is clear."""
    return getattr(fault.orig, "sqlstate", None) in _COLLIDED


@contextmanager
def connected(engine: Engine) -> Iterator[Read]:
    """A connection on which no transaction has begun; row security shows nothing yet."""
    with engine.connect() as connection:
        yield Read(connection)


_PLANNED_ANEW = ";SET LOCAL plan_cache_mode = force_custom_plan"
"""How a list is best found depends on whose it is: a plan for any values at all took 110 ms at
100,000 cases where one for the county's took 12."""


@contextmanager
def reading(connection: Read, scope: RowScope) -> Iterator[Read]:
    """A read-only transaction seen through `scope`.

    It ends with COMMIT, also after an error: after a rollback psycopg forgets every statement
    that the connection has prepared, and the next request pays for parsing and planning.
    """
    connection.exec_driver_sql(f"BEGIN READ ONLY{_PLANNED_ANEW}{scope.sql()}")
    try:
        yield connection
    finally:
        if not connection.invalidated:
            _end(connection)


def _end(connection: Connection) -> None:
    """COMMIT. Where that itself fails (a statement's time was up, the server went), nobody knows
    whether the transaction still stands: the connection is thrown away, or the next who gets it
    would be told that "current transaction is aborted"."""
    try:
        connection.commit()
    except BaseException:
        connection.invalidate()
        raise


_PLANNED_ONCE = ";SET LOCAL plan_cache_mode = force_generic_plan"
"""Commands find rows by their keys, whatever the values: planning each anew costs more than
the work itself."""


@contextmanager
def writing(connection: Read, scope: RowScope) -> Iterator[Write]:
    """A transaction seen through `scope`; commits when the block ends, else nothing stays."""
    connection.exec_driver_sql(f"BEGIN{_PLANNED_ONCE}{scope.sql()}")
    yield Write(connection)
    _end(connection)


def look_through(connection: Read, scope: RowScope) -> None:
    """From here on in this transaction, see with the eyes of `scope`."""
    connection.exec_driver_sql(scope.sql().lstrip(";"))
