"""Transactions: what becomes of the connection when their end fails, and what is said of it."""

import logging
import threading
from collections.abc import Mapping

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import Collided
from tests.support.together import at_once


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


def test_of_two_in_each_others_way_one_is_told_so(office: Office) -> None:
    """Whatever page or job it came from: nothing was written, and once more it will do."""
    here = threading.Barrier(2)

    def lock(keys: tuple[int, int]) -> bool:
        try:
            with office.work(SYSTEM) as work:
                for key in keys:
                    work.tx.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})
                    if key == keys[0]:
                        here.wait()
        except Collided:
            return False
        return True

    assert sorted(at_once(lock, [(1, 2), (2, 1)])) == [False, True]


_PERSON: Mapping[str, object] = {"id": 1, "name": "张三丰", "phone": "13800001111"}
_INSERT = (
    "insert into resident (county, id, name, phone, created_at)"
    " select '131024', n, :name, :phone, now() from generate_series(1, :id + 1) n"
)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (_INSERT, "duplicate key value violates unique constraint"),
        (_INSERT.replace("now()", "null"), "violates not-null constraint"),
        ("select cast(:name || :phone || :id as jsonb)", "invalid input syntax for type json"),
    ],
)
def test_what_failed_is_logged_without_the_values(
    office: Office, caplog: pytest.LogCaptureFixture, statement: str, said: str
) -> None:
    """A fault's traceback goes to the log, where no resident's name or number belongs."""
    try:
        with office.work(SYSTEM) as work:
            work.tx.execute(text(statement), _PERSON)
    except DBAPIError:
        logging.getLogger(__name__).exception("fault")
    assert said in caplog.text
    assert "[SQL: " in caplog.text
    assert not any(value in caplog.text for value in ("张三丰", "13800001111"))
