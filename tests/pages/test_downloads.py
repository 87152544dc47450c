"""Lists as files: only to who is signed in and may, masked, named, with a line in the audit."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api import downloads
from core.access.actor import SYSTEM
from core.access.desk import Office
from core.access.sessions import COOKIE
from core.cases.queries import CaseFilter
from core.now import ZONE
from db.models import AuditRow
from pages.ui.filters import closed

SignIn = Callable[[str], str]


@pytest.fixture
def http(house: Office) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=downloads.routes())) as client:
        yield client


def test_nobody_downloads_without_a_session(http: TestClient, number: str) -> None:
    assert http.get("/download/cases.csv").status_code == 401


def test_who_may_not_export_is_told_so(http: TestClient, sign_in: SignIn, number: str) -> None:
    http.cookies.set(COOKIE, sign_in("clerk"))
    answer = http.get("/download/cases.csv")
    assert answer.status_code == 403
    assert answer.json()["message"] == "您的角色不能导出诉求"


def test_the_list_as_csv_is_masked_and_leaves_a_trace(
    http: TestClient, sign_in: SignIn, house: Office, number: str
) -> None:
    http.cookies.set(COOKIE, sign_in("dispatcher"))
    answer = http.get("/download/cases.csv", params={"q": "占道经营"})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert "no-store" in answer.headers["cache-control"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [r["编号"] for r in rows] == [number]
    assert "13812345678" not in answer.text
    assert rows[0]["联系电话"] == "138****5678"
    with house.look(SYSTEM) as look:
        said = look.tx.execute(select(AuditRow.what).where(AuditRow.what == "cases.export")).all()
    assert len(said) == 1


def test_the_filter_of_the_address_holds(http: TestClient, sign_in: SignIn, number: str) -> None:
    http.cookies.set(COOKIE, sign_in("dispatcher"))
    closed = http.get("/download/cases.xlsx", params={"stage_kind": "closed"})
    sheet = load_workbook(io.BytesIO(closed.content)).active
    assert sheet is not None
    assert sheet.max_row == 1, "the head alone: nothing is closed"
    other = http.get("/download/cases.csv", params={"area": "131024100"})
    assert number not in other.text
    assert http.get("/download/cases.pdf").status_code == 404


def test_the_closed_list_keeps_no_filter_that_only_open_cases_meet() -> None:
    """办结导出 with 环节 or 未答复 chosen was an empty file."""
    f = CaseFilter(
        stage="assigned", answer="none", overdue=True, category="housing", order="due",
        since=datetime(2026, 11, 1, tzinfo=ZONE),
    )  # fmt: skip
    assert {k: v for k, v in closed(f).items() if v} == {
        "stage_kind": "closed", "category": "housing", "closed_since": "2026-11-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage", "nonsense"),
        ("stage_kind", "half"),
        ("area", "nowhere"),
        ("since", "yesterday"),
        ("until", "2026-02-30"),
        ("order", "random"),
        ("overdue", "perhaps"),
        ("score_max", "6"),
        ("answer", "maybe"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_filter_that_says_nothing_is_refused_by_its_name(
    http: TestClient, sign_in: SignIn, number: str, kind: str, name: str, value: str
) -> None:
    http.cookies.set(COOKIE, sign_in("dispatcher"))
    answer = http.get(f"/download/cases.{kind}", params={name: value})
    assert (answer.status_code, list(answer.json()["data"]["fields"])) == (422, [name])
