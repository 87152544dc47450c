"""Webhooks: what never leaves the house, and what is given up at once."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.places.people import disable
from core.settings import Settings
from jobs.delivery import Delivery
from jobs.mailbag import CLAIM
from jobs.webhook import signature
from tests.support import county
from tests.support.hook import Hook, listening, status
from tests.support.mailbox import free_port
from tests.support.moments import receive, rows
from tests.support.outgoing import MINUTE, NOON, allowing, certificate, enter, outbox, post


@pytest.fixture
def office(office: Office) -> Office:
    """The loopback is an inside network that this county allows."""
    return allowing(office)


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


def test_settings_name_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.settings import BadSetting, load

    monkeypatch.setenv("ONEDOOR_SECRET_KEY", "x")
    monkeypatch.setenv("ONEDOOR_WEBHOOK_NETWORKS", "10.0.0.0/8, 127.0.0.1/32")
    loaded: Settings = load()
    assert loaded.webhook_networks == (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"))
    monkeypatch.setenv("ONEDOOR_WEBHOOK_NETWORKS", "10.0.0.1/8")
    with pytest.raises(BadSetting, match="ONEDOOR_WEBHOOK_NETWORKS"):
        load()
