"""Whose address is what: entered by the administrator, by hand or in a table."""

from dataclasses import replace
from io import BytesIO
from ipaddress import ip_network

import pytest

from core.access.desk import Office
from core.errors import Invalid, NotFound, NotPermitted
from core.now import now
from core.places.addresses import Owner, addresses, renew_secret, set_address, try_address
from core.places.importing import import_people, import_units
from core.places.sheets import Upload
from tests.support import county
from tests.support.moments import rows

POLICE = Owner(username="police")
STATION = Owner(unit="131024104-PC")
HOOK = "https://oa.example.org/hook?key=geheim"
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=geheim-1"


def upload(*lines: str) -> Upload:
    return Upload("table.csv", BytesIO("\n".join(lines).encode()))


def change(office: Office, owner: Owner, way: str, url: str, by: str = "admin") -> str:
    with office.work(county.actor(office, by)) as work:
        return set_address(work, owner, way, url)


def shown(office: Office, owner: Owner) -> dict[str, str]:
    with office.look(county.actor(office, "admin")) as look:
        return {line.way: line.shown for line in addresses(look, owner)}


def test_of_a_person_and_of_a_unit(office: Office) -> None:
    change(office, POLICE, "webhook", HOOK)
    change(office, STATION, "robot", ROBOT)
    assert shown(office, POLICE) == {"webhook": "https://oa.example.org/***"}
    assert shown(office, STATION) == {"robot": "企业微信群机器人 ***"}
    assert rows(office, "select url from address where unit is not null") == [
        ("wecombot://geheim-1",)
    ]


def test_a_webhook_gets_a_secret_of_its_own_told_once(office: Office) -> None:
    first = change(office, POLICE, "webhook", HOOK)
    assert len(first) == 48
    assert change(office, POLICE, "webhook", HOOK) == "", "nothing has changed"
    second = change(office, POLICE, "webhook", HOOK + "2")
    assert second not in ("", first)
    with office.work(county.actor(office, "admin")) as work:
        third = renew_secret(work, POLICE)
    assert rows(office, "select secret from address") == [(third,)]
    assert change(office, POLICE, "robot", ROBOT) == ""


def test_is_taken_away(office: Office) -> None:
    change(office, POLICE, "webhook", HOOK)
    change(office, POLICE, "webhook", "")
    assert shown(office, POLICE) == {}
    with office.work(county.actor(office, "admin")) as work, pytest.raises(NotFound):
        renew_secret(work, POLICE)
    with office.work(county.actor(office, "admin")) as work, pytest.raises(NotFound):
        try_address(work, POLICE, "webhook")


def test_is_on_record_without_its_key(office: Office) -> None:
    change(office, POLICE, "webhook", HOOK)
    change(office, POLICE, "webhook", "")
    found = rows(office, "select what, subject, data from audit where what like 'address%'"
                 " order by at, id")  # fmt: skip
    assert [(r.what, r.subject) for r in found] == [
        ("address.save", "police"),
        ("address.remove", "police"),
    ]
    assert "geheim" not in str(found)


@pytest.mark.parametrize(
    ("way", "url"),
    [
        ("webhook", "http://127.0.0.1/"), ("webhook", "http://localhost:8000/"),
        ("webhook", "http://[::1]/"), ("webhook", "http://169.254.169.254/latest"),
        ("robot", "json://10.1.2.3/"), ("robot", "smseagle://token@192.168.0.9/13812345678"),
    ],
)  # fmt: skip
def test_an_inside_address_is_refused_unless_its_network_is_listed(
    office: Office, way: str, url: str
) -> None:
    with pytest.raises(Invalid, match="ONEDOOR_WEBHOOK_NETWORKS"):
        change(office, POLICE, way, url)
    networks = tuple(ip_network(n) for n in ("127.0.0.0/8", "10.0.0.0/8", "192.168.0.0/16",
                                             "169.254.0.0/16", "::1/128"))  # fmt: skip
    there = Office(office.engine, replace(office.settings, webhook_networks=networks))
    change(there, POLICE, way, url)


def test_a_robot_whose_key_has_the_wrong_form_is_refused(office: Office) -> None:
    with pytest.raises(Invalid, match="密钥或号码"):
        change(office, POLICE, "robot", "twilio://a:b@c/d")


def test_only_by_whom_people_and_places_are_kept(office: Office) -> None:
    for by in ("auditor", "dispatcher", "police"):
        for owner in (POLICE, STATION):
            with pytest.raises(NotPermitted):
                change(office, owner, "webhook", HOOK, by)
            with pytest.raises(NotPermitted), office.look(county.actor(office, by)) as look:
                addresses(look, owner)


def test_of_nobody(office: Office) -> None:
    for owner in (Owner(username="nobody"), Owner(unit="nowhere")):
        with pytest.raises(NotFound):
            change(office, owner, "webhook", HOOK)


class TestImported:
    def test_with_people(self, office: Office) -> None:
        change(office, Owner(username="traffic"), "webhook", HOOK)
        table = upload(
            "用户名,姓名,角色,单位,群机器人,推送接口",
            f"police,孙某,承办人,131024104-PC,{ROBOT},",
            f"traffic,周某,承办人,131024104-JJ,,{HOOK}",
            "enforce,吴某,承办人,131024104-ZF,ftp://x,",
        )
        with office.work(county.actor(office, "admin")) as work:
            report = import_people(work, table)
        assert report.addresses == 1
        assert [(r.row, r.field) for r in report.rejected] == [(4, "群机器人")]
        assert "ftp" not in str(report.rejected), "an address is a key"
        assert shown(office, POLICE) == {"robot": "企业微信群机器人 ***"}
        assert shown(office, Owner(username="traffic")) == {"webhook": "https://oa.example.org/***"}

    def test_with_units_and_an_empty_cell_takes_it_away(self, office: Office) -> None:
        head = "代码,名称,类型,区划,群机器人"
        row = "131024104-PC,派出所,站所,131024104,"
        with office.work(county.actor(office, "admin")) as work:
            assert import_units(work, upload(head, row + ROBOT)).addresses == 1
            assert import_units(work, upload(head, row + ROBOT)).addresses == 0
        assert shown(office, STATION) == {"robot": "企业微信群机器人 ***"}
        with office.work(county.actor(office, "admin")) as work:
            assert (
                import_units(work, upload(head.replace(",群机器人", ""), row[:-1])).addresses == 0
            )
        assert shown(office, STATION) != {}, "a column that is not there changes nothing"
        with office.work(county.actor(office, "admin")) as work:
            assert import_units(work, upload(head, row)).addresses == 1
        assert shown(office, STATION) == {}


def test_trying_queues_one_message(office: Office) -> None:
    change(office, STATION, "robot", ROBOT)
    with office.work(county.actor(office, "admin")) as work:
        try_address(work, STATION, "robot")
    (row,) = rows(office, "select * from message where way = 'robot'")
    assert (row.unit, row.template, row.number) == ("131024104-PC", "test", "")
    assert row.try_at <= now()
