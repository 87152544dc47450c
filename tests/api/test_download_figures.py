"""Figures as a file, to whoever may count."""

import csv
import io

import openpyxl
import pytest
from starlette.testclient import TestClient

from core.access.desk import Office
from tests.support.http import AsUser
from tests.support.moments import do, receive


@pytest.fixture
def some(office: Office) -> None:
    """Two appeals in one township and one in another."""
    number = receive(office, "2026-11-16 10:00", category="city/noise")
    receive(office, "2026-11-17 10:00", category="housing")
    receive(office, "2026-11-17 10:00", by="other", area="131024100201")
    do(office, "2026-11-18 10:00", "dispatcher", number, "answer", text="已经答复")


QUERY = "area=131024&by=area&since=2026-11-01&until=2026-12-01"


def test_csv(as_user: AsUser, some: None) -> None:
    answer = as_user("analyst").get(f"/download/figures.csv?{QUERY}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"].startswith("attachment")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[:7] == ["区域", "代码", "受理", "已答复或办结", "办结", "答复率", "答复率的分子"]
    assert [row[:7] for row in rows] == [
        ["安平镇", "131024104", "2", "1", "0", "0.5", "1"],
        ["淑阳镇", "131024100", "1", "0", "0", "0.0", "0"],
        ["合计", "", "3", "1", "0", "0.3333", "1"],
    ]
    assert rows[0][-1] == "2.0"


def test_xlsx(as_user: AsUser, some: None) -> None:
    answer = as_user("analyst").get(f"/download/figures.xlsx?{QUERY}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][:4] == ("安平镇", "131024104", 2, 1)


def test_only_the_own_area(browser: TestClient, as_user: AsUser, some: None) -> None:
    assert as_user("clerk").get(f"/download/figures.csv?{QUERY}").status_code == 403
    own = browser.get("/download/figures.csv?by=category").content.decode("utf-8-sig")
    assert "合计,,2" in own


@pytest.mark.parametrize(
    ("query", "status"), [("since=soon", 422), ("area=99", 422), ("by=weather", 200)]
)
def test_what_is_asked_is_checked(as_user: AsUser, query: str, status: int) -> None:
    assert as_user("analyst").get(f"/download/figures.csv?{query}").status_code == (status)


def test_strangers_and_other_kinds(browser: TestClient, as_user: AsUser) -> None:
    assert browser.get("/download/figures.csv").status_code == 401
    assert as_user("analyst").get("/download/figures.pdf").status_code == 404
    assert as_user("police").get("/download/figures.csv").status_code == 403
