"""The office's own lists as files: whose they are, masked, defused, and kept in the audit."""

import csv
import io
from collections.abc import Callable

import openpyxl
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.download_lists import LISTS
from core.access.actor import SYSTEM
from core.access.desk import Office
from core.places import account
from core.places.importing import Upload, import_areas, import_people, import_units
from db.models import AuditRow
from tests.core.cases.test_undelivered import lose
from tests.support import county
from tests.support.http import AsUser
from tests.support.moments import receive

Rows = list[dict[str, str]]
Take = Callable[..., Rows]
PERSON = {"username": "zhao", "name": "=赵某", "roles": ["handler"], "unit": "131024-ZJ",
          "phone": "13812345678", "email": "zhao@example.cn"}  # fmt: skip


@pytest.fixture
def take(as_user: AsUser) -> Take:
    """A list as CSV, by somebody."""

    def go(username: str, name: str, **asked: str) -> Rows:
        answer = as_user(username).get(f"/download/{name}.csv", params=asked)
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    return go


def _audited(office: Office, what: str) -> list[dict]:
    with office.look(SYSTEM) as look:
        return list(look.tx.scalars(select(AuditRow.data).where(AuditRow.what == what)))


def test_the_inbox_is_taken_by_whose_it_is(office: Office, take: Take) -> None:
    number = receive(
        office,
        "2026-11-16 10:00",
        body="请回电13812345678，家里暖气不热",
        category="housing/heating",
    )
    (line,) = take("housing", "inbox")
    assert line["编号"] == number
    assert line["主办或协办"] == "主办"
    assert "13812345678" not in str(line)
    assert take("land", "inbox") == []
    assert _audited(office, "inbox.export") == [{"n": 1, "filter": {}}, {"n": 0, "filter": {}}]


def test_people_are_masked_defused_and_narrowed(office: Office, take: Take) -> None:
    with office.work(county.actor(office, "admin")) as work:
        account.add(work, PERSON)
    (line,) = take("admin", "people", q="13812345678")
    assert (line["用户名"], line["姓名"], line["角色"]) == ("zhao", "'=赵某", "承办人")
    assert (line["脱敏电话"], line["脱敏邮箱"]) == ("138****5678", "zh***@example.cn")
    assert _audited(office, "people.export") == [{"n": 1, "filter": {"q": "138****5678"}}]


@pytest.mark.parametrize(("which", "load"), [("units", import_units), ("areas", import_areas)])
def test_a_table_of_places_can_be_imported_again(
    as_user: AsUser, office: Office, which: str, load: Callable
) -> None:
    answer = as_user("admin").get(f"/download/places.csv?list={which}&area=131024104")
    assert answer.status_code == 200
    with office.work(SYSTEM) as work:
        report = load(work, Upload("a.csv", io.BytesIO(answer.content)))
    assert report.rows == report.unchanged > 0
    assert set(report.ignored) <= {"人数"}


def test_a_list_of_people_harms_nobody_when_imported(as_user: AsUser, office: Office) -> None:
    answer = as_user("admin").get("/download/people.csv")
    with office.work(county.actor(office, "admin")) as work:
        report = import_people(work, Upload("a.csv", io.BytesIO(answer.content)))
    assert (report.saved, report.passwords) == (0, {})


def test_the_audit_says_that_it_was_taken(office: Office, take: Take) -> None:
    take("admin", "people")
    (line,) = take("auditor", "audit", what="people.export")
    assert line["做了什么"] == "导出人员名单"
    assert line["具体内容"].startswith("条数 ")
    assert _audited(office, "audit.export") == [{"n": 1, "filter": {"what": "people.export"}}]


def test_undelivered_messages_with_their_reason(office: Office, take: Take) -> None:
    lose(office, 1)
    (line,) = take("admin", "undelivered")
    assert line["方式"] == "邮件"
    assert "550 no such user" in line["原因"]


def test_as_a_workbook(as_user: AsUser) -> None:
    answer = as_user("admin").get("/download/places.xlsx?list=areas")
    head, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
    assert head == ("代码", "名称", "上级", "级别")
    assert rows[0][:2] == ("131000", "廊坊市")


@pytest.mark.parametrize("name", LISTS)
def test_only_who_may_read_the_page_takes_its_list(
    browser: TestClient, as_user: AsUser, name: str
) -> None:
    assert browser.get(f"/download/{name}.csv").status_code == 401
    who = "auditor" if name == "inbox" else "leader"
    assert as_user(who).get(f"/download/{name}.csv").status_code == 403
