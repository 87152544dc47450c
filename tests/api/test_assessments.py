"""Assessments over HTTP: rankings, what is behind them, exclusions, appeals, files."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.store import places_changed
from core.places.people import examine, save_people
from db.models import Unit
from tests.core.kpi.assess.counties import MONTHLY, assessing, at, case, finish
from tests.support import county
from tests.support.http import Person

ENFORCE, POLICE = "131024104-ZF", "131024104-PC"
OCTOBER = {"period": "2026-10", "area": county.COUNTY}
Find = Callable[[str], Person]


@pytest.fixture
def numbers(office: Office, client: TestClient) -> list[str]:
    """October: enforcement answered one of two, the police two of two."""
    assessing(office, monthly=MONTHLY)
    with office.work(SYSTEM) as work:
        chief = {"username": "chief", "name": "戚某", "roles": ["supervisor"], "unit": None,
                 "area": "131024", "password": county.PASSWORD}  # fmt: skip
        save_people(work, [examine(work, chief)], rounds=4)
    found = []
    for lead, who, done in ((ENFORCE, "enforce", True), (ENFORCE, "enforce", False),
                            (POLICE, "police", True), (POLICE, "police", True)):  # fmt: skip
        found.append(case(office, "2026-10-12", lead=lead))
        if done:
            with at("2026-10-13"):
                finish(office, found[-1], by=who)
    return found


def test_the_list_names_lines_and_periods(numbers: list[str], person: Find) -> None:
    found = {a["id"]: a for a in person("supervisor").get("/assessments")}
    assert set(found) == {"yearly", "beijing12345", "monthly"}
    first = found["beijing12345"]["periods"][0]
    assert first == {"id": "2026-11", "since": "2026-10-19", "until": "2026-11-19",
                     "published": False}  # fmt: skip
    satisfaction = found["beijing12345"]["lines"]["satisfaction"]
    assert satisfaction["numerator"] == {"callbacks_satisfied": 1.0, "callbacks_basically": 0.9}
    person("police").get("/assessments", 403)


def test_a_ranking_with_numerators_and_denominators(numbers: list[str], person: Find) -> None:
    found = person("supervisor").get("/assessments/monthly", params=OCTOBER)
    assert found["state"] == "ended"
    (stations,) = [g for g in found["groups"] if g["id"] == "stations"]
    police, enforce = stations["ranked"]
    assert (police["unit"], police["rank"], police["total"]) == (POLICE, 1, 100)
    assert (enforce["unit"], enforce["rank"], enforce["total"]) == (ENFORCE, 2, 50)
    assert enforce["lines"]["response"] == {
        "numerator": 1, "denominator": 2, "value": 0.5, "points": 30, "why": "",
        "set_by_appeal": False,
    }  # fmt: skip
    own = person("enforcehead").get("/assessments/monthly", params=OCTOBER)
    shown = [u["unit"] for g in own["groups"] for u in g["ranked"]]
    assert (shown, own["groups"][1]["ranked_units"]) == ([ENFORCE], 2)


def test_from_an_exclusion_to_a_decided_appeal(numbers: list[str], person: Find) -> None:
    head, chief = person("enforcehead"), person("chief")
    behind = {**OCTOBER, "unit": ENFORCE, "line": "response", "part": "rest"}
    listed = head.get("/assessments/monthly/cases", params=behind)
    assert [c["number"] for c in listed["cases"]] == [numbers[1]]
    asked = {**OCTOBER, "unit": ENFORCE, "number": numbers[1], "reason": "超出政策范围"}
    claim = head.post("/assessments/monthly/exclusions", asked, 201)["id"]
    assert head.post("/assessments/monthly/exclusions", asked, 422)["code"] == "twice"
    path = f"/assessments/exclusions/{claim}/decision"
    head.post(path, {"approve": True, "words": "同意"}, 403)
    assert chief.post("/assessments/monthly/publish", OCTOBER, 422)["code"] == "undecided"
    chief.post(path, {"approve": True}, 422)
    chief.post(path, {"approve": False, "words": "不属于剔除情形"})
    assert chief.post(path, {"approve": True, "words": "同意"}, 409)["code"] == "moved_on"
    published = chief.post("/assessments/monthly/publish", OCTOBER)
    assert published["state"] == "published"
    assert len(published["published"]["hash"]) == 64
    appeal = {**OCTOBER, "unit": ENFORCE, "line": "closure", "words": "这件不该由我队办"}
    claim = head.post("/assessments/monthly/appeals", appeal, 201)["id"]
    assert head.post("/assessments/monthly/appeals", appeal, 422)["code"] == "twice"
    path = f"/assessments/appeals/{claim}/decision"
    chief.post(path, {"uphold": True, "words": "属实", "points": 99}, 422)
    chief.post(path, {"uphold": True, "words": "属实", "points": 40})
    found = head.get("/assessments/monthly", params=OCTOBER)
    (enforce,) = found["groups"][1]["ranked"]
    assert (enforce["total"], enforce["published"]) == (70, {"total": 50, "rank": 2})
    assert {c["what"]: c["state"] for c in found["claims"]} == {
        "exclusion": "refused", "appeal": "upheld",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/assessments/monthly/publish", {"period": 7}),
        ("/assessments/monthly/publish", {}),
        ("/assessments/monthly/publish", {"period": "nonsense"}),
        ("/assessments/monthly/publish", {"period": "2027-01"}),
        ("/assessments/exclusions/1/decision", {"approve": "yes", "words": "x"}),
        ("/assessments/appeals/1/decision", {"words": "x"}),
    ],
)
def test_nonsense_is_said_to_be_nonsense(
    numbers: list[str], person: Find, path: str, body: dict[str, object]
) -> None:
    assert person("chief").post(path, body, 422)["message"]


def test_what_is_not_there(numbers: list[str], person: Find) -> None:
    chief = person("chief")
    chief.get("/assessments/none", 404)
    for claim in ("1", "none", "9" * 40):
        body = {"approve": True, "words": "同意"}
        chief.post(f"/assessments/exclusions/{claim}/decision", body, 404)
    chief.get("/assessments/monthly/cases?unit=none&line=response", 404)
    chief.get("/assessments/monthly?area=nonsense", 422)


def _file(pages: TestClient, who: Person, kind: str = "csv", expect: int = 200) -> bytes:
    found = pages.get(
        f"/download/assessment.{kind}",
        params={"id": "monthly", **OCTOBER},
        headers={"Authorization": f"Bearer {who.token}"},
    )
    assert found.status_code == expect
    return found.content


def test_the_file_holds_every_figure(numbers: list[str], person: Find, browser: TestClient) -> None:
    book = _file(browser, person("supervisor"), "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    head, *rows = sheet.iter_rows(values_only=True)  # pyright: ignore
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    enforce = next(r for r in lines if r["代码"] == ENFORCE)
    assert (enforce["总分"], enforce["答复率的分子"], enforce["答复率的分母"]) == (50, 1, 2)
    assert "综合行政执法队" in _file(browser, person("supervisor")).decode("utf-8-sig")
    _file(browser, person("supervisor"), "pdf", 404)
    _file(browser, person("police"), "csv", 403)


def test_a_name_that_looks_like_a_formula_is_defused(
    office: Office, numbers: list[str], person: Find, browser: TestClient
) -> None:
    with office.work(SYSTEM) as work:
        work.tx.execute(update(Unit).where(Unit.code == ENFORCE).values(name="=1+1"))
        places_changed(work.tx)
    office.forget()
    found = _file(browser, person("supervisor")).decode("utf-8-sig")
    assert "=1+1" in found
    assert ",=1+1" not in found
