"""`act` on the real database: what one person's version says about another's doing."""

from datetime import timedelta

import pytest

from core.access.actor import DOOR, resident
from core.access.desk import Office
from core.cases.act import act
from core.cases.intake import hash_code
from core.cases.sweep import sweep
from core.cases.take_in import take_in
from core.errors import MovedOn, NotFound
from core.now import now
from tests.support import county


def _case(office: Office) -> tuple[str, int]:
    with office.work(DOOR) as work:
        receipt = take_in(work, {"body": "路口摊贩占道", "area": county.TOWNSHIP}, inlet="web")
    return receipt.outcome.number, receipt.outcome.version


class TestTwoPeopleAtOnce:
    def test_the_second_learns_that_the_case_moved_on(self, office: Office) -> None:
        number, seen = _case(office)
        dispatcher = county.actor(office, "dispatcher")
        with office.work(dispatcher) as work:
            act(work, number, "accept", version=seen)
        with office.work(dispatcher) as work, pytest.raises(MovedOn) as told:
            act(work, number, "comment", {"text": "已电话联系"}, version=seen)
        assert told.value.message == (
            f"{dispatcher.name} · {dispatcher.unit_name}刚刚对这件诉求办了“接办”，"
            "您的还没有办，填写的内容没有丢失。请看过最新情况再决定。"
        )

    def test_who_is_no_official_does_not_learn_who(self, office: Office) -> None:
        with office.work(DOOR) as work:
            receipt = take_in(work, {"body": "路口摊贩占道", "area": county.TOWNSHIP}, inlet="web")
        number, seen = receipt.outcome.number, receipt.outcome.version
        with office.work(county.actor(office, "dispatcher")) as work:
            act(work, number, "accept", version=seen)
        whose = resident(number, hash_code(office.settings.secret_key, number, receipt.query_code))
        with office.work(whose) as work, pytest.raises(MovedOn) as told:
            act(work, number, "add", {"text": "再说一句"}, version=seen)
        assert told.value.message == str(MovedOn.sentence)

    def test_a_version_that_never_was_is_refused(self, office: Office) -> None:
        number, seen = _case(office)
        with office.work(county.actor(office, "dispatcher")) as work, pytest.raises(MovedOn):
            act(work, number, "accept", version=seen + 7)

    def test_a_reminder_in_between_does_not_disturb(self, office: Office) -> None:
        number, seen = _case(office)
        report = sweep(office, at=now() + timedelta(days=10))
        assert report.fired
        with office.work(county.actor(office, "dispatcher")) as work:
            assert act(work, number, "accept", version=seen).stage == "accepted"


def test_what_one_may_not_see_is_not_found(office: Office) -> None:
    number, _seen = _case(office)
    with office.work(county.actor(office, "other")) as work, pytest.raises(NotFound):
        act(work, number, "accept")
