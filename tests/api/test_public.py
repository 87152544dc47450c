"""The resident's side: a number and a code open one case; guessing is slowed down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.access.desk import Office
from core.access.limits import CODES_FROM, CODES_OF_CASE, CODES_OF_CASE_FROM
from core.now import moved_to, now
from tests.support import county
from tests.support.http import Person, Resident

Find = Callable[[str], Person]
OFFICIALS = [name for _username, name, *_rest in county.PEOPLE]


@pytest.fixture
def case(resident: Resident) -> Resident:
    """A resident whose appeal waits at the township's centre."""
    resident.hand_in(
        body="路口摊贩占道，车过不去", area=county.TOWNSHIP, name="张三丰", phone="13800001111"
    )
    return resident


class TestTheView:
    def test_shows_the_stages_like_a_parcels(self, case: Resident, person: Find) -> None:
        seen = case.look()
        assert [(s["label"], s["state"]) for s in seen["steps"]][:2] == [
            ("接办", "present"),
            ("交办", "ahead"),
        ]
        assert seen["unit"] == "安平镇群众说事中心"
        assert seen["due_at"]
        person("dispatcher").act(case.number, "answer", text="已经清理，谢谢您")
        seen = case.look()
        assert (seen["reply"], seen["stage_label"]) == ("已经清理，谢谢您", "待评价")
        assert [a["id"] for a in seen["actions"]] == ["rate", "add"]

    def test_names_no_official_and_no_inner_word(self, case: Resident, person: Find) -> None:
        dispatcher = person("dispatcher")
        dispatcher.act(case.number, "comment", text="此人多次来访")
        dispatcher.act(case.number, "assign", lead="131024104-JJ", note="请尽快")
        person("traffic").act(case.number, "sign")
        person("traffic").act(case.number, "report", result="内部情况说明")
        seen = str(case.look())
        for secret in (*OFFICIALS, "多次来访", "请尽快", "内部情况", "张三丰", "13800001111"):
            assert secret not in seen

    def test_wants_the_code_also_in_a_header(self, case: Resident, anybody: Person) -> None:
        found = anybody.get(case.path, headers={"X-Query-Code": case.code})
        assert found["number"] == case.number

    def test_is_for_the_resident_also_when_staff_look(self, case: Resident, person: Find) -> None:
        person("dispatcher").get(case.path, 404)  # a number alone opens nothing
        found = person("dispatcher").get(case.path, params=case.key)
        assert "tasks" not in found

    def test_speaks_the_readers_language(self, case: Resident) -> None:
        headers = {"Accept-Language": "en"}
        found = case.get(case.path, params=case.key, headers=headers)
        assert found["stage_label"] == "To accept"


class TestWrongCodes:
    def test_look_like_a_number_that_does_not_exist(self, case: Resident, anybody: Person) -> None:
        wrong = anybody.get(case.path, 404, params={"code": "not-it"})
        none = anybody.get("/public/cases/131024-20260101-999999", 404, params={"code": case.code})
        assert wrong == none
        assert wrong["code"] == "wrong_code"

    def test_open_nothing_whatever_they_look_like(self, case: Resident, anybody: Person) -> None:
        for code in ("", " ", "0", "' or 1=1", "长" * 100, case.code[:-1]):
            anybody.get(case.path, 404, params={"code": code})
        for code in ("\ud800", 7, ["1"], {"a": 1}):
            anybody.post(f"{case.path}/rating", {"score": 5, "code": code}, 404)

    def test_of_one_number_are_stopped_for_an_hour(self, case: Resident, anybody: Person) -> None:
        start = now().replace(minute=5)
        with moved_to(start):
            for n in range(CODES_OF_CASE_FROM.most):
                anybody.get(case.path, 404, params={"code": f"guess{n}"})
            anybody.get(case.path, 429, params={"code": "guess"})
            found = case.look(429)  # the right one could be the lucky guess
            assert found["code"] == "too_many"
            case.rate(1, 429)
        with moved_to(start + timedelta(hours=1)):
            case.look()

    @pytest.fixture
    def guess(self, office: Office, case: Resident, anybody: Person) -> Callable[[int, int], None]:
        """A wrong code from one of many addresses."""
        office.settings = replace(office.settings, trusted_proxies=("testclient",))

        def go(n: int, expect: int) -> None:
            headers = {"X-Forwarded-For": f"198.51.100.{n % 250}"}
            anybody.get(case.path, expect, params={"code": "guess"}, headers=headers)

        return go

    def test_of_strangers_do_not_keep_the_resident_out(
        self, case: Resident, guess: Callable[[int, int], None]
    ) -> None:
        for _attempt in range(CODES_OF_CASE_FROM.most):
            guess(1, 404)
        guess(1, 429)
        case.look()

    def test_from_many_addresses_are_stopped_in_the_end(
        self, case: Resident, guess: Callable[[int, int], None]
    ) -> None:
        for n in range(CODES_OF_CASE.most):
            guess(n, 404)
        guess(0, 429)
        case.look(429)

    def test_from_one_address_are_stopped_whatever_the_number(
        self, case: Resident, anybody: Person
    ) -> None:
        for n in range(CODES_FROM.most):
            anybody.get(f"/public/cases/131024-20260101-{n:06d}", 404, params={"code": "000000"})
        anybody.get("/public/cases/131024-20260101-777777", 429, params={"code": "000000"})

    def test_right_ones_are_not_counted(self, case: Resident) -> None:
        for _look in range(CODES_FROM.most + 5):
            case.look()


class TestRating:
    @pytest.fixture
    def answered(self, case: Resident, person: Find) -> Resident:
        person("dispatcher").act(case.number, "answer", text="已经清理")
        return case

    def test_well_closes_the_case(self, answered: Resident, person: Find) -> None:
        seen = answered.rate(5, reasons=["solved", "fast"], text="很快")
        assert (seen["stage_kind"], answered.look()["score"]) == ("closed", 5)
        (rating,) = person("dispatcher").case(answered.number)["ratings"]
        assert (rating["score"], rating["reasons"]) == (5, ["solved", "fast"])
        answered.rate(4, 403)

    def test_badly_opens_it_again(self, answered: Resident) -> None:
        seen = answered.rate(2, reasons=["unsolved"], text="摊贩又回来了")
        assert (seen["stage_kind"], seen["stage_label"]) == ("open", "待交办")

    def test_has_its_fields_checked(self, answered: Resident) -> None:
        for more, field in (
            ({"score": 0}, "score"),
            ({"score": 6}, "score"),
            ({"score": "best"}, "score"),
            ({"score": None}, "score"),
            ({"score": [5]}, "score"),
            ({"score": 5, "reasons": ["nonsense"]}, "reasons"),
            ({"score": 5, "text": "长" * 1001}, "text"),
            ({"score": 5, "stars": 5}, "stars"),
        ):
            found = answered.post(f"{answered.path}/rating", more, 422, params=answered.key)
            assert list(found["data"]["fields"]) == [field]
        assert answered.look()["score"] is None

    def test_waits_for_an_answer(self, case: Resident) -> None:
        assert case.rate(5, 403)["code"] == "action.not_now"


class TestAddingSomething:
    def test_reaches_whoever_holds_the_case(self, case: Resident, person: Find) -> None:
        case.add("今天又来了三个摊贩")
        assert person("dispatcher").case(case.number)["timeline"][-1]["action"] == "add"
        told = person("dispatcher").get("/notifications")["notifications"]
        assert case.number in {n["number"] for n in told}

    def test_is_all_a_resident_may_do(self, case: Resident) -> None:
        for action in ("accept", "assign", "answer", "close", "comment", "escalate"):
            path = f"{case.path}/actions/{action}"
            case.post(path, {"text": "x", "lead": "131024104-JJ"}, 403, params=case.key)
