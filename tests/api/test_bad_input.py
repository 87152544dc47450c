"""Issue 2, "Bad input": every field, every kind of nonsense; each named in words, nothing kept."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.intake import FIELDS
from core.now import now
from db.models import CaseRow
from tests.conftest import Databases
from tests.support import county
from tests.support.http import Person

Find = Callable[[str], Person]
GOOD = {"body": "小区三号楼的暖气不热", "area": county.VILLAGE}
CODES = ("stage", "kind", "unit", "category", "inlet", "urgency")
SCRIPT = "<script>alert(1)</script>"
EMOJI = "😀暖气不热🥶"
FAMILY = "👨‍👩‍👧"  # joined by characters of no width

BAD: dict[str, list[Any]] = {
    "title": ["长" * 101, 7, ["a"], {"a": 1}, True, "a\x00b", "a\x1bb", "\ud83d", "a\nb"],
    "body": ["", " \n ", None, "长" * 5001, 7, ["a"], {"a": 1}, False, "\x00b", "a\x07", "\udc00"],
    "category": ["no/such", "长" * 65, 7, ["housing"], {"a": 1}, "housing\x00", EMOJI, SCRIPT],
    "kind": ["nothing", 7, ["help"], "help\x00", EMOJI, SCRIPT, "长" * 300],
    "urgency": ["soon", 3, ["urgent"], "urgent\x08", EMOJI, SCRIPT, "长" * 300],
    "inlet": ["pigeon", 3, ["phone"], "phone\x00", EMOJI, SCRIPT, "长" * 300],
    "area": ["131024999", "13102", "131024000", 131024, ["131024"], "一三一", "131024\x00", SCRIPT,
             "999999", "1" * 65],
    "plate": ["no-such-plate", 7, ["a"], "a\x00", "x" * 65, EMOJI, SCRIPT],
    "address": ["长" * 201, 7, ["a"], "a\x00b", "a\x1fb"],
    "lat": ["north", 91, -91, "nan", "inf", 10**400, [1], {"a": 1}, True, "1\x00"],
    "lon": ["east", 181, -181, "nan", [1], True, EMOJI],
    "name": ["长" * 41, 7, ["a"], "a\x00b", "a\x1bb"],
    "phone": ["12", "phone", "1" * 21, 13800000000, ["138"], "138\x00", EMOJI, SCRIPT],
    "on_behalf": ["长" * 61, 7, ["a"], "a\x00b"],
    "anonymous": ["yes", 1, 0, [True], {"a": 1}, SCRIPT],
    "confidential": ["no", 1, [False], {"a": 1}],
    "accused": ["no-such-unit", ["131024-NO"], [7], 7, {"a": 1}, ["a\x00b"], [SCRIPT], ["u"] * 51,
                [["131024-ZJ"]], ["\ud800"]],
    "happened_at": ["yesterday", "2026-13-40", 7, ["2026-01-01"], "\x00", SCRIPT, EMOJI],
    "form": ["text", 7, ["a"], {"no_such": "x"}],
    "no_such_field": ["x", 7, None, [], {}],
}  # fmt: skip


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    """One county for all of this: nothing of it is kept."""
    name = databases.copy("langfang")
    office = databases.office(name)
    yield office
    office.engine.dispose()
    databases.drop(name)


def cases(office: Office) -> int:
    with office.look(SYSTEM) as look:
        return look.tx.scalar(select(func.count()).select_from(CaseRow)) or 0


def test_the_table_has_a_line_for_every_field() -> None:
    assert {f.id for f in FIELDS} | {"form", "no_such_field"} == set(BAD)


@pytest.mark.parametrize("field", BAD)
def test_each_is_named_in_words_and_nothing_is_kept(
    office: Office, person: Find, field: str
) -> None:
    clerk, before = person("clerk"), cases(office)
    for value in BAD[field]:
        if field == "no_such_field" and value is None:
            continue
        found = clerk.post("/cases", GOOD | {field: value}, 422)
        named = set(found["data"]["fields"])
        assert any(n == field or n.startswith(f"{field}.") for n in named), (value, found)
        for sentence in found["data"]["fields"].values():
            assert sentence.strip()
            assert "Traceback" not in sentence
            assert "Error" not in sentence
    assert cases(office) == before


def test_nobody_who_is_not_signed_in_spoils_it_for_others(anybody: Person) -> None:
    for value in BAD["inlet"]:
        found = anybody.post("/cases", GOOD | {"inlet": value}, 422)
        assert "inlet" in found["data"]["fields"], value


def test_all_faults_are_named_at_once(person: Find) -> None:
    faulty = {"body": "", "category": "no/such", "phone": "12", "lat": 100, "extra": 1}
    found = person("clerk").post("/cases", faulty, 422)
    assert set(found["data"]["fields"]) == set(faulty)


def test_a_future_date_is_named(person: Find) -> None:
    for later in (timedelta(hours=1), timedelta(days=400)):
        faulty = GOOD | {"happened_at": (now() + later).isoformat()}
        found = person("clerk").post("/cases", faulty, 422)
        assert "不能晚于现在" in found["data"]["fields"]["happened_at"]


def test_the_categorys_own_fields_are_checked_like_the_others(person: Find) -> None:
    heating = GOOD | {"category": "housing/heating"}
    for form, field in (
        ({"indoor": "warm"}, "form.indoor"),
        ({"indoor": 99}, "form.indoor"),
        ({"company": "长" * 61}, "form.company"),
        ({"company": "a\x00"}, "form.company"),
        ({"other": 1}, "form.other"),
    ):
        found = person("clerk").post("/cases", heating | {"form": form}, 422)
        assert list(found["data"]["fields"]) == [field]


@pytest.mark.parametrize("text", [SCRIPT, EMOJI, FAMILY, 'it\'s 100% \\ "so"', "%(body)s {x} %s"])
def test_what_people_may_type_comes_back_as_they_typed_it(person: Find, text: str) -> None:
    clerk = person("clerk")
    appeal = GOOD | {"title": text, "body": text, "address": text, "on_behalf": text}
    number = clerk.post("/cases", appeal, 201)["number"]
    case = clerk.case(number)
    assert (case["title"], case["body"], case["address"]) == (text, text, text)
    response = clerk.call("GET", f"/cases/{number}")
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"7",
        b"\xff\xfe",
        b'{"body": NaN}',
        b'{"lat": Infinity}',
        b'{"a":' * 3000,
        b"[" * 100_000,
        b'{"n": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_object_is_said(person: Find, raw: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    found = person("clerk").call("POST", "/cases", content=raw, headers=headers)
    assert found.status_code == 422
    assert found.json()["code"] == "json"


def test_an_endless_body_is_not_read_to_its_end(person: Find) -> None:
    clerk = person("clerk")
    found = clerk.call("POST", "/cases", GOOD | {"body": "长" * 200_000})
    assert (found.status_code, found.json()["code"]) == (413, "body.too_large")

    def stream() -> Any:
        for _chunk in range(1000):
            yield b"x" * 65536

    found = clerk.call("POST", "/cases", content=stream())
    assert (found.status_code, found.json()["code"]) == (413, "body.too_large")


class TestAddresses:
    @pytest.mark.parametrize(
        "path",
        [
            "/cases/%00",
            "/cases/a%00b/actions",
            "/cases?q=%00",
            "/cases?stage=a%00",
            "/public/cases/1?code=%00",
            "/places?q=%00",
        ],
    )
    def test_with_characters_that_cannot_be(self, person: Find, path: str) -> None:
        assert person("clerk").get(path, 422)["code"] == "address"

    @pytest.mark.parametrize("number", ["x", "x" * 300, EMOJI, SCRIPT, "%27", "..%2f..", "131024-"])
    def test_of_cases_that_are_none(self, person: Find, number: str) -> None:
        person("clerk").get(f"/cases/{number}", 404)

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("limit=0", "limit"),
            ("limit=501", "limit"),
            ("limit=many", "limit"),
            ("limit=" + "9" * 30, "limit"),
            ("overdue=perhaps", "overdue"),
            ("stage_kind=half", "stage_kind"),
            ("order=random", "order"),
            ("score_max=6", "score_max"),
            ("area=131024000", "area"),
            ("area=nowhere", "area"),
            ("since=yesterday", "since"),
            ("until=2026-02-30", "until"),
            ("cursor=nonsense", "cursor"),
            ("cursor=bnVsbA", "cursor"),
            ("cursor=WyIyMDI2LTAxLTAxIiwgMWU0MDBd", "cursor"),
            ("q=" + "x" * 201, "q"),
            *((f"{name}=nonsense", name) for name in CODES),
            ("category=hous", "category"),
        ],
    )
    def test_of_lists_name_the_parameter(self, person: Find, query: str, field: str) -> None:
        found = person("clerk").get(f"/cases?{query}", 422)
        assert list(found["data"]["fields"]) == [field]
        assert found["data"]["fields"][field].strip()

    @pytest.mark.parametrize("name", ["unit", "category", "inlet"])
    def test_of_figures_name_the_unknown_code(self, person: Find, name: str) -> None:
        found = person("county").get(f"/kpi?{name}=nonsense", 422)
        assert list(found["data"]["fields"]) == [name]

    @pytest.mark.parametrize(
        "q", ["'", '"', "a & | !", "(((", "\\", ":*", "%", "_", "🥶", "的", "' OR 1=1 --", "<->"]
    )
    def test_with_any_words_to_search(self, person: Find, q: str) -> None:
        person("clerk").get("/cases", params={"q": q})

    def test_that_do_not_exist(self, client: TestClient, person: Find) -> None:
        for path in (
            "/api/v1/nothing",
            "/api/nothing",
            "/api/v1/cases/a/b/c/d",
            "/open311/v2/nothing.json",
        ):
            found = client.get(path)
            assert (found.status_code, found.json()["code"]) == (404, "no_such_address")
        found = client.put("/api/v1/cases", json={})
        assert (found.status_code, found.json()["code"]) == (405, "method")
        assert found.headers["allow"] == "GET, POST"
