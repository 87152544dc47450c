"""考核: who sees whose points, what stands beside them, and what may be done."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.inherit import whole
from core.blueprint.store import publish as put
from core.kpi.assess.publish import publish
from tests.core.kpi.assess.counties import MONTHLY, assessing, at, case, finish
from tests.pages.conftest import shown
from tests.support import county

Visit = Callable[..., AppTest]
SignIn = Callable[[str], str]
ENFORCE, POLICE, TRAFFIC = "131024104-ZF", "131024104-PC", "131024104-JJ"
MONTH = {"id": "monthly", "period": "2026-10", "area": county.COUNTY}


@pytest.fixture
def october(house: Office) -> list[str]:
    """Enforcement answered one of two, the police two of two, traffic has one."""
    assessing(house, monthly=MONTHLY)
    found = []
    for lead, who, done in ((ENFORCE, "enforce", True), (ENFORCE, "enforce", False),
                            (POLICE, "police", True), (POLICE, "police", True),
                            (TRAFFIC, "traffic", True)):  # fmt: skip
        found.append(case(house, "2026-10-12", lead=lead))
        if done:
            with at("2026-10-13"):
                finish(house, found[-1], by=who)
    return found


def test_the_ranking(visit: Visit, sign_in: SignIn, october: list[str]) -> None:
    sign_in("supervisor")
    text = shown(visit("assess", **MONTH))
    assert "<h1>考核</h1>" in text
    ranks = text[text.index("<table") : text.index("</table>")]
    assert ranks.index("派出所") < ranks.index("执法队")
    assert '<b class="rank">1</b>' in ranks and "<b>100.00</b>" in ranks
    assert "50.0% · 1 / 2" in ranks
    assert "2 个单位参加排名" in text
    assert "交警中队 <span>样本 1 · 样本太少，不排名" in text
    assert "已答复或办结 ÷ 承办诉求" in text, "how points come about"
    assert "结果还没有公布" in text


def test_a_figure_leads_to_its_cases(visit: Visit, sign_in: SignIn, october: list[str]) -> None:
    sign_in("enforcehead")
    text = shown(visit("assess", **MONTH))
    assert "派出所" not in text
    assert f"unit={ENFORCE}&line=response&part=rest" in text
    listed = shown(visit("assess", **MONTH, unit=ENFORCE, line="response", part="rest"))
    assert october[1] in listed and october[0] not in listed
    assert f'data-tap="exclude:{october[1]}"' in listed and "批示" not in listed
    sign_in("leader")
    listed = shown(visit("assess", **MONTH, unit=ENFORCE, line="response", part="rest"))
    assert "批示全部 1 件" in listed and f'data-pick value="{october[1]}"' in listed


def test_what_may_be_done_depends_on_who_and_when(
    visit: Visit, sign_in: SignIn, house: Office, october: list[str]
) -> None:
    def offered(who: str) -> tuple[bool, bool]:
        sign_in(who)
        text = shown(visit("assess", **MONTH))
        return 'data-tap="publish:"' in text, f'data-tap="appeal:{ENFORCE}"' in text

    assert [offered(who) for who in ("supervisor", "leader", "enforcehead")] == [
        (True, False), (False, False), (False, False),
    ]  # fmt: skip
    with house.work(county.actor(house, "supervisor")) as work:
        publish(work, "monthly", period="2026-10", area=county.COUNTY)
    assert [offered(who) for who in ("supervisor", "leader", "enforcehead")] == [
        (False, False), (False, False), (False, True),
    ]  # fmt: skip
    assert "公布后只有已决定的剔除和申诉会改变得分" in shown(visit("assess", **MONTH))


def test_without_figures_it_is_closed(visit: Visit, sign_in: SignIn, house: Office) -> None:
    sign_in("police")
    assert "没有权限" in shown(visit("assess"))


def test_what_does_not_exist_in_the_address_is_passed_over(
    visit: Visit, sign_in: SignIn, october: list[str]
) -> None:
    sign_in("analyst")
    text = shown(visit("assess", id="none", period="1999"))
    assert "年度考核" in text
    assert "没有找到" not in text


def test_a_county_without_assessments_says_so(visit: Visit, sign_in: SignIn, house: Office) -> None:
    with house.work(SYSTEM) as work:
        body = whole({"extends": "langfang", "assessments": {"yearly": None}})
        put(work.tx, body, note="", by=None)
    house.forget()
    sign_in("analyst")
    assert "本县还没有考核" in shown(visit("assess"))
