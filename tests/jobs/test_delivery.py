"""What all ways share: turns, rests, what becomes of what waits."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy import Row, text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.now import moved_to
from core.places.addresses import Owner, set_address, try_address
from jobs.delivery import PER_HOST, Delivery
from jobs.mailbag import LONGEST_REST, PATIENCE, wait
from jobs.webhook import deliver
from tests.support import county
from tests.support.hook import Answer, Hook, listening, status
from tests.support.moments import beijing, receive, rows
from tests.support.outgoing import outbox

NOON = beijing("2026-11-16 12:00")
MINUTE = timedelta(minutes=1)
EVERYBODY = [username for username, *_rest in county.PEOPLE if username not in ("landstation",)]


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def url(hook: Hook) -> Iterator[str]:
    with listening(hook) as url:
        yield url


@pytest.fixture
def office(office: Office) -> Office:
    networks = (ip_network("127.0.0.0/8"),)
    return Office(office.engine, replace(office.settings, webhook_networks=networks))


def enter(office: Office, url: str, username: str = "dispatcher") -> None:
    with office.work(county.actor(office, "admin")) as work:
        set_address(work, Owner(username=username), "webhook", url)


def post(office: Office, at: object = NOON, stop: threading.Event | None = None) -> Delivery:
    with moved_to(at):  # pyright: ignore[reportArgumentType]
        return deliver(office, stop)


def address(office: Office) -> Row:
    return rows(office, "select faults, rest_until, fault from address")[0]


class TestTurns:
    def test_each_message_goes_once(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        for _ in range(45):  # more than are claimed at a time
            receive(office, "2026-11-16 10:00")
        assert post(office) == Delivery(sent=45)
        assert len({got.headers["Idempotency-Key"] for got in hook.got}) == len(hook.got) == 45

    def test_each_message_goes_once_with_two_workers(
        self, office: Office, hook: Hook, url: str
    ) -> None:
        enter(office, url)
        for _ in range(60):
            receive(office, "2026-11-16 10:00")
        found: list[Delivery] = []
        threads = [threading.Thread(target=lambda: found.append(post(office))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(delivery.sent for delivery in found) == 60
        assert len({got.headers["Idempotency-Key"] for got in hook.got}) == len(hook.got) == 60

    def test_in_the_order_in_which_they_were_written(
        self, office: Office, hook: Hook, url: str
    ) -> None:
        enter(office, url)
        numbers = [receive(office, f"2026-11-16 10:{n:02}") for n in range(25)]
        post(office)
        assert [n for got in hook.got for n in numbers if n in got.body.decode()] == numbers

    def test_one_host_is_not_overrun(self, office: Office, hook: Hook, url: str) -> None:
        people = ["clerk", "dispatcher", "county", "police", "traffic", "housing", "land", "other"]
        for username in people:
            enter(office, f"{url}/{username}", username)
            with office.work(county.actor(office, "admin")) as work, moved_to(NOON):
                try_address(work, Owner(username=username), "webhook")
        hook.usual = slowly(0.1)
        assert post(office) == Delivery(sent=len(people))
        assert 1 < hook.at_once <= PER_HOST

    def test_a_worker_that_is_told_to_stop_gives_back_what_it_holds(
        self, office: Office, hook: Hook, url: str
    ) -> None:
        enter(office, url)
        for _ in range(5):
            receive(office, "2026-11-16 10:00")
        stop = threading.Event()
        hook.on_request = stop.set
        assert post(office, stop=stop) == Delivery(sent=1, later=4)
        assert [row.attempts for row in outbox(office)] == [1, 0, 0, 0, 0]
        assert post(office) == Delivery(sent=4)


def slowly(seconds: float) -> Answer:
    def answer(handler: object) -> None:
        time.sleep(seconds)
        status(200)(handler)  # pyright: ignore[reportArgumentType]

    return answer


class TestRest:
    """An address that failed is left in peace, ever longer, and forgiven at once."""

    def test_grows_up_to_an_hour(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.usual = status(503)
        at = NOON
        for n in range(1, 9):
            receive(office, "2026-11-16 10:00")  # there is always one whose turn it is
            post(office, at)
            found = address(office)
            assert (found.faults, found.rest_until) == (n, at + wait(n, LONGEST_REST))
            at = found.rest_until
        assert wait(8, LONGEST_REST) == LONGEST_REST

    def test_costs_the_others_no_attempt(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        for _ in range(3):
            receive(office, "2026-11-16 10:00")
        hook.next.append(status(503))
        assert post(office) == Delivery(later=3)
        assert [row.attempts for row in outbox(office)] == [1, 0, 0]
        assert post(office, NOON + 0.9 * MINUTE) == Delivery()
        assert post(office, NOON + MINUTE) == Delivery(sent=3)
        assert address(office) == (0, None, "")

    def test_ends_when_the_address_is_changed(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.next.append(status(503))
        post(office)
        enter(office, f"{url}/new")
        assert address(office) == (0, None, "")

    def test_one_that_is_refused_for_itself_holds_up_nobody_for_ever(
        self, office: Office, hook: Hook, url: str
    ) -> None:
        """A server that breaks over one message gets the others in the next round."""
        enter(office, url)
        bad = receive(office, "2026-11-16 10:00")
        for _ in range(3):
            receive(office, "2026-11-16 10:01")

        def picky(handler: object) -> None:
            broken = bad in hook.got[-1].body.decode()
            status(500 if broken else 200)(handler)  # pyright: ignore[reportArgumentType]

        hook.usual = picky
        assert post(office) == Delivery(later=4)
        assert post(office, NOON + MINUTE).sent >= 2
        assert post(office, NOON + 10 * MINUTE).later == 1
        assert [row.sent_at is None for row in outbox(office)] == [True, False, False, False]

    def test_what_waits_too_long_for_it_is_given_up(
        self, office: Office, hook: Hook, url: str
    ) -> None:
        enter(office, url)
        for _ in range(30):
            receive(office, "2026-11-16 10:00")
        hook.usual = status(503)
        at = beijing("2026-11-16 10:00") + PATIENCE + MINUTE
        receive(office, "2026-11-17 10:00")
        post(office, at)
        found = outbox(office)
        # The one that was tried has its own attempts; the new one its own time
        assert [row.try_at is None for row in found] == [False] + [True] * 29 + [False]
        assert {row.fault for row in found[1:-1]} == {"对方回答 503"}


class TestTry:
    """The administrator tries an address and sees what comes of it."""

    def test_goes_at_once_though_the_address_rests(
        self, office: Office, hook: Hook, url: str
    ) -> None:
        enter(office, url)
        with office.work(SYSTEM) as work:
            work.tx.execute(text("update address set faults = 3, rest_until = 'infinity'"))
        with moved_to(NOON), office.work(county.actor(office, "admin")) as work:
            try_address(work, Owner(username="dispatcher"), "webhook")
        assert post(office) == Delivery(sent=1)
        assert "测试消息" in hook.got[0].body.decode()
        assert address(office) == (0, None, "")
