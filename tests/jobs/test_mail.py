"""E-mails are delivered to a real SMTP server: each once, later, or never, and recorded so."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Row, text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.now import moved_to
from core.settings import BadSetting
from jobs.delivery import SERVER_WAIT, Delivery
from jobs.mail import deliver
from jobs.mailbag import ATTEMPTS, CLAIM, wait
from jobs.smtp import Server
from tests.support.asked import Case, on
from tests.support.mailbox import Mailbox, free_port, serving
from tests.support.moments import beijing, receive, rows

NOON = beijing("2026-11-16 12:00")


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def url(box: Mailbox) -> Iterator[str]:
    """A running mail server."""
    with serving(box) as url:
        yield url


@pytest.fixture
def office(office: Office) -> Office:
    """The dispatcher reads e-mail in Chinese."""
    return email(office, "dispatcher")


def email(office: Office, username: str, locale: str = "zh_CN", address: str = "") -> Office:
    with office.work(SYSTEM) as work:
        work.tx.execute(
            text("update person set email = :e, locale = :l where username = :u"),
            {"u": username, "l": locale, "e": address or f"{username}@example.org"},
        )
    return office


def post(office: Office, url: str | None, at: datetime = NOON) -> Delivery:
    """One round of the job at a moment."""
    there = Office(office.engine, replace(office.settings, smtp_url=url))
    with moved_to(at):
        return deliver(there)


def outbox(office: Office) -> list[Row]:
    return rows(office, "select * from message where way = 'email' order by id")


def test_a_waiting_message_is_sent_and_recorded(office: Office, box: Mailbox, url: str) -> None:
    number = receive(office, "2026-11-16 10:00", title="想说一件事")
    assert post(office, url) == Delivery(sent=1)
    (message,) = box.messages
    assert message["Subject"] == "新诉求：想说一件事"
    assert str(message["To"]) == "李某 <dispatcher@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    content = message.get_content()
    assert content.startswith("李某，您好！")
    assert number in content
    assert "http://localhost:8501" in content
    (row,) = outbox(office)
    assert (row.sent_at, row.try_at, row.attempts, row.fault) == (NOON, None, 1, "")


def test_each_message_goes_once(office: Office, box: Mailbox, url: str) -> None:
    for _ in range(25):  # more than are claimed at a time
        receive(office, "2026-11-16 10:00")
    assert post(office, url).sent == 25
    assert post(office, url) == Delivery()
    assert len({message["Message-ID"] for message in box.messages}) == 25


def test_each_message_goes_once_with_two_workers(office: Office, box: Mailbox, url: str) -> None:
    for _ in range(50):
        receive(office, "2026-11-16 10:00")
    found: list[Delivery] = []
    threads = [threading.Thread(target=lambda: found.append(post(office, url))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(delivery.sent for delivery in found) == 50
    assert len({message["Message-ID"] for message in box.messages}) == len(box.messages) == 50


def test_everybody_reads_their_own_language(office: Office, box: Mailbox, url: str) -> None:
    email(office, "dispatcher", "en")
    receive(office, "2026-11-16 10:00", title="想说一件事")
    post(office, url)
    with_title = box.messages[0]["Subject"]
    assert with_title.endswith("想说一件事")  # what a resident wrote stays as it is


def test_a_confidential_appeal_keeps_its_title(office: Office, box: Mailbox, url: str) -> None:
    receive(office, "2026-11-16 10:00", title="举报某某", confidential=True)
    post(office, url)
    assert box.messages[0]["Subject"] == "新诉求：保密诉求"
    assert "某某" not in box.messages[0].get_content()


def test_what_is_asked_of_it_stays_in_the_house_as_well(
    office: Office, box: Mailbox, url: str
) -> None:
    number = receive(office, "2026-11-16 10:00", title="举报某某", confidential=True)
    with on("2026-11-16 11:00"):
        Case(office, number).do("supervisor", "supervise", text="请向邻居李某核实")
    post(office, url)
    said = [str(m["Subject"]) + m.get_content() for m in box.messages]
    assert any("内容请登录后查看" in words for words in said)
    assert not [w for w in said if "李某核实" in w or "举报" in w]


def test_without_a_server_messages_wait_quietly(office: Office) -> None:
    receive(office, "2026-11-16 10:00")
    assert post(office, None) == Delivery()
    assert [(row.attempts, row.fault) for row in outbox(office)] == [(0, "")]


def test_signs_in_where_the_address_says_so(office: Office, box: Mailbox) -> None:
    receive(office, "2026-11-16 10:00")
    with serving(box, sign_in=True) as url:
        assert post(office, url.replace("//", "//county%40x:wrong@")).sent == 0
        assert outbox(office)[0].fault.startswith("535")
        later = NOON + SERVER_WAIT
        assert post(office, url.replace("//", "//county%40x:secret@"), later).sent == 1
    assert set(box.signed_in) == {"county@x"}


class TestLater:
    """A transient refusal (4xx) is tried again, ever more rarely."""

    def test_waits_double(self) -> None:
        minutes = [wait(n) / timedelta(minutes=1) for n in (1, 2, 3, 4, 10, 11, 12, 40)]
        assert minutes == [1, 2, 4, 8, 512, 720, 720, 720]

    def test_a_busy_mailbox_is_tried_again(self, office: Office, box: Mailbox, url: str) -> None:
        receive(office, "2026-11-16 10:00")
        box.to_data = "451 try again"
        assert post(office, url) == Delivery(later=1)
        (row,) = outbox(office)
        assert (row.attempts, row.fault) == (1, "451 try again")
        assert row.try_at == NOON + timedelta(minutes=1)
        box.to_data = ""
        assert post(office, url, NOON + timedelta(seconds=59)) == Delivery()
        assert post(office, url, NOON + timedelta(minutes=1)) == Delivery(sent=1)
        assert outbox(office)[0].fault == ""

    def test_is_given_up_in_the_end(self, office: Office, box: Mailbox, url: str) -> None:
        receive(office, "2026-11-16 10:00")
        box.to_recipient["dispatcher@example.org"] = "450 greylisted"
        at, found = NOON, []
        for _ in range(ATTEMPTS):
            found.append(post(office, url, at))
            at = outbox(office)[0].try_at or at
        assert found == [Delivery(later=1)] * (ATTEMPTS - 1) + [Delivery(dead=1)]
        (row,) = outbox(office)
        assert (row.sent_at, row.try_at, row.fault) == (None, None, "450 greylisted")
        assert post(office, url, at + timedelta(days=30)) == Delivery()

    def test_one_refusal_does_not_hold_up_the_next(
        self, office: Office, box: Mailbox, url: str
    ) -> None:
        email(office, "county")
        receive(office, "2026-11-16 10:00")
        receive(office, "2026-11-16 10:00", by="county", area="131024")
        box.to_recipient["dispatcher@example.org"] = "452 full"
        assert post(office, url) == Delivery(sent=1, later=1)


class TestNever:
    """A permanent refusal (5xx) is final; the fault is kept for the administrator."""

    def test_an_unknown_mailbox(self, office: Office, box: Mailbox, url: str) -> None:
        receive(office, "2026-11-16 10:00")
        box.to_recipient["dispatcher@example.org"] = "550 no such user"
        assert post(office, url) == Delivery(dead=1)
        (row,) = outbox(office)
        assert (row.try_at, row.sent_at, row.fault) == (None, None, "550 no such user")

    def test_an_address_that_is_none(self, office: Office, box: Mailbox, url: str) -> None:
        email(office, "dispatcher", address="@@")
        receive(office, "2026-11-16 10:00")
        assert post(office, url) == Delivery(dead=1)
        assert outbox(office)[0].fault

    def test_a_person_who_left(self, office: Office, box: Mailbox, url: str) -> None:
        receive(office, "2026-11-16 10:00")
        with office.work(SYSTEM) as work:
            work.tx.execute(text("update person set active = false where username = 'dispatcher'"))
        assert post(office, url) == Delivery(dead=1)
        assert outbox(office)[0].fault == "收件人的账号已停用，或没有邮箱"
        assert box.messages == []


class TestServerAway:
    """The server's absence is no message's fault and costs no attempt."""

    def test_nobody_listens(self, office: Office, box: Mailbox) -> None:
        for _ in range(3):
            receive(office, "2026-11-16 10:00")
        port = free_port()
        assert post(office, f"smtp://127.0.0.1:{port}") == Delivery(later=3)
        for row in outbox(office):
            assert (row.attempts, row.try_at) == (0, NOON + SERVER_WAIT)
            assert "refused" in row.fault
        with serving(box, port=port) as url:
            assert post(office, url, NOON + SERVER_WAIT).sent == 3

    def test_breaks_off_in_the_middle(self, office: Office, box: Mailbox, url: str) -> None:
        for _ in range(4):
            receive(office, "2026-11-16 10:00")
        box.hang_up = True
        assert post(office, url) == Delivery(later=4)
        # Twice in a row is the server's doing; the others were not even tried.
        assert [row.attempts for row in outbox(office)] == [1, 1, 0, 0]
        box.hang_up = False
        assert post(office, url, NOON + timedelta(hours=1)).sent == 4


CRASH = """
import sys
from core.access.desk import Office
from core.now import moved_to
from core.settings import Settings
from datetime import datetime
from db.session import make_engine
from jobs.mail import deliver
from pathlib import Path
url, smtp, at = sys.argv[1:]
settings = Settings(home=Path("/nonexistent"), secret_key="x", smtp_url=smtp)
with moved_to(datetime.fromisoformat(at)):
    deliver(Office(make_engine(url), settings))
"""


def test_a_worker_killed_between_sending_and_recording(
    office: Office, box: Mailbox, url: str
) -> None:
    """The message comes twice under one Message-ID, and is recorded once."""
    receive(office, "2026-11-16 10:00")
    database = office.engine.url.render_as_string(hide_password=False)
    killed: list[int] = []

    def kill() -> None:
        while not killed:  # the server has the message; the worker does not know yet
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    box.on_message = kill
    worker = subprocess.Popen([sys.executable, "-c", CRASH, database, url, NOON.isoformat()])
    assert worker.wait(60) == -signal.SIGKILL
    (row,) = outbox(office)
    assert (row.sent_at, row.attempts) == (None, 1)
    assert post(office, url, NOON + CLAIM - timedelta(seconds=1)) == Delivery()  # still claimed
    assert post(office, url, NOON + CLAIM) == Delivery(sent=1)
    first, second = box.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()
    assert outbox(office)[0].sent_at == NOON + CLAIM


class TestServerAddress:
    @pytest.mark.parametrize(
        ("url", "host", "port", "tls", "user", "password"),
        [
            ("smtp://mail.county", "mail.county", 25, False, "", ""),
            ("smtp://mail.county:587", "mail.county", 587, False, "", ""),
            ("smtps://u:geheim@mail.county", "mail.county", 465, True, "u", "geheim"),
            ("smtp://u%40x:p%3A1@mail.county", "mail.county", 25, False, "u@x", "p:1"),
        ],
    )
    def test_is_read(
        self, url: str, host: str, port: int, tls: bool, user: str, password: str
    ) -> None:
        found = Server.parse(url)
        assert found == Server(host, port, tls, user, password)
        assert not password or password not in repr(found)

    @pytest.mark.parametrize("url", ["mail.county", "http://mail.county", "smtp://", "smtp://x:y"])
    def test_is_refused(self, url: str) -> None:
        with pytest.raises(BadSetting, match="ONEDOOR_SMTP_URL"):
            Server.parse(url)
