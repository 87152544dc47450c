"""Transactions: what becomes of the connection when their end fails."""

import pytest
from sqlalchemy.exc import IntegrityError

from core.access.actor import SYSTEM
from core.access.desk import Office


def _backend(office: Office) -> int:
    """The process at the server that the next transaction talks to."""
    with office.look(SYSTEM) as look:
        return int(look.tx.exec_driver_sql("select pg_backend_pid()").scalar_one())


def test_a_connection_whose_commit_failed_is_not_used_again(office: Office) -> None:
    before = _backend(office)
    assert _backend(office) == before, "otherwise the newest is taken again"
    with pytest.raises(IntegrityError), office.work(SYSTEM) as work:
        assert work.tx.exec_driver_sql("select pg_backend_pid()").scalar_one() == before
        work.tx.exec_driver_sql(
            "create temp table once (a int unique deferrable initially deferred)"
        )
        work.tx.exec_driver_sql("insert into once values (1), (1)")
    assert _backend(office) != before
