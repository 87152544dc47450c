"""领导简报, 批示台账 and 代表评议: what each role finds on its first screen, and does from it."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.access.desk import Office
from core.cases.act import act
from core.oversight.instruct import instruct_cases, instruct_slice
from core.oversight.slices import Slice
from tests.pages.conftest import shown
from tests.support import county

Visit = Callable[..., AppTest]
SignIn = Callable[[str], str]
HOUSING = "131024-ZJ"


@pytest.fixture
def instructed(house: Office, number: str) -> Office:
    """One instruction on a case, answered; one on a class, not."""
    with house.work(county.actor(house, "leader")) as work:
        instruct_cases(work, [number], {"text": "马上清理占道", "to": [HOUSING]})
    with house.work(county.actor(house, "leader")) as work:
        about = Slice(area=county.COUNTY, category="city")
        instruct_slice(work, about, {"text": "全县排查", "to": [HOUSING]})
    with house.work(county.actor(house, "housing")) as work:
        act(work, number, "feedback", {"text": "已清理"})
    return house


@pytest.fixture
def closed(house: Office, number: str) -> str:
    """The case, answered and closed."""
    with house.work(county.actor(house, "dispatcher")) as work:
        act(work, number, "answer", {"text": "已清理"})
    with house.work(county.actor(house, "clerk")) as work:
        act(work, number, "rate", {"score": 5})
    return number


def test_a_leader_begins_with_the_briefing(
    instructed: Office, sign_in: SignIn, visit: Visit
) -> None:
    sign_in("leader")
    text = shown(visit("briefing"))
    assert "“马上清理占道”" in text
    assert "已清理" in text
    assert "香河县 · 城市管理" in text
    assert text.count('data-tap="settle-all:') == 1
    assert 'data-tap="slice:' in shown(visit("figures", by="category", view="table"))


def test_the_offices_track_and_a_dispatcher_does_not_settle_for_the_leader(
    instructed: Office, sign_in: SignIn, visit: Visit
) -> None:
    sign_in("supervisor")
    text = shown(visit("instructions"))
    assert "共 2 条批示" in text
    assert 'data-tap="press-all:' in text
    assert "共 1 条批示" in shown(visit("instructions", state="answered"))
    sign_in("dispatcher")
    text = shown(visit("instructions"))
    assert "马上清理占道" in text
    assert "settle-all" not in text
    sign_in("housing")
    assert "没有权限" in shown(visit("instructions"))


def test_only_a_leaders_list_has_boxes_to_tick(
    house: Office, number: str, sign_in: SignIn, visit: Visit
) -> None:
    sign_in("leader")
    text = shown(visit("cases"))
    assert f'data-pick value="{number}"' in text
    assert "批示全部 1 件" in text
    sign_in("supervisor")
    assert "批示选中的" not in shown(visit("cases"))


def test_a_matter_is_shown_as_what_it_is(instructed: Office, sign_in: SignIn, visit: Visit) -> None:
    from core.oversight.instructions import instructions

    with instructed.look(county.actor(instructed, "leader")) as look:
        matter = next(i for i in instructions(look) if i.about)
    sign_in("housing")
    text = shown(visit("case", number=matter.numbers[0]))
    assert "批示事项" in text
    assert "/cases?area=131024&category=city" in text
    assert "没有留联系方式" not in text
    assert 'data-tap="feedback:' in text


def test_a_deputy_begins_with_what_was_closed_lately(
    closed: str, sign_in: SignIn, visit: Visit
) -> None:
    sign_in("deputy")
    text = shown(visit("deputy"))
    assert all(f'data-tap="score:{n}:{closed}"' in text for n in (1, 2, 3, 4, 5))
    assert "138" not in text
    page = shown(visit("case", number=closed))
    assert "张某某" not in page
    assert "张**" not in page
    assert "反映人" not in page
    assert "近 30 天" in text
    duty = shown(visit("deputy", view="duty"))
    assert "查阅诉求" in duty


@pytest.mark.parametrize("view", ["", "back", "open", "topics", "duty", "没有"])
def test_every_view_has_its_empty_state(
    house: Office, sign_in: SignIn, visit: Visit, view: str
) -> None:
    sign_in("deputy")
    text = shown(visit("deputy", view=view))
    assert 'class="empty"' in text or "数量太少" in text


@pytest.mark.parametrize(
    ("who", "url"),
    [("deputy", "briefing"), ("leader", "deputy"), ("supervisor", "briefing")],
)
def test_each_page_is_for_its_own_role(
    house: Office, sign_in: SignIn, visit: Visit, who: str, url: str
) -> None:
    sign_in(who)
    assert "没有权限" in shown(visit(url))
