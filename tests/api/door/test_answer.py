"""Rating and adding: what follows is said, and nothing typed is lost on the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.now import moved_to, now
from db.models import CaseRow, EntryRow, FileRow
from tests.api.door.conftest import Browser, picture


def case(office: Office) -> Any:
    with office.look(SYSTEM) as look:
        return look.tx.execute(select(*CaseRow.__table__.columns)).one()


def entries(office: Office, action: str) -> list[dict[str, Any]]:
    with office.look(SYSTEM) as look:
        return list(look.tx.scalars(select(EntryRow.data).where(EntryRow.action == action)))


def test_a_low_score_reopens_the_case_and_says_so(
    browser: Browser, office: Office, answered: Callable[[str], None]
) -> None:
    number, _ = browser.hand_in()
    answered(number)
    page = browser.get(f"/t/{number}")
    assert "阀门已经更换" in page.text
    assert "打 2 分或更低，这件事会重新办理" in page.text
    page = browser.post(
        page.form_to("/rate"), score="2", reasons=["unsolved", "slow"], text="又凉了"
    )
    assert "您不满意，这件事已经重新办理" in page.text
    assert "安平镇群众说事中心" in page.text
    assert "问题没解决、办得慢" in page.text
    found = case(office)
    assert (found.stage, found.reopened, found.score) == ("accepted", 1, 2)
    assert "又凉了" in page.text


def test_a_high_score_closes_it(
    browser: Browser, office: Office, answered: Callable[[str], None]
) -> None:
    number, _ = browser.hand_in()
    answered(number)
    page = browser.post(browser.get(f"/t/{number}").form_to("/rate"), score="4")
    assert "这件事办结了" in page.text
    assert case(office).stage == "closed"
    assert "/rate" not in page.html


@pytest.mark.parametrize(
    ("score", "says"),
    [(None, "请填写评分"), ("0", "1 到 5 分"), ("6", "1 到 5 分"), ("好", "1 到 5 分")],
)
def test_a_missing_score_loses_no_words(
    browser: Browser, office: Office, answered: Callable[[str], None], score: Any, says: str
) -> None:
    number, _ = browser.hand_in()
    answered(number)
    form = browser.get(f"/t/{number}").form_to("/rate")
    form.names.add("score")
    page = browser.post(form, score=score, reasons=["slow"], text="等了很久")
    assert page.status == 422
    assert says in page.fault("score")
    assert page.form_to("/rate")["text"] == "等了很久"
    assert page.form_to("/rate")["reasons"] == "slow"
    assert case(office).stage == "replied"


def test_unknown_reasons_and_long_words_are_named(
    browser: Browser, answered: Callable[[str], None]
) -> None:
    number, _ = browser.hand_in()
    answered(number)
    form = browser.get(f"/t/{number}").form_to("/rate")
    page = browser.post(form, score="5", reasons=["bribe"], text="长" * 1001)
    assert "bribe" in page.fault("reasons")
    assert "最多 1000 字" in page.fault("text")


def test_rating_twice_is_said_and_changes_nothing(
    browser: Browser, office: Office, answered: Callable[[str], None]
) -> None:
    number, _ = browser.hand_in()
    answered(number)
    form = browser.get(f"/t/{number}").form_to("/rate")
    browser.post(form, score="5")
    page = browser.post(form, score="1", text="改主意了")
    assert page.status == 403
    assert "改主意了" in page.text  # the words are still there to copy
    assert case(office).score == 5


def test_something_is_added_with_photos(browser: Browser, office: Office) -> None:
    number, _ = browser.hand_in()
    form = browser.get(f"/t/{number}").form_to("/add")
    page = browser.post(form, [("photos", ("a.jpg", picture()))], text="今天更冷了")
    assert "已经记下，并告诉了香河县住房和城乡建设局" in page.text
    assert "今天更冷了" in page.text
    assert entries(office, "add") == [{"text": "今天更冷了"}]
    with office.look(SYSTEM) as look:
        assert look.tx.scalars(select(FileRow.by_resident)).all() == [True]


def test_a_photo_alone_says_enough(browser: Browser, office: Office) -> None:
    number, _ = browser.hand_in()
    form = browser.get(f"/t/{number}").form_to("/add")
    browser.post(form, [("photos", ("a.jpg", picture()))])
    assert entries(office, "add") == [{"text": "补充了 1 张照片"}]


def test_nothing_to_add_is_an_error_beside_the_field(browser: Browser, office: Office) -> None:
    number, _ = browser.hand_in()
    page = browser.post(browser.get(f"/t/{number}").form_to("/add"), text="  ")
    assert page.status == 422
    assert "请填写补充内容" in page.fault("text")


def test_a_bad_photo_keeps_words_and_the_good_photo(browser: Browser, office: Office) -> None:
    number, _ = browser.hand_in()
    form = browser.get(f"/t/{number}").form_to("/add")
    sent = [("photos", ("好.jpg", picture())), ("photos", ("假.jpg", b"words"))]
    page = browser.post(form, sent, text="今天更冷了")
    assert "假.jpg" in page.fault("photos")
    again = page.form_to("/add")
    assert again["text"] == "今天更冷了"
    browser.post(again)
    with office.look(SYSTEM) as look:
        assert look.tx.scalars(select(FileRow.name)).all() == ["好.jpg"]


def test_a_second_tap_adds_nothing(browser: Browser, office: Office) -> None:
    number, _ = browser.hand_in()
    form = browser.get(f"/t/{number}").form_to("/add")
    browser.post(form, text="今天更冷了")
    browser.post(form, text="今天更冷了")
    browser.post(form, text="又停了")  # other words in the old form are meant
    assert [e["text"] for e in entries(office, "add")] == ["今天更冷了", "又停了"]


def test_what_failed_may_be_tried_again_with_the_same_words(
    browser: Browser, office: Office
) -> None:
    number, _ = browser.hand_in()
    form = browser.get(f"/t/{number}").form_to("/add")
    assert browser.post(form, text="长" * 2001).status == 422
    assert browser.post(form, text="长" * 2001).status == 422


def test_a_pass_that_ended_asks_for_the_code_and_keeps_the_words(
    browser: Browser, office: Office
) -> None:
    number, code = browser.hand_in()
    form = browser.get(f"/t/{number}").form_to("/add")
    with moved_to(now() + timedelta(hours=7)):
        page = browser.post(form, [("photos", ("a.jpg", picture()))], text="写了很久的话")
        assert "您写的内容都还在" in page.text
        wrong = browser.post(page.form, code="1")
        assert wrong.status == 404
        page = browser.post(wrong.form, code=code)
    assert "写了很久的话" in page.text
    with office.look(SYSTEM) as look:
        assert len(look.tx.scalars(select(FileRow.id)).all()) == 1


def test_a_stranger_can_do_nothing(
    browser: Browser, at_the_door: Callable[..., Browser], office: Office
) -> None:
    number, _ = browser.hand_in()
    form = browser.get(f"/t/{number}").form_to("/add")
    page = at_the_door().post(form, text="不是我说的")
    assert "请输入查询码" in page.text
    assert entries(office, "add") == []


@pytest.mark.parametrize("action", ["close", "reply", "assign", "nonsense", "reopen"])
def test_what_is_not_a_residents_is_refused(browser: Browser, office: Office, action: str) -> None:
    number, _ = browser.hand_in()
    form = browser.get(f"/t/{number}").form_to("/add")
    form.action = f"/t/{number}/{action}"
    assert browser.post(form, text="x").status == 403
    assert case(office).stage == "assigned"


class TestWhereSeveralPartiesRate:
    """Xianghe: both families of a dispute rate, each for itself."""

    @pytest.fixture
    def blueprint(self) -> str:
        return "xianghe"

    def test_the_party_is_asked_for_in_a_dispute(
        self, browser: Browser, office: Office, do: Callable[..., object]
    ) -> None:
        number, _ = browser.hand_in(body="两家因为宅基地地界有矛盾纠纷，请调解。")
        assert case(office).kind == "dispute"
        do("dispatcher", number, "redispatch", lead="131024-ZR")
        do("land", number, "sign")
        do("land", number, "report", result="已到现场丈量")
        do("dispatcher", number, "verify", text="已到现场调解，两家签了协议。")
        form = browser.get(f"/t/{number}").form_to("/rate")
        assert "party" in form.names
        page = browser.post(form, score="5")
        assert page.status == 422
        assert page.fault("party")
        page = browser.post(page.form_to("/rate"), party="other")
        assert "谢谢您的评价" in page.text
        assert "另一方" in page.text
