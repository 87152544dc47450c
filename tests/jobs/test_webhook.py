"""Webhooks are delivered to a real HTTP server, whatever that server does."""

import hashlib
import hmac
import json
import time
from datetime import timedelta
from pathlib import Path

import pytest

from core.access.desk import Office
from core.words import speaking
from core.words.kept import worded
from jobs.delivery import Delivery
from jobs.mailbag import ATTEMPTS
from tests.support.hook import Hook, drip, endless, hang, hang_up, listening, status
from tests.support.mailbox import free_port
from tests.support.moments import receive, rows
from tests.support.outgoing import MINUTE, NOON, allowing, certificate, enter, outbox, post


@pytest.fixture
def office(office: Office) -> Office:
    """The loopback is an inside network that this county allows."""
    return allowing(office)


def test_a_waiting_message_is_sent_and_recorded(office: Office, hook: Hook, url: str) -> None:
    enter(office, f"{url}/hook")
    number = receive(office, "2026-11-16 10:00", title="想说一件事")
    assert post(office) == Delivery(sent=1)
    (got,) = hook.got
    assert (got.method, got.path) == ("POST", "/hook")
    told = json.loads(got.body)
    assert told["subject"] == "新诉求：想说一件事"
    assert told["number"] == number
    assert told["url"] == f"http://localhost:8501/case?number={number}"
    assert told["id"] == got.headers["Idempotency-Key"]
    (row,) = outbox(office)
    assert (row.sent_at, row.try_at, row.attempts, row.fault) == (NOON, None, 1, "")
    assert post(office) == Delivery()


def test_the_signature_proves_who_sent_it_and_when(office: Office, hook: Hook, url: str) -> None:
    secret = enter(office, url)
    receive(office, "2026-11-16 10:00")
    post(office)
    (got,) = hook.got
    parts = dict(p.split("=") for p in got.headers["X-OneDoor-Signature"].split(","))
    assert parts["t"] == str(int(NOON.timestamp()))
    told = parts["t"].encode() + b"." + got.body
    assert parts["v1"] == hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()


def test_a_confidential_appeal_keeps_its_title(office: Office, hook: Hook, url: str) -> None:
    enter(office, url)
    receive(office, "2026-11-16 10:00", title="举报某某", confidential=True)
    post(office)
    assert "某某" not in hook.got[0].body.decode()
    assert json.loads(hook.got[0].body)["confidential"] is True


def test_no_telephone_number_leaves_the_house(office: Office, hook: Hook, url: str) -> None:
    enter(office, url)
    receive(office, "2026-11-16 10:00", title="请打13812345678找我")
    post(office)
    assert "13812345678" not in hook.got[0].body.decode()


def test_who_has_no_address_gets_nothing(office: Office, hook: Hook, url: str) -> None:
    enter(office, url, "police")
    receive(office, "2026-11-16 10:00")
    assert post(office) == Delivery()
    assert outbox(office) == []


class TestLater:
    """What may pass is tried again, under the same key, ever more rarely."""

    def test_500_and_then_200(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.next.append(status(500, b"oops"))
        assert post(office) == Delivery(later=1)
        (row,) = outbox(office)
        assert (row.try_at, row.attempts, row.fault) == (NOON + MINUTE, 1, "对方回答 500：oops")
        (kept,) = rows(office, "select fault from message where way = 'webhook'")
        with speaking("en"):
            assert worded(kept.fault) == "They answered 500: oops"
        assert post(office, NOON + MINUTE - timedelta(seconds=1)) == Delivery()
        assert post(office, NOON + MINUTE) == Delivery(sent=1)
        first, second = hook.got
        assert first.body == second.body
        assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]

    @pytest.mark.parametrize(
        ("said", "wait"),
        [
            ("120", timedelta(minutes=2)),
            ("0", timedelta(seconds=5)),
            ("999999999", timedelta(hours=6)),
            ("Mon, 16 Nov 2026 04:30:00 GMT", timedelta(minutes=30)),
            ("soon", MINUTE),
            ("", MINUTE),
        ],
    )
    def test_429_says_when(
        self, office: Office, hook: Hook, url: str, said: str, wait: timedelta
    ) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.next.append(status(429, Retry_After=said))
        assert post(office) == Delivery(later=1)
        assert outbox(office)[0].try_at == NOON + wait

    def test_is_given_up_in_the_end(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.usual = status(503)
        at, found = NOON, []
        for _ in range(ATTEMPTS):
            found.append(post(office, at))
            at = outbox(office)[0].try_at or at
        assert found == [Delivery(later=1)] * (ATTEMPTS - 1) + [Delivery(dead=1)]
        assert outbox(office)[0].fault == "对方回答 503"
        assert len({got.headers["Idempotency-Key"] for got in hook.got}) == 1

    def test_nobody_listens(self, office: Office) -> None:
        enter(office, f"http://127.0.0.1:{free_port()}")
        receive(office, "2026-11-16 10:00")
        assert post(office) == Delivery(later=1)
        assert outbox(office)[0].fault == "对方拒绝连接"

    def test_a_name_that_nobody_has(self, office: Office) -> None:
        enter(office, "http://nobody.invalid/")
        receive(office, "2026-11-16 10:00")
        assert post(office) == Delivery(later=1)
        assert outbox(office)[0].fault == "找不到主机 nobody.invalid"

    def test_the_connection_breaks_off(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.next.append(hang_up)
        assert post(office) == Delivery(later=1)
        assert outbox(office)[0].fault == "连接中断，对方没有答完"

    def test_a_certificate_that_nobody_vouches_for(
        self, office: Office, hook: Hook, tmp_path: Path
    ) -> None:
        with listening(hook, tls=certificate(tmp_path)) as url:
            enter(office, url)
            receive(office, "2026-11-16 10:00")
            assert post(office) == Delivery(later=1)
        assert outbox(office)[0].fault == "对方的证书不可信：过期、自签发，或与主机名不符"
        assert hook.got == []


class TestSlow:
    """Whatever the other side does, one request ends, and holds up nobody else."""

    def test_silence(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.next.append(hang)
        assert post(office) == Delivery(later=1)
        assert outbox(office)[0].fault == "对方 5 秒没有应答"

    def test_a_byte_now_and_then(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.next.append(drip)
        assert post(office) == Delivery(later=1)
        assert outbox(office)[0].fault == "对方在 10 秒内没有答完"

    def test_a_body_without_end(self, office: Office, hook: Hook, url: str) -> None:
        """The status has come, and that is what counts."""
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.next.append(endless)
        assert post(office) == Delivery(sent=1)

    def test_the_others_are_served_meanwhile(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, f"{url}/slow")
        enter(office, f"{url}/quick", "county")
        hook.by_path["/slow"] = hang
        for _ in range(3):
            receive(office, "2026-11-16 10:00")
            receive(office, "2026-11-16 10:00", by="county", area="131024")
        started = time.monotonic()
        assert post(office) == Delivery(sent=3, later=3)
        assert time.monotonic() - started < 3 * 5  # one silence, not three
        # Only the first of the slow address was tried at all
        slow = [row.attempts for row in outbox(office) if row.sent_at is None]
        assert slow == [1, 0, 0]
        assert sum(got.path == "/slow" for got in hook.got) == 1
