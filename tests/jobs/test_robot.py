"""Robots and gateways speak through Apprise, but only by our own way out."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.now import moved_to
from core.places.addresses import Owner, set_address
from core.places.robots import robot
from core.rules.addresses import ROBOTS
from jobs.delivery import Delivery
from jobs.robot import PER_MINUTE, deliver, through
from tests.support import county, outgoing
from tests.support.hook import Hook, hang, listening, status
from tests.support.mailbox import free_port
from tests.support.moments import beijing, receive, rows

NOON = beijing("2026-11-16 12:00")
MINUTE = timedelta(minutes=1)
CENTRE = "131024104-C"


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def port(hook: Hook) -> Iterator[str]:
    """Where a running server listens."""
    with listening(hook) as url:
        yield url.rpartition(":")[2]


@pytest.fixture
def office(office: Office) -> Office:
    """The loopback is an inside network that this county allows."""
    return allowing(office, "127.0.0.0/8")


def allowing(office: Office, network: str) -> Office:
    settings = replace(office.settings, webhook_networks=(ip_network(network),))
    return Office(office.engine, settings)


@pytest.fixture
def wecom(port: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A robot of WeCom's whose service is the server of this test."""
    plugin = type(robot("wecombot://abc"))
    there = f"http://127.0.0.1:{port}/cgi-bin/webhook/send?key={{key}}"
    monkeypatch.setattr(plugin, "notify_url", there)
    return "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4"


def enter(office: Office, url: str, unit: str = CENTRE) -> None:
    """Give a unit's group a robot."""
    with office.work(county.actor(office, "admin")) as work:
        set_address(work, Owner(unit=unit), "robot", url)


def post(office: Office, at: Any = NOON) -> Delivery:
    """One round of the job at a moment."""
    with moved_to(at):
        return deliver(office)


def outbox(office: Office) -> list[Any]:
    return outgoing.outbox(office, "robot")


class TestWeCom:
    """The usual case: the group of a unit has a robot."""

    def test_the_group_reads_what_its_unit_is_told(
        self, office: Office, hook: Hook, wecom: str
    ) -> None:
        enter(office, wecom)
        number = receive(office, "2026-11-16 10:00", title="想说一件事")
        hook.usual = status(200, b'{"errcode":0,"errmsg":"ok"}')
        assert post(office) == Delivery(sent=1)
        (got,) = hook.got
        assert got.path == "/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4"
        said = json.loads(got.body)["text"]["content"]
        assert said.startswith("【一扇门】新诉求：想说一件事")
        assert f"http://localhost:8501/case?number={number}" in said
        (row,) = outbox(office)
        assert (row.unit, row.person_id, row.sent_at) == (CENTRE, 0, NOON)

    def test_a_no_with_status_200_is_a_no(self, office: Office, hook: Hook, wecom: str) -> None:
        enter(office, wecom)
        receive(office, "2026-11-16 10:00")
        hook.usual = status(200, b'{"errcode":93000,"errmsg":"invalid webhook url"}')
        assert post(office) == Delivery(dead=1)
        assert outbox(office)[0].fault == "机器人回答 93000：invalid webhook url"

    def test_too_many_is_later(self, office: Office, hook: Hook, wecom: str) -> None:
        enter(office, wecom)
        receive(office, "2026-11-16 10:00")
        hook.next.append(status(200, b'{"errcode":45009,"errmsg":"api freq out of limit"}'))
        assert post(office) == Delivery(later=1)
        assert post(office, NOON + MINUTE) == Delivery()
        assert post(office, NOON + 10 * MINUTE) == Delivery(sent=1)

    def test_not_more_than_the_service_takes_in_a_minute(
        self, office: Office, hook: Hook, wecom: str
    ) -> None:
        enter(office, wecom)
        for _ in range(PER_MINUTE + 3):
            receive(office, "2026-11-16 10:00")
        assert post(office) == Delivery(sent=PER_MINUTE, later=3)
        # It was not their turn: no attempt is spent, and nothing is wrong with the address
        assert [row.attempts for row in outbox(office) if row.sent_at is None] == [0, 0, 0]
        assert rows(office, "select faults from address") == [(0,)]
        assert post(office, NOON + MINUTE) == Delivery(sent=3)

    def test_a_confidential_appeal_keeps_its_title(
        self, office: Office, hook: Hook, wecom: str
    ) -> None:
        enter(office, wecom)
        receive(office, "2026-11-16 10:00", title="举报某某", confidential=True)
        post(office)
        said = json.loads(hook.got[0].body)["text"]["content"]
        assert said.startswith("【一扇门】新诉求：保密诉求")
        assert "某某" not in said


class TestGateway:
    """A gateway of the county's own, for SMS or for a messenger that nobody else has."""

    def test_takes_title_and_text(self, office: Office, hook: Hook, port: str) -> None:
        enter(office, f"json://127.0.0.1:{port}/sms?:app=onedoor")
        receive(office, "2026-11-16 10:00", title="想说一件事")
        assert post(office) == Delivery(sent=1)
        told = json.loads(hook.got[0].body)
        assert (told["title"], told["app"]) == ("【一扇门】新诉求：想说一件事", "onedoor")

    def test_is_away(self, office: Office) -> None:
        enter(office, f"json://127.0.0.1:{free_port()}/")
        receive(office, "2026-11-16 10:00")
        assert post(office) == Delivery(later=1)
        assert outbox(office)[0].fault == "对方拒绝连接"

    def test_is_silent(self, office: Office, hook: Hook, port: str) -> None:
        enter(office, f"json://127.0.0.1:{port}/")
        receive(office, "2026-11-16 10:00")
        hook.next.append(hang)
        assert post(office) == Delivery(later=1)
        assert outbox(office)[0].fault == "对方 5 秒没有应答"

    def test_says_when_to_come_again(self, office: Office, hook: Hook, port: str) -> None:
        enter(office, f"json://127.0.0.1:{port}/")
        receive(office, "2026-11-16 10:00")
        hook.next.append(status(429, Retry_After="300"))
        assert post(office) == Delivery(later=1)
        assert outbox(office)[0].try_at == NOON + 5 * MINUTE

    def test_redirects(self, office: Office, hook: Hook, port: str) -> None:
        enter(office, f"json://127.0.0.1:{port}/?redirect=yes")
        receive(office, "2026-11-16 10:00")
        hook.next.append(status(307, Location="http://10.1.2.3/"))
        assert post(office) == Delivery(dead=1)
        assert "要求转到 10.1.2.3" in outbox(office)[0].fault
        assert len(hook.got) == 1

    def test_in_an_inside_network(self, office: Office, hook: Hook, port: str) -> None:
        enter(office, f"json://127.0.0.1:{port}/")
        receive(office, "2026-11-16 10:00")
        assert post(allowing(office, "10.0.0.0/8")) == Delivery(dead=1)
        assert "在内部网络里" in outbox(office)[0].fault
        assert hook.got == []


def test_an_address_that_has_become_none(office: Office) -> None:
    enter(office, "wecombot://abc")
    with office.work(SYSTEM) as work:
        work.tx.execute(text("update address set url = 'syslog://'"))
    receive(office, "2026-11-16 10:00")
    assert post(office) == Delivery(dead=1)


EXAMPLES = {
    "wecombot": "wecombot://abc",
    "dingtalk": "dingtalk://SECabc@abc123",
    "feishu": "feishu://abc",
    "lark": "lark://abc",
    "json": "json://example.org",
    "jsons": "jsons://example.org",
    "form": "form://example.org",
    "forms": "forms://example.org",
    "xml": "xml://example.org",
    "xmls": "xmls://example.org",
    "smseagle": "smseagle://token@example.org/13812345678",
    "smseagles": "smseagles://token@example.org/13812345678",
    "bulksms": "bulksms://user:pass@+8613812345678",
    "clickatell": "clickatell://apikey/8613812345678",
    "infobip": "infobip://apikey@abcdef/8613812345678",
    "sinch": "sinch://AAAAAAAA:bbbbbbbb@12345678901/8613812345678",
    "twilio": f"twilio://AC{'a' * 32}:{'b' * 32}@12345678901/8613812345678",
    "vonage": f"vonage://{'a' * 8}:{'b' * 16}@12345678901/8613812345678",
}


@pytest.mark.parametrize("scheme", ROBOTS)
def test_every_kind_leaves_by_our_own_way_out(scheme: str) -> None:
    """A plugin that opened connections by itself would reach what addresses must not."""

    class Caught:
        asked: list[str] = []  # noqa: RUF012 (of this test alone)

        def request(self, method: str, url: str, **what: Any) -> Any:
            self.asked.append(url)
            raise_for_no_answer()

    def raise_for_no_answer() -> None:
        from jobs.outside import Unreachable

        raise Unreachable("caught")

    client: Any = Caught()
    voice = robot(EXAMPLES[scheme])
    with through(voice, client) as heard:
        assert voice.notify(body="x", title="y") is False
    assert str(heard.fault) == "caught"
    assert client.asked


def test_nothing_else_of_apprise_is_loaded() -> None:
    for url in EXAMPLES.values():
        robot(url)
    kinds = {kind.module for kind in ROBOTS.values()} | {"base"}
    loaded = {m.split(".")[2] for m in sys.modules if m.startswith("apprise.plugins.")}
    assert loaded <= kinds
