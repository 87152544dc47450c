"""督查督办 and what is asked, on the pages: lists, first line of an inbox row, case page."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api import downloads
from core.access.desk import Office
from core.access.sessions import COOKIE
from core.cases.act import act
from core.cases.take_in import take_in
from core.now import moved_to, now
from tests.pages.conftest import APPEAL, shown
from tests.support import county

LEAD = "131024104-ZF"
SignIn = Callable[[str], str]
Visit = Callable[..., Any]


def do(office: Office, number: str, who: str, action: str, **data: Any) -> None:
    with office.work(county.actor(office, who)) as work:
        act(work, number, action, data)


@pytest.fixture
def given(house: Office, number: str) -> str:
    """A case that the township's brigade has to handle."""
    do(house, number, "dispatcher", "assign", lead=LEAD)
    return number


def test_the_lists_have_numbers_and_what_to_press(
    house: Office, sign_in: SignIn, visit: Visit
) -> None:
    with moved_to(now() - timedelta(days=60)):
        with house.work(county.actor(house, "clerk")) as work:
            late = take_in(work, APPEAL, inlet="hall").outcome.number
        do(house, late, "dispatcher", "assign", lead=LEAD)
    sign_in("supervisor")
    page = shown(visit("supervision"))
    assert "有问不答</span><b>1</b>" in page
    assert f'data-tap="supervise:{late}"' in page and f'data-tap="talk:{late}"' in page
    assert 'data-tap="many:supervise:"' in page


def test_a_leader_has_the_instruction_box_on_every_list_and_board(
    house: Office, sign_in: SignIn, visit: Visit, given: str
) -> None:
    do(house, given, "supervisor", "supervise", text="三日内办结")
    sign_in("leader")
    page = shown(visit("supervision", view="orders"))
    assert "批示选中的" in page and "批示全部 1 件" in page and f'data-pick value="{given}"' in page
    assert f'data-tap="slice:area={county.COUNTY}&stage=' in shown(visit("desk"))
    sign_in("supervisor")
    assert "批示" not in shown(visit("supervision", view="orders")).replace("批示台账", "")
    assert "slice:" not in shown(visit("desk"))


def test_orders_that_came_back_can_be_settled(
    house: Office, sign_in: SignIn, visit: Visit, given: str
) -> None:
    do(house, given, "supervisor", "supervise", text="三日内办结")
    do(house, given, "enforce", "feedback", text="办完了")
    sign_in("supervisor")
    page = shown(visit("supervision", view="orders"))
    assert "三日内办结" in page and "办完了" in page
    assert f'data-tap="settle:{given}"' in page and f'data-tap="press:{given}"' in page


def test_who_has_no_board_does_not_see_it(sign_in: SignIn, visit: Visit) -> None:
    sign_in("enforce")
    assert "没有权限" in shown(visit("supervision"))


def test_what_is_asked_stands_first_in_the_inbox(
    house: Office, sign_in: SignIn, visit: Visit, given: str
) -> None:
    do(house, given, "dispatcher", "chase", text="群众又来电话")
    do(house, given, "leader", "instruct", text="马上办", to=["131024-ZR"])
    sign_in("enforce")
    page = shown(visit("inbox"))
    assert "催办 1 次" in page and page.index("群众又来电话") < page.index("占道经营")
    sign_in("land")
    page = shown(visit("inbox"))
    assert "马上办" in page and f'data-tap="feedback:{given}"' in page, "it has no task in it"


def test_a_decision_waits_in_the_inbox_of_the_head(
    house: Office, sign_in: SignIn, visit: Visit, given: str
) -> None:
    until = f"{now() + timedelta(days=35):%Y-%m-%d}"
    do(house, given, "enforce", "extend", until=until, reason="设备没到")
    sign_in("enforcehead")
    page = shown(visit("inbox"))
    assert "设备没到" in page and f'data-tap="grant:{given}"' in page


def test_the_case_page_says_who_asks_what_by_when(
    house: Office, sign_in: SignIn, visit: Visit, given: str
) -> None:
    do(house, given, "supervisor", "supervise", text="三日内办结")
    do(house, given, "dispatcher", "grade", difficulty="hard")
    sign_in("enforce")
    page = shown(visit("case", number=given))
    assert "督办单" in page and "三日内办结" in page and "卫某" in page
    assert "难易：疑难" in page


def test_a_paused_case_says_so_instead_of_a_deadline(
    house: Office, sign_in: SignIn, visit: Visit, given: str
) -> None:
    do(house, given, "enforce", "sign")
    do(house, given, "enforce", "pause", reason="请补充照片")
    sign_in("enforce")
    assert "等待补充，暂停计时" in shown(visit("case", number=given))
    assert "暂停计时" in shown(visit("inbox"))


class TestDownload:
    @pytest.fixture
    def http(self, house: Office) -> Iterator[TestClient]:
        with TestClient(Starlette(routes=downloads.routes())) as client:
            yield client

    def test_a_list_leaves_as_csv_and_xlsx(
        self, http: TestClient, sign_in: SignIn, house: Office, given: str
    ) -> None:
        do(house, given, "supervisor", "supervise", text="三日内办结，电话13812345678")
        http.cookies.set(COOKIE, sign_in("supervisor"))
        answer = http.get("/download/supervision.csv", params={"view": "orders"})
        assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
        (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert (row["编号"], row["要求"], row["状态"]) == (given, "督办单", "待签收")
        assert "13812345678" not in answer.text
        answer = http.get("/download/supervision.xlsx", params={"view": "callbacks"})
        assert answer.content[:2] == b"PK"

    def test_only_who_may_export_and_only_lists_that_there_are(
        self, http: TestClient, sign_in: SignIn
    ) -> None:
        assert http.get("/download/supervision.csv?view=orders").status_code == 401
        http.cookies.set(COOKIE, sign_in("clerk"))
        assert http.get("/download/supervision.csv?view=orders").status_code == 403
        http.cookies.set(COOKIE, sign_in("supervisor"))
        assert http.get("/download/supervision.csv?view=everything").status_code == 404
