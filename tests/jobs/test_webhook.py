"""Webhooks are delivered to a real HTTP server, whatever that server does."""

import hashlib
import hmac
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.now import moved_to
from core.places.addresses import Owner, set_address
from core.places.people import disable
from core.settings import Settings
from jobs.delivery import Delivery
from jobs.mailbag import ATTEMPTS, CLAIM
from jobs.webhook import deliver, signature
from tests.support import county
from tests.support.hook import Hook, drip, endless, hang, hang_up, listening, status
from tests.support.mailbox import free_port
from tests.support.moments import beijing, receive, rows

NOON = beijing("2026-11-16 12:00")
LOOPBACK = (ip_network("127.0.0.0/8"),)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def url(hook: Hook) -> Iterator[str]:
    """A running server that takes webhooks."""
    with listening(hook) as url:
        yield url


@pytest.fixture
def office(office: Office) -> Office:
    """The loopback is an inside network that this county allows."""
    return allowing(office)


def allowing(office: Office, *networks: Any) -> Office:
    return Office(office.engine, replace(office.settings, webhook_networks=networks or LOOPBACK))


def enter(office: Office, url: str, username: str = "dispatcher") -> str:
    """Give somebody a webhook; returns its secret."""
    with office.work(county.actor(office, "admin")) as work:
        return set_address(work, Owner(username=username), "webhook", url)


def post(office: Office, at: datetime = NOON) -> Delivery:
    """One round of the job at a moment."""
    with moved_to(at):
        return deliver(office)


def outbox(office: Office) -> list[Row]:
    return rows(office, "select * from message where way = 'webhook' order by id")


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


class TestNever:
    """What will not pass is a dead letter at once, with the reason."""

    def test_400(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.next.append(status(400, "没有这个频道\n".encode()))
        assert post(office) == Delivery(dead=1)
        (row,) = outbox(office)
        assert (row.sent_at, row.try_at) == (None, None)
        assert row.fault == "对方回答 400：没有这个频道"

    def test_one_refusal_does_not_hold_up_the_next(
        self, office: Office, hook: Hook, url: str
    ) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        receive(office, "2026-11-16 10:00")
        hook.next.append(status(404))
        assert post(office) == Delivery(sent=1, dead=1)

    def test_a_redirect_is_not_followed(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        hook.next.append(status(302, Location="http://169.254.169.254/latest/meta-data"))
        assert post(office) == Delivery(dead=1)
        assert "要求转到 169.254.169.254" in outbox(office)[0].fault
        assert len(hook.got) == 1

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0"])  # noqa: S104
    def test_an_inside_address(self, office: Office, hook: Hook, url: str, host: str) -> None:
        """Also when it was fine, or a name for something else, when it was entered."""
        enter(office, "http://example.org/")
        with office.work(SYSTEM) as work:
            there = f"http://{host}:{url.rpartition(':')[2]}/"
            work.tx.execute(text("update address set url = :u"), {"u": there})
        receive(office, "2026-11-16 10:00")
        elsewhere = allowing(office, ip_network("10.0.0.0/8"))
        assert post(elsewhere) == Delivery(dead=1)
        assert "在内部网络里" in outbox(office)[0].fault
        assert hook.got == []

    def test_a_person_disabled_meanwhile(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        with office.work(county.actor(office, "admin")) as work:
            disable(work, "dispatcher")
        assert post(office) == Delivery(dead=1)
        assert outbox(office)[0].fault == "收件人的账号已停用，或没有填写这种地址"
        assert hook.got == []

    def test_an_address_taken_away_meanwhile(self, office: Office, hook: Hook, url: str) -> None:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        enter(office, "")
        assert post(office) == Delivery(dead=1)
        assert hook.got == []


def test_a_certificate_of_an_authority_that_the_machine_trusts(
    office: Office, hook: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    with listening(hook, tls=(cert, key)) as url:
        enter(office, url)
        receive(office, "2026-11-16 10:00")
        assert post(office) == Delivery(sent=1)


def test_the_connection_goes_to_the_address_that_was_checked(
    office: Office, hook: Hook, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means something else a moment later is not asked for again."""
    port, asked = int(url.rpartition(":")[2]), []
    resolver = socket.getaddrinfo

    def changing(host: str, *rest: Any, **more: Any) -> list[Any]:
        if host != "oa.county":
            return resolver(host, *rest, **more)
        asked.append(host)
        there = "127.0.0.1" if len(asked) == 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (there, port))]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    enter(office, f"http://oa.county:{port}/hook")
    receive(office, "2026-11-16 10:00")
    assert post(office) == Delivery(sent=1)
    assert asked == ["oa.county"]
    assert hook.got[0].headers["Host"] == f"oa.county:{port}"


def test_one_connection_serves_many(office: Office, hook: Hook, url: str) -> None:
    enter(office, url)
    for _ in range(5):
        receive(office, "2026-11-16 10:00")
    assert post(office) == Delivery(sent=5)
    assert len({got.peer for got in hook.got}) == 1


def test_no_proxy_of_the_environment_is_used(
    office: Office, hook: Hook, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    enter(office, url)
    receive(office, "2026-11-16 10:00")
    assert post(office) == Delivery(sent=1)


def test_the_address_stands_in_no_log(
    office: Office, hook: Hook, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    enter(office, f"{url}/hook?key=geheim")
    receive(office, "2026-11-16 10:00")
    hook.next.append(status(500))
    post(office)
    post(office, NOON + MINUTE)
    assert "geheim" not in caplog.text
    assert "geheim" not in str(rows(office, "select * from audit"))
    assert "geheim" not in str(outbox(office))


CRASH = """
import sys
from core.access.desk import Office
from core.now import moved_to
from core.settings import Settings
from datetime import datetime
from db.session import make_engine
from ipaddress import ip_network
from jobs.webhook import deliver
from pathlib import Path
url, at = sys.argv[1:]
settings = Settings(
    home=Path("/nonexistent"), secret_key="x", webhook_networks=(ip_network("127.0.0.0/8"),)
)
with moved_to(datetime.fromisoformat(at)):
    deliver(Office(make_engine(url), settings))
"""


def test_a_worker_killed_between_sending_and_recording(
    office: Office, hook: Hook, url: str
) -> None:
    """The message comes twice under one key, and is recorded once."""
    enter(office, url)
    receive(office, "2026-11-16 10:00")
    database = office.engine.url.render_as_string(hide_password=False)
    killed: list[int] = []

    def kill() -> None:
        while not killed:  # the server has the message; the worker does not know yet
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    hook.on_request = kill
    worker = subprocess.Popen([sys.executable, "-c", CRASH, database, NOON.isoformat()])
    assert worker.wait(60) == -signal.SIGKILL
    (row,) = outbox(office)
    assert (row.sent_at, row.attempts) == (None, 1)
    assert post(office, NOON + CLAIM - timedelta(seconds=1)) == Delivery()  # still claimed
    assert post(office, NOON + CLAIM) == Delivery(sent=1)
    first, second = hook.got
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.body == second.body
    assert outbox(office)[0].sent_at == NOON + CLAIM


def test_a_receiver_as_the_documentation_shows_it() -> None:
    """A change of the signature breaks every county's receiver."""
    page = (Path(__file__).parents[2] / "docs/how-to/messages.md").read_text()
    shown: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], shown)  # noqa: S102
    genuine, body = shown["genuine"], b'{"number":""}'
    assert genuine("geheim", signature("geheim", int(time.time()), body), body)
    assert not genuine("other", signature("geheim", int(time.time()), body), body)
    assert not genuine("geheim", signature("geheim", int(time.time()), body), body + b" ")
    assert not genuine("geheim", signature("geheim", int(time.time()) - 301, body), body)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that is signed by nobody but itself."""
    cert, key, openssl = folder / "cert.pem", folder / "key.pem", shutil.which("openssl")
    assert openssl
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


def test_settings_name_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.settings import BadSetting, load

    monkeypatch.setenv("ONEDOOR_SECRET_KEY", "x")
    monkeypatch.setenv("ONEDOOR_WEBHOOK_NETWORKS", "10.0.0.0/8, 127.0.0.1/32")
    loaded: Settings = load()
    assert loaded.webhook_networks == (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"))
    monkeypatch.setenv("ONEDOOR_WEBHOOK_NETWORKS", "10.0.0.1/8")
    with pytest.raises(BadSetting, match="ONEDOOR_WEBHOOK_NETWORKS"):
        load()
