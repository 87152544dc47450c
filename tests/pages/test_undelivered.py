"""The administrator's page of what did not arrive, and the addresses it was sent to."""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.access.desk import Office
from core.places.addresses import Owner, set_address
from core.words import lazy
from core.words.kept import keep
from tests.core.cases.test_undelivered import lose
from tests.pages.conftest import shown
from tests.support import county
from tests.support.moments import rows

Visit = Callable[..., AppTest]


@pytest.fixture
def admin(sign_in: Callable[[str], str]) -> None:
    sign_in("admin")


class TestUndelivered:
    def test_says_who_what_and_why(self, visit: Visit, admin: None, house: Office) -> None:
        lose(house, 1)
        lose(house, 2, key="k2", unit="131024104-PC", way="robot", fault="机器人回答 93000")
        text = shown(visit("undelivered"))
        assert "共 2 条" in text
        assert "孙某" in text
        assert "550 no such user" in text
        assert "某某" not in text
        assert "单位的群" in text

    def test_is_empty_in_words(self, visit: Visit, admin: None) -> None:
        assert "没有未送达的消息" in shown(visit("undelivered"))
        assert "没有符合条件的消息" in shown(visit("undelivered", q="张"))

    def test_is_narrowed_by_the_address(self, visit: Visit, admin: None, house: Office) -> None:
        lose(house, 1)
        lose(house, 2, key="k2", username="traffic", way="webhook",
             fault=keep(lazy("对方回答 {status}", status=404)))  # fmt: skip
        text = shown(visit("undelivered", way="webhook"))
        assert "周某" in text
        assert "对方回答 404" in text
        assert "孙某" not in text

    def test_is_for_the_administrator_alone(
        self, visit: Visit, sign_in: Callable[[str], str], house: Office
    ) -> None:
        lose(house, 1)
        sign_in("auditor")
        text = shown(visit("undelivered"))
        assert "只有系统管理员" in text
        assert "孙某" not in text

    def test_is_named_on_the_health_page(self, visit: Visit, admin: None, house: Office) -> None:
        lose(house, 1)
        text = shown(visit("health"))
        assert "1 条消息发不到，已放弃" in text
        assert 'href="/undelivered"' in text


def test_a_unit_shows_whether_it_has_a_group(visit: Visit, admin: None, house: Office) -> None:
    text = shown(visit("places", area="131024104"))
    assert 'data-tap="group:131024104-PC"' in text
    assert "群机器人" in text.replace("加群机器人", "") or "加群机器人" in text
    with house.work(county.actor(house, "admin")) as work:
        set_address(work, Owner(unit="131024104-PC"), "robot", "wecombot://geheim")
    page = visit("places", area="131024104")
    assert "geheim" not in json.dumps([e.proto.json for e in page.get("bidi_component")])
    assert rows(house, "select count(*) from address") == [(1,)]
