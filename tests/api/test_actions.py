"""Doing something with a case: what is offered, what is refused, and two people at once."""

from collections.abc import Callable

import pytest

from core.access.desk import Office
from tests.api.test_cases import register
from tests.support import county
from tests.support.http import Person
from tests.support.together import at_once

Find = Callable[[str], Person]
TRAFFIC, ENFORCE = "131024104-JJ", "131024104-ZF"


@pytest.fixture
def number(office: Office) -> str:
    """A case that the township's centre has to give to somebody."""
    return register(office, body="路口摊贩占道，车过不去", area=county.TOWNSHIP)


class TestWhatIsOffered:
    def test_depends_on_who_asks_and_comes_with_its_fields(self, number: str, person: Find) -> None:
        offered = person("dispatcher").get(f"/cases/{number}/actions")
        assert offered[0]["id"] == "assign"  # the usual one first
        assert offered[0]["usual"] is True
        assert {a["id"] for a in offered} == {
            "accept", "answer", "assign", "comment", "decline", "escalate",
            "chase", "supervise", "grade", "split", "pause", "shelve", "promise",
        }  # fmt: skip
        fields = offered[0]["fields"]
        assert fields["required"] == ["lead"]
        assert set(fields["properties"]) == {"lead", "assist", "note"}
        assert fields["additionalProperties"] is False
        assert set(person("supervisor").actions(number)) == {
            "comment", "chase", "supervise", "list", "talk", "circulate", "grade",
        }  # fmt: skip
        assert person("analyst").actions(number) == {}

    def test_is_the_same_that_the_case_names(self, number: str, person: Find) -> None:
        for username in ("dispatcher", "clerk", "supervisor", "deputy"):
            someone = person(username)
            assert someone.case(number)["actions"] == list(someone.actions(number))

    def test_can_be_done_and_nothing_else(self, number: str, person: Find) -> None:
        dispatcher = person("dispatcher")
        for action in ("sign", "report", "reply", "rate", "reopen", "archive", "close"):
            assert action not in dispatcher.actions(number)
            found = dispatcher.act(number, action, 403)
            assert found["code"] == "action.not_now"
            assert "不能" in found["message"] or "不由您" in found["message"]


class TestDoingIt:
    def test_numbers_in_what_units_write_are_masked_wherever_it_stands(
        self, number: str, person: Find
    ) -> None:
        police = person("police")
        person("dispatcher").act(
            number, "assign", lead=f"{county.TOWNSHIP}-PC", note="请联系 13712345678"
        )
        police.act(number, "sign")
        police.act(number, "report", result="已电话告知 13712345678")
        (task,) = person("dispatcher").case(number)["tasks"]
        assert (task["note"], task["result"]) == ("请联系 137****5678", "已电话告知 137****5678")

    def test_says_where_the_case_stands(self, number: str, person: Find) -> None:
        found = person("dispatcher").act(number, "assign", lead=TRAFFIC, assist=[ENFORCE])
        assert (found["stage"], found["stage_label"]) == ("assigned", "待签收")
        assert (found["holder"], found["holder_name"]) == (TRAFFIC, "安平镇交警中队")
        assert found["version"] == 2

    def test_wants_no_body_where_there_are_no_fields(self, number: str, person: Find) -> None:
        found = person("dispatcher").call("POST", f"/cases/{number}/actions/accept")
        assert found.status_code == 200

    def test_is_refused_in_words(self, number: str, person: Find) -> None:
        dispatcher = person("dispatcher")
        assert "没有" in dispatcher.act(number, "fly", 403)["message"]
        assert person("supervisor").act(number, "accept", 403)["code"] == "action.not_now"
        found = person("analyst").act(number, "accept", 403)
        assert found["data"]["permission"] == "case:act"

    def test_names_each_faulty_field(self, number: str, person: Find) -> None:
        dispatcher = person("dispatcher")
        for data, fields in (
            ({}, {"lead"}),
            ({"lead": ""}, {"lead"}),
            ({"lead": "no-such-unit"}, {"lead"}),
            ({"lead": "\ud800"}, {"lead"}),
            ({"lead": 7, "assist": "x" * 70, "extra": 1}, {"lead", "assist", "extra"}),
            ({"lead": TRAFFIC, "assist": [TRAFFIC]}, {"assist"}),
            ({"lead": TRAFFIC, "assist": ["\ud800"]}, {"assist"}),
            ({"lead": TRAFFIC, "assist": {"a": 1}}, {"assist"}),
            ({"lead": TRAFFIC, "note": "长" * 2001}, {"note"}),
            ({"lead": TRAFFIC, "note": "a\x00b"}, {"note"}),
        ):
            found = dispatcher.act(number, "assign", 422, **data)
            assert set(found["data"]["fields"]) == fields, data
        assert dispatcher.case(number)["version"] == 1

    def test_takes_evidence_of_this_case_only(self, office: Office, person: Find) -> None:
        from tests.api.pictures import photo

        first, second = (register(office, body="三号楼暖气不热") for _n in range(2))
        housing = person("housing")
        theirs = housing.attach(second, "b.jpg", photo())["id"]
        own = housing.attach(first, "a.jpg", photo())["id"]
        housing.act(first, "sign")
        for strange in ([theirs], [own, theirs], [999], [0], [-1], [2**70], [True], ["1"], "a"):
            found = housing.act(first, "report", 422, result="修好了", evidence=strange)
            assert set(found["data"]["fields"]) == {"evidence"}, strange
        housing.act(first, "report", result="修好了", evidence=[own])
        assert housing.case(first)["timeline"][-1]["data"]["evidence"] == [own]


class TestTheVersion:
    def test_of_the_body_or_the_header_must_be_the_cases_own(
        self, number: str, person: Find
    ) -> None:
        dispatcher = person("dispatcher")
        stale = dispatcher.act(number, "accept", 409, version=0)
        assert (stale["code"], stale["data"]["version"]) == ("moved_on", 1)
        path = f"/cases/{number}/actions/accept"
        for tag in ('"0"', 'W/"7"'):
            dispatcher.post(path, {}, 409, headers={"If-Match": tag})
        assert dispatcher.case(number)["version"] == 1
        dispatcher.post(path, {}, headers={"If-Match": '"1"'})
        dispatcher.act(number, "assign", version=2, lead=TRAFFIC)

    def test_must_be_a_number(self, number: str, person: Find) -> None:
        for strange in ("one", 1.5, True, [1], {"v": 1}):
            found = person("dispatcher").act(number, "accept", 422, version=strange)
            assert list(found["data"]["fields"]) == ["version"]
        path = f"/cases/{number}/actions/accept"
        person("dispatcher").post(path, {}, 422, headers={"If-Match": '"one"'})

    def test_lets_one_of_two_people_through(self, number: str, person: Find) -> None:
        """Issue 2: two people acting at once; one is told that the case moved on."""
        people = [person("dispatcher"), person("clerk"), person("county"), person("gridhead")]

        def accept(who: Person) -> int:
            body = {"version": 1}
            return who.call("POST", f"/cases/{number}/actions/accept", body).status_code

        assert sorted(at_once(accept, people)) == [200, 409, 409, 409]
        case = person("dispatcher").case(number)
        assert [e["action"] for e in case["timeline"]] == ["create", "accept"]

    def test_left_out_still_lets_only_legal_steps_through(self, number: str, person: Find) -> None:
        dispatcher = person("dispatcher")

        def decline(_n: int) -> int:
            path = f"/cases/{number}/actions/decline"
            return dispatcher.call("POST", path, {"reason": "不属于受理范围"}).status_code

        assert sorted(at_once(decline, range(4))) == [200, 403, 403, 403]
