"""What did not arrive is seen by the administrator, sent again, or put aside."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.undelivered import DeadFilter, DeadLetters, discard, send_again, undelivered
from core.errors import NotPermitted
from core.now import moved_to
from core.places.addresses import Owner, set_address
from core.words import lazy, speaking
from core.words.kept import keep
from db.models import MessageRow
from tests.support import county
from tests.support.moments import beijing, rows

NOON = beijing("2026-11-16 12:00")
DEAD = {
    "county": "131024", "key": "k", "way": "email", "number": "131024-20261116-000001",
    "template": "overdue", "data": {"title": "举报某某"}, "attempts": 10,
    "fault": "550 no such user", "created_at": NOON - timedelta(days=2), "try_at": None,
}  # fmt: skip


def lose(office: Office, number: int, username: str = "police", **values: Any) -> None:
    """A message that was given up."""
    who = {} if "unit" in values else {"person_id": county.actor(office, username).person}
    with office.work(SYSTEM) as work:
        work.tx.execute(
            insert(MessageRow).values(**DEAD | {"id": number, "person_id": 0} | who | values)
        )


def look(office: Office, username: str = "admin", **f: Any) -> DeadLetters:
    limit, cursor = f.pop("limit", 50), f.pop("cursor", "")
    with office.look(county.actor(office, username)) as see:
        return undelivered(see, DeadFilter(**f), limit=limit, cursor=cursor)


def ids(found: DeadLetters) -> list[int]:
    return [line.id for line in found.lines]


def waiting(office: Office) -> list[int]:
    found = rows(office, "select id from message where try_at is not null order by id")
    return [row.id for row in found]


class TestSeen:
    def test_with_who_what_and_why_but_not_what_the_case_says(self, office: Office) -> None:
        with office.work(SYSTEM) as work:
            work.tx.execute(
                text("update person set email = 'sunmou@example.org' where username = 'police'")
            )
        lose(office, 1)
        (line,) = look(office).lines
        assert (line.name, line.username, line.attempts) == ("孙某", "police", 10)
        assert line.about == "已超期：131024-20261116-000001"
        assert line.address == "su***@example.org"
        assert line.fault == "550 no such user"

    def test_with_a_units_own_address_masked(self, office: Office) -> None:
        with office.work(county.actor(office, "admin")) as work:
            set_address(work, Owner(unit="131024104-PC"), "robot", "wecombot://geheim-key")
        lose(office, 1, unit="131024104-PC", way="robot")
        (line,) = look(office).lines
        assert (line.username, line.address) == ("", "企业微信群机器人 ***")
        assert "派出所" in line.name

    def test_newest_first_a_page_at_a_time(self, office: Office) -> None:
        for n in range(1, 6):
            lose(office, n, key=f"k{n}")
        first = look(office, limit=2)
        assert (ids(first), first.total) == ([5, 4], 5)
        second = look(office, limit=2, cursor=first.cursor)
        assert ids(second) == [3, 2]
        last = look(office, limit=2, cursor=second.cursor)
        assert (ids(last), last.cursor) == ([1], "")

    def test_narrowed(self, office: Office) -> None:
        lose(office, 1)
        lose(office, 2, username="traffic", way="webhook", fault="对方回答 404")
        lose(office, 3, unit="131024104-PC", way="robot", fault="机器人回答 93000")
        assert ids(look(office, way="webhook")) == [2]
        assert ids(look(office, fault="550 no such user")) == [1]
        assert ids(look(office, q="周某")) == [2]
        assert ids(look(office, q="派出所")) == [3]
        assert ids(look(office, q="93000")) == [3]
        assert ids(look(office, q="20261116-000001")) == [3, 2, 1]
        found = look(office, way="webhook")
        assert found.ways == {"email": 1, "webhook": 1, "robot": 1}
        assert found.reasons == {"对方回答 404": 1}

    def test_why_is_worded_and_looked_for_in_the_readers_language(self, office: Office) -> None:
        """Whatever language the installation speaks, in which the worker runs."""
        with speaking("en"):
            kept = keep(lazy("对方回答 {status}：{said}", status=503, said="busy"))
        lose(office, 1, way="webhook", fault=kept)
        lose(office, 2, key="k2", way="webhook", fault=keep(lazy("对方拒绝连接")))
        assert [x.fault for x in look(office).lines] == ["对方拒绝连接", "对方回答 503：busy"]
        assert ids(look(office, q="拒绝")) == [2]
        with speaking("en"):
            found = look(office, q="they answered")
            assert [x.fault for x in found.lines] == ["They answered 503: busy"]
            assert ids(look(office, q="refuse the")) == [2]
            assert ids(look(office, q="said")) == [], "not what only holds it together"
        assert ids(look(office, fault=kept)) == [1]

    def test_not_while_it_waits_nor_when_it_has_gone(self, office: Office) -> None:
        lose(office, 1, try_at=NOON)
        lose(office, 2, key="k2", sent_at=NOON)
        lose(office, 3, key="k3", dropped_at=NOON)
        assert ids(look(office)) == []

    @pytest.mark.parametrize("username", ["auditor", "dispatcher", "leader", "police"])
    def test_by_nobody_else(self, office: Office, username: str) -> None:
        with pytest.raises(NotPermitted, match="未送达"):
            look(office, username)


class TestSentAgain:
    def test_from_the_beginning_at_once_and_on_record(self, office: Office) -> None:
        lose(office, 1)
        lose(office, 2, key="k2")
        with moved_to(NOON), office.work(county.actor(office, "admin")) as work:
            assert send_again(work, [1, 99]) == 1
        (row,) = rows(office, "select try_at, attempts from message where id = 1")
        assert (row.try_at, row.attempts) == (NOON, 0)
        assert waiting(office) == [1]
        (line,) = rows(office, "select name, what, subject, data from audit"
                       " where what like 'message%'")  # fmt: skip
        assert (line.name, line.what, line.data) == ("杨某", "message.again", {"n": 1})
        assert line.subject == "131024-20261116-000001"

    def test_all_that_a_filter_finds(self, office: Office) -> None:
        lose(office, 1)
        lose(office, 2, key="k2", way="webhook")
        with office.work(county.actor(office, "admin")) as work:
            assert send_again(work, DeadFilter(way="webhook")) == 1
        assert waiting(office) == [2]

    def test_though_its_address_rests(self, office: Office) -> None:
        with office.work(county.actor(office, "admin")) as work:
            set_address(work, Owner(username="police"), "webhook", "https://example.org/")
        with office.work(SYSTEM) as work:
            work.tx.execute(text("update address set faults = 3, rest_until = 'infinity'"))
        lose(office, 1, way="webhook")
        with office.work(county.actor(office, "admin")) as work:
            send_again(work, [1])
        assert rows(office, "select rest_until from address") == [(None,)]

    def test_not_what_has_arrived_or_was_put_aside(self, office: Office) -> None:
        lose(office, 1, sent_at=NOON)
        lose(office, 2, key="k2", dropped_at=NOON)
        with office.work(county.actor(office, "admin")) as work:
            assert send_again(work, [1, 2]) == 0
        assert waiting(office) == []

    def test_by_nobody_else(self, office: Office) -> None:
        lose(office, 1)
        with (
            pytest.raises(NotPermitted),
            office.work(county.actor(office, "auditor")) as work,
        ):
            send_again(work, [1])
        assert waiting(office) == []


class TestPutAside:
    def test_is_on_record_and_gone_from_the_list(self, office: Office) -> None:
        lose(office, 1)
        with office.work(county.actor(office, "admin")) as work:
            assert discard(work, [1]) == 1
            assert discard(work, [1]) == 0
        assert ids(look(office)) == []
        assert rows(office, "select what from audit where what like 'message%'") == [
            ("message.discard",)
        ]

    def test_the_administrator_is_no_wiser_afterwards(self, office: Office) -> None:
        """Having looked with the house's eyes, the transaction is the administrator's again."""
        lose(office, 1)
        with office.work(county.actor(office, "admin")) as work:
            discard(work, [1])
            assert work.tx.scalar(text("select count(*) from message")) == 0
